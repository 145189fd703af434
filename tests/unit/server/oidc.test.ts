import { Handle } from "#protocol";
import fc from "fast-check";
import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { handlesFor, nameOf } from "../../../server/accounts/oidc-handles.ts";
import { OneTime } from "../../../server/oidc/one-time.ts";
import { personOf } from "../../../server/oidc/person.ts";

describe("a handle for somebody from elsewhere", () => {
  const first = (called: string[]) => handlesFor(called, () => 7).next().value;

  it.each([
    [["ada"], "ada"],
    [["Ada Lovelace"], "ada.lovelace"],
    [["ada@example.com", "Somebody"], "ada"],
    [["Ádá Ñoño"], "ada.nono"],
    [["愛", "ai@example.com"], "user2"],
    [["愛", "okada@example.com"], "okada"],
    [["..__--x"], "user2"],
    [["a".repeat(50)], "a".repeat(32)],
    [[], "user2"],
  ])("of %j is %s", (called, handle) => {
    expect(first(called)).toBe(handle);
  });

  it("comes with digits after it, within its length", () => {
    const handles = handlesFor(["a".repeat(40)], () => 7);
    const some = Array.from({ length: 12 }, () => handles.next().value);
    expect(some.slice(0, 3)).toEqual(["a".repeat(32), `${"a".repeat(31)}2`, `${"a".repeat(31)}3`]);
    expect(some.at(-1)).toBe(`${"a".repeat(26)}000007`);
  });

  it("is always one", () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: "binary", maxLength: 40 }), { maxLength: 3 }),
        fc.nat(12),
        (called, at) => {
          const handles = handlesFor(called, (below) => below - 1);
          let handle = handles.next().value;
          for (let next = 0; next < at; next += 1) handle = handles.next().value;
          expect(v.parse(Handle, handle)).toBe(handle);
        },
      ),
    );
  });
});

describe("a name from elsewhere", () => {
  it.each([
    [" Ada Lovelace ", "Ada Lovelace"],
    ["x".repeat(100), "x".repeat(64)],
    ["Ada\u202e", undefined],
    ["   ", undefined],
    [undefined, undefined],
  ])("%j is %j", (given, name) => {
    expect(nameOf(given)).toBe(name);
  });
});

describe("what a provider says of somebody", () => {
  it("is taken as far as it can be", () => {
    expect(personOf("https://a", { sub: "1", name: "Ada", preferred_username: 7, email: "a@b.c" })).toEqual({
      id: expect.stringMatching(/^[\w-]{43}$/) as string,
      called: ["a@b.c", "Ada"],
      name: "Ada",
    });
    expect(personOf("https://a", { sub: "1", email: "a@b.c", email_verified: "true" })).not.toHaveProperty("email");
    expect(personOf("https://a", { sub: "1", email: "a@b.c", email_verified: true })).toMatchObject({ email: "a@b.c" });
  });

  it("is of one person alone, whatever the provider is called", () => {
    const ids = [
      personOf("https://a", { sub: "1" }),
      personOf("https://b", { sub: "1" }),
      personOf("https://a", { sub: "2" }),
    ];
    expect(new Set(ids.map(({ id }) => id)).size).toBe(3);
  });

  it.each([{}, { sub: "" }, { sub: 1 }])("%j names nobody", (claims) => {
    expect(() => personOf("https://a", claims)).toThrow();
  });
});

describe("what is kept for one use", () => {
  it("is there once, and in time", () => {
    let now = 0;
    const kept = new OneTime<string>({ livesMs: 100, most: 10, now: () => now });
    const [one, late] = [kept.put("one"), kept.put("late")];
    expect(one).toMatch(/^[\w-]{43}$/);
    expect([kept.take(one), kept.take(one), kept.take("made up")]).toEqual(["one", undefined, undefined]);
    now = 100;
    expect(kept.take(late)).toBeUndefined();
  });

  it("makes room by its oldest", () => {
    const kept = new OneTime<number>({ livesMs: 100, most: 3, now: () => 0 });
    const names = [1, 2, 3, 4, 5].map((value) => kept.put(value));
    expect(names.map((name) => kept.take(name))).toEqual([undefined, undefined, 3, 4, 5]);
  });
});

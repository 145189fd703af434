import { Email, FUNCTIONS, Handle, Password, utf8Bytes } from "#protocol";
import fc from "fast-check";
import * as v from "valibot";
import { describe, expect, it } from "vitest";

describe("what the cloud functions take", () => {
  it.each([
    ["alice", "alice"],
    [" Alice.O_1- ", "alice.o_1-"],
  ])("takes the handle '%s'", (given, taken) => {
    expect(v.parse(Handle, given)).toBe(taken);
  });

  it.each(["al", "a".repeat(33), "a b c", "ålice", "a/b", ""])("refuses the handle '%s'", (given) => {
    expect(v.is(Handle, given)).toBe(false);
  });

  it.each([
    ["1234567", false],
    ["12345678", true],
    ["日本語", true],
    ["x".repeat(72), true],
    ["x".repeat(73), false],
    ["🙂".repeat(19), false],
  ])("the password '%s': %s", (given, good) => {
    expect(v.is(Password, given)).toBe(good);
  });

  it("counts UTF-8 as encoders do", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => utf8Bytes(text) === new TextEncoder().encode(text).length),
    );
  });

  it("takes an e-mail address in lower case, and refuses what is none", () => {
    expect(v.parse(Email, " Alice@Example.ORG ")).toBe("alice@example.org");
    expect(v.is(Email, "alice")).toBe(false);
  });

  it("refuses parameters that it does not know", () => {
    expect(v.is(FUNCTIONS.listContacts.parameters, { admin: true })).toBe(false);
    expect(v.is(FUNCTIONS.listCalls.parameters, { limit: 101 })).toBe(false);
  });
});

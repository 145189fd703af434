import type { UserId } from "#protocol";
import { beforeEach, describe, expect, test } from "vitest";
import { aliceAndBob } from "./alice-and-bob.ts";
import { call, user, type Seat, type Stage } from "./stage.ts";

let stage: Stage;
let alice: Seat;
let bob: Seat;

beforeEach(() => {
  ({ stage, alice, bob } = aliceAndBob());
});

/** Bob is called otherwise. */
function rename(seenBy: UserId[], avatar?: string): void {
  const person = { id: user("bob"), handle: "robert", name: "Robert", ...(avatar === undefined ? {} : { avatar }) };
  const known = stage.person("bob");
  delete known.avatar;
  Object.assign(known, person);
  stage.handle({ type: "profile", user: person, seenBy });
}

describe("[DEC-36] who is called otherwise, or looks otherwise", () => {
  test("is told so on each own device, and in each welcome after it", () => {
    const phone = stage.join("bob", "phone");
    phone.heard();
    rename([alice.user], "/avatars/x");
    const shown = { handle: "robert", name: "Robert", avatar: "/avatars/x" };
    for (const device of [bob, phone]) {
      expect(device.heard()).toMatchObject([{ type: "self", availability: "available", user: shown }]);
    }
    expect(phone.comesBack()[0]).toMatchObject({ type: "welcome", user: { id: "bob", ...shown } });
    rename([alice.user]);
    expect(bob.heard()).toMatchObject([{ type: "self", user: { handle: "robert", name: "Robert" } }]);
    expect(phone.comesBack()[0]!["user"]).not.toHaveProperty("avatar");
  });

  test("has those who see it read their list again, and nobody else", () => {
    const carol = stage.join("carol");
    carol.heard();
    rename([alice.user]);
    expect(alice.heard()).toEqual([{ type: "contacts.changed", user: "bob" }]);
    expect(carol.heard()).toEqual([]);
  });

  test("rings and is rung by the new name", () => {
    rename([alice.user]);
    alice.heard();
    bob.invites("alice");
    expect(alice.heard()).toMatchObject([{ type: "call.incoming", from: { user: "bob", name: "Robert" } }]);
  });

  test("goes by it in a call that is there, to those who see it alone", () => {
    bob.invites("alice");
    rename([]);
    expect(alice.comesBack()[0]).toMatchObject({ calls: [{ state: "incoming", from: { name: "BOB" } }] });
    rename([alice.user]);
    expect(alice.comesBack()[0]).toMatchObject({ calls: [{ state: "incoming", from: { name: "Robert" } }] });
  });

  test("is rung by the new name, as their contact's welcome says", () => {
    rename([alice.user]);
    alice.invites("bob");
    bob.says("call.accept", { call: call("c1") });
    expect(alice.comesBack()[0]).toMatchObject({ calls: [{ state: "running", with: { name: "Robert" } }] });
  });

  test("[PRES-5] is called so by whoever blocked them, once they do no longer, and hears nothing of it", () => {
    stage.block("alice", "bob");
    rename([]);
    bob.heard();
    alice.heard();
    stage.block("alice", "bob", false);
    expect(bob.heard()).toMatchObject([{ type: "presence", user: "alice" }]);
    expect(alice.heard()).toMatchObject([{ type: "presence", user: "bob" }]);
    alice.invites("bob");
    bob.says("call.accept", { call: call("c1") });
    expect(alice.comesBack()[0]).toMatchObject({ calls: [{ state: "running", with: { name: "Robert" } }] });
  });

  test("says nothing but that: a choice and its end stay", () => {
    bob.says("presence.set", { availability: "away", until: 5_000, text: "tea" });
    bob.heard();
    rename([]);
    expect(bob.heard()).toMatchObject([{ type: "self", availability: "away", until: 5_000, text: "tea" }]);
  });
});

import { beforeEach, describe, expect, test } from "vitest";
import { aliceAndBob } from "./alice-and-bob.ts";
import { call, type Stage, type Heard, type Seat } from "./stage.ts";

let stage: Stage;
/** Blocks Bob. */
let alice: Seat;
let bob: Seat;

const c1 = call("c1");
const aliceIs = (availability: string, since?: number) => ({
  type: "presence",
  user: "alice",
  availability,
  ...(since === undefined ? {} : { since }),
});

beforeEach(() => {
  ({ stage, alice, bob } = aliceAndBob());
  stage.pass(1_000);
  alice.heard();
  bob.heard();
});

/** How a contact is listed by this device's next welcome. */
function listed(seat: Seat): unknown {
  const contacts = seat.comesBack()[0]?.["contacts"] as Heard[];
  return contacts[0];
}

describe("[PRES-5] who is blocked", () => {
  test("hears one change to offline where the blocker was shown, and nothing of what they do from then on", () => {
    stage.block("alice", "bob");
    expect(bob.heard()).toEqual([aliceIs("offline", 0)]);
    alice.says("presence.set", { availability: "dnd", text: "secret" });
    alice.says("bye", {});
    alice.comesBack();
    stage.pass(5_000);
    expect(bob.heard()).toEqual([]);
    expect(listed(bob)).toEqual({ user: "alice", availability: "offline", since: 5_000 });
  });

  test("[PRES-5] hears nothing at all where the blocker was away already", () => {
    alice.says("bye", {});
    stage.pass(2_000);
    bob.heard();
    stage.block("alice", "bob");
    stage.pass(3_000);
    alice.comesBack();
    alice.says("bye", {});
    expect(bob.heard()).toEqual([]);
    expect(listed(bob)).toEqual({ user: "alice", availability: "offline", since: 5_000 });
  });

  test("[PRES-5] learns after a restart no more of the blocker than of somebody who was not there since", () => {
    stage.block("alice", "bob");
    stage.restart();
    alice.comesBack();
    alice.says("presence.set", { availability: "dnd" });
    expect(listed(bob)).toEqual({ user: "alice", availability: "offline" });
  });

  test("[PRES-5] gets `unreachable` at once, with nothing at the blocker's and nothing in their history", () => {
    stage.block("alice", "bob");
    bob.heard();
    expect(bob.invites("alice", "c1", { id: 1 })).toEqual([
      { type: "ok", re: 1 },
      { type: "call.ended", call: "c1", reason: "unreachable" },
    ]);
    expect(alice.heard()).toEqual([]);
    expect(stage.records).toMatchObject([{ reason: "unreachable", outcomes: { caller: "unreachable" } }]);
    expect(stage.records[0]?.outcomes.callee).toBeUndefined();
    expect(stage.records[0]?.missedWhile).toBeUndefined();
  });

  test("[PRES-5] [DEC-17] waits while the server settles, although the blocker is there", () => {
    stage.block("alice", "bob");
    stage.restart();
    alice.comesBack();
    bob.comesBack();
    expect(bob.invites("alice", "c1", { id: 1 })).toEqual([{ type: "ok", re: 1 }]);
    alice.says("presence.set", { availability: "away" });
    expect(alice.comesBack()[0]?.["calls"]).toEqual([]);
    stage.pass(34_999);
    expect(bob.heard()).toEqual([]);
    stage.pass(1);
    expect(bob.heard()).toEqual([{ type: "call.ended", call: "c1", reason: "unreachable" }]);
    expect(alice.heard()).toEqual([]);
  });

  test("[PRES-5] is not answered by a device that knew of the ring before", () => {
    stage.block("alice", "bob");
    stage.restart();
    alice.comesBack();
    bob.comesBack();
    bob.invites("alice", "c1");
    for (const type of ["call.accept", "call.decline", "call.hangup", "call.alert"] as const)
      expect(alice.asks(type, { call: c1, mode: "loud" } as never)).toMatchObject([{ code: "not_found" }]);
    expect(bob.heard()).toEqual([]);
  });

  test("[PRES-5] [CALL-11] is no missed call of the blocker's when the ring ends before either is back", () => {
    stage.block("alice", "bob");
    stage.restart();
    bob.comesBack();
    bob.invites("alice");
    stage.restart();
    stage.pass(45_000);
    expect(stage.records).toMatchObject([{ caller: "bob", callee: "alice" }]);
    expect(stage.records[0]?.outcomes.callee).toBeUndefined();
  });

  test("[PRES-5] is told of no ring of the blocker's, who is refused as a stranger is", () => {
    stage.block("alice", "bob");
    bob.heard();
    expect(alice.invites("bob", "c1", { id: 1 })).toMatchObject([{ type: "error", code: "not_contact", re: 1 }]);
    expect(bob.heard()).toEqual([]);
  });

  test("[PRES-5] whatever they do: the blocker hears nothing of them, and no list names them", () => {
    stage.block("alice", "bob");
    bob.says("presence.set", { availability: "dnd", text: "look at me" });
    bob.says("bye", {});
    bob.comesBack();
    expect(alice.heard()).toEqual([]);
    expect(alice.comesBack()[0]?.["contacts"]).toEqual([]);
  });

  test("[PRES-5] may remove the contact, without a word to the blocker", () => {
    stage.block("alice", "bob");
    stage.unfriend("bob", "alice");
    stage.block("alice", "bob", false);
    expect(alice.heard()).toEqual([]);
    expect(bob.heard()).toEqual([aliceIs("offline", 0)]);
  });
});

describe("[PRES-5] what is under way when somebody blocks", () => {
  test("a ring of the blocked one ends as after the last device's sign-out, and on the blocker's devices quietly", () => {
    const phone = stage.join("alice", "phone");
    bob.invites("alice");
    alice.says("call.alert", { call: c1, mode: "loud" });
    phone.loses();
    for (const seat of [alice, phone, bob]) seat.heard();
    stage.block("alice", "bob");
    expect(bob.heard()).toEqual([{ type: "call.ended", call: "c1", reason: "unreachable" }, aliceIs("offline", 0)]);
    expect(alice.heard()).toEqual([{ type: "call.ended", call: "c1", reason: "declined-elsewhere" }]);
    phone.comesBack();
    expect(phone.asks("call.accept", { call: c1 })).toMatchObject([
      { type: "call.ended", reason: "declined-elsewhere" },
    ]);
    expect(stage.records).toMatchObject([{ outcomes: { caller: "unreachable" } }]);
    expect(stage.records[0]?.outcomes.callee).toBeUndefined();
  });

  test("[PRES-5] the blocker's own ring is cancelled, as by their sign-out", () => {
    alice.invites("bob");
    bob.heard();
    stage.block("alice", "bob");
    expect(bob.heard()).toEqual([{ type: "call.ended", call: "c1", reason: "cancelled" }, aliceIs("offline", 0)]);
    expect(alice.heard()).toEqual([{ type: "call.ended", call: "c1", reason: "cancelled" }]);
    expect(stage.records).toMatchObject([{ outcomes: { caller: "cancelled", callee: "missed" } }]);
  });

  test("[PRES-5] [DEC-15] a talk goes on until one hangs up, and is in the history of both", () => {
    bob.invites("alice");
    alice.says("call.accept", { call: c1 });
    bob.heard();
    stage.block("alice", "bob");
    expect(bob.heard()).toEqual([aliceIs("offline", 0)]);
    expect(alice.comesBack()[0]?.["calls"]).toMatchObject([{ state: "running" }]);
    alice.says("call.hangup", { call: c1 });
    expect(bob.heard()).toEqual([{ type: "call.ended", call: "c1", reason: "hangup", seconds: 0 }]);
    expect(stage.records).toMatchObject([{ outcomes: { caller: "answered", callee: "answered" } }]);
  });

  test("[PRES-5] [CALL-11] a talk outlasts the server also where one blocks the other", () => {
    bob.invites("alice");
    alice.says("call.accept", { call: c1 });
    stage.block("alice", "bob");
    stage.restart();
    alice.comesBack({ active: [{ call: c1, with: bob.user, age: 500 }] });
    bob.comesBack({ active: [{ call: c1, with: alice.user, age: 500 }] });
    expect(listed(bob)).toEqual({ user: "alice", availability: "offline" });
    expect(alice.asks("call.hangup", { call: c1 })).toMatchObject([{ type: "ok" }, { reason: "hangup" }]);
    expect(stage.records).toMatchObject([{ outcomes: { caller: "answered", callee: "answered" } }]);
  });
});

describe("[PRES-5] unblocking", () => {
  beforeEach(() => {
    stage.block("alice", "bob");
    bob.heard();
    stage.pass(4_000);
  });

  test("shows each to the other: to the blocked one as somebody who has just come", () => {
    stage.block("alice", "bob", false);
    expect(bob.heard()).toEqual([aliceIs("available", 0)]);
    expect(alice.heard()).toEqual([{ ...aliceIs("available", 5_000), user: "bob" }]);
    stage.pass(500);
    alice.says("presence.set", { text: "hello" });
    expect(bob.heard()).toEqual([{ ...aliceIs("available", 500), text: "hello" }]);
    expect(listed(bob)).toEqual({ user: "alice", availability: "available", text: "hello", since: 500 });
    alice.says("presence.set", { availability: "dnd" });
    expect(bob.heard()).toEqual([{ ...aliceIs("dnd", 0), text: "hello" }]);
  });

  test("[PRES-5] says nothing to the blocked one where the blocker is away, nor when they were last here", () => {
    alice.says("presence.set", { availability: "invisible" });
    stage.block("alice", "bob", false);
    stage.pass(1_000);
    expect(bob.heard()).toEqual([]);
    expect(listed(bob)).toEqual({ user: "alice", availability: "offline", since: 5_000 });
    alice.says("presence.set", { availability: "available" });
    expect(bob.heard()).toEqual([aliceIs("available", 0)]);
  });

  test("[PRES-5] each can ring the other again", () => {
    stage.block("alice", "bob", false);
    alice.heard();
    bob.heard();
    bob.invites("alice");
    expect(alice.heard()).toMatchObject([{ type: "call.incoming" }]);
    bob.says("call.cancel", { call: c1 });
    alice.invites("bob", "c2");
    expect(bob.heard()).toContainEqual(expect.objectContaining({ type: "call.incoming", call: "c2" }));
  });

  test("[PRES-5] [CALL-11] lets a ring through that waited while the server settles", () => {
    stage.restart();
    alice.comesBack();
    bob.comesBack();
    bob.invites("alice");
    alice.heard();
    stage.block("alice", "bob", false);
    expect(alice.heard()).toMatchObject([{ type: "call.incoming" }, { type: "presence", user: "bob" }]);
  });

  test("[PRES-5] where both block, nobody sees the other until both have unblocked", () => {
    stage.block("bob", "alice");
    expect(alice.heard()).toEqual([]);
    stage.block("alice", "bob", false);
    // Of whom they do not see they are told as of anybody who has just left.
    expect(alice.heard()).toEqual([{ ...aliceIs("offline", 0), user: "bob" }]);
    expect(bob.heard()).toEqual([]);
    expect(alice.invites("bob", "c1")).toMatchObject([{ type: "ok" }, { reason: "unreachable" }]);
    expect(bob.invites("alice", "c2")).toMatchObject([{ code: "not_contact" }]);
    stage.block("bob", "alice", false);
    expect(alice.heard()).toEqual([{ ...aliceIs("available", 0), user: "bob" }]);
    expect(bob.heard()).toEqual([aliceIs("available", 0)]);
  });
});

test("[PRES-5] who only asked to be a contact is told nothing when they are blocked", () => {
  const eve = stage.join("eve");
  eve.heard();
  stage.block("alice", "eve");
  stage.block("alice", "eve", false);
  expect(eve.heard()).toEqual([]);
  expect(alice.heard()).toEqual([]);
});

import { beforeEach, describe, expect, test } from "vitest";
import { call, Stage, type Seat } from "./stage.ts";

let stage: Stage;
let alice: Seat;
let bob: Seat;
let bobsPhone: Seat;

const c1 = call("c1");
const incoming = {
  type: "call.incoming",
  call: "c1",
  from: { user: "alice", name: "ALICE" },
  media: "video",
  remaining: 45_000,
};

beforeEach(() => {
  stage = new Stage();
  stage.friends("alice", "bob", "carol");
  alice = stage.join("alice");
  bob = stage.join("bob");
  bobsPhone = stage.join("bob", "phone");
  for (const seat of [alice, bob, bobsPhone]) seat.heard();
});

describe("who rings", () => {
  test("[CALL-3] an invite rings every online device of the callee, serialised once", () => {
    const effects = alice.says("call.invite", { call: c1, to: bob.user, media: "video", id: 7 });
    expect(effects.filter(({ type }) => type === "send")).toEqual([
      { type: "send", to: [alice.connection], message: { type: "ok", re: 7 } },
      { type: "send", to: [bob.connection, bobsPhone.connection], message: incoming },
    ]);
  });

  test("[CALL-3] a device that comes online while it rings is rung with the remaining time", () => {
    alice.invites("bob");
    stage.pass(20_000);
    const calls = [{ call: "c1", state: "incoming", from: incoming.from, media: "video", remaining: 25_000 }];
    expect(stage.join("bob", "tablet").heard()).toMatchObject([{ type: "welcome", calls }]);
  });

  test.each([
    [3_000, 1],
    [2_999, 0],
  ])("[CALL-3] with %i ms left, a device that had not begun to ring is told of %i rings", (left, rings) => {
    alice.invites("bob");
    stage.pass(45_000 - left);
    expect(stage.join("bob", "tablet").heard()[0]?.["calls"]).toHaveLength(rings);
  });

  test("[CALL-3] a device that had begun to ring goes on with under 3 s left, after a new socket too", () => {
    alice.invites("bob");
    bob.says("call.alert", { call: c1, mode: "loud" });
    stage.pass(43_000);
    expect(bob.comesBack()[0]?.["calls"]).toMatchObject([{ call: "c1", remaining: 2_000 }]);
    expect(bobsPhone.comesBack()[0]?.["calls"]).toEqual([]);
  });

  test("[CALL-3] the age of an invite shortens the ring, to nothing if need be", () => {
    alice.invites("bob", "c1", { age: 44_000 });
    expect(bob.heard()).toEqual([]);
    stage.pass(999);
    expect(alice.heard()).toEqual([]);
    stage.pass(1);
    expect(alice.heard()).toMatchObject([{ type: "call.ended", reason: "no-answer" }]);
    expect(alice.invites("bob", "c2", { age: 45_000 })).toMatchObject([{ type: "ok" }, { reason: "no-answer" }]);
    expect(bob.heard()).toEqual([]);
    expect(stage.records).toHaveLength(2);
  });

  test("the caller hears how many devices ring and the loudest mode, each change once", () => {
    alice.invites("bob");
    expect(bob.asks("call.alert", { call: c1, mode: "silent", id: 1 })).toEqual([{ type: "ok", re: 1 }]);
    bob.says("call.alert", { call: c1, mode: "silent" });
    bobsPhone.says("call.alert", { call: c1, mode: "loud" });
    const ends = { self: expect.any(String) as string, remote: expect.any(String) as string };
    const rung = alice.heard();
    expect(rung).toEqual([
      { type: "call.ringing", call: "c1", devices: 1, mode: "silent", ends },
      { type: "call.ringing", call: "c1", devices: 2, mode: "loud", ends },
    ]);
    expect(rung[0]?.["ends"]).toEqual(rung[1]?.["ends"]);
  });
});

describe("how a ring ends", () => {
  test("[CALL-4] the first device to accept has the call, the others hear answered-elsewhere first of all", () => {
    alice.invites("bob");
    bob.says("call.alert", { call: c1, mode: "loud" });
    const [ringing] = alice.heard();
    const effects = bob.says("call.accept", { call: c1, id: 3 });
    expect(effects[0]).toMatchObject({ to: [bobsPhone.connection], message: { reason: "answered-elsewhere" } });
    const { self, remote } = ringing?.["ends"] as { self: string; remote: string };
    expect(alice.heard()[0]).toMatchObject({ type: "call.accepted", media: "video", ends: { self, remote } });
    const accepted = bob.heard().find(({ type }) => type === "call.accepted");
    expect(accepted).toMatchObject({ re: 3, media: "video", ends: { self: remote, remote: self } });
  });

  test("[CALL-4] the second device to accept is told answered-elsewhere, and nothing is logged as missed", () => {
    alice.invites("bob");
    bob.says("call.accept", { call: c1 });
    expect(bobsPhone.asks("call.accept", { call: c1, id: 4 })).toEqual([
      { type: "call.ended", re: 4, call: "c1", reason: "answered-elsewhere" },
    ]);
    expect(bobsPhone.asks("call.decline", { call: c1, id: 5 })).toEqual([{ type: "ok", re: 5 }]);
    bob.says("call.hangup", { call: c1 });
    expect(stage.records.map(({ outcomes }) => outcomes)).toEqual([{ caller: "answered", callee: "answered" }]);
    expect(bobsPhone.heard().filter(({ type }) => type === "call.ended")).toEqual([]);
  });

  test("[CALL-4] one of two devices that accept at once wins, whichever comes first", () => {
    alice.invites("bob");
    bobsPhone.says("call.accept", { call: c1 });
    bob.says("call.accept", { call: c1 });
    expect(alice.heard().filter(({ type }) => type === "call.accepted")).toHaveLength(1);
    expect(bob.comesBack()[0]?.["calls"]).toMatchObject([{ state: "running", here: false }]);
    expect(bobsPhone.comesBack()[0]?.["calls"]).toMatchObject([{ state: "running", here: true }]);
  });

  test.each(["call.decline", "call.hangup"] as const)("[CALL-5] %s of one device ends the ring everywhere", (type) => {
    alice.invites("bob");
    bobsPhone.heard();
    expect(bob.asks(type, { call: c1, id: 9 })).toEqual([
      { type: "ok", re: 9 },
      { type: "call.ended", call: "c1", reason: "declined" },
    ]);
    expect(alice.heard()).toEqual([{ type: "call.ended", call: "c1", reason: "declined" }]);
    expect(bobsPhone.heard()).toEqual([{ type: "call.ended", call: "c1", reason: "declined-elsewhere" }]);
    expect(bobsPhone.asks("call.accept", { call: c1 })).toMatchObject([{ reason: "declined-elsewhere" }]);
  });

  test.each(["call.cancel", "call.hangup"] as const)("[CALL-7] %s of the caller is a missed call", (type) => {
    alice.invites("bob");
    bob.heard();
    expect(alice.asks(type, { call: c1 })).toMatchObject([{ type: "ok" }, { reason: "cancelled" }]);
    expect(bob.heard()).toMatchObject([{ type: "call.ended", reason: "cancelled" }]);
    expect(stage.records).toMatchObject([{ outcomes: { caller: "cancelled", callee: "missed" } }]);
    expect(bob.asks("call.accept", { call: c1, id: 2 })).toMatchObject([{ reason: "cancelled", re: 2 }]);
  });

  test("[CALL-7] an invite that nobody answers ends after 45 s by the server's timer", () => {
    alice.invites("bob");
    stage.pass(44_999);
    expect(stage.records).toEqual([]);
    stage.pass(1);
    expect(alice.heard()).toMatchObject([{ reason: "no-answer" }]);
    expect(bob.heard()).toMatchObject([incoming, { reason: "no-answer" }]);
    expect(stage.records).toMatchObject([{ outcomes: { caller: "no-answer", callee: "missed" } }]);
  });

  test("[CALL-7] [DEC-2] an accept that comes after the 45 s is too late, though no timer has fired yet", () => {
    alice.invites("bob");
    stage.at += 45_000;
    expect(bob.asks("call.accept", { call: c1 })).toMatchObject([{ reason: "no-answer" }, { reason: "no-answer" }]);
  });
});

describe("who is not reached", () => {
  test("[CALL-8] an invite to someone offline ends at once, and is a missed call", () => {
    expect(alice.invites("carol", "c1", { id: 1 })).toEqual([
      { type: "ok", re: 1 },
      { type: "call.ended", call: "c1", reason: "unreachable" },
    ]);
    expect(stage.records).toMatchObject([{ callee: "carol", outcomes: { caller: "unreachable", callee: "missed" } }]);
  });

  test("[CALL-8] an invite in the grace waits, and rings who comes back", () => {
    bobsPhone.says("bye", {});
    bob.loses();
    expect(alice.invites("bob")).toMatchObject([{ type: "ok" }]);
    stage.pass(9_000);
    expect(bob.comesBack()[0]?.["calls"]).toMatchObject([{ state: "incoming", remaining: 36_000 }]);
    expect(bob.asks("call.accept", { call: c1 })[0]).toMatchObject({ type: "call.accepted" });
  });

  test("[CALL-8] an invite in the grace ends as unreachable with it", () => {
    bobsPhone.says("bye", {});
    bob.loses();
    stage.pass(4_000);
    alice.invites("bob");
    stage.pass(5_999);
    expect(alice.heard()).toEqual([]);
    stage.pass(1);
    expect(alice.heard()[0]).toMatchObject({ type: "call.ended", reason: "unreachable" });
    expect(stage.records).toMatchObject([{ outcomes: { caller: "unreachable", callee: "missed" } }]);
  });

  test("[CALL-8] a ring goes on while any of the callee's devices is there or in its grace", () => {
    alice.invites("bob");
    bob.says("bye", {});
    bobsPhone.loses();
    stage.pass(9_999);
    expect(stage.records).toEqual([]);
    stage.pass(1);
    expect(stage.records).toMatchObject([{ reason: "unreachable" }]);
  });

  test("[CALL-8] the callee's last device that signs out ends the ring at once", () => {
    alice.invites("bob");
    bob.says("bye", {});
    expect(stage.records).toEqual([]);
    bobsPhone.says("bye", {});
    expect(stage.records).toMatchObject([{ reason: "unreachable", outcomes: { callee: "missed" } }]);
  });

  test("[CALL-8] [DEC-5] dnd is unavailable at once, also where it is chosen while it rings", () => {
    bob.says("presence.set", { availability: "dnd" });
    alice.heard();
    bob.heard();
    expect(alice.invites("bob")).toMatchObject([{ type: "ok" }, { reason: "unavailable" }]);
    expect(bob.heard()).toEqual([]);
    bob.says("presence.set", { availability: "available" });
    alice.invites("bob", "c2");
    bob.says("presence.set", { availability: "dnd" });
    expect(bobsPhone.heard().at(-2)).toMatchObject({ type: "call.ended", call: "c2", reason: "unavailable" });
    const missed = { outcomes: { caller: "unavailable", callee: "missed" } };
    expect(stage.records).toMatchObject([missed, missed]);
  });

  test("[CALL-8] [PRES-4] [DEC-5] going invisible ends a ring exactly as the last sign-out does", () => {
    bobsPhone.says("bye", {});
    alice.invites("bob");
    alice.heard();
    bob.says("presence.set", { availability: "invisible" });
    const whenInvisible = alice.heard();
    bob.says("presence.set", { availability: "available" });
    alice.invites("bob", "c2");
    alice.heard();
    bob.says("bye", {});
    expect(alice.heard()).toEqual(JSON.parse(JSON.stringify(whenInvisible).replaceAll("c1", "c2")));
  });
});

describe("the caller's own device", () => {
  test("[DEC-9] signing out cancels its ring; another device's sign-out does not", () => {
    const phone = stage.join("alice", "phone");
    alice.invites("bob");
    phone.says("bye", {});
    expect(stage.records).toEqual([]);
    alice.says("bye", {});
    expect(stage.records).toMatchObject([{ reason: "cancelled" }]);
  });

  test("[PRES-3] [DEC-9] a lost socket leaves its ring for the grace; then the ring is cancelled", () => {
    stage.join("alice", "phone");
    alice.invites("bob");
    alice.loses();
    stage.pass(9_999);
    expect(alice.comesBack()[0]?.["calls"]).toMatchObject([{ call: "c1", state: "outgoing", devices: 0 }]);
    alice.loses();
    stage.pass(10_000);
    expect(stage.records).toMatchObject([{ reason: "cancelled" }]);
  });

  test("[CALL-12] [DEC-12] an answer while it was away reaches it after its welcome", () => {
    alice.invites("bob");
    alice.loses();
    bob.says("call.accept", { call: c1 });
    const back = alice.comesBack();
    expect(back[0]?.["calls"]).toMatchObject([{ call: "c1", state: "running", here: true }]);
    expect(back[1]).toMatchObject({ type: "call.accepted", call: "c1" });
  });

  test("[DEC-10] [DEC-11] welcome lists the ring on every device of the caller, with the ticket on the one that called", () => {
    alice.invites("bob");
    bob.says("call.alert", { call: c1, mode: "loud" });
    const listed = [{ call: "c1", state: "outgoing", devices: 1, mode: "loud" }];
    expect(alice.comesBack()[0]).toMatchObject({ calls: listed, tickets: [{ call: "c1" }] });
    const phone = stage.join("alice", "phone");
    expect(phone.heard()[0]).toMatchObject({ calls: listed, tickets: [] });
    alice.says("call.cancel", { call: c1 });
    expect(phone.heard()).toMatchObject([{ type: "call.ended", call: "c1", reason: "cancelled" }]);
  });
});

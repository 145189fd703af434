import { talkedSeconds } from "#protocol";
import { beforeEach, describe, expect, test } from "vitest";
import { aliceAndBob, ofCalls } from "./alice-and-bob.ts";
import { call, type Stage, type Seat } from "./stage.ts";

let stage: Stage;
let alice: Seat;
let bob: Seat;

const c1 = call("c1");

beforeEach(() => {
  ({ stage, alice, bob } = aliceAndBob());
  alice.invites("bob");
  bob.says("call.accept", { call: c1 });
  alice.heard();
  bob.heard();
});

describe("signals", () => {
  test("call.signal reaches the other party's device alone, unread", () => {
    const phone = stage.join("bob", "phone");
    phone.heard();
    const data = { any: ["json", 1] };
    expect(alice.asks("call.signal", { call: c1, data, id: 2 })).toEqual([{ type: "ok", re: 2 }]);
    expect(bob.heard()).toEqual([{ type: "call.signal", call: "c1", data }]);
    expect(phone.heard()).toEqual([]);
    expect(phone.asks("call.signal", { call: c1, data })).toMatchObject([{ code: "conflict" }]);
  });

  test("[DEC-14] it is refused while the other side is not connected", () => {
    bob.loses();
    expect(alice.asks("call.signal", { call: c1, data: 1, id: 2 })).toMatchObject([{ code: "conflict", re: 2 }]);
    bob.comesBack();
    expect(alice.asks("call.signal", { call: c1, data: 1 })).toEqual([{ type: "ok" }]);
  });
});

describe("rejoining", () => {
  test("[CALL-13] call.rejoin brings fresh ends to both, and voids the old", () => {
    const [answer] = alice.asks("call.rejoin", { call: c1, id: 6 });
    const [told] = bob.heard();
    const { self, remote } = answer?.["ends"] as { self: string; remote: string };
    expect(answer).toMatchObject({ type: "call.rejoined", re: 6, call: "c1" });
    expect(told).toMatchObject({ type: "call.rejoined", call: "c1", ends: { self: remote, remote: self } });
    expect(stage.voided).toHaveLength(2);
    expect(stage.voided).not.toContain(self);
  });

  test("[CALL-13] a second call.rejoin within 5 s is answered with the same tickets, from either side", () => {
    const [first] = alice.asks("call.rejoin", { call: c1 });
    const [told] = bob.heard();
    stage.pass(4_999);
    expect(alice.asks("call.rejoin", { call: c1 })).toEqual([first]);
    expect(bob.asks("call.rejoin", { call: c1 })).toEqual([told]);
    stage.pass(1);
    expect(alice.asks("call.rejoin", { call: c1 })[0]?.["ends"]).not.toEqual(first?.["ends"]);
  });

  test("[CALL-13] [DEC-12] a side without a socket hears of it after its welcome", () => {
    bob.loses();
    const [first] = alice.asks("call.rejoin", { call: c1 });
    const ends = first?.["ends"] as { self: string; remote: string };
    expect(bob.comesBack().slice(1)).toEqual([
      { type: "call.rejoined", call: "c1", ends: { self: ends.remote, remote: ends.self } },
    ]);
    expect(bob.comesBack()).toHaveLength(1);
  });

  test("[CALL-13] while it rings, the caller alone has a fresh ticket", () => {
    bob.says("call.hangup", { call: c1 });
    alice.invites("bob", "c2");
    bob.says("call.alert", { call: call("c2"), mode: "loud" });
    const old = alice.heard().find(({ type }) => type === "call.ringing")?.["ends"] as { self: string };
    bob.heard();
    const [fresh] = alice.asks("call.rejoin", { call: call("c2") });
    expect(fresh).toMatchObject({ type: "call.rejoined", call: "c2" });
    expect(stage.voided).toContain(old.self);
    expect(bob.heard()).toEqual([]);
    bob.says("call.accept", { call: call("c2") });
    expect(alice.heard()[0]).toMatchObject({ type: "call.accepted", ends: fresh?.["ends"] });
  });
});

test("[CALL-14] both hear how long they talked, as the record says it", () => {
  stage.pass(8_500);
  const [, told] = alice.asks("call.hangup", { call: c1 });
  const ended = { type: "call.ended", call: "c1", reason: "hangup", seconds: 9 };
  expect(told).toEqual(ended);
  expect(ofCalls(bob.heard())).toEqual([ended]);
  const [{ acceptedAt = 0, endedAt } = { endedAt: 0 }] = stage.records;
  expect(talkedSeconds(acceptedAt, endedAt)).toBe(9);
});

test("[CALL-14] who was away at the end hears the same length, unasked and asked", () => {
  stage.pass(10_000);
  bob.loses();
  alice.asks("call.hangup", { call: c1 });
  stage.pass(30_000);
  const ended = { type: "call.ended", call: "c1", reason: "hangup", seconds: 10 };
  const heard = bob.comesBack({ active: [{ call: c1, with: alice.user, age: 40_000 }] });
  expect(ofCalls(heard)).toEqual([ended]);
  expect(bob.asks("call.accept", { call: c1 })).toMatchObject([ended]);
  const phone = stage.join("bob", "phone");
  expect(phone.asks("call.accept", { call: c1 })[0]).not.toHaveProperty("seconds");
});

describe("without sockets", () => {
  test("[CALL-13] a talk outlasts a lost socket, also beyond the grace", () => {
    bob.loses();
    stage.pass(600_000);
    expect(stage.records).toEqual([]);
    expect(bob.comesBack()[0]?.["calls"]).toMatchObject([{ call: "c1", here: true, age: 600_000 }]);
  });

  test("[CALL-13] when neither device has had a socket for 60 s, it ends as failed", () => {
    bob.loses();
    stage.pass(30_000);
    alice.loses();
    stage.pass(59_999);
    expect(stage.records).toEqual([]);
    stage.pass(1);
    expect(stage.records).toMatchObject([{ reason: "failed", outcomes: { caller: "failed", callee: "failed" } }]);
    expect(bob.comesBack()[0]?.["calls"]).toEqual([]);
  });

  test("[CALL-13] either device that comes back within the 60 s starts them anew; another device of theirs does not", () => {
    bob.loses();
    alice.loses();
    stage.pass(50_000);
    alice.comesBack();
    stage.pass(50_000);
    alice.loses();
    stage.pass(30_000);
    stage.join("alice", "phone");
    stage.pass(29_999);
    expect(stage.records).toEqual([]);
    stage.pass(1);
    expect(stage.records).toMatchObject([{ reason: "failed" }]);
  });

  test("[DEC-8] a sign-out hangs up; one on another device does not", () => {
    stage.join("bob", "phone").says("bye", {});
    expect(stage.records).toEqual([]);
    bob.says("bye", {});
    expect(ofCalls(alice.heard())).toEqual([{ type: "call.ended", call: "c1", reason: "hangup", seconds: 0 }]);
  });
});

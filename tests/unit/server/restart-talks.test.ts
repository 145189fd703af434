import { beforeEach, describe, expect, test } from "vitest";
import type { ActiveCall } from "#protocol";
import { aliceAndBob, ofCalls } from "./alice-and-bob.ts";
import { call, type Stage, user, type Heard, type Seat } from "./stage.ts";

let stage: Stage;
let alice: Seat;
let bob: Seat;

const c1 = call("c1");
const naming = (other: string, age: number, id = c1): { active: ActiveCall[] } => ({
  active: [{ call: id, with: user(other), age }],
});
const listed = (heard: Heard[]) => heard.find(({ type }) => type === "welcome")?.["calls"];
const running = (other: string, age: number) => ({
  call: "c1",
  state: "running",
  here: true,
  age,
  with: { user: other },
});

beforeEach(() => {
  ({ stage, alice, bob } = aliceAndBob());
  alice.invites("bob");
  bob.says("call.alert", { call: c1, mode: "loud" });
  stage.pass(5_000);
});

describe("a talk over a restart", () => {
  beforeEach(() => {
    bob.says("call.accept", { call: c1, media: "audio" });
    stage.pass(60_000);
  });

  test("[CALL-11] [CALL-14] it goes on with its length, its media and who called, whether or not it is named", () => {
    stage.restart(10_000);
    expect(listed(alice.comesBack())).toMatchObject([{ ...running("bob", 70_000), media: "audio" }]);
    expect(listed(bob.comesBack(naming("alice", 1)))).toMatchObject([running("alice", 70_000)]);
    bob.heard();
    expect(alice.asks("call.signal", { call: c1, data: 1 })).toEqual([{ type: "ok" }]);
    expect(bob.asks("call.cancel", { call: c1 })).toMatchObject([{ code: "conflict" }]);
    alice.says("call.hangup", { call: c1 });
    expect(ofCalls(bob.heard())).toMatchObject([{ type: "call.ended", reason: "hangup" }]);
    const [record, ...more] = stage.records;
    expect(more).toEqual([]);
    expect(record).toMatchObject({ caller: "alice", callee: "bob", media: "audio", startedAt: 1_000_000_000 });
    expect(record!.endedAt - record!.acceptedAt!).toBe(70_000);
  });

  test("[CALL-11] [PRES-1] who talks is busy from their return on", () => {
    stage.restart();
    alice.comesBack();
    expect(bob.comesBack()[0]).toMatchObject({ contacts: [{ user: "alice", availability: "busy" }] });
  });

  test("[CALL-10] [CALL-11] a repeated accept or invite brings the ends of before, and disturbs nobody", () => {
    const before = ofCalls(alice.heard()).find(({ type }) => type === "call.accepted");
    stage.restart();
    alice.comesBack();
    bob.comesBack();
    alice.heard();
    const [again] = bob.asks("call.accept", { call: c1, id: 1 });
    const { self, remote } = before?.["ends"] as { self: string; remote: string };
    expect(again).toMatchObject({ type: "call.accepted", re: 1, ends: { self: remote, remote: self } });
    expect(ofCalls(alice.heard())).toEqual([]);
    expect(ofCalls(alice.invites("bob"))).toMatchObject([{ type: "call.accepted", ends: { self, remote } }]);
    expect(ofCalls(bob.heard())).toEqual([]);
  });

  test("[CALL-13] where neither device comes back it ends as failed after 60 s, for both", () => {
    stage.restart();
    stage.pass(59_999);
    expect(stage.records).toEqual([]);
    stage.pass(1);
    expect(stage.records).toMatchObject([{ reason: "failed", outcomes: { caller: "failed", callee: "failed" } }]);
    stage.restart();
    stage.pass(120_000);
    expect(stage.records).toHaveLength(1);
  });

  test("[CALL-13] where one device comes back it goes on for as long as it is there", () => {
    stage.restart();
    stage.pass(59_999);
    bob.comesBack();
    stage.pass(600_000);
    expect(stage.records).toEqual([]);
    expect(listed(alice.comesBack())).toMatchObject([running("bob", 719_999)]);
  });

  test("[CALL-13] fresh ends outlast it: the same within 5 s, and owed to who was away", () => {
    bob.loses();
    const [first] = alice.asks("call.rejoin", { call: c1 });
    const ends = first?.["ends"] as { self: string; remote: string };
    stage.restart(1_000);
    alice.comesBack();
    expect(alice.asks("call.rejoin", { call: c1 })).toEqual([first]);
    expect(bob.comesBack().slice(1)).toEqual([
      { type: "call.rejoined", call: "c1", ends: { self: ends.remote, remote: ends.self } },
    ]);
    stage.restart();
    expect(bob.comesBack()).toHaveLength(1);
  });

  test("[CALL-6] [CALL-10] a merged call answers to both ids, also once it is over", () => {
    alice.says("call.hangup", { call: c1 });
    alice.invites("bob", "c2");
    bob.invites("alice", "c3");
    stage.restart();
    alice.comesBack();
    bob.comesBack();
    expect(ofCalls(bob.asks("call.hangup", { call: call("c3") }))).toMatchObject([{ call: "c2", reason: "hangup" }]);
    stage.restart();
    alice.comesBack();
    bob.comesBack();
    expect(bob.invites("alice", "c3")).toMatchObject([{ code: "conflict" }]);
    expect(bob.asks("call.cancel", { call: call("c3") })).toEqual([{ type: "ok" }]);
  });
});

describe("an answer that was not written before the restart", () => {
  beforeEach(() => {
    stage.losesRows();
    bob.says("call.accept", { call: c1 });
    stage.pass(20_000);
    stage.restart(2_000);
  });

  test("[CALL-11] the device that answered is back first: the talk runs, and the caller falls in", () => {
    expect(listed(bob.comesBack(naming("alice", 22_000)))).toMatchObject([running("alice", 22_000)]);
    const [welcome, ...more] = alice.comesBack(naming("bob", 21_900));
    expect(welcome).toMatchObject({ calls: [running("bob", 22_000)] });
    expect(more).toEqual([]);
    alice.says("call.hangup", { call: c1 });
    expect(stage.records).toMatchObject([{ reason: "hangup", caller: "alice", acceptedAt: 1_000_005_000 }]);
  });

  test("[CALL-11] the caller is back first: the ring goes on until the device that answered is back", () => {
    const phone = stage.join("bob", "phone");
    expect(listed(alice.comesBack(naming("bob", 22_000)))).toMatchObject([running("bob", 22_000)]);
    alice.heard();
    expect(listed(phone.heard())).toMatchObject([{ call: "c1", state: "incoming" }]);
    expect(listed(bob.comesBack(naming("alice", 22_000)))).toMatchObject([running("alice", 22_000)]);
    expect(ofCalls(phone.heard())).toEqual([{ type: "call.ended", call: "c1", reason: "answered-elsewhere" }]);
    expect(ofCalls(alice.heard())).toEqual([]);
  });

  test("[CALL-11] the caller's word alone makes no talk of it: it is a missed call", () => {
    alice.comesBack(naming("bob", 22_000));
    bob.comesBack();
    alice.heard();
    stage.pass(44_999);
    expect(stage.records).toEqual([]);
    stage.pass(1);
    expect(ofCalls(alice.heard())).toMatchObject([{ reason: "no-answer" }]);
    expect(stage.records).toMatchObject([{ outcomes: { caller: "no-answer", callee: "missed" } }]);
  });

  test("[CALL-11] [CALL-14] a hang-up before the other is back is a missed call, until they say that they talked", () => {
    alice.comesBack(naming("bob", 22_000));
    alice.says("call.hangup", { call: c1 });
    expect(stage.records).toMatchObject([{ reason: "cancelled" }]);
    expect(listed(bob.comesBack(naming("alice", 22_000)))).toEqual([]);
    bob.comesBack(naming("alice", 22_000));
    expect(stage.rows.records).toMatchObject([{ reason: "hangup", acceptedAt: 1_000_005_000 }]);
    expect(stage.records).toHaveLength(2);
  });

  test("[CALL-11] a stranger's word, or another device's of the caller, changes nothing", () => {
    stage.friends("bob", "eve");
    stage.join("eve", "laptop", naming("bob", 1_000));
    stage.join("alice", "phone", naming("bob", 1_000));
    expect(listed(alice.comesBack())).toMatchObject([{ call: "c1", state: "outgoing" }]);
  });
});

describe("a ring whose time passed, though it was answered", () => {
  beforeEach(() => {
    stage.losesRows();
    bob.says("call.accept", { call: c1 });
    stage.pass(100_000);
    stage.restart(2_000);
  });

  test("[CALL-11] [CALL-14] it talks on as soon as both say so, and its one record is set right", () => {
    expect(stage.rows.records).toMatchObject([{ reason: "no-answer" }]);
    expect(listed(alice.comesBack(naming("bob", 102_000)))).toMatchObject([running("bob", 102_000)]);
    expect(listed(bob.comesBack(naming("alice", 102_000)))).toMatchObject([running("alice", 102_000)]);
    expect(stage.rows.records).toEqual([]);
    stage.restart();
    expect(listed(alice.comesBack())).toMatchObject([running("bob", 102_000)]);
    bob.comesBack();
    bob.says("call.hangup", { call: c1 });
    expect(stage.rows.records).toMatchObject([{ reason: "hangup", caller: "alice", acceptedAt: 1_000_005_000 }]);
  });

  test.each(["alice", "bob"])("[CALL-11] %s's word alone leaves the record as it is", (name) => {
    const [one, other] = name === "alice" ? [alice, bob] : [bob, alice];
    expect(listed(one.comesBack(naming(other.owner, 102_000)))).toMatchObject([{ state: "running" }]);
    expect(listed(other.comesBack())).toEqual([]);
    stage.pass(45_000);
    expect(ofCalls(one.heard()).at(-1)).toMatchObject({ type: "call.ended", reason: "failed" });
    expect(stage.rows.records).toMatchObject([{ reason: "no-answer" }]);
    expect(stage.records).toHaveLength(1);
  });
});

test("[CALL-11] [DEC-7] a device that names another call has left the one that the rows tell of", () => {
  bob.says("call.accept", { call: c1 });
  stage.friends("alice", "carol");
  const carol = stage.join("carol");
  stage.losesRows();
  alice.says("call.hangup", { call: c1 });
  alice.invites("carol", "c2");
  carol.says("call.accept", { call: call("c2") });
  stage.restart();
  const [welcome] = alice.comesBack(naming("carol", 1_000, call("c2")));
  expect(welcome).toMatchObject({ calls: [{ call: "c2", state: "running", here: true }] });
  expect(stage.records.at(-1)).toMatchObject({ call: "c1", reason: "hangup" });
  expect(listed(carol.comesBack(naming("alice", 1_000, call("c2"))))).toMatchObject([{ call: "c2", here: true }]);
});

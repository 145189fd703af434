import { beforeEach, describe, expect, test } from "vitest";
import { aliceAndBob, ofCalls } from "./alice-and-bob.ts";
import { call, type Stage, user, type Heard, type Seat } from "./stage.ts";

let stage: Stage;
let alice: Seat;
let bob: Seat;

const c1 = call("c1");
const listed = (heard: Heard[]) => heard.find(({ type }) => type === "welcome")?.["calls"];

/** Alice has rung Bob for 10 s, and his laptop sounds. */
beforeEach(() => {
  ({ stage, alice, bob } = aliceAndBob());
  alice.invites("bob");
  bob.says("call.alert", { call: c1, mode: "loud" });
  stage.pass(10_000);
});

describe("a ring over a restart", () => {
  test("[CALL-11] [CALL-12] its clock goes on, and both are told of it by their welcome", () => {
    const before = alice.heard().find(({ type }) => type === "call.ringing");
    stage.restart(5_000);
    expect(listed(bob.comesBack())).toEqual([
      { call: "c1", state: "incoming", from: { user: "alice", name: "ALICE" }, media: "video", remaining: 30_000 },
    ]);
    const [welcome, ...more] = alice.comesBack();
    expect(welcome).toMatchObject({
      calls: [{ call: "c1", state: "outgoing", devices: 1, mode: "loud" }],
      tickets: [{ call: "c1", ends: before?.["ends"] }],
    });
    expect(more).toEqual([]);
    bob.heard();
    stage.pass(29_999);
    expect(stage.records).toEqual([]);
    stage.pass(1);
    for (const seat of [alice, bob])
      expect(ofCalls(seat.heard())).toEqual([{ type: "call.ended", call: "c1", reason: "no-answer" }]);
    expect(stage.records).toMatchObject([
      { caller: "alice", callee: "bob", startedAt: 1_000_000_000, endedAt: 1_000_045_000, missedWhile: "ringing" },
    ]);
  });

  test("[CALL-7] [CALL-11] it ends at the start where its time passed meanwhile, as a missed call, and both hear of it", () => {
    stage.restart(36_000);
    expect(stage.records).toMatchObject([{ reason: "no-answer", outcomes: { caller: "no-answer", callee: "missed" } }]);
    for (const seat of [bob, alice])
      expect(ofCalls(seat.comesBack())).toEqual([{ type: "call.ended", call: "c1", reason: "no-answer" }]);
    stage.restart();
    expect(stage.records).toHaveLength(1);
    expect(ofCalls(bob.comesBack())).toEqual([]);
  });

  test("[CALL-11] the caller's repeated invite is harmless, and rings nobody a second time", () => {
    stage.restart(1_000);
    bob.comesBack();
    alice.comesBack();
    expect(alice.invites("bob", "c1", { age: 11_000 })).toMatchObject([{ type: "ok" }, { type: "call.ringing" }]);
    expect(bob.heard().filter(({ type }) => type === "call.incoming")).toEqual([]);
    expect(alice.invites("bob", "c2")).toMatchObject([{ code: "conflict" }]);
  });

  test("[CALL-11] it is accepted before the caller is back, who hears of it after the welcome, with the same ends", () => {
    const before = alice.heard().find(({ type }) => type === "call.ringing");
    stage.restart(1_000);
    bob.comesBack();
    expect(bob.asks("call.accept", { call: c1, id: 4 })).toMatchObject([{ type: "call.accepted", re: 4 }]);
    const [welcome, ...more] = alice.comesBack();
    expect(welcome).toMatchObject({ calls: [{ call: "c1", state: "running", here: true }] });
    expect(more).toMatchObject([{ type: "call.accepted", call: "c1", ends: before?.["ends"] }]);
  });

  test("[CALL-4] [CALL-11] it is accepted after the caller is back, and ends on the callee's other devices", () => {
    const phone = stage.join("bob", "phone");
    phone.says("call.alert", { call: c1, mode: "silent" });
    stage.restart(1_000);
    for (const seat of [alice, phone, bob]) seat.comesBack();
    alice.heard();
    phone.heard();
    bob.says("call.accept", { call: c1 });
    expect(ofCalls(alice.heard())).toMatchObject([{ type: "call.accepted" }]);
    expect(ofCalls(phone.heard())).toEqual([{ type: "call.ended", call: "c1", reason: "answered-elsewhere" }]);
  });

  test("[CALL-3] a device that had begun to ring goes on with under 3 s left, and no other begins", () => {
    stage.restart(33_000);
    expect(listed(bob.comesBack())).toMatchObject([{ call: "c1", remaining: 2_000 }]);
    expect(listed(stage.join("bob", "phone").heard())).toEqual([]);
    expect(listed(alice.comesBack())).toMatchObject([{ call: "c1", devices: 1 }]);
  });

  test("[CALL-8] [CALL-11] [DEC-9] who is not back when it has settled ends it: the caller's device, or the callee", () => {
    const ends = (back: Seat) => {
      stage.restart();
      back.comesBack();
      stage.pass(34_999);
      expect(stage.records).toEqual([]);
      back.heard();
      stage.pass(1);
      return [ofCalls(back.heard())[0]?.["reason"], stage.records.map(({ reason }) => reason)];
    };
    // The ring itself ends later than the settling: it has just begun.
    alice.says("call.cancel", { call: c1 });
    for (const [back, reason] of [
      [bob, "cancelled"],
      [alice, "unreachable"],
    ] as const) {
      alice.comesBack();
      bob.comesBack();
      stage.records.length = 0;
      alice.invites("bob", `ring-${reason}`);
      expect(ends(back)).toEqual([reason, [reason]]);
    }
  });

  test("[PRES-3] [DEC-9] the caller's other device does not stand for the one that called", () => {
    alice.says("call.cancel", { call: c1 });
    stage.records.length = 0;
    alice.invites("bob", "c2");
    stage.restart();
    bob.comesBack();
    stage.join("alice", "phone");
    stage.pass(34_999);
    bob.heard();
    stage.pass(1);
    expect(stage.records).toMatchObject([{ reason: "cancelled" }]);
  });

  test("[DEC-11] whoever was told of it hears how it ended, also where the other was back first", () => {
    stage.restart();
    alice.comesBack();
    alice.says("call.cancel", { call: c1 });
    expect(bob.comesBack()).toMatchObject([{ type: "welcome", calls: [] }, { reason: "cancelled" }]);
    alice.invites("bob", "c2");
    bob.says("call.alert", { call: call("c2"), mode: "loud" });
    stage.restart();
    bob.comesBack();
    bob.says("call.decline", { call: call("c2") });
    expect(alice.comesBack()).toMatchObject([
      { type: "welcome", calls: [] },
      { call: "c2", reason: "declined" },
    ]);
    expect(alice.comesBack()).toHaveLength(1);
    expect(ofCalls(stage.join("bob", "phone").heard())).toEqual([]);
  });

  test("[CALL-11] a second restart finds it as the first did", () => {
    stage.restart(5_000);
    bob.comesBack();
    stage.restart(5_000);
    expect(listed(bob.comesBack())).toMatchObject([{ call: "c1", remaining: 25_000 }]);
  });

  test("[CALL-11] the machine's clock, set back meanwhile, makes no ring longer than a ring", () => {
    stage.restart(-3_600_000);
    expect(listed(bob.comesBack())).toMatchObject([{ call: "c1", remaining: 45_000 }]);
  });

  test("[CALL-9] [DEC-24] a ring that waits is told as silent by whom hides their talks, also before they are back", () => {
    stage.friends("alice", "bob", "carol");
    const carol = stage.join("carol");
    bob.says("call.accept", { call: c1 });
    bob.says("settings.set", { showBusy: false });
    carol.invites("bob", "c2");
    bob.says("call.alert", { call: call("c2"), mode: "waiting" });
    expect(carol.heard().at(-1)).toMatchObject({ type: "call.ringing", mode: "silent" });
    stage.restart();
    expect(listed(carol.comesBack())).toMatchObject([{ call: "c2", devices: 1, mode: "silent" }]);
    expect(carol.invites("bob", "c2")).toMatchObject([{ type: "ok" }, { type: "call.ringing", mode: "silent" }]);
    expect(listed(bob.comesBack())).toMatchObject([{ call: "c1" }, { call: "c2", waiting: true }]);
  });

  test("[CALL-10] a call that was over before the restart stays so, for every device as it heard of it", () => {
    const phone = stage.join("bob", "phone");
    bob.says("call.decline", { call: c1 });
    stage.restart();
    for (const seat of [alice, bob, phone]) seat.comesBack();
    expect(alice.invites("bob")).toMatchObject([{ code: "conflict" }]);
    expect(bob.asks("call.accept", { call: c1 })).toMatchObject([{ type: "call.ended", reason: "declined" }]);
    expect(phone.asks("call.accept", { call: c1 })).toMatchObject([{ reason: "declined-elsewhere" }]);
    expect(alice.asks("call.cancel", { call: c1 })).toEqual([{ type: "ok" }]);
    expect(stage.records).toHaveLength(1);
  });

  test("[CALL-2] nobody else learns of it: not a stranger, not a device of a third", () => {
    stage.restart();
    const eve = stage.join("eve");
    expect(eve.asks("call.accept", { call: c1 })).toMatchObject([{ code: "not_found" }]);
    expect(eve.asks("call.cancel", { call: c1 })).toMatchObject([{ code: "not_found" }]);
    const active = [{ call: c1, with: user("alice"), age: 1 }];
    expect(listed(eve.comesBack({ active }))).toEqual([]);
  });
});

import { beforeEach, describe, expect, test } from "vitest";
import type { ActiveCall } from "#protocol";
import { ofCalls } from "./alice-and-bob.ts";
import { call, Stage, user, type Seat } from "./stage.ts";

let stage: Stage;
let alice: Seat;
let bob: Seat;

const c1 = call("c1");
const naming = (other: string, age = 60_000): { active: ActiveCall[] } => ({
  active: [{ call: c1, with: user(other), age }],
});

/** Alice talks with Bob, and nothing of it was written. */
beforeEach(() => {
  stage = new Stage();
  stage.losesRows();
  stage.friends("alice", "bob");
  alice = stage.join("alice");
  bob = stage.join("bob");
  alice.invites("bob");
  bob.says("call.accept", { call: c1 });
  alice.heard();
  bob.heard();
});

describe("a server that was restarted before it had written the call", () => {
  beforeEach(() => {
    stage.restart();
  });

  test("[CALL-11] a call that both name runs on, with its length", () => {
    stage.pass(2_000);
    expect(alice.comesBack(naming("bob"))[0]?.["calls"]).toMatchObject([
      { call: "c1", state: "running", with: { user: "bob", name: "BOB" }, here: true, age: 60_000 },
    ]);
    stage.pass(1_000);
    expect(bob.comesBack(naming("alice", 61_000))[0]?.["calls"]).toMatchObject([
      { call: "c1", with: { user: "alice", name: "ALICE" }, here: true, age: 61_000 },
    ]);
    stage.pass(600_000);
    expect(alice.asks("call.signal", { call: c1, data: 1 })).toEqual([{ type: "ok" }]);
    alice.says("call.hangup", { call: c1 });
    expect(ofCalls(bob.heard())).toMatchObject([{ type: "call.signal" }, { type: "call.ended", reason: "hangup" }]);
    expect(stage.records).toHaveLength(1);
    expect(stage.records[0]!.endedAt - stage.records[0]!.acceptedAt!).toBe(661_000);
  });

  test("[CALL-11] whoever names it is busy; what one says counts for that user alone", () => {
    alice.comesBack(naming("bob"));
    expect(bob.comesBack()[0]).toMatchObject({
      calls: [],
      contacts: [{ user: "alice", availability: "busy" }],
    });
    expect(alice.heard().filter(({ type }) => type === "presence")).toMatchObject([{ availability: "available" }]);
    stage.friends("bob", "carol");
    const carol = stage.join("carol");
    expect(carol.invites("bob", "c2")).toEqual([{ type: "ok" }]);
  });

  test("[CALL-11] [CALL-13] [DEC-33] a page that came back before the other side was back: that side is given the ends too", () => {
    alice.comesBack(naming("bob"));
    const [fresh] = alice.asks("call.rejoin", { call: c1 });
    const { self, remote } = fresh?.["ends"] as { self: string; remote: string };
    expect(alice.asks("call.rejoin", { call: c1 })).toEqual([fresh]);
    const told = bob.comesBack(naming("alice")).filter(({ type }) => type === "call.rejoined");
    expect(told).toEqual([{ type: "call.rejoined", call: "c1", ends: { self: remote, remote: self } }]);
  });

  test("[CALL-11] [DEC-16] who never names it leaves it failed after settle and grace, without a record by one side's word", () => {
    alice.comesBack(naming("bob"));
    bob.comesBack();
    stage.pass(44_999);
    expect(ofCalls(alice.heard())).toEqual([]);
    stage.pass(1);
    expect(ofCalls(alice.heard())).toEqual([{ type: "call.ended", call: "c1", reason: "failed" }]);
    expect(stage.records).toEqual([]);
  });

  test("[CALL-11] [DEC-16] a hang-up of who was back first ends it for the other, and leaves its record then", () => {
    alice.comesBack(naming("bob"));
    expect(ofCalls(alice.asks("call.hangup", { call: c1 }))).toMatchObject([{ reason: "hangup" }]);
    expect(stage.records).toEqual([]);
    expect(bob.comesBack(naming("alice"))[0]?.["calls"]).toEqual([]);
    bob.comesBack(naming("alice"));
    expect(stage.records).toMatchObject([{ call: "c1", reason: "hangup" }]);
  });

  test("[CALL-11] a hang-up during the outage still arrives", () => {
    alice.comesBack(naming("bob"));
    bob.comesBack();
    expect(bob.asks("call.signal", { call: c1, data: 1 })).toMatchObject([{ code: "not_found" }]);
    expect(bob.asks("call.hangup", { call: c1, id: 1 })[0]).toEqual({ type: "ok", re: 1 });
    expect(ofCalls(alice.heard())).toMatchObject([{ type: "call.ended", reason: "hangup" }]);
    expect(stage.records).toHaveLength(1);
  });

  test("[CALL-10] nobody knows any more who called whom, so either may cancel or accept once more", () => {
    alice.comesBack(naming("bob"));
    bob.comesBack(naming("alice"));
    bob.heard();
    const [again] = alice.asks("call.accept", { call: c1, id: 1 });
    expect(again).toMatchObject({ type: "call.accepted", re: 1 });
    // The ends of before the restart are not known any more, so the other side is given the new ones too.
    const { self, remote } = again?.["ends"] as { self: string; remote: string };
    expect(ofCalls(bob.heard())).toMatchObject([{ type: "call.rejoined", ends: { self: remote, remote: self } }]);
    expect(ofCalls(alice.invites("bob"))).toMatchObject([{ type: "call.accepted", ends: { self, remote } }]);
    expect(bob.asks("call.cancel", { call: c1 })).toMatchObject([{ type: "ok" }, { reason: "hangup" }, {}]);
    expect(bob.asks("call.cancel", { call: c1 })).toEqual([{ type: "ok" }]);
  });

  test("[CALL-11] [DEC-16] nothing is taken up with strangers, beside another call, or long after the start", () => {
    stage.person("eve");
    const eve = stage.join("eve", "laptop", naming("alice"));
    expect(eve.heard()[0]?.["calls"]).toEqual([]);
    alice.comesBack(naming("bob"));
    expect(
      stage.join("alice", "phone", { active: [{ call: call("c7"), with: user("bob"), age: 1 }] }).heard()[0],
    ).toMatchObject({
      calls: [{ call: "c1", here: false }],
    });
    stage.friends("carol", "dave");
    const late = { active: [{ call: call("c8"), with: user("carol"), age: 1 }] };
    stage.pass(44_999);
    expect(stage.join("dave", "laptop", late).heard()[0]?.["calls"]).toMatchObject([{ call: "c8", here: true }]);
    stage.pass(1);
    const later = { active: [{ call: call("c9"), with: user("dave"), age: 1 }] };
    expect(stage.join("carol", "laptop", later).heard()[0]?.["calls"]).toEqual([]);
  });

  test("[CALL-11] a server that was not restarted believes its own list", () => {
    alice.comesBack();
    bob.comesBack();
    alice.invites("bob", "c5");
    bob.says("call.accept", { call: call("c5") });
    alice.says("call.hangup", { call: call("c5") });
    const active = [{ call: call("c5"), with: user("bob"), age: 1_000 }];
    expect(alice.comesBack({ active })[0]?.["calls"]).toEqual([]);
  });

  test("[CALL-8] [CALL-11] while settling, an invite to someone not yet back waits for them", () => {
    alice.comesBack();
    expect(alice.invites("bob", "c2")).toEqual([{ type: "ok" }]);
    stage.pass(10_000);
    expect(bob.comesBack()[0]?.["calls"]).toMatchObject([{ call: "c2", state: "incoming" }]);
  });

  test("[CALL-8] [PRES-4] [DEC-17] who is not back when it has settled is unreachable, and so is who is invisible", () => {
    const ends = (isInvisible: boolean) => {
      const young = new Stage({ settling: true });
      young.friends("alice", "bob");
      young.person("bob").chosen = { availability: "invisible" };
      const caller = young.join("alice");
      const callee = isInvisible ? young.join("bob") : undefined;
      callee?.heard();
      caller.heard();
      caller.invites("bob");
      expect(caller.heard()).toEqual([]);
      young.pass(34_999);
      expect(caller.heard()).toEqual([]);
      young.pass(1);
      expect(callee?.heard() ?? []).toEqual([]);
      return caller.heard();
    };
    expect(ends(true)).toMatchObject([{ reason: "unreachable" }]);
    expect(ends(false)).toEqual(ends(true));
  });

  test("[CALL-8] [DEC-17] who signed out since the start is unreachable at once", () => {
    alice.comesBack();
    bob.comesBack();
    bob.says("bye", {});
    expect(alice.invites("bob", "c2")).toMatchObject([{ type: "ok" }, { reason: "unreachable" }]);
  });
});

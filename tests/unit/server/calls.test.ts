import { beforeEach, describe, expect, test } from "vitest";
import { call, Stage, type Seat } from "./stage.ts";

let stage: Stage;
let alice: Seat;
let bob: Seat;
let bobsPhone: Seat;

beforeEach(() => {
  stage = new Stage();
  stage.friends("alice", "bob", "carol");
  alice = stage.join("alice");
  bob = stage.join("bob");
  bobsPhone = stage.join("bob", "phone");
  for (const seat of [alice, bob, bobsPhone]) seat.heard();
});

describe("ringing", () => {
  test("[CALL-3] an invite rings every online device of the callee", () => {
    expect(alice.invites("bob", "c1", { id: 7 })).toEqual([{ type: "ok", re: 7 }]);
    const ring = {
      type: "call.incoming",
      call: "c1",
      from: { user: "alice", name: "ALICE" },
      media: "video",
      remaining: 45_000,
    };
    expect(bob.heard()).toEqual([ring]);
    expect(bobsPhone.heard()).toEqual([ring]);
  });

  test("[CALL-4] the first device to accept has the call", () => {
    alice.invites("bob");
    bob.says("call.alert", { call: call("c1"), mode: "loud" });
    expect(alice.heard()).toMatchObject([{ type: "call.ringing", devices: 1, mode: "loud" }]);
    bobsPhone.heard();
    const answer = bob.asks("call.accept", { call: call("c1"), id: 3 });
    expect(answer.at(0)).toMatchObject({
      type: "call.accepted",
      re: 3,
      media: "video",
      ends: { self: "peer-5", remote: "peer-4" },
    });
    expect(bobsPhone.heard()).toMatchObject([
      { type: "call.ended", reason: "answered-elsewhere" },
      { type: "presence" },
    ]);
    expect(alice.heard()).toMatchObject([
      { type: "call.accepted", ends: { self: "peer-4", remote: "peer-5" } },
      { type: "presence" },
    ]);
    alice.asks("call.hangup", { call: call("c1") });
    expect(stage.records).toMatchObject([{ reason: "hangup", outcomes: { caller: "answered", callee: "answered" } }]);
  });
});

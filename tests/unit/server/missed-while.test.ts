import { beforeEach, describe, expect, test } from "vitest";
import type { AlertMode } from "#protocol";
import { call, Stage, type Seat } from "./stage.ts";

let stage: Stage;
let alice: Seat;
let bob: Seat;
let phone: Seat;

const c1 = call("c1");

beforeEach(() => {
  stage = new Stage();
  stage.friends("alice", "bob", "carol");
  alice = stage.join("alice");
  bob = stage.join("bob");
  phone = stage.join("bob", "phone");
});

function missed(): string | undefined {
  expect(stage.records).toMatchObject([{ call: "c1", outcomes: { callee: "missed" } }]);
  return stage.records[0]?.missedWhile;
}

describe("what the callee's devices were doing", () => {
  test.each<[string, AlertMode[], string]>([
    ["one aloud", ["loud"], "ringing"],
    ["one aloud, one without sound", ["loud", "silent"], "ringing"],
    ["both without sound", ["silent", "silent"], "silent"],
    ["one without sound, one that waits", ["silent", "waiting"], "silent"],
    ["both waiting", ["waiting", "waiting"], "in-call"],
    ["none with a receipt", [], "silent"],
  ])("[CALL-14] [DEC-22] %s", (_, modes, expected) => {
    alice.invites("bob");
    modes.forEach((mode, index) => [bob, phone][index]!.says("call.alert", { call: c1, mode }));
    alice.says("call.cancel", { call: c1 });
    expect(missed()).toBe(expected);
  });

  test("[CALL-14] [DEC-22] the latest receipt of a device counts", () => {
    alice.invites("bob");
    bob.says("call.alert", { call: c1, mode: "waiting" });
    bob.says("call.alert", { call: c1, mode: "loud" });
    stage.pass(45_000);
    expect(missed()).toBe("ringing");
  });

  test.each<[string, () => void, string]>([
    ["signed out", () => [bob, phone].forEach((seat) => seat.says("bye", {})), "offline"],
    ["invisible", () => bob.says("presence.set", { availability: "invisible" }), "offline"],
    ["on do not disturb", () => bob.says("presence.set", { availability: "dnd" }), "dnd"],
  ])("[CALL-8] [CALL-14] [DEC-22] %s, from before or while it rings without a receipt", (_, goes, expected) => {
    alice.invites("bob");
    goes();
    expect(missed()).toBe(expected);
    alice.invites("bob", "c2");
    expect(stage.records.at(-1)).toMatchObject({ call: "c2", missedWhile: expected });
  });

  test("[CALL-8] [CALL-14] in the grace, with no device that came back", () => {
    phone.says("bye", {});
    bob.loses();
    alice.invites("bob");
    stage.pass(10_000);
    expect(missed()).toBe("offline");
  });

  test("[CALL-14] [DEC-22] it rang aloud, and then the last device signed out: it was heard", () => {
    alice.invites("bob");
    bob.says("call.alert", { call: c1, mode: "loud" });
    for (const seat of [bob, phone]) seat.says("bye", {});
    expect(missed()).toBe("ringing");
  });

  test("[CALL-14] a call that was not missed says nothing of it", () => {
    alice.invites("bob");
    bob.says("call.decline", { call: c1 });
    alice.invites("bob", "c2");
    bob.says("call.accept", { call: call("c2") });
    bob.says("call.hangup", { call: call("c2") });
    expect(stage.records.map(({ missedWhile }) => missedWhile)).toEqual([undefined, undefined]);
  });
});

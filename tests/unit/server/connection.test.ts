import { beforeEach, describe, expect, test } from "vitest";
import { aliceAndBob, told } from "./alice-and-bob.ts";
import { call, SPANS, Stage, type Seat } from "./stage.ts";

let stage: Stage;
let alice: Seat;
let bob: Seat;

const c1 = call("c1");

beforeEach(() => {
  ({ stage, alice, bob } = aliceAndBob());
});

describe("connection", () => {
  test("[CONN-1] the welcome is the whole truth", () => {
    stage.person("carol").missed = 2;
    stage.person("carol").chosen = { availability: "dnd", text: "writing", until: stage.at + 5_000 };
    stage.befriend("bob", "carol");
    stage.pass(1_000);
    expect(stage.join("carol").heard()).toEqual([
      {
        type: "welcome",
        user: { id: "carol", handle: "carol", name: "CAROL", availability: "dnd", text: "writing", until: 4_000 },
        settings: { showBusy: true, secondCall: "wait" },
        contacts: [{ user: "bob", availability: "available", since: 1_000 }],
        calls: [],
        missed: 2,
        rejoin: SPANS.rejoinMs,
        tickets: [],
      },
    ]);
  });

  test("[CONN-1] for 35 s after its start the server says that others are still coming back", () => {
    const young = new Stage({ settling: true });
    young.pass(5_000);
    expect(young.join("alice").heard()[0]).toMatchObject({ settling: 30_000 });
    young.pass(30_000);
    expect(young.join("alice").heard()[0]).not.toHaveProperty("settling");
  });

  test("[CONN-1] [PRES-2] what falls due with the hello stands in its welcome, and is not told again", () => {
    bob.loses();
    stage.at += 10_000;
    expect(alice.comesBack()).toMatchObject([{ type: "welcome", contacts: [{ availability: "offline", since: 0 }] }]);
  });

  test("[CONN-3] a second socket of the same device closes the first with 4409, without a change of presence", () => {
    alice.invites("bob");
    bob.says("call.accept", { call: c1 });
    alice.heard();
    const old = bob.connection;
    const effects = stage.effects.length;
    const back = bob.comesBack();
    expect(stage.effects[effects]).toEqual({ type: "close", connection: old, code: 4409 });
    expect(back[0]?.["calls"]).toMatchObject([{ call: "c1", state: "running", here: true }]);
    expect(alice.heard()).toEqual([]);
    // What the old socket still says, and its end, mean nothing.
    expect(stage.handle({ type: "message", connection: old, message: { type: "bye" } })).toEqual([]);
    expect(stage.handle({ type: "lost", connection: old })).toEqual([]);
    stage.pass(60_000);
    expect(alice.heard()).toEqual([]);
  });

  test("[CONN-3] [DEC-41] a late hello on the older of two sockets closes that one, and changes nothing [seed 15688]", () => {
    alice.invites("bob");
    bob.says("call.accept", { call: c1 });
    bob.comesBack();
    const newer = bob.connection;
    alice.heard();
    const before = stage.effects.length;
    expect(bob.comesBack({ opened: 0, idle: true })).toEqual([]);
    expect(stage.effects.slice(before)).toEqual([{ type: "close", connection: bob.connection, code: 4409 }]);
    expect(bob.loses()).toEqual([]);
    bob.connection = newer;
    expect(bob.asks("call.hangup", { call: c1 })[0]).toEqual({ type: "ok" });
    // Where the newer one is lost, the older is as good as any.
    bob.loses();
    expect(bob.comesBack({ opened: 0 })).toMatchObject([{ type: "welcome" }]);
  });

  test("[CONN-5] a revoked session closes its socket with 4401, and the user is offline at once", () => {
    alice.invites("bob");
    bob.says("call.accept", { call: c1 });
    bob.heard();
    alice.heard();
    stage.handle({ type: "revoked", connection: bob.connection });
    expect(bob.closed).toBe(4401);
    expect(alice.heard()).toMatchObject([{ type: "call.ended", reason: "hangup" }, told("offline")]);
  });

  test("[CONN-5] a user with another session stays", () => {
    stage.join("bob", "phone");
    stage.handle({ type: "revoked", connection: bob.connection });
    expect(alice.heard()).toEqual([]);
  });
});

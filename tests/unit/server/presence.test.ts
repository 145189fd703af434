import { beforeEach, describe, expect, test } from "vitest";
import { aliceAndBob, told } from "./alice-and-bob.ts";
import { call, type Stage, user, type Heard, type Seat } from "./stage.ts";

let stage: Stage;
let alice: Seat;
let bob: Seat;

const c1 = call("c1");

beforeEach(() => {
  ({ stage, alice, bob } = aliceAndBob());
});

describe("the whole of a user", () => {
  test.each<[string, boolean[], string]>([
    ["one attended device", [false], "available"],
    ["one idle device", [true], "away"],
    ["an idle and an attended device", [true, false], "available"],
    ["two idle devices", [true, true], "away"],
  ])("[PRES-1] %s", (_, idle, availability) => {
    stage.friends("alice", "dave");
    idle.forEach((isIdle, index) => stage.join("dave", String(index), { idle: isIdle }));
    expect(alice.heard().at(-1)).toMatchObject({ user: "dave", availability });
  });

  test.each(["away", "dnd"] as const)("[PRES-1] the choice %s counts as it is, in a call too", (availability) => {
    bob.says("presence.set", { availability });
    bob.says("device.idle", { idle: true });
    bob.invites("alice");
    alice.says("call.accept", { call: c1 });
    expect(alice.heard().filter(({ type }) => type === "presence")).toEqual([told(availability)]);
  });

  test("[PRES-1] busy while in an accepted call, not while it rings", () => {
    alice.invites("bob");
    expect(alice.heard()).toEqual([]);
    bob.says("call.accept", { call: c1 });
    bob.says("call.hangup", { call: c1 });
    expect(alice.heard().filter(({ type }) => type === "presence")).toEqual([told("busy"), told("available")]);
  });

  test("[PRES-1] showBusy off hides the call, at once, and is kept", () => {
    alice.invites("bob");
    bob.says("call.accept", { call: c1 });
    alice.heard();
    expect(bob.asks("settings.set", { showBusy: false, id: 1 })).toEqual([
      { type: "ok", re: 1 },
      { type: "self", availability: "available", settings: { showBusy: false, secondCall: "wait" } },
    ]);
    expect(alice.heard()).toEqual([told("available")]);
    expect(stage.person("bob").settings.showBusy).toBe(false);
  });

  test("settings are told to every device of theirs where they change, each once, and what is left out stays", () => {
    const phone = stage.join("bob", "phone");
    phone.heard();
    const settings = { showBusy: true, secondCall: "busy", letThrough: ["alice", "nobody"] };
    expect(
      bob.asks("settings.set", { secondCall: "busy", letThrough: ["alice", "nobody", "alice"].map(user), id: 1 }),
    ).toEqual([
      { type: "ok", re: 1 },
      { type: "self", availability: "available", settings },
    ]);
    expect(phone.heard()).toEqual([{ type: "self", availability: "available", settings }]);
    expect(stage.person("bob").settings).toEqual(settings);
    expect(bob.asks("settings.set", { letThrough: ["alice", "nobody"].map(user), id: 2 })).toEqual([
      { type: "ok", re: 2 },
    ]);
    expect(stage.join("bob", "tablet").heard()[0]).toMatchObject({ type: "welcome", settings });
    bob.says("settings.set", { letThrough: [] });
    expect(stage.person("bob").settings).toEqual({ showBusy: true, secondCall: "busy" });
    expect(alice.heard()).toEqual([]);
  });

  test("[PRES-2] contacts hear of changes of the whole only", () => {
    const phone = stage.join("bob", "phone", { idle: true });
    bob.says("presence.set", { availability: "available" });
    bob.says("device.idle", { idle: false });
    phone.says("bye", {});
    expect(alice.heard()).toEqual([]);
    bob.says("device.idle", { idle: true });
    bob.says("device.idle", { idle: true });
    expect(alice.heard()).toEqual([told("away")]);
  });

  test("[PRES-2] one frame is serialised once for all who hear it", () => {
    stage.friends("alice", "bob", "carol");
    const phone = stage.join("alice", "phone");
    const carol = stage.join("carol");
    const effects = bob.says("presence.set", { text: "hello" });
    expect(effects.at(-1)).toMatchObject({ to: [alice.connection, phone.connection, carol.connection] });
  });

  test("[PRES-2] [DEC-3] a new text tells the age of the availability, not its own", () => {
    stage.pass(4_000);
    bob.says("presence.set", { text: "hello" });
    expect(alice.heard()).toEqual([told("available", { text: "hello", since: 4_000 })]);
    bob.says("presence.set", { text: "" });
    expect(alice.heard()).toEqual([told("available", { since: 4_000 })]);
  });
});

describe("the grace", () => {
  test("[PRES-3] a socket back within 10 s changes nothing for anyone", () => {
    bob.loses();
    stage.pass(9_999);
    bob.comesBack();
    stage.pass(60_000);
    expect(alice.heard()).toEqual([]);
  });

  test("[PRES-3] after 10 s the user is offline, once", () => {
    bob.loses();
    stage.pass(9_999);
    expect(alice.heard()).toEqual([]);
    stage.pass(60_000);
    expect(alice.heard()).toEqual([told("offline")]);
    expect(stage.nextDue()).toBeUndefined();
    expect(alice.comesBack()[0]?.["contacts"]).toEqual([{ user: "bob", availability: "offline", since: 59_999 }]);
  });

  test("[PRES-3] a device in its grace counts as it was, beside an idle one", () => {
    stage.join("bob", "phone", { idle: true });
    bob.loses();
    stage.pass(9_999);
    expect(alice.heard()).toEqual([]);
    stage.pass(1);
    expect(alice.heard()).toEqual([told("away")]);
  });

  test("a sign-out has no grace", () => {
    expect(bob.asks("bye", { id: 3 })).toEqual([{ type: "ok", re: 3 }]);
    expect(alice.heard()).toEqual([told("offline")]);
    expect(stage.handle({ type: "message", connection: bob.connection, message: { type: "bye" } })).toEqual([]);
  });
});

describe("the user's own choice", () => {
  test("every device of the user hears of it, and it is kept", () => {
    const phone = stage.join("bob", "phone");
    phone.heard();
    expect(bob.asks("presence.set", { availability: "dnd", until: 60_000, text: "in class", id: 2 })).toMatchObject([
      { type: "ok", re: 2 },
      { type: "self", availability: "dnd", until: 60_000, text: "in class" },
    ]);
    expect(phone.heard()).toMatchObject([{ type: "self", availability: "dnd" }]);
    expect(stage.person("bob").chosen).toEqual({ availability: "dnd", until: stage.at + 60_000, text: "in class" });
  });

  test("it runs out by its deadline: available again, the text stays", () => {
    bob.says("presence.set", { availability: "dnd", until: 60_000, text: "in class" });
    bob.heard();
    stage.pass(60_000);
    expect(bob.heard()).toMatchObject([{ type: "self", availability: "available", text: "in class" }]);
    expect(alice.heard().at(-1)).toEqual(told("available", { text: "in class" }));
    expect(stage.person("bob").chosen).toEqual({ availability: "available", text: "in class" });
  });

  test("[DEC-4] what is left out stays, and a new choice without an end has none", () => {
    bob.says("presence.set", { availability: "dnd", until: 60_000 });
    bob.says("presence.set", { text: "hi" });
    expect(stage.person("bob").chosen).toEqual({ availability: "dnd", until: stage.at + 60_000, text: "hi" });
    bob.says("presence.set", { availability: "away" });
    expect(stage.person("bob").chosen).toEqual({ availability: "away", text: "hi" });
    stage.pass(600_000);
    expect(stage.person("bob").chosen.availability).toBe("away");
  });

  test("one that ran out while the user was away has run out at the next welcome", () => {
    bob.says("presence.set", { availability: "away", until: 5_000 });
    bob.says("bye", {});
    stage.pass(10_000);
    expect(bob.comesBack()[0]).toMatchObject({ user: { availability: "available" } });
    expect(stage.person("bob").chosen).toEqual({ availability: "available" });
    expect(alice.heard().map((heard) => heard["availability"])).toEqual(["away", "offline", "available"]);
  });
});

describe("invisible", () => {
  test("[PRES-4] whoever is invisible shows as offline in every welcome, presence and count, in a call too", () => {
    bob.says("presence.set", { availability: "invisible", text: "secret" });
    expect(alice.heard()).toEqual([told("offline")]);
    bob.says("device.idle", { idle: true });
    bob.says("presence.set", { text: "more" });
    bob.loses();
    stage.pass(20_000);
    bob.comesBack();
    bob.invites("alice");
    alice.heard();
    alice.says("call.accept", { call: c1 });
    expect(alice.heard().filter(({ type, user }: Heard) => type === "presence" && user === "bob")).toEqual([]);
    expect(alice.comesBack()[0]?.["contacts"]).toEqual([{ user: "bob", availability: "offline", since: 20_000 }]);
  });

  test("[PRES-4] [CALL-8] an invite to someone invisible ends at once, in their grace and in a call too", () => {
    bob.says("presence.set", { availability: "invisible" });
    bob.heard();
    alice.heard();
    expect(alice.invites("bob")).toMatchObject([{ type: "ok" }, { reason: "unreachable" }]);
    bob.loses();
    expect(alice.invites("bob", "c2")).toMatchObject([{ type: "ok" }, { reason: "unreachable" }]);
    expect(bob.heard()).toEqual([]);
    bob.comesBack();
    stage.friends("bob", "carol");
    const carol = stage.join("carol");
    bob.invites("carol", "c3");
    carol.says("call.accept", { call: call("c3") });
    expect(alice.invites("bob", "c4")).toMatchObject([{ type: "ok" }, { reason: "unreachable" }]);
  });
});

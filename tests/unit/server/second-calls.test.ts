import { beforeEach, describe, expect, test } from "vitest";
import { MAX_RINGS_PER_CALLEE } from "#protocol";
import { call, Stage, user, type Heard, type Seat } from "./stage.ts";

let stage: Stage;
let alice: Seat;
let bob: Seat;
let bobsPhone: Seat;
let carol: Seat;

const c1 = call("c1");
const c2 = call("c2");
const ends = expect.any(Object) as object;

/** Alice talks with Bob's laptop; his phone is there as well. */
beforeEach(() => {
  stage = new Stage();
  stage.friends("alice", "bob", "carol", "dave");
  alice = stage.join("alice");
  bob = stage.join("bob");
  bobsPhone = stage.join("bob", "phone");
  carol = stage.join("carol");
  alice.invites("bob");
  bob.says("call.accept", { call: c1 });
  hush();
});

function hush(): void {
  for (const seat of [alice, bob, bobsPhone, carol]) seat.heard();
}

const ofCalls = (seat: Seat) => seat.heard().filter(({ type }) => type.startsWith("call."));
const endsOf = (heard: Heard[]) => heard.filter(({ type }) => type === "call.ended");

describe("a second invite to someone in a call", () => {
  test("[CALL-9] [CALL-3] waits quietly on every online device, the one in the call too", () => {
    expect(carol.invites("bob", "c2", { id: 1 })).toEqual([{ type: "ok", re: 1 }]);
    const from = { user: "carol", name: "CAROL" };
    const ring = { call: "c2", from, media: "video", waiting: true };
    const told = { type: "call.incoming", ...ring, remaining: 45_000 };
    expect(bob.heard()).toEqual([told]);
    expect(bobsPhone.heard()).toEqual([told]);
    stage.pass(20_000);
    expect(stage.join("bob", "tablet").heard()[0]?.["calls"]).toEqual([
      {
        call: "c1",
        state: "running",
        with: { user: "alice", name: "ALICE" },
        media: "video",
        here: false,
        age: 20_000,
      },
      { ...ring, state: "incoming", remaining: 25_000 },
    ]);
    expect(alice.heard()).toEqual([]);
  });

  test("[CALL-9] the caller in the call is in a call, too", () => {
    carol.invites("alice", "c2");
    expect(alice.heard()).toMatchObject([{ type: "call.incoming", call: "c2", waiting: true }]);
  });

  test("[CALL-9] its caller is told that it waits", () => {
    carol.invites("bob", "c2");
    bob.says("call.alert", { call: c2, mode: "waiting" });
    bobsPhone.says("call.alert", { call: c2, mode: "waiting" });
    expect(carol.heard()).toEqual([
      { type: "call.ringing", call: "c2", devices: 1, mode: "waiting", ends },
      { type: "call.ringing", call: "c2", devices: 2, mode: "waiting", ends },
    ]);
    expect(carol.comesBack()[0]?.["calls"]).toEqual([{ call: "c2", state: "outgoing", devices: 2, mode: "waiting" }]);
  });

  test.each([
    ["the one in the call", () => bob, () => bobsPhone],
    ["another", () => bobsPhone, () => bob],
  ])(
    "[CALL-9] [DEC-1] accepting it on %s device ends the first as hangup, told first and to everyone",
    (_, device, other) => {
      carol.invites("bob", "c2");
      hush();
      const effects = device().says("call.accept", { call: c2, id: 5 });
      // The ring before the talk: a device on which both were must not ring aloud in between.
      expect(effects.slice(0, 2)).toMatchObject([
        {
          type: "send",
          to: [other().connection],
          message: { type: "call.ended", call: "c2", reason: "answered-elsewhere" },
        },
        {
          type: "send",
          to: [alice.connection, bob.connection],
          message: { type: "call.ended", call: "c1", reason: "hangup" },
        },
      ]);
      expect(endsOf(alice.heard())).toEqual([{ type: "call.ended", call: "c1", reason: "hangup", seconds: 0 }]);
      expect(ofCalls(device()).at(-1)).toMatchObject({ type: "call.accepted", call: "c2", re: 5 });
      expect(ofCalls(carol)).toMatchObject([{ type: "call.accepted", call: "c2" }]);
      expect(stage.records).toMatchObject([{ call: "c1", reason: "hangup", outcomes: { callee: "answered" } }]);
      const running = { call: "c2", state: "running", here: true };
      expect(device().comesBack()[0]?.["calls"]).toMatchObject([running]);
    },
  );

  test.each<[string, () => void, string, string]>([
    ["declined", () => bobsPhone.says("call.decline", { call: c2 }), "declined", "declined"],
    ["cancelled", () => carol.says("call.cancel", { call: c2 }), "cancelled", "missed"],
    ["not answered", () => stage.pass(45_000), "no-answer", "missed"],
    ["its caller signs out", () => carol.says("bye", {}), "cancelled", "missed"],
    ["dnd is chosen", () => bob.says("presence.set", { availability: "dnd" }), "unavailable", "missed"],
    ["invisible is chosen", () => bob.says("presence.set", { availability: "invisible" }), "unreachable", "missed"],
    ["busy is chosen", () => bob.says("settings.set", { secondCall: "busy" }), "busy", "missed"],
    ["they are contacts no more", () => stage.unfriend("bob", "carol"), "unreachable", "missed"],
  ])("[CALL-9] [CALL-5] [CALL-7] [CALL-8] it ends as usual, and the talk goes on: %s", (_, act, caller, callee) => {
    carol.invites("bob", "c2");
    act();
    expect(stage.records).toMatchObject([{ call: "c2", outcomes: { caller, callee } }]);
    const running = { call: "c1", state: "running", here: true };
    expect(bob.comesBack()[0]?.["calls"]).toMatchObject([running]);
    expect(alice.comesBack()[0]?.["calls"]).toMatchObject([running]);
  });

  test("[CALL-9] [CALL-14] not taken, it was missed while in a call", () => {
    carol.invites("bob", "c2");
    bob.says("call.alert", { call: c2, mode: "waiting" });
    carol.says("call.cancel", { call: c2 });
    bob.says("settings.set", { secondCall: "busy" });
    carol.invites("bob", "c3");
    expect(stage.records.map(({ missedWhile }) => missedWhile)).toEqual(["in-call", "in-call"]);
  });

  test("[CALL-9] with secondCall busy it ends as busy at once, and is missed", () => {
    bob.says("settings.set", { secondCall: "busy" });
    hush();
    expect(carol.invites("bob", "c2")).toMatchObject([{ type: "ok" }, { call: "c2", reason: "busy" }]);
    expect([...bob.heard(), ...bobsPhone.heard()]).toEqual([]);
    expect(stage.records).toMatchObject([{ call: "c2", outcomes: { caller: "busy", callee: "missed" } }]);
  });

  test("[CALL-9] [CALL-8] it waits for who is in the grace, and is told with the welcome", () => {
    bobsPhone.says("bye", {});
    bob.loses();
    expect(carol.invites("bob", "c2")).toMatchObject([{ type: "ok" }]);
    expect(bob.comesBack()[0]?.["calls"]).toMatchObject([
      { call: "c1", state: "running", here: true },
      { call: "c2", state: "incoming", waiting: true },
    ]);
  });

  test("[CALL-9] [CALL-3] when the talk ends nothing is said of it again; a device that comes then rings", () => {
    carol.invites("bob", "c2");
    hush();
    bob.says("call.hangup", { call: c1 });
    expect(bobsPhone.heard().filter(({ type }) => type === "call.incoming")).toEqual([]);
    const [entry] = stage.join("bob", "tablet").heard()[0]?.["calls"] as Heard[];
    expect(entry).toMatchObject({ call: "c2", state: "incoming" });
    expect(entry).not.toHaveProperty("waiting");
    bob.says("call.alert", { call: c2, mode: "waiting" });
    bob.says("call.alert", { call: c2, mode: "loud" });
    expect(carol.heard().filter(({ type }) => type === "call.ringing")).toMatchObject([
      { mode: "waiting" },
      { mode: "loud" },
    ]);
  });

  test("[CALL-2] [CALL-9] waiting rings count among the five, busy ones do not", () => {
    bob.says("settings.set", { secondCall: "busy" });
    for (let n = 0; n < MAX_RINGS_PER_CALLEE; n += 1) carol.invites("bob", `busy${String(n)}`);
    bob.says("settings.set", { secondCall: "wait" });
    for (let n = 0; n < MAX_RINGS_PER_CALLEE; n += 1) {
      expect(carol.invites("bob", `wait${String(n)}`)).toMatchObject([{ type: "ok" }]);
      carol.says("call.cancel", { call: call(`wait${String(n)}`) });
    }
    expect(carol.invites("bob", "more")).toMatchObject([{ type: "error", code: "rate_limited" }]);
  });

  test("[CALL-9] [DEC-23] a person who calls but does not yet talk is not in a call: it rings aloud", () => {
    bob.says("call.hangup", { call: c1 });
    const dave = stage.join("dave");
    bob.invites("dave", "c3");
    carol.invites("bob", "c2");
    expect(bobsPhone.heard().find(({ type }) => type === "call.incoming")).not.toHaveProperty("waiting");
    // Once it is answered, who comes online is told that it waits.
    dave.says("call.accept", { call: call("c3") });
    expect(stage.join("bob", "tablet").heard()[0]?.["calls"]).toMatchObject([
      { call: "c3", state: "running" },
      { call: "c2", state: "incoming", waiting: true },
    ]);
  });
});

describe("the one who has a call and calls", () => {
  test("[DEC-6] [DEC-7] gets a conflict on every device, also towards the one whose ring waits", () => {
    carol.invites("bob", "c2");
    for (const device of [bob, bobsPhone])
      expect(device.invites("carol", "c3")).toMatchObject([{ type: "error", code: "conflict" }]);
    bob.says("call.hangup", { call: c1 });
    // Out of the call it is glare. [CALL-6]
    expect(endsOf(bob.invites("carol", "c4"))).toMatchObject([{ call: "c4", reason: "merged", into: "c2" }]);
    expect(carol.heard().find(({ type }) => type === "call.accepted")).toMatchObject({ call: "c2" });
  });

  test("[CALL-6] [CALL-9] glare that makes a call leaves the other rings waiting", () => {
    bob.says("call.hangup", { call: c1 });
    const dave = stage.join("dave");
    dave.invites("bob", "c2");
    carol.invites("bob", "c3");
    bob.invites("carol", "c4");
    expect(stage.join("bob", "tablet").heard()[0]?.["calls"]).toMatchObject([
      { call: "c2", state: "incoming", waiting: true },
      { call: "c3", state: "running" },
    ]);
  });
});

describe("several rings, and one is taken", () => {
  beforeEach(() => {
    bob.says("call.hangup", { call: c1 });
    stage.join("dave").invites("bob", "c3");
    hush();
  });

  test("[CALL-9] [DEC-23] the others go on and wait: only a device that comes online hears of it", () => {
    carol.invites("bob", "c2");
    hush();
    bob.says("call.accept", { call: c2 });
    expect([...bob.heard(), ...bobsPhone.heard()].filter((heard) => heard["call"] === "c3")).toEqual([]);
    expect(stage.join("bob", "tablet").heard()[0]?.["calls"]).toContainEqual(
      expect.objectContaining({ call: "c3", state: "incoming", waiting: true }),
    );
  });

  test("[CALL-9] [DEC-1] [DEC-23] with secondCall busy the others end as busy, before the answer is told", () => {
    bob.says("settings.set", { secondCall: "busy" });
    carol.invites("bob", "c2");
    hush();
    bob.says("call.accept", { call: c2 });
    const heard = ofCalls(bob).map(({ type, call: id, reason }) => [type, id, reason]);
    expect(heard).toEqual([
      ["call.ended", "c3", "busy"],
      ["call.accepted", "c2", undefined],
    ]);
    expect(ofCalls(bobsPhone)).toMatchObject([
      { call: "c2", reason: "answered-elsewhere" },
      { call: "c3", reason: "busy" },
    ]);
    expect(stage.records.at(-1)).toMatchObject({ call: "c3", outcomes: { caller: "busy", callee: "missed" } });
  });

  test("[CALL-9] [DEC-23] so it is for the caller whose call is answered", () => {
    bob.says("settings.set", { secondCall: "busy" });
    bob.invites("carol", "c2");
    carol.says("call.accept", { call: c2 });
    expect(stage.records.at(-1)).toMatchObject({ call: "c3", reason: "busy" });
  });
});

describe("with showBusy off", () => {
  const rung = (seat: Seat) => seat.heard().filter(({ type }) => type === "call.ringing");

  beforeEach(() => {
    bob.says("settings.set", { showBusy: false });
    hush();
  });

  test("[CALL-9] [PRES-1] [DEC-24] the caller is told silent in place of waiting, also in the welcome", () => {
    carol.invites("bob", "c2");
    bob.says("call.alert", { call: c2, mode: "waiting" });
    expect(rung(carol)).toEqual([{ type: "call.ringing", call: "c2", devices: 1, mode: "silent", ends }]);
    expect(carol.comesBack()[0]?.["calls"]).toEqual([{ call: "c2", state: "outgoing", devices: 1, mode: "silent" }]);
    carol.says("call.cancel", { call: c2 });
    expect(stage.records).toMatchObject([{ outcomes: { caller: "cancelled" }, missedWhile: "in-call" }]);
  });

  test("[DEC-24] nothing tells when the talk begins or ends: each device's first word stands", () => {
    bob.says("call.hangup", { call: c1 });
    carol.invites("bob", "c2");
    bob.says("call.alert", { call: c2, mode: "loud" });
    hush();
    bob.invites("alice", "c3");
    alice.says("call.accept", { call: call("c3") });
    bob.says("call.alert", { call: c2, mode: "waiting" });
    expect(ofCalls(carol)).toEqual([]);
    expect(carol.comesBack()[0]?.["calls"]).toMatchObject([{ mode: "loud" }]);
    carol.heard();
    bobsPhone.says("call.alert", { call: c2, mode: "waiting" });
    expect(rung(carol)).toMatchObject([{ devices: 2, mode: "loud" }]);
    bob.says("call.hangup", { call: call("c3") });
    bobsPhone.says("call.alert", { call: c2, mode: "loud" });
    expect(ofCalls(carol)).toEqual([]);
  });

  test("[DEC-24] it counts for a ring that is there already, told anew where it makes a difference", () => {
    bob.says("settings.set", { showBusy: true });
    carol.invites("bob", "c2");
    bob.says("call.alert", { call: c2, mode: "waiting" });
    hush();
    bob.says("settings.set", { showBusy: false });
    expect(rung(carol)).toMatchObject([{ devices: 1, mode: "silent" }]);
    bob.says("settings.set", { letThrough: [user("alice")] });
    expect(rung(carol)).toEqual([]);
    bob.says("settings.set", { showBusy: true });
    expect(rung(carol)).toMatchObject([{ devices: 1, mode: "waiting" }]);
  });

  test("[DEC-24] what carol hears of a ring is the same, frame by frame, as from someone whose devices are silent", () => {
    const heardOf = (isInCall: boolean): Heard[] => {
      carol.heard();
      if (!isInCall) bob.says("call.hangup", { call: c1 });
      const id = `c-${String(isInCall)}`;
      const heard = [...carol.invites("bob", id)];
      const mode = isInCall ? "waiting" : "silent";
      for (const device of [bob, bobsPhone]) device.says("call.alert", { call: call(id), mode });
      stage.pass(45_000);
      return [...heard, ...carol.heard()];
    };
    const text = (heard: Heard[]) => JSON.stringify(heard).replace(/c-(true|false)|peer-\d+/g, "*");
    expect(text(heardOf(true))).toBe(text(heardOf(false)));
  });
});

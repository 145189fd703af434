import { beforeEach, describe, expect, test } from "vitest";
import { judge, type CallRequest, type Standing, type Verdict } from "../../../server/core/judge.ts";
import { call, Stage, user, type Seat } from "./stage.ts";

const c1 = call("c1");
const c2 = call("c2");

describe("every request in every standing", () => {
  const word = (verdict: Verdict) => (verdict.do === "end" ? verdict.reason : verdict.do);
  const standings: [string, Standing][] = [
    ["caller, ringing, here", { at: "ringing", side: "caller", here: true }],
    ["caller, ringing, elsewhere", { at: "ringing", side: "caller", here: false }],
    ["callee, ringing", { at: "ringing", side: "callee", here: false }],
    ["caller, running, here", { at: "running", side: "caller", here: true }],
    ["caller, running, elsewhere", { at: "running", side: "caller", here: false }],
    ["callee, running, here", { at: "running", side: "callee", here: true }],
    ["callee, running, elsewhere", { at: "running", side: "callee", here: false }],
    ["caller, over", { at: "over", side: "caller", here: false }],
    ["callee, over", { at: "over", side: "callee", here: false }],
    ["either, running, here", { at: "running", side: "either", here: true }],
  ];
  const table: Record<CallRequest, string[]> = {
    "call.alert": [
      "refuse",
      "refuse",
      "proceed",
      "refuse",
      "refuse",
      "nothing",
      "nothing",
      "refuse",
      "nothing",
      "nothing",
    ],
    "call.accept": [
      "refuse",
      "refuse",
      "proceed",
      "refuse",
      "refuse",
      "proceed",
      "tell-end",
      "refuse",
      "tell-end",
      "proceed",
    ],
    "call.decline": [
      "refuse",
      "refuse",
      "declined",
      "refuse",
      "refuse",
      "refuse",
      "nothing",
      "refuse",
      "nothing",
      "refuse",
    ],
    "call.cancel": [
      "cancelled",
      "refuse",
      "refuse",
      "hangup",
      "refuse",
      "refuse",
      "refuse",
      "nothing",
      "refuse",
      "hangup",
    ],
    "call.hangup": [
      "cancelled",
      "refuse",
      "declined",
      "hangup",
      "refuse",
      "hangup",
      "refuse",
      "nothing",
      "nothing",
      "hangup",
    ],
    "call.signal": [
      "refuse",
      "refuse",
      "refuse",
      "proceed",
      "refuse",
      "proceed",
      "refuse",
      "refuse",
      "refuse",
      "proceed",
    ],
    "call.rejoin": [
      "proceed",
      "refuse",
      "refuse",
      "proceed",
      "refuse",
      "proceed",
      "refuse",
      "refuse",
      "refuse",
      "proceed",
    ],
  };
  const cases = Object.entries(table).flatMap(([request, verdicts]) =>
    verdicts.map((verdict, index) => [request as CallRequest, ...standings[index]!, verdict] as const),
  );

  test.each(cases)("[CALL-10] %s by the %s", (request, _, standing, verdict) => {
    expect(word(judge(request, standing))).toBe(verdict);
  });
});

describe("with people", () => {
  let stage: Stage;
  let alice: Seat;
  let bob: Seat;

  beforeEach(() => {
    stage = new Stage();
    stage.friends("alice", "bob", "carol");
    alice = stage.join("alice");
    bob = stage.join("bob");
  });

  const requests: CallRequest[] = [
    "call.alert",
    "call.accept",
    "call.decline",
    "call.cancel",
    "call.signal",
    "call.rejoin",
    "call.hangup",
  ];

  test.each(requests)("[CALL-10] %s for somebody else's call is answered as for one that never was", (type) => {
    const carol = stage.join("carol");
    // `mode` and `data` are read by one request each, and no harm to the others.
    const fields = { id: 5, mode: "loud", data: 1 } as never;
    const never = carol.asks(type, Object.assign({ call: c1 }, fields));
    alice.invites("bob");
    const ringing = carol.asks(type, Object.assign({ call: c1 }, fields));
    bob.says("call.accept", { call: c1 });
    carol.heard();
    const running = carol.asks(type, Object.assign({ call: c1 }, fields));
    bob.says("call.hangup", { call: c1 });
    const over = carol.asks(type, Object.assign({ call: c1 }, fields));
    expect(never).toMatchObject([{ type: "error", code: "not_found", re: 5 }]);
    expect([ringing, running, over]).toEqual([never, never, never]);
  });

  test("[CALL-10] a repeated accept by the winner brings call.accepted again, with the same ends", () => {
    alice.invites("bob");
    const first = bob.asks("call.accept", { call: c1, media: "audio", id: 1 });
    alice.heard();
    const again = bob.asks("call.accept", { call: c1, id: 2 });
    expect(again).toEqual([{ ...first.find(({ type }) => type === "call.accepted"), re: 2 }]);
    expect(again).toMatchObject([{ media: "audio" }]);
    expect(alice.heard()).toEqual([]);
  });

  test.each(["call.cancel", "call.hangup"] as const)("[CALL-10] %s twice is harmless", (type) => {
    alice.invites("bob");
    alice.says(type, { call: c1 });
    bob.heard();
    expect(alice.asks(type, { call: c1, id: 8 })).toEqual([{ type: "ok", re: 8 }]);
    expect(bob.asks("call.decline", { call: c1, id: 8 })).toEqual([{ type: "ok", re: 8 }]);
    expect(bob.heard()).toEqual([]);
    expect(stage.records).toHaveLength(1);
  });

  test("[CALL-10] [DEC-12] the same invite again while it rings or runs is harmless; after its end a conflict", () => {
    alice.invites("bob");
    bob.heard();
    expect(alice.invites("bob")).toEqual([{ type: "ok" }]);
    bob.says("call.alert", { call: c1, mode: "loud" });
    const [ringing] = alice.heard();
    expect(alice.invites("bob")).toEqual([{ type: "ok" }, ringing]);
    bob.says("call.accept", { call: c1 });
    const accepted = alice.heard().find(({ type }) => type === "call.accepted");
    expect(alice.invites("bob")).toEqual([{ type: "ok" }, accepted]);
    bob.says("call.hangup", { call: c1 });
    expect(alice.invites("bob", "c1", { id: 4 })).toMatchObject([{ type: "error", code: "conflict", re: 4 }]);
    expect(stage.records).toHaveLength(1);
  });

  test("[DEC-6] an invite with the id of another call is a conflict", () => {
    const carol = stage.join("carol");
    alice.invites("bob");
    expect(carol.invites("bob", "c1")).toMatchObject([{ code: "conflict" }]);
    expect(bob.invites("alice", "c1")).toMatchObject([{ code: "conflict" }]);
    expect(alice.invites("carol", "c1")).toMatchObject([{ code: "conflict" }]);
    expect(stage.join("alice", "phone").invites("bob", "c1")).toMatchObject([{ code: "conflict" }]);
  });

  describe("glare", () => {
    test("[CALL-6] the invite that arrives second accepts the first, and its own call ends as merged", () => {
      const phone = stage.join("bob", "phone");
      alice.invites("bob");
      for (const seat of [alice, bob, phone]) seat.heard();
      expect(bob.invites("alice", "c2", { media: "audio", id: 3 })).toMatchObject([
        { type: "ok", re: 3 },
        { type: "call.ended", call: "c2", reason: "merged", into: "c1" },
        { type: "call.accepted", call: "c1", media: "audio" },
        { type: "presence", user: "alice", availability: "busy" },
      ]);
      expect(phone.heard()[0]).toMatchObject({ type: "call.ended", call: "c1", reason: "answered-elsewhere" });
      expect(alice.heard()[0]).toMatchObject({ type: "call.accepted", call: "c1", media: "audio" });
      expect(stage.records).toEqual([]);
    });

    test.each([
      ["video", "video", "video"],
      ["video", "audio", "audio"],
      ["audio", "video", "audio"],
      ["audio", "audio", "audio"],
    ] as const)("[CALL-6] %s meets %s: %s", (first, second, media) => {
      alice.invites("bob", "c1", { media: first });
      bob.invites("alice", "c2", { media: second });
      expect(alice.heard().find(({ type }) => type === "call.accepted")).toMatchObject({ media });
    });

    test("[CALL-6] several devices: the one that asked has the call, each side's others have none", () => {
      const alicesPhone = stage.join("alice", "phone");
      const bobsPhone = stage.join("bob", "phone");
      alicesPhone.invites("bob");
      bobsPhone.invites("alice", "c2");
      const here = (seat: Seat) => seat.comesBack()[0]?.["calls"];
      for (const seat of [alicesPhone, bobsPhone]) expect(here(seat)).toMatchObject([{ call: "c1", here: true }]);
      for (const seat of [alice, bob]) expect(here(seat)).toMatchObject([{ call: "c1", here: false }]);
    });

    test("[CALL-10] a merged call answers to both ids", () => {
      alice.invites("bob");
      bob.invites("alice", "c2");
      alice.heard();
      expect(bob.invites("alice", "c2")).toMatchObject([{ type: "ok" }, { type: "call.accepted", call: "c1" }]);
      expect(bob.asks("call.signal", { call: c2, data: 1, id: 1 })).toEqual([{ type: "ok", re: 1 }]);
      expect(alice.heard()).toEqual([{ type: "call.signal", call: "c1", data: 1 }]);
      expect(bob.asks("call.cancel", { call: c2, id: 2 })).toMatchObject([
        { type: "ok", re: 2 },
        { type: "call.ended", call: "c1", reason: "hangup" },
        {},
      ]);
      expect(bob.asks("call.hangup", { call: c2, id: 3 })).toEqual([{ type: "ok", re: 3 }]);
      expect(bob.asks("call.accept", { call: c2 })).toMatchObject([{ code: "conflict" }]);
      expect(bob.invites("alice", "c2")).toMatchObject([{ code: "conflict" }]);
      expect(alice.asks("call.accept", { call: c2, id: 4 })).toMatchObject([{ type: "call.ended", reason: "hangup" }]);
      expect(stage.records).toMatchObject([{ call: "c1", reason: "hangup" }]);
    });

    test("[DEC-13] an invite too old to ring answers nothing", () => {
      alice.invites("bob");
      expect(bob.invites("alice", "c2", { age: 50_000 })).toMatchObject([{ type: "ok" }, { reason: "no-answer" }]);
      expect(alice.heard().filter(({ type }) => type === "call.accepted")).toEqual([]);
    });
  });

  test("[CALL-14] every way to end leaves one record, with an outcome for each side", () => {
    const ring = (id: string) => alice.invites("bob", id);
    ring("declined");
    bob.says("call.decline", { call: call("declined") });
    ring("cancelled");
    alice.says("call.cancel", { call: call("cancelled") });
    ring("no-answer");
    stage.pass(45_000);
    ring("hangup");
    stage.pass(2_000);
    bob.says("call.accept", { call: call("hangup"), media: "audio" });
    stage.pass(3_000);
    bob.says("call.hangup", { call: call("hangup") });
    bob.says("presence.set", { availability: "dnd" });
    ring("unavailable");
    bob.says("bye", {});
    ring("unreachable");
    const outcomes = stage.records.map(({ call: id, reason, outcomes: { caller, callee } }) => [
      id,
      reason,
      caller,
      callee,
    ]);
    expect(outcomes).toEqual([
      ["declined", "declined", "declined", "declined"],
      ["cancelled", "cancelled", "cancelled", "missed"],
      ["no-answer", "no-answer", "no-answer", "missed"],
      ["hangup", "hangup", "answered", "answered"],
      ["unavailable", "unavailable", "unavailable", "missed"],
      ["unreachable", "unreachable", "unreachable", "missed"],
    ]);
    const { startedAt, acceptedAt, endedAt, media, caller, callee } = stage.records[3]!;
    expect([caller, callee, media]).toEqual([user("alice"), user("bob"), "audio"]);
    expect([acceptedAt! - startedAt, endedAt - acceptedAt!]).toEqual([2_000, 3_000]);
    expect(stage.records[0]).not.toHaveProperty("acceptedAt");
  });
});

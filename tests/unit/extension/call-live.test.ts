import { describe, expect, it } from "vitest";
import type { CallId, WelcomeCall } from "#protocol";
import { callDue } from "../../../extension/core/call.ts";
import type { CallState } from "../../../extension/core/call-types.ts";
import {
  acceptedNews,
  answering,
  askAccept,
  askInvite,
  AT,
  bob,
  CALL,
  endedAs,
  endedCall,
  endedNews,
  idle,
  incoming,
  joining,
  listedIncoming,
  live,
  NEW_TICKET,
  OTHER,
  over,
  owe,
  reconnecting,
  REQUEST,
  running,
  signalNews,
  TICKET,
  welcomed,
  when,
  without,
  pageGone,
} from "./call-stage.ts";

const acceptedStates = { joining, answering, live, reconnecting };
const merged = { call: OTHER, alias: CALL };
const TALKED = { seconds: 10 };

function howItEnds(state: CallState) {
  const outgoing = state.at === "accepting" || state === answering ? { outgoing: false } : {};
  return { ...outgoing, ...(state.at === "accepting" ? {} : TALKED) };
}

describe("the media of a call", () => {
  it("goes live when it first flows", () => {
    const rest = without(joining, "until");
    const next = when(joining, { type: "media-connected", call: CALL });
    expect(next).toEqual({ state: { ...rest, at: "live" }, effects: [] });
  });

  it("is reconnecting while it is interrupted, for at most a minute", () => {
    const next = when(live, { type: "media-interrupted", call: CALL });
    expect(next).toEqual({ state: { ...live, at: "reconnecting", until: AT + 60_000 }, effects: [] });
  });

  it("is live again as the same talk", () => {
    expect(when(reconnecting, { type: "media-connected", call: CALL })).toEqual({ state: live, effects: [] });
  });

  it("[CALL-13] was lost where the other side gives it up after 25 s, and was hung up before", () => {
    const hungUp = (brokenForMs: number) => {
      const state = { ...reconnecting, until: AT + 60_000 - brokenForMs };
      return when(state, endedNews("hangup")).state;
    };
    expect(hungUp(24_999)).toMatchObject({ at: "ended", reason: "hangup" });
    expect(hungUp(25_000)).toMatchObject({ at: "ended", reason: "lost" });
  });

  it.each([
    ["invite", live, askInvite(10_000)],
    ["invite", reconnecting, askInvite(10_000)],
    ["accept", { ...live, outgoing: false }, askAccept("video")],
  ] as const)("[DEC-56] repeats its %s where the relay's credentials run out", (_request, state, ask) => {
    expect(when(state, { type: "ice-wanted", call: CALL })).toEqual({ state, effects: [ask] });
  });

  it("[DEC-56] takes the ticket that comes for it, and no other ends", () => {
    const state = { ...live, ticket: TICKET };
    const renewed = { ...TICKET, iceServers: [{ urls: ["turn:a.example"], username: "a", credential: "b" }] };
    expect(when(state, acceptedNews(CALL, renewed))).toEqual({ state: { ...state, ticket: renewed }, effects: [] });
    expect(when(state, acceptedNews(CALL, NEW_TICKET))).toEqual({ state, effects: [] });
  });

  it("[CALL-10] keeps both ids of a merged call, and its page's signals find their way by either", () => {
    const { state } = when({ ...joining, ...merged }, { type: "media-connected", call: CALL });
    expect(state).toMatchObject({ at: "live", ...merged });
    expect(when(state, { type: "page-signal", call: CALL, data: 1 }).effects).toEqual([
      { type: "ask", message: { type: "call.signal", call: OTHER, data: 1 } },
    ]);
    expect(when(state, signalNews(OTHER)).effects).toEqual([{ type: "signal-page", call: CALL, data: { sdp: "x" } }]);
  });

  it.each([
    ["joining", joining, "failed"],
    ["live", live, "lost"],
    ["reconnecting", reconnecting, "lost"],
  ] as const)("that fails while %s hangs up", (_name, state, reason) => {
    const next = when(state, { type: "media-failed", call: CALL });
    expect(next).toEqual({ state: endedAs(reason, howItEnds(state)), effects: [owe("call.hangup"), over()] });
  });

  it.each([
    ["joining", joining, "failed", { seconds: 45 }],
    ["reconnecting", reconnecting, "lost", { seconds: 50 }],
  ] as const)("has until its deadline while %s, not longer", (_name, state, reason, talked) => {
    const { until } = state;
    expect(callDue(state)).toBe(until);
    expect(when(state, { type: "due" }, until - 1)).toEqual({ state, effects: [] });
    expect(when(state, { type: "due" }, until)).toEqual({
      state: endedAs(reason, { ...talked, until: until + 60_000 }),
      effects: [owe("call.hangup"), over()],
    });
  });

  it("[CALL-13] has no deadline while it flows", () => {
    expect(callDue(live)).toBeUndefined();
    expect(when(live, { type: "due" }, AT + 24 * 3_600_000)).toEqual({ state: live, effects: [] });
  });
});

describe.each(Object.entries(acceptedStates))("an accepted call while %s", (name, state) => {
  it("hands signals through, unread, both ways", () => {
    expect(when(state, { type: "page-signal", call: CALL, data: [1] })).toEqual({
      state,
      effects: [{ type: "ask", message: { type: "call.signal", call: CALL, data: [1] } }],
    });
    const effects = [{ type: "signal-page", call: CALL, data: { sdp: "x" } }];
    expect(when(state, signalNews())).toEqual({ state, effects });
  });

  it("is hung up by its person, and owes that to the server", () => {
    const next = when(state, { type: "hang-up", call: CALL });
    expect(next).toEqual({ state: endedAs("hangup", howItEnds(state)), effects: [owe("call.hangup"), over()] });
  });

  it.each(["hangup", "failed"] as const)("[CALL-1] shows that it ended as %s, and how long the talk was", (reason) => {
    const next = when(state, endedNews(reason));
    expect(next).toEqual({ state: endedAs(reason, howItEnds(state)), effects: [over()] });
  });

  it.each([false, true])("[CALL-12] [CALL-13] goes on where the welcome has it here (settling %s)", (settling) => {
    expect(when(state, welcomed([running(true)], settling))).toEqual({ state, effects: [] });
  });

  it.each<[string, WelcomeCall[], boolean, "hangup" | "answered-elsewhere"]>([
    ["does not know it any more", [], false, "hangup"],
    // The hello named it, so a server that settles would have taken it up. [CALL-11]
    ["does not know it while it settles", [], true, "hangup"],
    ["knows another call only", [running(true, OTHER)], false, "hangup"],
    ["has it on another device", [running(false)], false, "answered-elsewhere"],
  ])("[CALL-12] is over where the welcome %s", (_name, calls, settling, reason) => {
    const next = when(state, welcomed(calls, settling));
    expect(next).toEqual({ state: endedAs(reason, howItEnds(state)), effects: [over()] });
  });

  it("[CALL-6] [CALL-10] ends by either of its ids, but not by the merge told again", () => {
    const both: CallState = { ...state, ...merged };
    expect(when(both, endedNews("merged", CALL, OTHER))).toEqual({ state: both, effects: [] });
    expect(when(both, endedNews("merged", OTHER, CALL))).toEqual({ state: both, effects: [] });
    const next = when(both, endedNews("hangup", CALL));
    expect(next).toEqual({
      state: { ...endedAs("hangup", howItEnds(state)), ...merged },
      effects: [over(OTHER)],
    });
  });

  it.each(["hang-up", "media-failed"] as const)("[CALL-10] of a merge tells %s by the call's id", (type) => {
    const next = when({ ...state, ...merged }, { type, call: CALL });
    expect(next.effects).toEqual([owe("call.hangup", OTHER), over(OTHER)]);
  });

  it("does not mind a refused request, once media has flowed", () => {
    const next = when(state, { type: "refused", of: REQUEST, code: "conflict" });
    const isJoining = name === "joining" || name === "answering";
    expect(next.state.at).toBe(isJoining ? "ended" : state.at);
    expect(next.effects).toEqual(isJoining ? [over()] : []);
  });
});

describe("joining", () => {
  it("[CALL-10] takes the newer ticket of a repeated accept, and keeps its peer where the ids are the same", () => {
    expect(when(joining, acceptedNews(CALL, NEW_TICKET))).toEqual({
      state: { ...joining, media: "audio", ticket: NEW_TICKET },
      effects: [],
    });
    const same = when(joining, acceptedNews(CALL, { ...NEW_TICKET, self: TICKET.self }));
    expect(same.effects).toEqual([]);
    expect(same.state).toBe(joining);
  });

  it("[CALL-12] asks again for a ticket that was lost: the caller by its invite, the callee by its accept", () => {
    const caller = without(joining, "ticket");
    const callee = without(answering, "ticket");
    const age = { id: REQUEST, call: CALL, to: bob.user, media: "video", age: 10_000 } as const;
    expect(when(caller, welcomed([running(true)]))).toEqual({
      state: caller,
      effects: [{ type: "ask", message: { type: "call.invite", ...age } }],
    });
    expect(when(callee, welcomed([running(true)]))).toEqual({ state: callee, effects: [askAccept("video")] });
  });

  it("[CALL-11] answers again what a restarted server rings again; the caller has nothing to answer", () => {
    expect(when(answering, incoming(9_000))).toEqual({ state: answering, effects: [askAccept("video")] });
    expect(when(answering, welcomed([listedIncoming(9_000)]))).toEqual({
      state: answering,
      effects: [askAccept("video")],
    });
    expect(when(joining, incoming(9_000))).toEqual({ state: joining, effects: [] });
  });
});

describe("an ended call", () => {
  it.each([{ type: "dismiss", call: CALL } as const, pageGone])(
    "leaves the stage by $type, under either id",
    (event) => {
      expect(when(endedCall, event)).toEqual({ state: idle, effects: [] });
      expect(when({ ...endedCall, ...merged }, event)).toEqual({ state: idle, effects: [] });
    },
  );

  it("leaves the stage by itself after a minute, not before", () => {
    expect(callDue(endedCall)).toBe(AT + 60_000);
    expect(when(endedCall, { type: "due" }, AT + 59_999)).toEqual({ state: endedCall, effects: [] });
    expect(when(endedCall, { type: "due" }, AT + 60_000)).toEqual({ state: idle, effects: [] });
  });

  it("[CALL-14] says the length that the server's record says, whoever hung up", () => {
    const recorded = (call: CallId) =>
      ({ type: "news", message: { type: "call.ended", call, reason: "hangup", seconds: 9 } }) as const;
    const news = recorded(CALL);
    expect(when(live, news).state).toMatchObject({ at: "ended", seconds: 9 });
    const hungUp = when(live, { type: "hang-up", call: CALL }).state;
    expect(hungUp).toMatchObject({ at: "ended", seconds: 10 });
    expect(when(hungUp, news)).toEqual({ state: { ...hungUp, seconds: 9 }, effects: [] });
    // The history counts from the answer, whether or not anything has flowed.
    expect(when(joining, news).state).toMatchObject({ seconds: 9 });
    expect(when(hungUp, recorded(OTHER))).toEqual({ state: hungUp, effects: [] });
  });

  it.each([
    ["live", live, AT + 3_000, 13],
    ["reconnecting", { ...reconnecting, until: AT + 62_000 }, AT + 1_000, 12],
    ["reconnecting before the line was lost", { ...reconnecting, until: AT + 62_000 }, AT + 3_000, 13],
    ["joining", joining, AT + 3_000, 13],
  ] as const)(
    "[CALL-14] counts what is over meanwhile while %s no further than it is known",
    (_, state, lostAt, seconds) => {
      const late = when(state, { type: "welcomed", calls: [], settling: false, lostAt }, AT + 30_000);
      expect(late.state).toMatchObject({ at: "ended", reason: "hangup", seconds });
      const told = { type: "call.ended", call: CALL, reason: "hangup", seconds: 10 } as const;
      expect(when(late.state, { type: "news", message: told }).state).toMatchObject({ seconds: 10 });
    },
  );

  it("counts no talk below 0 where the clock was set back", () => {
    const { state } = when(live, { type: "hang-up", call: CALL }, live.acceptedAt - 5_000);
    expect(state).toMatchObject({ seconds: 0 });
  });
});

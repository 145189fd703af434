import { describe, expect, it } from "vitest";
import type { WelcomeCall } from "#protocol";
import { callDue } from "../../../extension/core/call.ts";
import type { CallEffect, CallState, RingingIn } from "../../../extension/core/call-types.ts";
import {
  acceptedNews,
  accepting,
  answering,
  askAccept,
  AT,
  bob,
  CALL,
  carol,
  endedAs,
  endedCall,
  endedNews,
  FRESH,
  idle,
  incoming,
  listedIncoming,
  NEW_TICKET,
  OTHER,
  over,
  owe,
  REQUEST,
  ring,
  ringingIn,
  running,
  welcomed,
  when,
  hangUp,
  tabClosed,
} from "./call-stage.ts";

const MISSED: CallEffect = { type: "missed", call: CALL, from: bob, media: "video" };
const ALERT: CallEffect = { type: "ask", message: { type: "call.alert", call: CALL, mode: "loud" } };
const sounding: RingingIn = { ...ringingIn, alerted: "loud" };
/** How a call that was answered here has ended. */
const endedIn = (reason: Parameters<typeof endedAs>[0]) => endedAs(reason, { outgoing: false });

describe("a ring", () => {
  it.each([
    ["nothing", idle],
    ["a call that ended", endedCall],
  ])("takes the stage of %s, without a tab and without a request", (_name, state) => {
    const { call, from, media, until } = ring;
    expect(when(state, { type: "ring", ring })).toEqual({
      state: { at: "ringing-in", call, with: from, media, until },
      effects: [],
    });
  });

  it("gives one receipt, once this device really rings", () => {
    expect(when(ringingIn, { type: "alerted", call: CALL, mode: "loud" })).toEqual({
      state: sounding,
      effects: [ALERT],
    });
    expect(when(sounding, { type: "alerted", call: CALL, mode: "loud" })).toEqual({ state: sounding, effects: [] });
  });

  it.each(["decline", "hang-up"] as const)("[CALL-5] is declined by %s, and owes that to the server", (type) => {
    const next = when(sounding, { type, call: CALL });
    expect(next).toEqual({ state: idle, effects: [owe("call.decline"), over()] });
  });

  it.each([
    ["[CALL-4]", "answered-elsewhere", []],
    ["[CALL-5]", "declined-elsewhere", []],
    ["[CALL-5]", "declined", []],
    ["[CALL-7]", "cancelled", [MISSED]],
    ["[CALL-7]", "no-answer", [MISSED]],
    ["[CALL-8]", "unreachable", [MISSED]],
    ["[CALL-13]", "failed", [MISSED]],
  ] as const)(
    "%s that the server ends as %s falls silent, and is missed only where nobody answered",
    (_r, reason, more) => {
      expect(when(sounding, endedNews(reason))).toEqual({ state: idle, effects: [over(), ...more] });
    },
  );

  it("[CALL-7] ends by the own timer, not before, and is missed", () => {
    expect(callDue(sounding)).toBe(sounding.until);
    expect(when(sounding, { type: "due" }, sounding.until - 1)).toEqual({ state: sounding, effects: [] });
    expect(when(sounding, { type: "due" }, sounding.until)).toEqual({ state: idle, effects: [over(), MISSED] });
  });

  it.each([
    ["shortens with what remains", 10_000, AT + 10_000],
    ["never lengthens", 44_000, ringingIn.until],
  ])("[CALL-11] that is told again %s", (_name, remaining, until) => {
    expect(when(ringingIn, incoming(remaining))).toEqual({ state: { ...ringingIn, until }, effects: [] });
    expect(when(sounding, incoming(remaining))).toEqual({ state: { ...sounding, until }, effects: [ALERT] });
    expect(when(ringingIn, welcomed([listedIncoming(remaining)]))).toEqual({
      state: { ...ringingIn, until },
      effects: [],
    });
    expect(when(sounding, welcomed([listedIncoming(remaining)]))).toEqual({
      state: { ...sounding, until },
      effects: [ALERT],
    });
  });

  it.each<[string, WelcomeCall[], boolean]>([
    ["does not know it any more", [], false],
    ["says that it runs elsewhere", [running(false)], false],
    ["says so while it settles", [running(false)], true],
    ["knows another ring only", [listedIncoming(9_000, OTHER)], false],
  ])("[CALL-12] is dropped without a word where the welcome %s", (_name, calls, settling) => {
    expect(when(sounding, welcomed(calls, settling))).toEqual({ state: idle, effects: [over()] });
  });

  it("[CALL-11] goes on while a server that settles does not know it yet", () => {
    expect(when(sounding, welcomed([], true))).toEqual({ state: sounding, effects: [] });
  });
});

describe("accepting", () => {
  it.each([
    ["video", "video", "video"],
    ["video", "audio", "audio"],
    ["audio", "video", "audio"],
  ] as const)("a %s call with %s makes it %s, asks for the call and opens its tab", (media, wish, agreed) => {
    const next = when({ ...sounding, media }, { type: "accept", call: CALL, media: wish });
    expect(next).toEqual({
      state: {
        ...accepting,
        media: agreed,
        page: { at: "opening", until: AT + 15_000 },
        request: FRESH,
        until: sounding.until,
      },
      effects: [askAccept(agreed, { id: FRESH }), { type: "open-call-tab", call: CALL }],
    });
  });

  it("waits at least 30 s for the server's word, however late in the ring it was", () => {
    const { state } = when({ ...sounding, until: AT + 1 }, { type: "accept", call: CALL, media: "video" });
    expect(state).toMatchObject({ at: "accepting", until: AT + 30_000 });
  });

  it("[CALL-4] of the first device joins", () => {
    const joined = { ...answering, acceptedAt: AT, until: AT + 45_000 };
    const next = when(accepting, acceptedNews());
    expect(next).toEqual({ state: { ...joined, media: "audio", ticket: NEW_TICKET }, effects: [] });
  });

  it("[CALL-6] keeps both ids of a merged call", () => {
    const merged: CallState = { ...accepting, call: OTHER, alias: CALL };
    expect(when(merged, acceptedNews(OTHER)).state).toMatchObject({ at: "joining", call: OTHER, alias: CALL });
    expect(when(merged, endedNews("merged", CALL, OTHER))).toEqual({ state: merged, effects: [] });
  });

  it.each(["answered-elsewhere", "cancelled", "no-answer", "declined-elsewhere"] as const)(
    "[CALL-4] that came too late shows %s, and nothing is missed",
    (reason) => {
      expect(when(accepting, endedNews(reason))).toEqual({ state: endedIn(reason), effects: [over()] });
    },
  );

  it.each([
    ["conflict", "answered-elsewhere"],
    ["not_found", "lost"],
    ["internal", "lost"],
  ] as const)("that is refused with %s ends as %s", (code, reason) => {
    const next = when(accepting, { type: "refused", of: REQUEST, code });
    expect(next).toEqual({ state: endedIn(reason), effects: [over()] });
  });

  it.each([hangUp, tabClosed])("is hung up by $type, since the server may have accepted it", (event) => {
    const next = when(accepting, event);
    expect(next).toEqual({ state: endedIn("hangup"), effects: [owe("call.hangup"), over()] });
  });

  it("gives up at its deadline, not before, and tells the server", () => {
    const { until } = accepting;
    expect(callDue(accepting)).toBe(until);
    expect(when(accepting, { type: "due" }, until - 1)).toEqual({ state: accepting, effects: [] });
    expect(when(accepting, { type: "due" }, until)).toEqual({
      state: { ...endedIn("lost"), until: until + 60_000 },
      effects: [owe("call.hangup"), over()],
    });
  });

  it("[CALL-11] is repeated when the ring is told again", () => {
    expect(when(accepting, incoming(9_000))).toEqual({ state: accepting, effects: [askAccept("video")] });
  });

  it.each<[string, WelcomeCall[]]>([
    ["still rings", [listedIncoming(9_000)]],
    ["runs here", [running(true)]],
  ])("[CALL-10] [CALL-12] is repeated after a gap where the call %s", (_name, calls) => {
    expect(when(accepting, welcomed(calls))).toEqual({ state: accepting, effects: [askAccept("video")] });
  });

  it.each<[string, WelcomeCall[], "lost" | "answered-elsewhere"]>([
    ["does not know the call", [], "lost"],
    ["knows another call only", [running(true, OTHER, carol)], "lost"],
    ["has it on another device", [running(false)], "answered-elsewhere"],
  ])("[CALL-12] is dropped where the welcome %s", (_name, calls, reason) => {
    expect(when(accepting, welcomed(calls))).toEqual({ state: endedIn(reason), effects: [over()] });
  });

  it("[CALL-11] waits while a server that settles does not know the call yet", () => {
    expect(when(accepting, welcomed([], true))).toEqual({ state: accepting, effects: [] });
  });
});

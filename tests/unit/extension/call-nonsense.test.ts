import { describe, expect, it } from "vitest";
import type { CallHappening, CallState } from "../../../extension/core/call-types.ts";
import {
  acceptedNews,
  CALL,
  carol,
  endedNews,
  everyState,
  incoming,
  OTHER,
  rejoinedNews,
  REQUEST,
  ring,
  ringingNews,
  signalNews,
  THIRD,
  welcomed,
  when,
} from "./call-stage.ts";

type StateName = keyof typeof everyState;

/** All that can be said of one call. */
function saidOf(call = CALL): Record<string, CallHappening> {
  return {
    alerted: { type: "alerted", call, mode: "loud" },
    accept: { type: "accept", call, media: "video" },
    decline: { type: "decline", call },
    "hang-up": { type: "hang-up", call },
    dismiss: { type: "dismiss", call },
    "page-here": { type: "page-here", call, fresh: false },
    "a fresh page-here": { type: "page-here", call, fresh: true },
    "page-gone": { type: "page-gone", call, rejoinMs: 20_000 },
    "tab-closed": { type: "tab-closed", call, rejoinMs: 20_000 },
    "page-crashed": { type: "page-crashed", call },
    "page-wishes": { type: "page-wishes", call, wishes: { camera: false, microphone: true } },
    "media-connected": { type: "media-connected", call },
    "media-interrupted": { type: "media-interrupted", call },
    "media-failed": { type: "media-failed", call },
    "ticket-wanted": { type: "ticket-wanted", call },
    "ice-wanted": { type: "ice-wanted", call },
    "page-signal": { type: "page-signal", call, data: 1 },
    "call.incoming": incoming(1_000, call),
    "call.ringing": ringingNews(call),
    "call.accepted": acceptedNews(call),
    "call.rejoined": rejoinedNews(call),
    "call.ended": endedNews("hangup", call),
    "call.ended as merged": endedNews("merged", call, THIRD),
    "call.ended as merged into nothing": endedNews("merged", call),
    "call.signal": signalNews(call),
  };
}

const everyEvent: Record<string, CallHappening> = {
  ...saidOf(),
  place: { type: "place", call: OTHER, with: carol, media: "audio" },
  ring: { type: "ring", ring },
  "show-tab": { type: "show-tab" },
  refused: { type: "refused", of: REQUEST, code: "conflict" },
  welcomed: welcomed(),
  started: { type: "started", rejoinMs: 20_000 },
  "an early due": { type: "due" },
};

const ofThePage = ["page-gone", "tab-closed", "page-wishes"];
const inAnyTaken = ["hang-up", ...ofThePage, "show-tab", "call.ended", "welcomed", "started"];
const asCaller = [...inAnyTaken, "call.ringing", "call.accepted", "call.ended as merged", "refused", "media-failed"];
const ofFreshEnds = ["a fresh page-here", "ticket-wanted", "call.rejoined"];
const inAnyAccepted = [...inAnyTaken, ...ofFreshEnds, "media-failed", "page-signal", "call.signal"];
const whileJoining = [...inAnyAccepted, "media-connected", "call.accepted", "refused"];

/** The events that mean something in each state; every other pair is nonsense. */
const meaningful: Record<StateName, string[]> = {
  idle: ["place", "ring"],
  inviting: asCaller,
  "ringing-out": [...asCaller, ...ofFreshEnds],
  "ringing-in": ["alerted", "accept", "decline", "hang-up", "call.incoming", "call.ended", "welcomed"],
  accepting: [...inAnyTaken, "call.incoming", "call.accepted", "refused"],
  joining: whileJoining,
  answering: [...whileJoining, "call.incoming"],
  live: [...inAnyAccepted, "media-interrupted", "ice-wanted"],
  reconnecting: [...inAnyAccepted, "media-connected", "ice-wanted"],
  ended: ["place", "ring", "dismiss", "page-gone"],
};

function pairs(isMeaningful: boolean): [string, StateName, CallState, CallHappening][] {
  return Object.entries(meaningful).flatMap(([at, means]) => {
    const name = at as StateName;
    const events = Object.entries(everyEvent).filter(([event]) => means.includes(event) === isMeaningful);
    return events.map(([event, happening]): [string, StateName, CallState, CallHappening] => [
      event,
      name,
      everyState[name],
      happening,
    ]);
  });
}

describe("the call on the stage", () => {
  it.each(pairs(true))("makes something of %s while %s", (_event, _name, state, happening) => {
    expect(when(state, happening)).not.toEqual({ state, effects: [] });
  });

  it.each(pairs(false))("ignores %s while %s", (_event, _name, state, happening) => {
    const next = when(state, happening);
    expect(next.effects).toEqual([]);
    expect(next.state).toBe(state);
  });

  it.each(Object.entries(everyState))("ignores while %s whatever is said of another call", (_name, state) => {
    for (const happening of Object.values(saidOf(OTHER))) {
      const next = when(state, happening);
      expect([happening, next.effects]).toEqual([happening, []]);
      expect(next.state).toBe(state);
    }
  });

  it.each(Object.entries(everyState))("ignores while %s the refusal of another request", (_name, state) => {
    const next = when(state, { type: "refused", of: REQUEST + 1, code: "not_contact" });
    expect(next.effects).toEqual([]);
    expect(next.state).toBe(state);
  });

  it.each(Object.entries(everyState))("is plain JSON while %s, so that it outlives the worker", (_name, state) => {
    for (const happening of Object.values(everyEvent)) {
      const next = when(state, happening);
      expect(JSON.parse(JSON.stringify(next.state))).toStrictEqual(next.state);
    }
  });
});

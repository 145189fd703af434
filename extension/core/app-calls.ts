import { type CallId, LATE_RING_MS, type ServerMessageOf, unreachable, type WelcomeCall } from "#protocol";
import { type AppStep, ask, send, andThen } from "./app-parts.ts";
import type { AppEffect, MissedCall, SignedIn } from "./app-types.ts";
import { updateCall } from "./call.ts";
import { isNamed, isPresent } from "./call-parts.ts";
import type { CallEffect, CallHappening, CallNews, OwedEnding, Ring } from "./call-types.ts";
import { isWorthRinging } from "./call-welcome.ts";
import { step } from "./machine.ts";

/** So many calls that are over are remembered, against their late messages. */
const OVER_REMEMBERED = 16;

/** Lets the call on the stage have what happened, and the next ring the stage where it left. */
export function onCall(state: SignedIn, at: number, happening: CallHappening): AppStep {
  const request = state.lastRequest + 1;
  const { state: call, effects } = updateCall(state.call, { ...happening, at, request });
  if (call === state.call && effects.length === 0) return step(state);
  let next: AppStep = step({ ...state, call, lastRequest: request });
  for (const effect of effects) next = andThen(next, (now) => applied(now, at, effect));
  return andThen(next, (now) => nextRing(withoutTaken(now), at));
}

/** A call message of the server, for whichever call it is. */
export function onCallNews(state: SignedIn, at: number, message: CallNews): AppStep {
  switch (message.type) {
    case "call.incoming":
      return incoming(state, at, message);
    case "call.accepted":
      return isForeign(state, message.call)
        ? owe(state, at, { call: message.call, type: "call.hangup", request: state.lastRequest + 1 })
        : onCall(state, at, { type: "news", message });
    case "call.ended": {
      const owed = state.owed.filter((ending) => ending.call !== message.call);
      const settled = owed.length === state.owed.length ? state : { ...state, owed };
      return andThen(dropRing(settled, at, message), (now) => onCall(now, at, { type: "news", message }));
    }
    case "call.ringing":
    case "call.rejoined":
    case "call.signal":
      return onCall(state, at, { type: "news", message });
    default:
      return unreachable(message);
  }
}

/** The welcome's calls: endings first, then the stage falls in, then rings and what nobody here knows of. [CALL-12] */
export function onWelcomeCalls(state: SignedIn, at: number, calls: WelcomeCall[], settling: boolean): AppStep {
  const endings = state.owed.flatMap((ending) => send(state, owedMessage(ending)));
  const open = calls.filter(({ call }) => !state.over.includes(call));
  const fallenIn = andThen({ state, effects: endings }, (now) =>
    onCall(now, at, { type: "welcomed", calls: open, settling }),
  );
  const rung = andThen(fallenIn, (now) => welcomeRings(now, at, open, settling));
  let next = rung;
  for (const call of calls) next = andThen(next, (now) => withoutOrphan(now, at, call));
  return next;
}

/** Drops the waiting rings whose time is over. */
export function dueRings(state: SignedIn, at: number): AppStep {
  const late = state.others.filter(({ until }) => at >= until);
  if (late.length === 0) return step(state);
  const others = state.others.filter(({ until }) => at < until);
  return step(late.reduce((missing, ring) => withMissed(missing, missedOf(ring, at)), { ...state, others }));
}

/** The answer to a request: an ending is confirmed by any. */
export function confirmEnding(state: SignedIn, request: number): SignedIn {
  const owed = state.owed.filter((ending) => ending.request !== request);
  return owed.length === state.owed.length ? state : { ...state, owed };
}

function applied(state: SignedIn, at: number, effect: CallEffect): AppStep {
  switch (effect.type) {
    case "ask":
      return ask(state, at, effect.message);
    case "owe":
      return owe(state, at, effect.ending);
    case "over":
      return step(withOver(state, effect.call));
    case "missed":
      return step(withMissed(state, { call: effect.call, from: effect.from, media: effect.media, at }));
    case "open-call-tab":
    case "focus-call-tab":
    case "signal-page":
      return step<SignedIn, AppEffect>(state, effect);
    default:
      return unreachable(effect);
  }
}

function owe(state: SignedIn, at: number, ending: OwedEnding): AppStep {
  if (state.owed.some(({ call }) => call === ending.call)) return step(state);
  const next = { ...state, owed: [...state.owed, ending], lastRequest: Math.max(state.lastRequest, ending.request) };
  return ask(next, at, owedMessage(ending));
}

function owedMessage({ call, type, request }: OwedEnding) {
  return { type, id: request, call } as const;
}

function withOver(state: SignedIn, call: CallId): SignedIn {
  return state.over.includes(call) ? state : { ...state, over: [...state.over, call].slice(-OVER_REMEMBERED) };
}

function incoming(state: SignedIn, at: number, message: ServerMessageOf<"call.incoming">): AppStep {
  const { call, from, media, remaining } = message;
  if (state.over.includes(call)) return step(state);
  if (isNamed(state.call, call)) return onCall(state, at, { type: "news", message });
  const ring: Ring = { call, from, media, until: at + remaining };
  // Here the server has judged whether it is still worth beginning. [CALL-3]
  if (!isPresent(state.call)) return onCall(state, at, { type: "ring", ring });
  return state.others.some((other) => other.call === call)
    ? step(state)
    : step({ ...state, others: [...state.others, ring] });
}

/** A ring that came to the stage by glare, or is over, waits no longer. [CALL-6] */
function withoutTaken(state: SignedIn): SignedIn {
  const others = state.others.filter(({ call }) => !isNamed(state.call, call) && !state.over.includes(call));
  return others.length === state.others.length ? state : { ...state, others };
}

/** The stage is free: the first ring that is worth it takes it. */
function nextRing(state: SignedIn, at: number): AppStep {
  if (isPresent(state.call)) return step(state);
  const ring = state.others.find(({ until }) => until - at >= LATE_RING_MS);
  if (!ring) return step(state);
  const others = state.others.filter(({ call }) => call !== ring.call);
  return onCall({ ...state, others }, at, { type: "ring", ring });
}

function dropRing(state: SignedIn, at: number, { call, reason }: ServerMessageOf<"call.ended">): AppStep {
  const ring = state.others.find((other) => other.call === call);
  const next = withOver(state, call);
  if (!ring) return step(next);
  const others = state.others.filter((other) => other.call !== call);
  const isMissed = reason === "cancelled" || reason === "no-answer";
  return step(isMissed ? withMissed({ ...next, others }, missedOf(ring, at)) : { ...next, others });
}

function welcomeRings(state: SignedIn, at: number, calls: WelcomeCall[], settling: boolean): AppStep {
  const kept = settling ? state.others.filter((ring) => !calls.some(({ call }) => call === ring.call)) : [];
  let next: AppStep = step({ ...state, others: kept });
  for (const call of calls) {
    if (call.state !== "incoming" || isNamed(state.call, call.call)) continue;
    const known = state.others.find((ring) => ring.call === call.call);
    if (!known && !isWorthRinging(call.remaining)) continue;
    next = andThen(next, (now) => incoming(now, at, { ...call, type: "call.incoming" }));
  }
  return next;
}

/** A call that the server has on this device while nobody here has it on the stage is let go. */
function withoutOrphan(state: SignedIn, at: number, call: WelcomeCall): AppStep {
  const type = orphanEnding(call);
  if (type === undefined || (isPresent(state.call) && isNamed(state.call, call.call))) return step(state);
  return owe(state, at, { call: call.call, type, request: state.lastRequest + 1 });
}

/** Only the device that has the call is given its ticket, or is told that it runs here. */
function orphanEnding(call: WelcomeCall): OwedEnding["type"] | undefined {
  if (call.state === "running") return call.here ? "call.hangup" : undefined;
  return call.state === "outgoing" && call.ticket ? "call.cancel" : undefined;
}

/**
 * Whether an accept is of a call that this device knows nothing of, or no more: it crossed the hang-up, or the own timer, or
 * the state was lost. Whoever answered must not wait for this side.
 */
function isForeign({ call: present, others }: SignedIn, call: CallId): boolean {
  if (isNamed(present, call)) return !isPresent(present);
  const isMerging = present.at === "inviting" || present.at === "ringing-out";
  return !isMerging || !others.some((ring) => ring.call === call && ring.from.user === present.with.user);
}

function withMissed(state: SignedIn, missed: MissedCall): SignedIn {
  const missedFrom = { ...state.missedFrom, [missed.from.user]: missed.at };
  return { ...state, lastMissed: missed, missedFrom };
}

function missedOf({ call, from, media }: Ring, at: number): MissedCall {
  return { call, from, media, at };
}

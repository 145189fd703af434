import { type CallId, LATE_RING_MS, type Media, type ServerMessageOf, unreachable, type WelcomeCall } from "#protocol";
import { owe, owedMessage, withMissed, withOver } from "./app-endings.ts";
import { type AppStep, ask, send, andThen } from "./app-parts.ts";
import {
  answerWaiting,
  askAnswer,
  declineWaiting,
  ringEnded,
  ringsWelcomed,
  ringWaits,
  tellWaiting,
  withoutRing,
} from "./app-rings.ts";
import type { AppEffect } from "./app-effect-types.ts";
import type { SignedIn } from "./app-state-types.ts";
import { updateCall } from "./call.ts";
import { isNamed, isPresent, isTaken } from "./call-parts.ts";
import { ringOf } from "./call-ring.ts";
import type { CallEffect, CallHappening, CallNews, OwedEnding, Ring, WaitingRing } from "./call-types.ts";
import { isWorthRinging } from "./call-welcome.ts";
import { step } from "./machine.ts";

/** Lets the call on the stage have what happened, and the next ring the stage where it left. */
export function onCall(state: SignedIn, at: number, happening: CallHappening): AppStep {
  const request = state.lastRequest + 1;
  const { state: call, effects } = updateCall(state.call, { ...happening, at, request });
  if (call === state.call && effects.length === 0) return step(state);
  const left = state.call.at === "ended" && call.at === "ringing-in" ? { left: state.call } : {};
  let next: AppStep = step({ ...state, call, ...left, lastRequest: request });
  for (const effect of effects) next = andThen(next, (now) => applied(now, at, effect));
  return andThen(next, (now) => nextRing(withoutTaken(now), at));
}

/** A call message of the server, for whichever call it is. */
export function onCallNews(state: SignedIn, at: number, message: CallNews): AppStep {
  switch (message.type) {
    case "call.incoming":
      return incoming(state, at, message);
    case "call.accepted":
      return accepted(state, at, message);
    case "call.ended": {
      const owed = state.owed.filter((ending) => ending.call !== message.call);
      const settled = owed.length === state.owed.length ? state : { ...state, owed };
      return onCall(ringEnded(settled, at, message), at, { type: "news", message });
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
  const taken = andThen({ state, effects: endings }, (now) => answersTaken(now, at, open));
  const { lostAt } = state.connection;
  const welcomed = { type: "welcomed", calls: open, settling, ...(lostAt === undefined ? {} : { lostAt }) } as const;
  const fallenIn = andThen(taken, (now) => onCall(ringsWelcomed(now, at, open, settling), at, welcomed));
  let next = andThen(fallenIn, (now) => welcomeRings(now, at, open));
  for (const call of calls) next = andThen(next, (now) => withoutOrphan(now, at, call));
  return next;
}

/** The person answers a ring, be it on the stage or behind another call of theirs. [CALL-9] */
export function acceptRing(state: SignedIn, at: number, call: CallId, media: Media): AppStep {
  const ring = state.others.find((other) => other.call === call);
  const accept = { type: "accept", call, media } as const;
  if (ring === undefined) return onCall(state, at, accept);
  if (state.others.some(({ answer }) => answer !== undefined)) return step(state);
  if (isTaken(state.call)) return answerWaiting(state, at, ring, media);
  // What rings on the stage waits from now on in its stead.
  const rest = withoutRing(state, call);
  const free: SignedIn =
    rest.call.at === "ringing-in"
      ? { ...rest, call: { at: "idle" }, others: [...rest.others, ringOf(rest.call)] }
      : rest;
  return andThen(onCall(free, at, { type: "ring", ring: unanswered(ring) }), (now) => onCall(now, at, accept));
}

export function declineRing(state: SignedIn, at: number, call: CallId): AppStep {
  const ring = state.others.find((other) => other.call === call);
  if (ring === undefined) return onCall(state, at, { type: "decline", call });
  return ring.answer === undefined ? declineWaiting(state, at, call) : step(state);
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
    case "reload-call-tab":
    case "watch-call-tab":
    case "signal-page":
      return step<SignedIn, AppEffect>(state, effect);
    default:
      return unreachable(effect);
  }
}

function incoming(state: SignedIn, at: number, message: ServerMessageOf<"call.incoming">): AppStep {
  const { call, from, media, remaining, waiting } = message;
  if (state.over.includes(call)) return step(state);
  if (isNamed(state.call, call)) return onCall(state, at, { type: "news", message });
  if (isPresent(state.call)) return ringWaits(state, at, message);
  const ring: Ring = { call, from, media, until: at + remaining, ...(waiting === true ? { isQuiet: true } : {}) };
  // Here the server has judged whether it is still worth beginning. [CALL-3]
  return onCall(state, at, { type: "ring", ring });
}

/** The server gave a call to this device: that on the stage, or one that was answered while it waited. [CALL-9] */
function accepted(state: SignedIn, at: number, message: ServerMessageOf<"call.accepted">): AppStep {
  const { call } = message;
  const ring = state.others.find((other) => other.call === call);
  if (ring?.answer !== undefined)
    return andThen(answerTaken(state, at, ring), (now) => onCall(now, at, { type: "news", message }));
  return isForeign(state, call)
    ? owe(state, at, { call, type: "call.hangup", request: state.lastRequest + 1 })
    : onCall(state, at, { type: "news", message });
}

/** An answer takes the stage; what was there is over. */
function answerTaken(state: SignedIn, at: number, ring: WaitingRing): AppStep {
  if (ring.answer === undefined) return step(state);
  return onCall(withoutRing(state, ring.call), at, { type: "answer", ring: unanswered(ring), answer: ring.answer });
}

/** The answers that the server has heard, though this side did not hear so: they take the stage before it falls in. */
function answersTaken(state: SignedIn, at: number, calls: WelcomeCall[]): AppStep {
  const ring = state.others.find(
    ({ call, answer }) =>
      answer !== undefined && calls.some((one) => one.call === call && one.state === "running" && one.here),
  );
  return ring === undefined ? step(state) : answerTaken(state, at, ring);
}

/** A ring that came to the stage by glare, or is over, waits no longer. [CALL-6] */
function withoutTaken(state: SignedIn): SignedIn {
  const others = state.others.filter(({ call }) => !isNamed(state.call, call) && !state.over.includes(call));
  return others.length === state.others.length ? state : { ...state, others };
}

/** Where the stage is free, an answer takes it, and else the first ring that is worth it. */
function nextRing(state: SignedIn, at: number): AppStep {
  if (isPresent(state.call)) return tellWaiting(state, at);
  const answered = state.others.find(({ answer }) => answer !== undefined);
  // The call before may have ended for another reason, and the accept be lost with it.
  if (answered) return andThen(answerTaken(state, at, answered), (now) => askAnswer(now, at, answered));
  const ring = state.others.find(({ until }) => until - at >= LATE_RING_MS);
  return ring === undefined
    ? tellWaiting(state, at)
    : onCall(withoutRing(state, ring.call), at, { type: "ring", ring });
}

function unanswered({ answer: _, ...ring }: WaitingRing): Ring {
  return ring;
}

function welcomeRings(state: SignedIn, at: number, calls: WelcomeCall[]): AppStep {
  let next = tellWaiting(state, at);
  for (const ring of state.others) next = andThen(next, (now) => askAnswer(now, at, ring));
  for (const call of calls) {
    if (call.state !== "incoming" || isNamed(state.call, call.call)) continue;
    if (state.others.some((ring) => ring.call === call.call) || !isWorthRinging(call.remaining)) continue;
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

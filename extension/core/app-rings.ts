import {
  type AlertMode,
  type CallId,
  type ErrorCode,
  lesserMedia,
  type Media,
  type ServerMessageOf,
  type WelcomeCall,
} from "#protocol";
import { owe, withMissed, withOver } from "./app-endings.ts";
import { type AppStep, andThen, ask } from "./app-parts.ts";
import type { MissedCall, SignedIn } from "./app-state-types.ts";
import { answerBy, isAcceptedCall, isMissed } from "./call-parts.ts";
import type { Ring, WaitingRing } from "./call-types.ts";
import { step } from "./machine.ts";

/*
 * The rings that wait while another call has the stage. They make no sound, each has its own end, and an answer to one of
 * them leaves the call on the stage alone until the server has it too: only then has anything been won for it. [CALL-9]
 */

/** When the ring must be looked at, by a `due`. */
export function ringDue({ until, answer }: WaitingRing): number {
  return answer === undefined ? until : answer.until;
}

/** A ring that comes while another call has the stage, or comes again. */
export function ringWaits(state: SignedIn, at: number, message: ServerMessageOf<"call.incoming">): AppStep {
  const { call, from, media, remaining } = message;
  const known = state.others.find((other) => other.call === call);
  const quiet = quietOf(message.waiting, isAcceptedCall(state.call));
  const fresh: WaitingRing = { call, from, media, until: at + remaining, ...quiet };
  if (known === undefined) return tellWaiting({ ...state, others: [...state.others, fresh] }, at);
  // A server that was restarted rings again, and has lost what it was told.
  const ring = refreshed(known, at, message.remaining, quiet);
  const again = withRing(state, ring);
  return ring.answer === undefined ? tellWaiting(again, at) : askAnswer(again, at, ring);
}

/**
 * Tells the callers of the rings that wait how they ring, each once: behind a talk, or, where the call on the stage only
 * rings as well, without a sound.
 */
export function tellWaiting(state: SignedIn, at: number): AppStep {
  let next: AppStep = step(state);
  for (const ring of state.others) {
    const mode: AlertMode = ring.isQuiet || isTalk(state.call) ? "waiting" : "silent";
    if (ring.answer !== undefined || ring.alerted === mode) continue;
    next = andThen(next, (now) =>
      ask(withRing(now, { ...ring, alerted: mode }), at, { type: "call.alert", call: ring.call, mode }),
    );
  }
  return next;
}

/** The person answers a ring that waits behind a call of theirs. */
export function answerWaiting(state: SignedIn, at: number, ring: WaitingRing, media: Media): AppStep {
  const request = state.lastRequest + 1;
  const answer = { media: lesserMedia(ring.media, media), request, until: answerBy(ring, at) };
  const answered = { ...ring, answer };
  return askAnswer(withRing({ ...state, lastRequest: request }, answered), at, answered);
}

/** Asks for the call, or once more: whoever has it may ask again. [CALL-10] */
export function askAnswer(state: SignedIn, at: number, { call, answer }: WaitingRing): AppStep {
  if (answer === undefined) return step(state);
  return ask(state, at, { type: "call.accept", id: answer.request, call, media: answer.media });
}

export function declineWaiting(state: SignedIn, at: number, call: CallId): AppStep {
  const ending = { call, type: "call.decline", request: state.lastRequest + 1 } as const;
  return owe(withOver(withoutRing(state, call), call), at, ending);
}

/** The server did not take an answer: the call on the stage goes on as if it had not been given. */
export function answerRefused(state: SignedIn, request: number, code: ErrorCode): SignedIn {
  const ring = state.others.find(({ answer }) => answer?.request === request);
  if (ring === undefined) return state;
  const { answer, ...waiting } = ring;
  const isOver = answer !== undefined && (code === "conflict" || code === "not_found");
  return isOver ? withOver(withoutRing(state, ring.call), ring.call) : withRing(state, waiting);
}

/** Ends the rings whose time is over: nobody answered, or the server's word on an answer did not come. [CALL-7] */
export function dueRings(state: SignedIn, at: number): AppStep {
  let next: AppStep = step(state);
  for (const ring of state.others) if (at >= ringDue(ring)) next = andThen(next, (now) => late(now, at, ring));
  return next;
}

export function ringEnded(state: SignedIn, at: number, { call, reason }: ServerMessageOf<"call.ended">): SignedIn {
  const ring = state.others.find((other) => other.call === call);
  const next = withOver(reason === "answered-elsewhere" ? quieted(state) : state, call);
  if (ring === undefined) return next;
  const rest = withoutRing(next, call);
  return isMissed(reason) ? withMissed(rest, missedOf(ring, at)) : rest;
}

/**
 * After a gap: the rings that the server has go on, those that it does not know are dropped, unless it may hear of them yet
 * from their callers. What their callers were told may be lost, and is told again. [CALL-11, CALL-12]
 */
export function ringsWelcomed(state: SignedIn, at: number, calls: WelcomeCall[], settling: boolean): SignedIn {
  const talksHere = calls.some((call) => call.state === "running" && call.here);
  const others = state.others.flatMap((ring) => {
    const listed = calls.find(({ call }) => call === ring.call);
    if (listed?.state === "incoming")
      return [refreshed(ring, at, listed.remaining, quietOf(listed.waiting, talksHere))];
    return listed === undefined && settling ? [untold(ring)] : [];
  });
  return { ...state, others };
}

/** Without the ring of this call. */
export function withoutRing(state: SignedIn, call: CallId): SignedIn {
  const others = state.others.filter((ring) => ring.call !== call);
  return others.length === state.others.length ? state : { ...state, others };
}

function withRing(state: SignedIn, ring: WaitingRing): SignedIn {
  return { ...state, others: state.others.map((other) => (other.call === ring.call ? ring : other)) };
}

/** Whether the person has answered or been answered: who only calls, or is called, is in no call yet. */
function isTalk(call: SignedIn["call"]): boolean {
  return call.at === "accepting" || isAcceptedCall(call);
}

type Quiet = Pick<Ring, "isQuiet">;

/** The ring as the server has it now; what its caller was told of it before counts no more. */
function refreshed(ring: WaitingRing, at: number, remaining: number, quiet: Quiet): WaitingRing {
  const known = untold(ring);
  delete known.isQuiet;
  return { ...known, until: Math.min(ring.until, at + remaining), ...quiet };
}

function untold(ring: WaitingRing): WaitingRing {
  const next = { ...ring };
  delete next.alerted;
  return next;
}

/** A ring waits for a talk of this device's by itself; one elsewhere keeps it quiet here also when the stage is free. */
function quietOf(isWaiting: boolean | undefined, talksHere: boolean): Quiet {
  return isWaiting === true && !talksHere ? { isQuiet: true } : {};
}

/** The person has begun to talk elsewhere: nothing sounds over it here. */
function quieted(state: SignedIn): SignedIn {
  const { call } = state;
  const others = state.others.map((ring) => ({ ...ring, isQuiet: true as const }));
  return { ...state, others, call: call.at === "ringing-in" ? { ...call, isQuiet: true } : call };
}

function late(state: SignedIn, at: number, ring: WaitingRing): AppStep {
  const { call } = ring;
  const rest = withoutRing(state, call);
  if (ring.answer === undefined) return step(withMissed(rest, missedOf(ring, at)));
  return owe(withOver(rest, call), at, { call, type: "call.hangup", request: state.lastRequest + 1 });
}

function missedOf({ call, from, media }: Ring, at: number): MissedCall {
  return { call, from, media, at };
}

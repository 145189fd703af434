import { type CallId, type EndReason, talkedSeconds } from "#protocol";
import type {
  Accepting,
  CallEffect,
  CallPage,
  CallState,
  Ended,
  Inviting,
  Joining,
  Live,
  OwedEnding,
  Reconnecting,
  RingingIn,
  RingingOut,
} from "./call-types.ts";
import { type Step, step } from "./machine.ts";
import type { CallEnd } from "./view.ts";

/** A call page that was asked for has this long to come. */
const OPENING_MS = 15_000;
/** A page that is loaded again, or that outlived its worker, is back by then. */
const PAGE_RETURN_MS = 5_000;
/** From the accept to flowing media; the page gives up earlier, so this is for a page that is stuck. */
const JOIN_MS = 45_000;
/** An accept waits at least this long for a line and the server's word. */
const ACCEPT_MS = 30_000;
/** How long an ending is shown where nobody dismisses it. */
const ENDED_SHOWN_MS = 60_000;

/** A call in which this person has acted, and which is not over. */
export type TakenCall = Inviting | RingingOut | Accepting | Joining | Live | Reconnecting;
/** A call that was answered, and is not over. */
export type AcceptedCall = Joining | Live | Reconnecting;
export type PresentCall = TakenCall | RingingIn;

export type CallStep = Step<CallState, CallEffect>;

export function isTaken(state: CallState): state is TakenCall {
  return isPresent(state) && state.at !== "ringing-in";
}

export function isAcceptedCall(state: CallState): state is AcceptedCall {
  return state.at === "joining" || state.at === "live" || state.at === "reconnecting";
}

export function isPresent(state: CallState): state is PresentCall {
  return state.at !== "idle" && state.at !== "ended";
}

/** Whether `call` names this call, by either of its ids. */
export function isNamed(state: CallState, call: CallId): boolean {
  return state.at !== "idle" && (state.call === call || state.alias === call);
}

/** Whether a ring that ended so is a missed call: without anyone's answer, here or elsewhere. [CALL-4, CALL-5, CALL-7] */
export function isMissed(reason: EndReason): boolean {
  return reason === "cancelled" || reason === "no-answer" || reason === "unreachable" || reason === "failed";
}

/** The id in the address of the call's page: the one under which the page was opened. */
export function pageId(state: Exclude<CallState, { at: "idle" }>): CallId {
  return state.alias ?? state.call;
}

/** Whether this side placed the call. */
export function isOutgoing(state: TakenCall): boolean {
  return isAcceptedCall(state) ? state.outgoing : state.at !== "accepting";
}

export function openingPage(at: number): CallPage {
  return { at: "opening", until: at + OPENING_MS };
}

export function missingPage(at: number, rejoinMs: number): CallPage {
  const awayUntil = at + rejoinMs;
  return { at: "missing", until: Math.min(at + PAGE_RETURN_MS, awayUntil), awayUntil };
}

export function joinBy(at: number): number {
  return at + JOIN_MS;
}

/** When this side stops to wait for the server's word on an answer to this ring. */
export function answerBy(ring: { until: number }, at: number): number {
  return Math.max(ring.until, at + ACCEPT_MS);
}

/** What a call takes along of its page, whatever becomes of it. */
export function keptOf(state: TakenCall): Pick<TakenCall, "tab" | "revived" | "wishes"> {
  return {
    ...(state.tab === undefined ? {} : { tab: state.tab }),
    ...(state.revived === undefined ? {} : { revived: state.revived }),
    ...(state.wishes === undefined ? {} : { wishes: state.wishes }),
  };
}

/** A call as `accepting`, where it does not matter what it was before. */
export function acceptingOf(
  state: TakenCall | RingingIn,
  change: Pick<Accepting, "call" | "media" | "page" | "request" | "until"> & { alias?: CallId },
): Accepting {
  return { at: "accepting", with: state.with, ...(isTaken(state) ? keptOf(state) : {}), ...change };
}

/** The call is over, and this is told here alone. `talkedUntil`: when it is known to have run. */
export function ended(state: PresentCall, at: number, reason: CallEnd, talkedUntil = at): CallStep {
  const over: CallEffect = { type: "over", call: state.call };
  if (!isTaken(state)) return step<CallState, CallEffect>({ at: "idle" }, over);
  // From the answer on, as the history counts, though no picture or sound came.
  const talked = isAcceptedCall(state) ? talkedSeconds(state.acceptedAt, talkedUntil) : undefined;
  const next: Ended = {
    at: "ended",
    call: state.call,
    ...(state.alias === undefined ? {} : { alias: state.alias }),
    with: state.with,
    media: state.media,
    outgoing: isOutgoing(state),
    reason,
    ...(talked === undefined ? {} : { seconds: talked }),
    until: at + ENDED_SHOWN_MS,
  };
  return step<CallState, CallEffect>(next, over);
}

/** The call is over by this side's doing; the server is told until it confirms. */
export function endedHere(
  state: PresentCall,
  { at, request }: { at: number; request: number },
  type: OwedEnding["type"],
  reason: CallEnd,
): CallStep {
  const { state: next, effects } = ended(state, at, reason);
  return step<CallState, CallEffect>(next, { type: "owe", ending: { call: state.call, type, request } }, ...effects);
}

/** Hangs up, cancels or declines, whichever the state makes it. */
export function hungUp(state: PresentCall, event: { at: number; request: number }): CallStep {
  if (state.at === "ringing-in") return endedHere(state, event, "call.decline", "declined");
  if (state.at === "inviting" || state.at === "ringing-out") return endedHere(state, event, "call.cancel", "cancelled");
  return endedHere(state, event, "call.hangup", "hangup");
}

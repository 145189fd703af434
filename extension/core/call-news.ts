import { type CallId, type EndReason, type Media, unreachable } from "#protocol";
import { RECONNECT_MS, rejoined } from "./call-page.ts";
import {
  type AcceptedCall,
  acceptingOf,
  type CallStep,
  ended,
  isAcceptedCall,
  isMissed,
  isNamed,
  isPresent,
  joinBy,
  keptOf,
  pageId,
  type PresentCall,
  type TakenCall,
} from "./call-parts.ts";
import { ringsOn } from "./call-ring.ts";
import type {
  Accepting,
  CallEffect,
  CallEvent,
  CallNews,
  CallState,
  Inviting,
  Joining,
  RingingOut,
} from "./call-types.ts";
import { step } from "./machine.ts";

/** A page tries for 30 s to bring the media back; two pages do not begin at the same instant. */
const GIVEN_UP_AFTER_MS = 25_000;

type News = Extract<CallEvent, { type: "news" }>;
type NewsOf<T extends CallNews["type"]> = Extract<CallNews, { type: T }>;

/** What the server says of a call. News of a call that is not on the stage changes nothing here. */
export function news(state: CallState, event: News): CallStep {
  const { message, at } = event;
  switch (message.type) {
    case "call.incoming":
      return rungAgain(state, message, at);
    case "call.ringing":
      return ringing(state, message);
    case "call.accepted":
      return accepted(state, message, at);
    case "call.rejoined":
      return rejoined(state, message, at);
    case "call.ended":
      return endedByServer(state, message, event);
    case "call.signal":
      return isAcceptedCall(state) && isNamed(state, message.call)
        ? step(state, { type: "signal-page", call: pageId(state), data: message.data })
        : step(state);
    default:
      return unreachable(message);
  }
}

/** The invite of this call, with its age, so that a repeat rings no longer than the first. */
export function invite(state: Inviting | RingingOut | AcceptedCall, at: number): CallEffect {
  const { call, media, request } = state;
  const askedAt = isAcceptedCall(state) ? state.acceptedAt : state.askedAt;
  const age = Math.max(0, at - askedAt);
  return { type: "ask", message: { type: "call.invite", id: request, call, to: state.with.user, media, age } };
}

/** Asks for the call; a repeat by the device that has it brings `call.accepted` again. [CALL-10] */
export function acceptAgain({ call, media, request }: Accepting | AcceptedCall): CallEffect {
  return { type: "ask", message: { type: "call.accept", id: request, call, media } };
}

/** The talk goes on for longer than the relay takes its credentials: the ticket is asked for once more. [DEC-56] */
export function iceWanted(state: CallState, { call, at }: Extract<CallEvent, { type: "ice-wanted" }>): CallStep {
  if ((state.at !== "live" && state.at !== "reconnecting") || !isNamed(state, call)) return step(state);
  return step<CallState, CallEffect>(state, state.outgoing ? invite(state, at) : acceptAgain(state));
}

/** Whether this side has answered, and waits for the media: a ring of this call is then answered again. [CALL-12] */
export function isAnswered(state: PresentCall): state is Joining {
  return state.at === "joining" && !state.outgoing;
}

/** The accepted call, from whatever it was before. */
export function joiningOf(
  state: TakenCall,
  { outgoing, at, media }: { outgoing: boolean; at: number; media: Media },
  ticket: Joining["ticket"],
): Joining {
  return {
    at: "joining",
    call: state.call,
    ...(state.alias === undefined ? {} : { alias: state.alias }),
    with: state.with,
    media,
    page: state.page,
    ...keptOf(state),
    request: state.request,
    outgoing,
    acceptedAt: at,
    until: joinBy(at),
    ...(ticket === undefined ? {} : { ticket }),
  };
}

/**
 * Glare: the server made this side's invite the answer to theirs. The accept is repeated, since the server's word on it may
 * have come before this, or been lost. [CALL-6]
 */
export function mergedInto(
  state: Inviting | RingingOut,
  into: CallId,
  { at, request }: { at: number; request: number },
): CallStep {
  const { media, page } = state;
  const merged = acceptingOf(state, { call: into, alias: state.call, media, page, request, until: joinBy(at) });
  return step<CallState, CallEffect>(merged, { type: "over", call: state.call }, acceptAgain(merged));
}

/** A server that was restarted rings again: the sound goes on as it is, and no longer than before. [CALL-11] */
function rungAgain(state: CallState, message: NewsOf<"call.incoming">, at: number): CallStep {
  if (!isPresent(state) || state.call !== message.call) return step(state);
  if (state.at === "accepting" || isAnswered(state)) return step(state, acceptAgain(state));
  if (state.at !== "ringing-in") return step(state);
  return ringsOn(state, at, message);
}

function ringing(state: CallState, { call, devices, mode, ticket }: NewsOf<"call.ringing">): CallStep {
  if ((state.at !== "inviting" && state.at !== "ringing-out") || state.call !== call) return step(state);
  return step<CallState>({ ...state, at: "ringing-out", devices, mode, ticket });
}

function accepted(state: CallState, { call, media, ticket }: NewsOf<"call.accepted">, at: number): CallStep {
  if (!isPresent(state) || state.call !== call) return step(state);
  switch (state.at) {
    case "inviting":
    case "ringing-out":
      return step<CallState>(joiningOf(state, { outgoing: true, at, media }, ticket));
    case "accepting":
      return step<CallState>(joiningOf(state, { outgoing: false, at, media }, ticket));
    case "joining":
      // A repeat; the page keeps its peer where the ids are the same.
      return state.ticket?.self === ticket.self ? step(state) : step<CallState>({ ...state, media, ticket });
    case "live":
    case "reconnecting":
      // A repeat as well; it was asked for where it names other credentials for the relay. [DEC-56]
      return state.ticket?.self === ticket.self ? step<CallState>({ ...state, ticket }) : step(state);
    case "ringing-in":
      return step(state);
    default:
      return unreachable(state);
  }
}

function endedByServer(state: CallState, message: NewsOf<"call.ended">, event: News): CallStep {
  if (!isNamed(state, message.call)) return step(state);
  if (!isPresent(state)) return step(withRecorded(state, message));
  if (message.reason === "merged") {
    // For a call that is merged already this is a repeat, and its alias has ended, not the call.
    const isOpen = state.at === "inviting" || state.at === "ringing-out";
    return isOpen && message.into !== undefined ? mergedInto(state, message.into, event) : step(state);
  }
  const over = ended(
    state,
    event.at,
    isGivenUp(state, event.at) && message.reason === "hangup" ? "lost" : message.reason,
  );
  return step<CallState, CallEffect>(
    withRecorded(over.state, message),
    ...over.effects,
    ...missedBy(state, message.reason),
  );
}

/** The length of the talk as the history tells it, which begins and ends by the server's clock. [CALL-14] */
function withRecorded(state: CallState, { seconds }: NewsOf<"call.ended">): CallState {
  if (state.at !== "ended" || seconds === undefined) return state;
  return state.seconds === seconds ? state : { ...state, seconds };
}

/** Nobody hung up by hand: the other side's page gave the lost connection up, a moment before this one would have. */
export function isGivenUp(state: PresentCall, at: number): boolean {
  return state.at === "reconnecting" && at >= state.until - RECONNECT_MS + GIVEN_UP_AFTER_MS;
}

function missedBy(state: PresentCall, reason: EndReason): CallEffect[] {
  if (state.at !== "ringing-in" || !isMissed(reason)) return [];
  return [{ type: "missed", call: state.call, from: state.with, media: state.media }];
}

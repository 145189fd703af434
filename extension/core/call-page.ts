import { REJOIN_REPEAT_MS, type ServerMessageOf, type Ticket, unreachable } from "#protocol";
import {
  type AcceptedCall,
  type CallStep,
  hungUp,
  isAcceptedCall,
  isNamed,
  isTaken,
  joinBy,
  missingPage,
  openingPage,
  pageId,
  type TakenCall,
} from "./call-parts.ts";
import type { CallEffect, CallEvent, CallPage, CallState, Joining, Live, Reconnecting } from "./call-types.ts";
import { step } from "./machine.ts";

/** From the loss of the media to its return: a page that comes back at the last moment may still connect. [CALL-13] */
export const RECONNECT_MS = 60_000;
/** Ends that came so shortly before a new page were told to the one before it, which was going and may not have used them. */
const GOING_MS = 200;
const HERE: CallPage = { at: "here" };

type Of<T extends CallEvent["type"]> = Extract<CallEvent, { type: T }>;
type PageEvent = Of<"page-here" | "page-gone" | "tab-closed" | "page-crashed" | "page-wishes">;

/** The call page comes, goes, or says how it wants to be. */
export function pageChanged(state: CallState, event: PageEvent): CallStep {
  if (!isNamed(state, event.call)) return step(state);
  // Whoever closes the page has read how the call ended.
  if (state.at === "ended" && event.type === "page-gone") return step({ at: "idle" });
  if (!isTaken(state)) return step(state);
  switch (event.type) {
    case "page-here":
      return here(state, event);
    case "page-gone":
      return gone(state, event);
    case "tab-closed":
      return closed(state, event);
    case "page-crashed":
      return crashed(state);
    case "page-wishes":
      return step<CallState>({ ...state, wishes: event.wishes });
    default:
      return unreachable(event);
  }
}

/** The worker died and lives again: the page may have outlived it, or was never opened. */
export function pageAfterDeath(state: CallState, { at, rejoinMs }: Of<"started">): CallStep {
  if (!isTaken(state)) return step(state);
  switch (state.page.at) {
    case "here":
      return step<CallState, CallEffect>({ ...state, page: missingPage(at, rejoinMs) }, ...watch(state));
    case "opening":
      return step<CallState, CallEffect>(
        { ...state, page: openingPage(at) },
        { type: "open-call-tab", call: pageId(state) },
      );
    case "missing":
    case "away":
      return step(state);
    default:
      return unreachable(state.page);
  }
}

/** The page is not here in time: an accepted call waits until somebody opens it again, and all else is given up. */
export function pageDue(state: TakenCall, event: Of<"due">): CallStep {
  const { page } = state;
  if (page.at !== "missing" || !isAcceptedCall(state) || event.at >= page.awayUntil) return hungUp(state, event);
  return step<CallState>(away(state, event.at, page.awayUntil));
}

/** Asks the server for fresh ends, for both sides; while it rings, for this side alone. [CALL-13] */
export function rejoin({ call }: TakenCall): CallEffect {
  return { type: "ask", message: { type: "call.rejoin", call } };
}

/** The page needs a fresh ticket: PeerServer still takes a socket that broke for ours, or the media stays away. */
export function ticketWanted(state: CallState, event: Of<"ticket-wanted">): CallStep {
  if (!isNamed(state, event.call)) return step(state);
  if (state.at === "ringing-out") return step(state, rejoin(state));
  // One that is to be asked for later would bring the same again now.
  if (!isAcceptedCall(state) || typeof state.rejoin === "number") return step(state);
  return step<CallState, CallEffect>({ ...state, rejoin: "asked" }, rejoin(state));
}

/** It is late enough for fresh ends. */
export function rejoinDue(state: AcceptedCall): CallStep {
  return step<CallState, CallEffect>({ ...state, rejoin: "asked" }, rejoin(state));
}

/** Fresh ends. Where both sides asked at once they come twice, and those in use change nothing. [CALL-13] */
export function rejoined(state: CallState, { call, ticket }: ServerMessageOf<"call.rejoined">, at: number): CallStep {
  if (!isNamed(state, call)) return step(state);
  if (state.at === "ringing-out") return step<CallState>({ ...state, ticket });
  if (!isAcceptedCall(state)) return step(state);
  const answered = withoutRejoin(state);
  const isHere = state.page.at === "here";
  if (state.ticket?.self === ticket.self) return step<CallState>(isHere ? used(answered) : answered);
  const next = { ...(answered.at === "joining" ? answered : interrupted(answered, at)), ticket, rejoinedAt: at };
  return step<CallState>(isHere ? used(next) : { ...next, unused: true });
}

/** The media flows, for the first time or again. */
export function liveOf(state: Joining | Reconnecting): Live {
  const live: Live & { until?: number } = { ...state, at: "live" };
  delete live.until;
  return live;
}

/** The media does not flow. */
export function interrupted(state: AcceptedCall, at: number): Joining | Reconnecting {
  if (state.at === "joining") return { ...state, until: Math.max(state.until, joinBy(at)) };
  if (state.at === "reconnecting") return state;
  return { ...state, at: "reconnecting", until: at + RECONNECT_MS };
}

function here(state: TakenCall, { fresh, at, tab }: Of<"page-here">): CallStep {
  const isKnown = state.page.at === "here" && (tab === undefined || tab === state.tab);
  const next = isKnown ? state : { ...state, page: HERE, ...(tab === undefined ? {} : { tab }) };
  // What came before its first page is for that page, and what came while a page was only out of sight is for that one.
  if (!fresh || state.page.at === "opening") return step<CallState>(isAcceptedCall(next) ? used(next) : next);
  if (next.at === "ringing-out") return step<CallState, CallEffect>(withoutTicket(next), rejoin(next));
  return isAcceptedCall(next) ? renewed(next, at) : step<CallState>(next);
}

/** A page without media: the ends that the one before used are of no use, nor are the same, which the server would repeat. */
function renewed(state: AcceptedCall, at: number): CallStep {
  const bare = withoutTicket(interrupted(state, at));
  const { rejoinedAt, unused } = state;
  const isUnused = rejoinedAt === undefined || unused || at - rejoinedAt < GOING_MS;
  const freshAt = isUnused ? at : rejoinedAt + REJOIN_REPEAT_MS;
  return freshAt > at
    ? step<CallState>({ ...bare, rejoin: freshAt })
    : step<CallState, CallEffect>({ ...bare, rejoin: "asked" }, rejoin(bare));
}

/** A page that is loaded again goes first, and so does one whose tab is closed: the browser tells that by itself. */
function gone(state: TakenCall, { at, rejoinMs }: Of<"page-gone">): CallStep {
  if (state.page.at !== "here") return step(state);
  const next = isAcceptedCall(state) ? interrupted(state, at) : state;
  return step<CallState, CallEffect>({ ...next, page: missingPage(at, rejoinMs) }, ...watch(state));
}

/** The browser knows what became of the tab. */
function watch(state: TakenCall): CallEffect[] {
  return state.tab === undefined ? [] : [{ type: "watch-call-tab", call: pageId(state), tab: state.tab }];
}

function closed(state: TakenCall, event: Of<"tab-closed">): CallStep {
  const { page } = state;
  if (page.at === "opening" || page.at === "away") return step(state);
  // A ring without a page is a ring that nobody waits for.
  if (!isAcceptedCall(state)) return hungUp(state, event);
  const awayUntil = page.at === "missing" ? page.awayUntil : event.at + event.rejoinMs;
  return step<CallState>(away(state, event.at, awayUntil));
}

function away(state: AcceptedCall, at: number, until: number): AcceptedCall {
  return { ...interrupted(state, at), page: { at: "away", until } };
}

/** Once: a page that crashes again would do so for ever. */
function crashed(state: TakenCall): CallStep {
  const { page, revived, tab } = state;
  if (page.at !== "missing" || revived || tab === undefined) return step(state);
  return step<CallState, CallEffect>(
    { ...state, revived: true },
    { type: "reload-call-tab", call: pageId(state), tab },
  );
}

function withoutTicket<T extends { ticket?: Ticket }>(state: T): T {
  const bare = { ...state };
  delete bare.ticket;
  return bare;
}

/** The page has taken the ends, where there are any. */
function used(state: AcceptedCall): AcceptedCall {
  if (state.unused === undefined || state.ticket === undefined) return state;
  const next = { ...state };
  delete next.unused;
  return next;
}

function withoutRejoin(state: AcceptedCall): AcceptedCall {
  if (state.rejoin === undefined) return state;
  const answered = { ...state };
  delete answered.rejoin;
  return answered;
}

import { type ErrorCode, RING_MS, unreachable } from "#protocol";
import { iceWanted, invite, news } from "./call-news.ts";
import { interrupted, liveOf, pageAfterDeath, pageChanged, pageDue, rejoinDue, ticketWanted } from "./call-page.ts";
import {
  type CallStep,
  ended,
  endedHere,
  hungUp,
  isAcceptedCall,
  isNamed,
  isPresent,
  isTaken,
  openingPage,
  pageId,
} from "./call-parts.ts";
import { accept, alerted, answerTakesOver, ring, silenced } from "./call-ring.ts";
import type { CallEffect, CallEvent, CallState } from "./call-types.ts";
import { welcomed } from "./call-welcome.ts";
import { step } from "./machine.ts";
import type { CallEnd } from "./view.ts";

/**
 * The server's timer decides about a ring; this side's own is for a server that is away, and a little later, since an answer
 * in the last moment is still on its way. [CALL-7]
 */
const CALLER_MARGIN_MS = 2_000;

type Of<T extends CallEvent["type"]> = Extract<CallEvent, { type: T }>;

/** The call on the stage: what one event makes of it. Never begins, accepts or opens a page but by a person's own act. */
export function updateCall(state: CallState, event: CallEvent): CallStep {
  switch (event.type) {
    case "place":
      return place(state, event);
    case "ring":
      return ring(state, event);
    case "alerted":
      return alerted(state, event);
    case "accept":
      return accept(state, event);
    case "answer":
      return answerTakesOver(state, event);
    case "silence":
      return silenced(state, event);
    case "decline":
      return state.at === "ringing-in" && isNamed(state, event.call) ? hungUp(state, event) : step(state);
    case "hang-up":
      return isPresent(state) && isNamed(state, event.call) ? hungUp(state, event) : step(state);
    case "dismiss":
      return state.at === "ended" && isNamed(state, event.call) ? step({ at: "idle" }) : step(state);
    case "show-tab":
      return showTab(state);
    case "page-here":
    case "page-gone":
    case "tab-closed":
    case "page-crashed":
    case "page-wishes":
      return pageChanged(state, event);
    case "media-connected":
    case "media-interrupted":
    case "media-failed":
      return mediaChanged(state, event);
    case "ticket-wanted":
      return ticketWanted(state, event);
    case "ice-wanted":
      return iceWanted(state, event);
    case "page-signal":
      return isAcceptedCall(state) && isNamed(state, event.call)
        ? step(state, { type: "ask", message: { type: "call.signal", call: state.call, data: event.data } })
        : step(state);
    case "news":
      return news(state, event);
    case "refused":
      return refused(state, event);
    case "welcomed":
      return welcomed(state, event);
    case "started":
      return pageAfterDeath(state, event);
    case "due":
      return due(state, event);
    default:
      return unreachable(event);
  }
}

/** When the call must be asked again, by a `due`. */
export function callDue(state: CallState): number | undefined {
  const page = isTaken(state) && state.page.at !== "here" ? [state.page.until] : [];
  const own = state.at === "idle" || state.at === "live" ? [] : [state.until];
  const fresh = isAcceptedCall(state) && typeof state.rejoin === "number" ? [state.rejoin] : [];
  const all = [...page, ...own, ...fresh];
  return all.length > 0 ? Math.min(...all) : undefined;
}

function place(state: CallState, event: Of<"place">): CallStep {
  if (isPresent(state)) return step(state);
  const inviting: CallState = {
    at: "inviting",
    call: event.call,
    with: event.with,
    media: event.media,
    page: openingPage(event.at),
    request: event.request,
    askedAt: event.at,
    until: event.at + RING_MS + CALLER_MARGIN_MS,
  };
  const replacing = event.replacing ?? (state.at === "ended" ? pageId(state) : undefined);
  return step<CallState, CallEffect>(inviting, invite(inviting, event.at), {
    type: "open-call-tab",
    call: event.call,
    ...(replacing === undefined ? {} : { replacing }),
  });
}

function showTab(state: CallState): CallStep {
  if (!isTaken(state)) return step(state);
  const call = pageId(state);
  return step<CallState, CallEffect>(
    state,
    state.page.at === "here" ? { type: "focus-call-tab", call } : { type: "open-call-tab", call },
  );
}

function mediaChanged(state: CallState, event: Of<"media-connected" | "media-interrupted" | "media-failed">): CallStep {
  if (!isNamed(state, event.call)) return step(state);
  if (!isAcceptedCall(state)) return event.type === "media-failed" ? ringsInVain(state, event) : step(state);
  switch (event.type) {
    case "media-connected":
      return state.at === "live" ? step(state) : step(liveOf(state));
    case "media-interrupted":
      return state.at === "live" ? step(interrupted(state, event.at)) : step(state);
    case "media-failed":
      return endedHere(state, event, "call.hangup", state.at === "joining" ? "failed" : "lost");
    default:
      return unreachable(event);
  }
}

/** The caller's page knows already that no media can come: nobody is rung for that. */
function ringsInVain(state: CallState, event: Of<"media-failed">): CallStep {
  const isCalling = state.at === "inviting" || state.at === "ringing-out";
  return isCalling ? endedHere(state, event, "call.cancel", "failed") : step(state);
}

function refused(state: CallState, event: Of<"refused">): CallStep {
  const { at, of, code } = event;
  if (!isTaken(state) || state.request !== of) return step(state);
  switch (state.at) {
    case "inviting":
    case "ringing-out":
      return ended(state, at, inviteRefusals[code]);
    case "accepting":
    case "joining":
      // What looked like glare was a call of this device's own, placed before it lost its state: it is let go. [CALL-6]
      if (state.alias !== undefined) return endedHere(state, event, "call.hangup", "lost");
      return ended(state, at, code === "conflict" ? "answered-elsewhere" : "lost");
    case "live":
    case "reconnecting":
      return step(state);
    default:
      return unreachable(state);
  }
}

/** What a refused invite means to a person. `conflict`: they are in a call elsewhere, or it ended while the line was away. */
const inviteRefusals: Record<ErrorCode, CallEnd> = {
  not_contact: "not-contact",
  rate_limited: "too-many-calls",
  conflict: "not-begun",
  not_found: "lost",
  bad_message: "failed",
  unauthorized: "failed",
  too_large: "failed",
  internal: "failed",
};

function due(state: CallState, event: Of<"due">): CallStep {
  if (isTaken(state) && state.page.at !== "here" && event.at >= state.page.until) return pageDue(state, event);
  if (isAcceptedCall(state) && typeof state.rejoin === "number" && event.at >= state.rejoin) return rejoinDue(state);
  if (state.at === "idle" || state.at === "live" || event.at < state.until) return step(state);
  switch (state.at) {
    case "inviting":
    case "ringing-out":
      // A server with a longer ring would let the callee ring on for a caller who has gone; else the cancel comes late.
      return endedHere(state, event, "call.cancel", "no-answer");
    case "ringing-in": {
      const missed: CallEffect = { type: "missed", call: state.call, from: state.with, media: state.media };
      const over = ended(state, event.at, "no-answer");
      return step<CallState, CallEffect>(over.state, ...over.effects, missed);
    }
    case "accepting":
    case "reconnecting":
      return endedHere(state, event, "call.hangup", "lost");
    case "joining":
      return endedHere(state, event, "call.hangup", "failed");
    case "ended":
      return step({ at: "idle" });
    default:
      return unreachable(state);
  }
}

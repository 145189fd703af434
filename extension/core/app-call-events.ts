import { unreachable } from "#protocol";
import { acceptRing, declineRing, onCall } from "./app-calls.ts";
import type { AppStep } from "./app-parts.ts";
import type { AppEvent } from "./app-event-types.ts";
import type { SignedIn } from "./app-state-types.ts";
import type { CallHappening } from "./call-types.ts";
import { step } from "./machine.ts";
import { refusal } from "./refusal.ts";
import { isAccepted } from "./roster.ts";

/** What happens to calls, by a person or by the page. */
type CallEvent = Extract<
  AppEvent,
  {
    type:
      | "place-call"
      | "accept-call"
      | "decline-call"
      | "silence-ring"
      | "hang-up"
      | "dismiss-call"
      | "show-call-tab"
      | "alerted"
      | "page-here"
      | "page-gone"
      | "tab-closed"
      | "page-crashed"
      | "page-wishes"
      | "media-connected"
      | "media-interrupted"
      | "media-failed"
      | "ticket-wanted"
      | "ice-wanted"
      | "page-signal";
  }
>;

/** Hands an event to the call that it is about. */
export function onCallEvent(state: SignedIn, event: CallEvent): AppStep {
  const { at } = event;
  switch (event.type) {
    case "place-call":
      return placeCall(state, event);
    case "accept-call":
      return acceptRing(state, at, event.call, event.media);
    case "decline-call":
      return declineRing(state, at, event.call);
    case "silence-ring":
      return onCall(state, at, { type: "silence", call: event.call });
    case "dismiss-call":
      return onCall(state, at, { type: "dismiss", call: event.call });
    case "show-call-tab":
      return onCall(state, at, { type: "show-tab" });
    case "alerted":
      return onCall(state, at, { type: "alerted", call: event.call, mode: event.mode });
    case "page-signal":
      return onCall(state, at, { type: "page-signal", call: event.call, data: event.data });
    case "page-here":
      return onCall(state, at, pageHere(event));
    case "page-gone":
    case "tab-closed":
      return onCall(state, at, { type: event.type, call: event.call, rejoinMs: state.rejoinMs });
    case "page-wishes":
      return onCall(state, at, { type: "page-wishes", call: event.call, wishes: event.wishes });
    case "hang-up":
    case "page-crashed":
    case "media-connected":
    case "media-interrupted":
    case "media-failed":
    case "ticket-wanted":
    case "ice-wanted":
      return onCall(state, at, { type: event.type, call: event.call });
    default:
      return unreachable(event);
  }
}

function pageHere({ call, fresh, tab }: Extract<CallEvent, { type: "page-here" }>): CallHappening {
  return { type: "page-here", call, fresh, ...(tab === undefined ? {} : { tab }) };
}

function placeCall(state: SignedIn, event: Extract<AppEvent, { type: "place-call" }>): AppStep {
  const { call: present } = state;
  // Whoever calls the person who is just ringing means to answer.
  if (present.at === "ringing-in" && present.with.user === event.user) {
    return onCall(state, event.at, { type: "accept", call: present.call, media: event.media });
  }
  if (refusal(state, event)) return step(state);
  const contact = state.roster.contacts.find((one) => one.user === event.user && isAccepted(one));
  if (!contact) return step(state);
  const person = { user: contact.user, name: contact.name ?? contact.handle };
  const { call, media, replacing } = event;
  const place = { type: "place", call, with: person, media } as const;
  return onCall(state, event.at, replacing === undefined ? place : { ...place, replacing });
}

import { updateCall } from "../../../extension/core/call.ts";
import type { CallStep } from "../../../extension/core/call-parts.ts";
import type {
  Accepting,
  CallEffect,
  CallHappening,
  CallState,
  Ended,
  Inviting,
  Joining,
  Live,
  OwedEnding,
  Reconnecting,
  Ring,
  RingingIn,
  RingingOut,
} from "../../../extension/core/call-types.ts";
import type { CallId, PeerId, Person, ServerMessageOf, Ticket, UserId, WelcomeCall } from "#protocol";

/** Now, in ms since 1970. */
export const AT = 1_760_000_000_000;
/** The number that the call's own requests carry. */
export const REQUEST = 7;
/** The number that comes with the event. */
export const FRESH = 9;

export const CALL = "0b8f1c1e-6a55-4c43-9b59-8f1a3b1f5a01" as CallId;
/** Another call, and the one into which glare merges. */
export const OTHER = "0b8f1c1e-6a55-4c43-9b59-8f1a3b1f5a02" as CallId;
export const THIRD = "0b8f1c1e-6a55-4c43-9b59-8f1a3b1f5a03" as CallId;

export const bob: Person = { user: "bob" as UserId, name: "Bob" };
export const carol: Person = { user: "carol" as UserId, name: "Carol" };

function ticketOf(name: string): Ticket {
  return {
    peer: { path: "/peer", key: "beckon" },
    self: `self-${name}` as PeerId,
    token: "token",
    remote: `remote-${name}` as PeerId,
    iceServers: [],
    expires: 60_000,
  };
}
export const TICKET = ticketOf("first");
export const NEW_TICKET = ticketOf("second");

const taken = { call: CALL, with: bob, media: "video", page: { at: "here" }, request: REQUEST } as const;
const accepted = { ...taken, outgoing: true, acceptedAt: AT - 10_000 } as const;

export const idle: CallState = { at: "idle" };
export const inviting: Inviting = { ...taken, at: "inviting", askedAt: AT - 5_000, until: AT + 42_000 };
export const ringingOut: RingingOut = { ...inviting, at: "ringing-out", devices: 1, mode: "loud", ticket: TICKET };
export const ringingIn: RingingIn = { at: "ringing-in", call: CALL, with: bob, media: "video", until: AT + 40_000 };
export const accepting: Accepting = { ...taken, at: "accepting", until: AT + 30_000 };
export const joining: Joining = { ...accepted, at: "joining", until: AT + 35_000, ticket: TICKET };
export const answering: Joining = { ...joining, outgoing: false };
export const live: Live = { ...accepted, at: "live" };
export const reconnecting: Reconnecting = { ...live, at: "reconnecting", until: AT + 40_000 };
export const endedCall: Ended = {
  at: "ended",
  call: CALL,
  with: bob,
  media: "video",
  outgoing: true,
  reason: "hangup",
  until: AT + 60_000,
};

/** One of each state, and the two ways in which a call is being joined. */
export const everyState = {
  idle,
  inviting,
  "ringing-out": ringingOut,
  "ringing-in": ringingIn,
  accepting,
  joining,
  answering,
  live,
  reconnecting,
  ended: endedCall,
} satisfies Record<string, CallState>;

export const ring: Ring = { call: OTHER, from: carol, media: "audio", until: AT + 30_000 };

export function when(state: CallState, happening: CallHappening, at = AT): CallStep {
  return updateCall(state, { ...happening, at, request: FRESH });
}

export const hangUp = { type: "hang-up", call: CALL } as const;
export const pageGone = { type: "page-gone", call: CALL, rejoinMs: 20_000 } as const;
export const tabClosed = { type: "tab-closed", call: CALL, rejoinMs: 20_000 } as const;
export const workerStarted = { type: "started", rejoinMs: 20_000 } as const;
/** What the server is asked for fresh ends with. */
export const askRejoin: CallEffect = { type: "ask", message: { type: "call.rejoin", call: CALL } };

/** A page that says that it is here: just loaded, or after the death of the worker that knew it. */
export function pageHere(fresh: boolean): Extract<CallHappening, { type: "page-here" }> {
  return { type: "page-here", call: CALL, fresh };
}

export function incoming(remaining: number, call = CALL): CallHappening {
  return { type: "news", message: { type: "call.incoming", call, from: bob, media: "video", remaining } };
}

export function ringingNews(call = CALL): CallHappening {
  const message = { type: "call.ringing", call, devices: 2, mode: "silent", ticket: NEW_TICKET } as const;
  return { type: "news", message };
}

export function acceptedNews(call = CALL, ticket = NEW_TICKET): CallHappening {
  return { type: "news", message: { type: "call.accepted", call, media: "audio", ticket } };
}

export function rejoinedNews(call = CALL): CallHappening {
  return { type: "news", message: { type: "call.rejoined", call, ticket: NEW_TICKET } };
}

export function endedNews(reason: ServerMessageOf<"call.ended">["reason"], call = CALL, into?: CallId): CallHappening {
  return { type: "news", message: { type: "call.ended", call, reason, ...(into ? { into } : {}) } };
}

export function signalNews(call = CALL): CallHappening {
  return { type: "news", message: { type: "call.signal", call, data: { sdp: "x" } } };
}

export function welcomed(calls: WelcomeCall[] = [], settling = false): CallHappening {
  return { type: "welcomed", calls, settling };
}

export function running(here: boolean, call = CALL, person = bob): WelcomeCall {
  return { state: "running", call, with: person, media: "audio", here, age: 1_000 };
}

export function listedIncoming(remaining: number, call = CALL): WelcomeCall {
  return { state: "incoming", call, from: bob, media: "video", remaining };
}

/** A state that does not hold these any more. */
export function without<T extends object, K extends keyof T & string>(state: T, ...keys: K[]): Omit<T, K> {
  const kept = Object.entries(state).filter(([key]) => !keys.some((dropped) => dropped === key));
  return Object.fromEntries(kept) as Omit<T, K>;
}

/** A call that is over: the effects tell it to the rest of the app. */
export function over(call = CALL): CallEffect {
  return { type: "over", call };
}

export function owe(type: OwedEnding["type"], call = CALL): CallEffect {
  return { type: "owe", ending: { call, type, request: FRESH } };
}

export function askAccept(media: "audio" | "video", { call = CALL, id = REQUEST } = {}): CallEffect {
  return { type: "ask", message: { type: "call.accept", id, call, media } };
}

export function askInvite(age: number, id = REQUEST): CallEffect {
  return { type: "ask", message: { type: "call.invite", id, call: CALL, to: bob.user, media: "video", age } };
}

/** How a call of this stage stands after its end. */
export function endedAs(reason: Ended["reason"], change: Partial<Ended> = {}): Ended {
  return { ...endedCall, reason, ...change };
}

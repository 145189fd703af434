import type { AlertMode, CallId, Media, Person, Ticket } from "#protocol";
import type { CallEnd } from "./view.ts";

/** A ring at this device. `until` is the instant at which it is over at the latest. */
export interface Ring {
  call: CallId;
  from: Person;
  media: Media;
  until: number;
}

/**
 * The call page, as the background knows it: `opening` was asked for and is not there yet, `missing` was there before the
 * worker died. Where it is not `here` by `until`, the call is hung up.
 */
export type CallPage = { at: "here" } | { at: "opening" | "missing"; until: number };

interface Call {
  call: CallId;
  /** The call's other id, under which it was placed before glare merged it. [CALL-6] */
  alias?: CallId;
  with: Person;
  media: Media;
}

/** The one call on the stage. All of it is JSON; a ticket may stand here, since it is short-lived and for this call alone. */
export type CallState =
  { at: "idle" } | Inviting | RingingOut | RingingIn | Accepting | Joining | Live | Reconnecting | Ended;

export interface Inviting extends Call {
  at: "inviting";
  page: CallPage;
  /** When the person asked for it. */
  askedAt: number;
  /** When this side gives up by its own timer. [CALL-7] */
  until: number;
  /** The request of the last invite; none while it waits for a line. */
  request?: number;
}

export interface RingingOut extends Call {
  at: "ringing-out";
  page: CallPage;
  askedAt: number;
  until: number;
  request?: number;
  devices: number;
  mode: AlertMode;
  ticket: Ticket;
}

export interface RingingIn extends Call {
  at: "ringing-in";
  until: number;
  /** How this device rings, once it does. */
  alerted?: AlertMode;
}

export interface Accepting extends Call {
  at: "accepting";
  page: CallPage;
  /** When this side stops to wait for the server's word. */
  until: number;
  /** None while it waits for a line. */
  request?: number;
}

interface Accepted extends Call {
  outgoing: boolean;
  page: CallPage;
  acceptedAt: number;
}

export interface Joining extends Accepted {
  at: "joining";
  /** When the media must flow. */
  until: number;
  /** None where `call.accepted` was lost with a socket; it is asked for again. */
  ticket?: Ticket;
}

export interface Live extends Accepted {
  at: "live";
  ticket: Ticket;
  /** When the media first flowed. */
  since: number;
}

export interface Reconnecting extends Accepted {
  at: "reconnecting";
  ticket: Ticket;
  since: number;
  /** When the media must flow again. */
  until: number;
}

/** Shown until it is dismissed or `until` has passed. */
export interface Ended extends Call {
  at: "ended";
  outgoing: boolean;
  reason: CallEnd;
  /** The length of the talk, where there was one. */
  seconds?: number;
  until: number;
}

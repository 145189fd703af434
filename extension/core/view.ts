import type {
  AlertMode,
  Availability,
  CallId,
  Choice,
  Contact,
  ContactState,
  EndReason,
  Media,
  Ticket,
  UserId,
} from "#protocol";
import type { AppState, SignedIn } from "./app-types.ts";
import { isNamed, isOutgoing } from "./call-parts.ts";
import type { Connection } from "./connection.ts";
import { unreachable } from "./machine.ts";
import { type Roster, presenceOf } from "./roster.ts";

/** What pages, badge and notifications may see of the state. Instants are ms since 1970 by this machine's clock. */
export type View = SignedOutView | SignedInView;

export interface SignedOutView {
  at: "signed-out";
  /** The server last used, to be offered again. */
  server?: string;
  /** Set where the server ended the session; the sign-in form says so. */
  sessionEnded: boolean;
}

export interface SignedInView {
  at: "signed-in";
  server: string;
  self: SelfView;
  line: LineView;
  contacts: ContactView[];
  /** False until the list was read once; then `contacts` is empty because there are none. */
  contactsKnown: boolean;
  missed: number;
  call?: CallView;
}

export interface SelfView {
  user: UserId;
  handle: string;
  name: string;
  availability: Choice;
  text?: string;
  until?: number;
}

/** The line to the server. */
export type LineView =
  | { at: "connecting" }
  | { at: "online" }
  /** `retryAt` is when the next try is due; `asOf` when the contacts were last known to be right. */
  | { at: "offline"; why: "network" | "server-busy" | "replaced"; retryAt?: number; asOf?: number };

export interface ContactView {
  user: UserId;
  handle: string;
  /** The handle where no name is known. */
  name: string;
  state: ContactState;
  availability: Availability;
  text?: string;
  /** Since when they have been so. */
  since?: number;
}

export type CallView = { call: CallId; with: { user: UserId; name: string }; media: Media } & (
  | { at: "inviting" }
  | { at: "ringing-out"; devices: number; mode: AlertMode }
  | { at: "ringing-in"; until: number }
  | { at: "accepting" }
  /** Accepted; the media is being connected. */
  | { at: "joining" }
  | { at: "live"; since: number }
  | { at: "reconnecting"; since: number }
  /** `seconds` is the length of the talk, where there was one; `outgoing` tells who called. */
  | { at: "ended"; reason: CallEnd; seconds?: number; outgoing: boolean }
);

/** Why a call ended, for a person: the server's reasons, and those that only this device knows. */
export type CallEnd = EndReason | "not-contact" | "too-many-calls" | "lost";

/** What the page of one call may see of it: all of the call's truth, each time it changes. */
export interface CallPageView {
  /** Whether this side called, and so waits at PeerServer while the other dials. */
  outgoing: boolean;
  /** After glare another than in the page's address. [CALL-6] */
  call: CallId;
  with: { user: UserId; name: string };
  media: Media;
  state: "inviting" | "ringing-out" | "accepting" | "joining" | "live" | "reconnecting" | "ended";
  devices?: number;
  mode?: AlertMode;
  since?: number;
  reason?: CallEnd;
  ticket?: Ticket;
  /** The origin of the server. */
  server: string;
  online: boolean;
}

/** What every page may see. */
export function viewOf(state: AppState): View {
  if (state.at === "signed-out") {
    const { server, sessionEnded } = state;
    return { at: "signed-out", ...(server === undefined ? {} : { server }), sessionEnded };
  }
  const { session, roster, missed } = state;
  const call = callViewOf(state);
  return {
    at: "signed-in",
    server: session.server.origin,
    self: selfViewOf(state),
    line: lineViewOf(state.connection),
    contacts: roster.contacts.map((contact) => contactViewOf(roster, contact)),
    contactsKnown: roster.known,
    missed,
    ...(call ? { call } : {}),
  };
}

/** What the page of this call may see, or undefined where there is no such call here. */
export function callPageOf(state: AppState, call: CallId): CallPageView | undefined {
  if (state.at === "signed-out" || !isNamed(state.call, call)) return undefined;
  const { call: present, session, connection } = state;
  if (present.at === "idle" || present.at === "ringing-in") return undefined;
  const outgoing = present.at === "ended" ? present.outgoing : isOutgoing(present);
  const { call: id, with: person, media, at } = present;
  const online = connection.line.at === "online";
  const server = session.server.origin;
  const shared = { outgoing, call: id, with: person, media, state: at, server, online };
  switch (present.at) {
    case "inviting":
    case "accepting":
      return shared;
    case "ringing-out":
      return { ...shared, devices: present.devices, mode: present.mode, ticket: present.ticket };
    case "joining":
      return { ...shared, ...(present.ticket ? { ticket: present.ticket } : {}) };
    case "live":
    case "reconnecting":
      return { ...shared, since: present.since };
    case "ended":
      return { ...shared, reason: present.reason };
    default:
      return unreachable(present);
  }
}

/** The line for a person: a first quick try after a loss is `connecting`, so that a hiccup shows nowhere. */
export function lineViewOf({ line, failures, lostAt }: Connection): LineView {
  const asOf = lostAt === undefined ? {} : { asOf: lostAt };
  switch (line.at) {
    case "online":
      return { at: "online" };
    case "stopped":
      return { at: "offline", why: "replaced", ...asOf };
    case "opening":
    case "greeting":
      return failures <= 1 ? { at: "connecting" } : { at: "offline", why: "network", ...asOf };
    case "waiting":
      if (failures <= 1 && line.why === "network") return { at: "connecting" };
      return { at: "offline", why: line.why, retryAt: line.until, ...asOf };
    default:
      return unreachable(line);
  }
}

function selfViewOf({ session, self }: SignedIn): SelfView {
  const { user, handle, name } = session;
  const wanted = self.wanted;
  const text = wanted?.text ?? self.text;
  const until = wanted?.availability === undefined ? self.until : wanted.until;
  return {
    user,
    handle,
    name,
    availability: wanted?.availability ?? self.availability,
    ...(text ? { text } : {}),
    ...(until === undefined ? {} : { until }),
  };
}

function contactViewOf(roster: Roster, { user, handle, name, state }: Contact): ContactView {
  const known = { user, handle, name: name ?? handle, state };
  return state === "accepted" ? { ...known, ...presenceOf(roster, user) } : { ...known, availability: "offline" };
}

function callViewOf({ call: state }: SignedIn): CallView | undefined {
  if (state.at === "idle") return undefined;
  const { call, with: person, media } = state;
  const shared = { call, with: person, media };
  switch (state.at) {
    case "inviting":
    case "accepting":
    case "joining":
      return { ...shared, at: state.at };
    case "ringing-out":
      return { ...shared, at: "ringing-out", devices: state.devices, mode: state.mode };
    case "ringing-in":
      return { ...shared, at: "ringing-in", until: state.until };
    case "live":
    case "reconnecting":
      return { ...shared, at: state.at, since: state.since };
    case "ended": {
      const { reason, seconds, outgoing } = state;
      return { ...shared, at: "ended", reason, outgoing, ...(seconds === undefined ? {} : { seconds }) };
    }
    default:
      return unreachable(state);
  }
}

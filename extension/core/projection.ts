import { type AlertMode, type CallId, type Contact, unreachable } from "#protocol";
import type { AppState, SignedIn } from "./app-types.ts";
import { isNamed, isOutgoing } from "./call-parts.ts";
import type { Connection } from "./connection.ts";
import { presenceOf } from "./roster.ts";
import { soundOf } from "./call-ring.ts";
import type { RingingIn } from "./call-types.ts";
import type { CallPageView, CallView, ContactView, LineView, RingSound, SelfView, View, WaitingView } from "./view.ts";

/** What every page may see. */
export function viewOf(state: AppState): View {
  if (state.at === "signed-out") {
    const { server, sessionEnded } = state;
    return { at: "signed-out", ...(server === undefined ? {} : { server }), sessionEnded };
  }
  const { session, roster, missed, device } = state;
  const call = callViewOf(state);
  return {
    at: "signed-in",
    server: session.server.origin,
    self: selfViewOf(state),
    line: lineViewOf(state.connection),
    contacts: roster.contacts.map((contact) => contactViewOf(state, contact)),
    contactsKnown: roster.known,
    missed,
    device,
    ...(call ? { call } : {}),
    waiting: waitingViewOf(state),
  };
}

function waitingViewOf({ others }: SignedIn): WaitingView[] {
  return others.map(({ call, from, media, until, answer }) => ({
    call,
    with: from,
    media,
    until,
    isAnswered: answer !== undefined,
  }));
}

/** What the page of this call may see, or undefined where there is no such call here. */
export function callPageOf(state: AppState, call: CallId): CallPageView | undefined {
  if (state.at === "signed-out") return undefined;
  const { session, connection, left } = state;
  const present = [state.call, left].find((one) => one !== undefined && isNamed(one, call));
  if (present === undefined || present.at === "idle" || present.at === "ringing-in") return undefined;
  const outgoing = present.at === "ended" ? present.outgoing : isOutgoing(present);
  const { call: id, with: person, media, at } = present;
  const online = connection.line.at === "online";
  const server = session.server.origin;
  const waiting = waitingViewOf(state);
  const shared = { outgoing, call: id, with: person, media, state: at, server, online, waiting };
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

function contactViewOf({ roster, missedFrom }: SignedIn, { user, handle, name, state }: Contact): ContactView {
  const missedAt = missedFrom?.[user];
  const known = { user, handle, name: name ?? handle, state, ...(missedAt === undefined ? {} : { missedAt }) };
  return state === "accepted" ? { ...known, ...presenceOf(roster, user) } : { ...known, availability: "offline" };
}

function callViewOf({ call: state, device }: SignedIn): CallView | undefined {
  if (state.at === "idle") return undefined;
  const { call, with: person, media } = state;
  const shared = { call, with: person, media };
  switch (state.at) {
    case "inviting":
    case "accepting":
      return { ...shared, at: state.at };
    case "joining":
      return { ...shared, at: "joining", outgoing: state.outgoing };
    case "ringing-out":
      return { ...shared, at: "ringing-out", devices: state.devices, mode: state.mode };
    case "ringing-in":
      return { ...shared, at: "ringing-in", until: state.until, sound: soundViewOf(state, soundOf(state, device)) };
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

function soundViewOf({ alerted, isSilenced }: RingingIn, mode: AlertMode): RingSound {
  if (mode !== "loud") return mode;
  if (isSilenced) return "silenced";
  return alerted === "silent" ? "silent" : "loud";
}

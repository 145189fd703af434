import {
  type ActiveCall,
  type Contact,
  MAX_UNTIL_MS,
  type ServerMessage,
  type ServerMessageOf,
  unreachable,
} from "#protocol";
import { onCallEvent } from "./app-call-events.ts";
import { onCall, onCallNews, onWelcomeCalls } from "./app-calls.ts";
import { confirmEnding } from "./app-endings.ts";
import { readCalls } from "./app-history.ts";
import { type AppStep, ask, isWatched, send, andThen } from "./app-parts.ts";
import { answerRefused } from "./app-rings.ts";
import { askSettings, settingsAnswered } from "./app-settings.ts";
import type { AppEvent } from "./app-event-types.ts";
import type { AppEffect } from "./app-effect-types.ts";
import type { AppState, SelfState, Session, SignedIn, SignedOut } from "./app-state-types.ts";
import { isAcceptedCall } from "./call-parts.ts";
import {
  type ConnectionEffect,
  type ConnectionHappening,
  type Heard,
  socketOf,
  updateConnection,
} from "./connection.ts";
import { withNewcomers } from "./newcomers.ts";
import { type Step, step } from "./machine.ts";
import {
  changePresence,
  listContacts,
  putOffContacts,
  type ReadingStep,
  wantContacts,
  welcomeRoster,
} from "./roster.ts";

interface Moment {
  at: number;
  random: number;
}

/** Lets the connection have what happened; the only step that can end in being signed out. */
export function onLine(
  state: SignedIn,
  { at, random }: Moment,
  happening: ConnectionHappening,
): Step<AppState, AppEffect> {
  const event = { ...happening, at, random, watched: isWatched(state) };
  const { state: connection, effects } = updateConnection(state.connection, event);
  if (connection === state.connection && effects.length === 0) return step(state);
  if (effects.some((effect) => effect.type === "session-ended")) return sessionEnded(state);
  let next: AppStep = step({ ...state, connection });
  for (const effect of effects) next = andThen(next, (now) => lineEffect(now, at, effect));
  return next;
}

/** Where the machine has another network now, the line is as dead as the media, and the call comes back over it. [CALL-13] */
export function onMediaInterrupted(
  state: SignedIn,
  event: Extract<AppEvent, { type: "media-interrupted" }>,
): Step<AppState, AppEffect> {
  const told = onCallEvent(state, event);
  if (told.state.call === state.call) return told;
  const doubted = onLine(told.state, event, { type: "doubted" });
  return { state: doubted.state, effects: [...told.effects, ...doubted.effects] };
}

/** A message of the socket that is believed. */
export function onMessage(
  state: SignedIn,
  moment: Moment,
  socket: number,
  message: ServerMessage,
): Step<AppState, AppEffect> {
  const { line } = state.connection;
  if (socketOf(line) !== socket) return step(state);
  const heard = onLine(state, moment, { type: "heard", socket, what: meaningOf(message) });
  if (heard.state.at === "signed-out") return heard;
  const first: AppStep = { state: heard.state, effects: heard.effects };
  if (line.at === "greeting" && message.type === "welcome") {
    return andThen(first, (now) => onWelcome(now, moment, message));
  }
  // What came too late is not believed, and has cost the socket.
  if (line.at !== "online" || socketOf(first.state.connection.line) !== socket) return first;
  return andThen(first, (now) => onFact(now, moment.at, message));
}

/** The person leaves, or the session has ended: nothing of them stays. */
export function signedOut(state: SignedIn, sessionEnded: boolean): SignedOut {
  const { lastSocket } = state.connection;
  const { lastReading } = state.roster;
  const { device, session } = state;
  return { at: "signed-out", server: session.server.origin, sessionEnded, device, lastSocket, lastReading };
}

/** Tells the server what the person chose, where it has not confirmed that yet. */
export function askWanted(state: SignedIn, at: number): AppStep {
  const { wanted } = state.self;
  if (!wanted) return step(state);
  const { availability, text, until, request } = wanted;
  return ask(state, at, {
    type: "presence.set",
    id: request,
    ...(availability === undefined ? {} : { availability }),
    ...(text === undefined ? {} : { text }),
    ...(until === undefined ? {} : { until: Math.min(MAX_UNTIL_MS, Math.max(1, Math.round(until - at))) }),
  });
}

/** Reads the contact list, or notes that it must be read again. */
export function readContacts(state: SignedIn): AppStep {
  return reading(state, wantContacts(state.roster));
}

/** The list was read. */
export function contactsListed(state: SignedIn, number: number, contacts: Contact[]): AppStep {
  return reading(withNewcomers(state, contacts), listContacts(state.roster, number, contacts));
}

function reading(state: SignedIn, { roster, read }: ReadingStep): AppStep {
  const effects = read === undefined ? [] : [{ type: "list-contacts", reading: read } as const];
  return step<SignedIn, AppEffect>({ ...state, roster }, ...effects);
}

function lineEffect(state: SignedIn, at: number, effect: ConnectionEffect): AppStep {
  switch (effect.type) {
    case "open":
      return step<SignedIn, AppEffect>(state, {
        type: "open-socket",
        socket: effect.socket,
        url: state.session.server.presenceUrl,
      });
    case "close":
      return step<SignedIn, AppEffect>(state, { type: "close-socket", socket: effect.socket });
    case "greet":
      return step<SignedIn, AppEffect>(
        { ...state, toldIdle: state.idle },
        { type: "hello", socket: effect.socket, idle: state.idle, active: activeCalls(state, at) },
      );
    case "ping":
      return step<SignedIn, AppEffect>(state, { type: "send", socket: effect.socket, message: { type: "ping" } });
    case "session-ended":
      return step(state);
    default:
      return unreachable(effect);
  }
}

/** The call whose media flows here, so that a restarted server learns of it. [CALL-11] */
function activeCalls({ call }: SignedIn, at: number): ActiveCall[] {
  if (!isAcceptedCall(call)) return [];
  return [{ call: call.call, with: call.with.user, age: Math.max(0, at - call.acceptedAt) }];
}

function sessionEnded(state: SignedIn): Step<AppState, AppEffect> {
  // A session that ends after its account was to be erased says what the lost answer would have said.
  const left = state.deletionLost ? ({ ...signedOut(state, false), deleted: true } as const) : signedOut(state, true);
  return step<AppState, AppEffect>(left, { type: "forget-token", revoke: false });
}

function meaningOf(message: ServerMessage): Heard {
  if (message.type === "welcome") return { type: "welcome", pingEveryMs: message.heartbeat };
  if (message.type === "pong") return { type: "pong" };
  // An error that answers no request is about the socket.
  if (message.type === "error" && message.re === undefined && message.retryAfter !== undefined) {
    return { type: "retry-after", ms: message.retryAfter };
  }
  return { type: "other" };
}

/** The welcome is the whole truth: whatever else was held is dropped, but for what only this side knows. */
function onWelcome(state: SignedIn, { at, random }: Moment, message: ServerMessageOf<"welcome">): AppStep {
  const { user, settings, missed, contacts, calls, rejoin, settling } = message;
  const known: SignedIn = {
    ...withMissedCount(withoutDeletion(state), missed),
    session: sessionAs(state.session, user),
    self: { ...selfOf(user, at), ...(state.self.wanted ? { wanted: state.self.wanted } : {}) },
    settings,
    settingsKnown: true,
    rejoinMs: rejoin,
    roster: welcomeRoster(state.roster, contacts, at, settling),
  };
  const told: AppEffect[] = known.toldIdle === known.idle ? [] : send(known, { type: "device.idle", idle: known.idle });
  const asked = andThen({ state: known, effects: told }, (now) => askWanted(now, at));
  const chosen = andThen(asked, (now) => askSettings(now, at));
  const called = andThen(chosen, (now) => onWelcomeCalls(now, at, calls, settling !== undefined));
  const listed = andThen(called, (now) => {
    const putOff = isWatched(now) ? undefined : putOffContacts(now.roster, at, random);
    return putOff === undefined ? readContacts(now) : step({ ...now, roster: putOff });
  });
  return andThen(listed, (now) => readCalls(now, at));
}

/** Whom the server welcomes, it has not erased. */
function withoutDeletion(state: SignedIn): SignedIn {
  const { deletionLost, ...rest } = state;
  return deletionLost ? rest : state;
}

/** What was missed is seen, here or elsewhere, once nothing is counted. */
function withMissedCount(state: SignedIn, missed: number): SignedIn {
  const next = { ...state, missed };
  if (missed > 0) return next;
  delete next.lastMissed;
  delete next.missedFrom;
  return next;
}

function onFact(state: SignedIn, at: number, message: ServerMessage): AppStep {
  switch (message.type) {
    case "self": {
      const { wanted } = state.self;
      const self = { ...selfOf(message, at), ...(wanted ? { wanted } : {}) };
      const session = message.user ? sessionAs(state.session, message.user) : state.session;
      return step({ ...state, self, session, settings: message.settings });
    }
    case "presence":
      return step({ ...state, roster: changePresence(state.roster, message, at) });
    case "contacts.changed":
      return readContacts(state);
    case "missed":
      return step(withMissedCount(state, message.count));
    case "call.incoming":
    case "call.ringing":
    case "call.accepted":
    case "call.rejoined":
    case "call.ended":
    case "call.signal":
      return onCallNews(state, at, message);
    case "ok":
    case "error":
      return answered(state, at, message);
    case "welcome":
    case "pong":
      return step(state);
    default:
      return unreachable(message);
  }
}

/** The person as the server shows them to themselves. */
function sessionAs(
  { user, server }: Session,
  { handle, name, avatar }: { handle: string; name: string; avatar?: string | undefined },
): Session {
  return { user, handle, name, server, ...(avatar === undefined ? {} : { avatar }) };
}

function answered(state: SignedIn, at: number, message: ServerMessageOf<"ok"> | ServerMessageOf<"error">): AppStep {
  const request = message.re;
  if (request === undefined) return step(state);
  const confirmed = confirmEnding(state, request);
  const { wanted } = confirmed.self;
  if (wanted?.request === request) {
    return step({ ...confirmed, self: message.type === "ok" ? taken(confirmed.self) : refusedSelf(confirmed.self) });
  }
  const settled = settingsAnswered(confirmed, message);
  if (settled) return step(settled);
  if (message.type === "ok") return step(confirmed);
  const { code } = message;
  return onCall(answerRefused(confirmed, request, code), at, { type: "refused", of: request, code });
}

function selfOf(
  told: { availability: SelfState["availability"]; text?: string | undefined; until?: number | undefined },
  at: number,
): SelfState {
  return {
    availability: told.availability,
    ...(told.text ? { text: told.text } : {}),
    ...(told.until === undefined ? {} : { until: at + told.until }),
  };
}

/** What the person wanted is now so. */
function taken({ wanted, ...self }: SelfState): SelfState {
  if (!wanted) return self;
  const text = wanted.text ?? self.text;
  const until = wanted.availability === undefined ? self.until : wanted.until;
  return {
    availability: wanted.availability ?? self.availability,
    ...(text ? { text } : {}),
    ...(until === undefined ? {} : { until }),
  };
}

function refusedSelf({ availability, text, until }: SelfState): SelfState {
  return { availability, ...(text === undefined ? {} : { text }), ...(until === undefined ? {} : { until }) };
}

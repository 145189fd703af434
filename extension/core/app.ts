import { REJOIN_MS } from "#protocol";
import { onCallEvent } from "./app-call-events.ts";
import { onCall } from "./app-calls.ts";
import { historyDue, onHistory, seeMissed, withHistoryNews } from "./app-history.ts";
import { onDeletion } from "./app-deletion.ts";
import { contactsListed, onLine, onMediaInterrupted, onMessage, readContacts, signedOut } from "./app-line.ts";
import { type AppStep, send, andThen } from "./app-parts.ts";
import { dueRings } from "./app-rings.ts";
import { withQuietHour } from "./app-settings.ts";
import type { AppEffect } from "./app-effect-types.ts";
import type { AppEvent } from "./app-event-types.ts";
import type { AppState, Saved, Session, SignedIn, SignedOut } from "./app-state-types.ts";
import { heeded } from "./app-watch.ts";
import { onWish } from "./app-wishes.ts";
import { NEW_CONNECTION, socketOf } from "./connection.ts";
import { changeDevice, DEVICE_AT_FIRST, type DeviceChange } from "./device-settings.ts";
import { forgetHistoryReading, newHistory } from "./history.ts";
import { type Step, step } from "./machine.ts";
import { withAccepting, withMet } from "./newcomers.ts";
import { NO_REQUESTS } from "./requests.ts";
import { forgetReading, newRoster, refuseContacts, settleRoster } from "./roster.ts";
import { NOBODY_WATCHED } from "./watch.ts";

/** The state of a background that never ran; its first event is `started`. */
export const INITIAL_STATE: SignedOut = {
  at: "signed-out",
  sessionEnded: false,
  device: DEVICE_AT_FIRST,
  lastSocket: 0,
  lastReading: 0,
};

/** What happens alike with and without a session. */
type SessionlessEvent = {
  type: "signed-in" | "provider-refused" | "account-deleted" | "deletion-lost" | "open-invite" | "close-invite";
};

/** The one decision: what an event makes of the whole state. Pure, and throws for no event that its type allows. */
export function update(state: AppState, event: AppEvent): Step<AppState, AppEffect> {
  const next = decide(state, event);
  if (next.state.at === "signed-out") return next;
  const inItsHour = withQuietHour(next.state, event.minute);
  return { ...next, state: heeded(withHistoryNews(state, inItsHour, event.at), event.at) };
}

function decide(state: AppState, event: AppEvent): Step<AppState, AppEffect> {
  if (event.type === "signed-in") return signIn(state, event);
  if (event.type === "open-invite" || event.type === "close-invite") return step(onInvite(state, event));
  if (event.type === "account-deleted" || event.type === "deletion-lost") return onDeletion(state, event);
  if (event.type === "provider-refused") {
    const { server, problem } = event;
    return step(state.at === "signed-in" ? state : { ...state, server, providerProblem: { server, problem } });
  }
  if (state.at === "signed-in") return updateSignedIn(state, event);
  switch (event.type) {
    case "started":
      return event.saved ? restore(state, event.saved, event) : step(state);
    case "set-device":
      return step(withDevice(state, event.change));
    default:
      return step(state);
  }
}

function updateSignedIn(state: SignedIn, event: Exclude<AppEvent, SessionlessEvent>): Step<AppState, AppEffect> {
  switch (event.type) {
    case "started":
      return started(state, event);
    case "accepting-invite":
      return step(withAccepting(state, event.on));
    case "due":
      return due(state, event);
    case "network-online":
    case "retry-now":
      return onLine(state, event, { type: event.type });
    case "socket-opened":
      return onLine(state, event, { type: "opened", socket: event.socket });
    case "socket-closed":
      return onLine(state, event, { type: "closed", socket: event.socket, code: event.code });
    case "socket-message":
      return onMessage(state, event, event.socket, event.message);
    case "sign-out":
      return signOut(state);
    case "contacts-shown":
      return onLine(withoutMissed({ ...state, contactsShown: true }), event, { type: "watched" });
    case "contacts-hidden":
      return step(withoutAttention({ ...state, contactsShown: false }));
    case "contacts-listed":
      return contactsListed(state, event.reading, event.contacts);
    case "contacts-refused":
      return step({ ...state, roster: refuseContacts(state.roster, event.reading, event.at) });
    case "idle-changed":
      return idleChanged(state, event.idle);
    case "missed-seen":
      return step(withoutMissed(state));
    case "notification-closed":
      return step({ ...state, closedNotification: event.closed });
    case "set-device":
      return step(withDevice(state, event.change));
    case "set-presence":
    case "set-settings":
    case "let-through":
    case "favourite":
    case "watch-contact":
    case "unwatch-contact":
    case "free-seen":
    case "request-seen":
    case "pointed-at":
      return onWish(state, event);
    case "history-shown":
    case "history-hidden":
    case "read-calls":
    case "more-calls":
    case "calls-listed":
    case "calls-refused":
    case "seen-refused":
      return onHistory(state, event);
    case "media-interrupted":
      return onMediaInterrupted(state, event);
    default:
      return onCallEvent(state, event);
  }
}

function onInvite(state: AppState, event: Extract<AppEvent, { type: "open-invite" | "close-invite" }>): AppState {
  if (event.type === "open-invite") return { ...state, invite: event.invite };
  const { invite, ...rest } = state.at === "signed-in" && event.met ? withMet(state, event.met) : state;
  return invite === undefined || invite.code === event.code ? rest : { ...rest, invite };
}

function signIn(state: AppState, event: Extract<AppEvent, { type: "signed-in" }>): Step<AppState, AppEffect> {
  const old = state.at === "signed-in" ? socketOf(state.connection.line) : undefined;
  const { state: next, effects } = onLine(newSignedIn(event.session, keptOf(state)), event, { type: "started" });
  const left = state.at === "signed-in" ? state.session.server.origin : state.server;
  const hasMoved = left !== undefined && left !== event.session.server.origin;
  return {
    state: next,
    effects: [
      ...(old === undefined ? [] : [{ type: "close-socket", socket: old } as const]),
      ...(hasMoved ? [{ type: "forget-links", server: left } as const] : []),
      ...effects,
    ],
  };
}

/** What goes on from one session to the next. */
type Kept = Pick<SignedOut, "device" | "lastSocket" | "lastReading" | "invite">;

function keptOf(state: AppState): Kept {
  if (state.at === "signed-out") return state;
  const { device, connection, roster, invite } = state;
  const kept = { device, lastSocket: connection.lastSocket, lastReading: roster.lastReading };
  return invite === undefined ? kept : { ...kept, invite };
}

function newSignedIn(session: Session, { device, lastSocket, lastReading, invite }: Kept, saved?: Saved): SignedIn {
  const { presence, settings } = saved?.wanted ?? {};
  return {
    at: "signed-in",
    session,
    connection: { ...NEW_CONNECTION, lastSocket },
    roster: newRoster(saved?.contacts, lastReading),
    call: { at: "idle" },
    others: [],
    over: [],
    owed: [],
    self: { availability: "available", ...(presence ? { wanted: presence } : {}) },
    settings: { showBusy: true, secondCall: "wait" },
    settingsKnown: false,
    ...(settings ? { wantedSettings: settings } : {}),
    device,
    ...(invite === undefined ? {} : { invite }),
    history: newHistory(saved?.calls),
    watching: saved?.watched === undefined ? NOBODY_WATCHED : { until: saved.watched, free: [] },
    requests: saved?.requests === undefined ? NO_REQUESTS : { told: saved.requests, shown: [] },
    missed: 0,
    idle: false,
    contactsShown: false,
    rejoinMs: REJOIN_MS,
    lastRequest: Math.max(0, presence?.request ?? 0, settings?.request ?? 0),
  };
}

/** The browser was started anew: who was signed in is so again. */
function restore(
  state: SignedOut,
  saved: Saved,
  event: Extract<AppEvent, { type: "started" }>,
): Step<AppState, AppEffect> {
  const known = { ...state, device: saved.device ?? state.device };
  if (!saved.session) return step(saved.server === undefined ? known : { ...known, server: saved.server });
  return onLine(newSignedIn(saved.session, known, saved), event, { type: "started" });
}

/** The worker died and lives again: sockets, ports and readings are gone, deadlines stand. */
function started(state: SignedIn, event: Extract<AppEvent, { type: "started" }>): Step<AppState, AppEffect> {
  const { roster, history } = state;
  const asleep = { ...state, roster: forgetReading(roster), history: forgetHistoryReading(history) };
  const woken: SignedIn = { ...withAccepting(asleep, false), contactsShown: false };
  const line = onLine(woken, event, { type: "started" });
  if (line.state.at === "signed-out") return line;
  const paged = andThen({ state: line.state, effects: line.effects }, (now) =>
    onCall(now, event.at, { type: "started", rejoinMs: now.rejoinMs }),
  );
  // A ring whose time ran out meanwhile must not sound again.
  return andThen(paged, (now) => callsDue(now, event.at));
}

function due(state: SignedIn, event: Extract<AppEvent, { type: "due" }>): Step<AppState, AppEffect> {
  const { at } = event;
  const line = onLine(state, event, { type: "due" });
  if (line.state.at === "signed-out") return line;
  const settled: AppStep = {
    state: withRoster(line.state, settleRoster(line.state.roster, at)),
    effects: line.effects,
  };
  const read = andThen(settled, (now) => retryContacts(now, at));
  const recalled = andThen(read, (now) => historyDue(now, at));
  return andThen(recalled, (now) => callsDue(now, at));
}

function callsDue(state: SignedIn, at: number): AppStep {
  return andThen(dueRings(withoutLeft(state, at), at), (now) => onCall(now, at, { type: "due" }));
}

function withoutLeft(state: SignedIn, at: number): SignedIn {
  if (state.left === undefined || at < state.left.until) return state;
  const next = { ...state };
  delete next.left;
  return next;
}

function withRoster(state: SignedIn, roster: SignedIn["roster"]): SignedIn {
  return roster === state.roster ? state : { ...state, roster };
}

function retryContacts(state: SignedIn, at: number): AppStep {
  const { reading } = state.roster;
  if (reading.at !== "retry" || at < reading.until) return step(state);
  const roster = forgetReading(state.roster);
  // Without a line the next welcome asks for the list anyway.
  return state.connection.line.at === "online" ? readContacts({ ...state, roster }) : step({ ...state, roster });
}

function signOut(state: SignedIn): Step<AppState, AppEffect> {
  const socket = socketOf(state.connection.line);
  return step<AppState, AppEffect>(
    signedOut(state, false),
    ...send(state, { type: "bye" }),
    ...(socket === undefined ? [] : [{ type: "close-socket", socket } as const]),
    { type: "forget-token", revoke: true },
  );
}

function idleChanged(state: SignedIn, idle: boolean): AppStep {
  if (state.idle === idle) return step(state);
  const next = { ...state, idle };
  const effects = send(next, { type: "device.idle", idle });
  const told = effects.length > 0 ? { ...next, toldIdle: idle } : next;
  return andThen({ state: told, effects }, seeMissed);
}

function withDevice<State extends AppState>(state: State, change: DeviceChange): State {
  const device = changeDevice(state.device, change);
  return device === state.device ? state : { ...state, device };
}

function withoutAttention(state: SignedIn): SignedIn {
  const { attention, ...rest } = state;
  return attention ? rest : state;
}

function withoutMissed(state: SignedIn): SignedIn {
  const { lastMissed, ...rest } = state;
  return lastMissed ? rest : state;
}

import { type AlertMode, type CallId, type Contact, type Person, unreachable } from "#protocol";
import { isSilentFor, listed, settingsOf } from "./app-settings.ts";
import type { AppState, SignedIn } from "./app-state-types.ts";
import { isAcceptedCall, isNamed, isOutgoing, isTaken } from "./call-parts.ts";
import type { Connection } from "./connection.ts";
import { pictureUrl } from "./picture.ts";
import { presenceOf } from "./roster.ts";
import { soundOf } from "./call-ring.ts";
import type { RingingIn } from "./call-types.ts";
import type {
  CallDevice,
  CallPageView,
  CallView,
  ContactView,
  HistoryView,
  LineView,
  PersonView,
  RingSound,
  SelfView,
  SettingsView,
  View,
  WaitingView,
} from "./view.ts";

/** What every page may see. */
export function viewOf(state: AppState): View {
  if (state.at === "signed-out") {
    const { server, sessionEnded, providerProblem, device, deleted, invite } = state;
    const problem = providerProblem === undefined ? {} : { providerProblem };
    const known = { ...(server === undefined ? {} : { server }), ...(invite ? { invite } : {}), ...problem };
    return { at: "signed-out", sessionEnded, device, ...(deleted ? { deleted } : {}), ...known };
  }
  const { session, roster, missed, device, attention, invite } = state;
  const call = callViewOf(state);
  return {
    at: "signed-in",
    server: session.server.origin,
    self: selfViewOf(state),
    line: lineViewOf(state.connection),
    contacts: roster.contacts.map((contact) => contactViewOf(state, contact)),
    contactsKnown: roster.known,
    missed,
    history: historyViewOf(state),
    settings: settingsViewOf(state),
    device,
    ...(attention ? { attention } : {}),
    ...(invite ? { invite } : {}),
    ...(call ? { call } : {}),
    waiting: waitingViewOf(state),
  };
}

/** A person with their picture, where they are a contact who has one. */
function personViewOf({ session, roster }: SignedIn, { user, name }: Person): PersonView {
  const contact = roster.contacts.find((one) => one.user === user);
  return { user, name, ...pictured(session.server.origin, contact?.avatar) };
}

function pictured(origin: string, path: string | undefined): { avatar?: string } {
  const avatar = pictureUrl(origin, path);
  return avatar === undefined ? {} : { avatar };
}

function waitingViewOf(state: SignedIn): WaitingView[] {
  return state.others.map(({ call, from, media, until, answer }) => ({
    call,
    with: personViewOf(state, from),
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
  const wishes = isTaken(present) && present.wishes ? { wishes: present.wishes } : {};
  const known = "ticket" in present ? present.ticket : undefined;
  const ticket = known === undefined ? {} : { ticket: known };
  const told = {
    outgoing,
    call: id,
    with: personViewOf(state, person),
    media,
    state: at,
    server,
    online,
    waiting,
    device: callDeviceOf(state),
  };
  const shared = { ...told, ...wishes, ...ticket };
  switch (present.at) {
    case "inviting":
    case "accepting":
    case "joining":
      return shared;
    case "ringing-out":
      return { ...shared, devices: present.devices, mode: present.mode };
    case "live":
    case "reconnecting":
      return { ...shared, since: present.acceptedAt };
    case "ended":
      return {
        ...shared,
        reason: present.reason,
        ...(present.seconds === undefined ? {} : { seconds: present.seconds }),
      };
    default:
      return unreachable(present);
  }
}

function callDeviceOf({ device }: SignedIn): CallDevice {
  const { camera, microphone, speaker, backgroundBlur, relayOnly, pictureFollows, ownPicture } = device;
  return {
    backgroundBlur,
    relayOnly,
    pictureFollows,
    ownPicture,
    ...(camera === undefined ? {} : { camera }),
    ...(microphone === undefined ? {} : { microphone }),
    ...(speaker === undefined ? {} : { speaker }),
  };
}

/** The line for a person: a first quick try after a loss is `connecting`, so that a hiccup shows nowhere. */
export function lineViewOf({ line, failures, lostAt, lostWhy }: Connection): LineView {
  const asOf = lostAt === undefined ? {} : { asOf: lostAt };
  switch (line.at) {
    case "online":
      return { at: "online" };
    case "stopped":
      return { at: "offline", why: "replaced", ...asOf };
    case "opening":
    case "greeting":
      if (failures <= 1 && lostWhy === undefined) return { at: "connecting" };
      return { at: "offline", why: lostWhy ?? "network", ...asOf };
    case "waiting":
      if (failures <= 1 && line.why === "network") return { at: "connecting" };
      return { at: "offline", why: line.why, retryAt: line.until, ...asOf };
    default:
      return unreachable(line);
  }
}

function historyViewOf({ history }: SignedIn): HistoryView {
  const { calls, known, next, reading } = history;
  const read = { calls, known, hasMore: next !== undefined };
  if (reading.at === "no") return { ...read, reading: "no" };
  if (reading.at === "failed") return { ...read, reading: reading.more ? "failed-more" : "failed" };
  return { ...read, reading: reading.before === undefined ? "first" : "more" };
}

function settingsViewOf(state: SignedIn): SettingsView {
  const { showBusy, secondCall } = settingsOf(state);
  const [letThrough, favourites] = [listed(state, "letThrough"), listed(state, "favourites")];
  const { settingsKnown: known, wantedSettings, settingsRefused } = state;
  const change = wantedSettings ? "waiting" : settingsRefused ? "refused" : "none";
  return { known, showBusy, secondCall, letThrough, favourites, change };
}

function selfViewOf({ session, self, idle }: SignedIn): SelfView {
  const { user, handle, name } = session;
  const wanted = self.wanted;
  const text = wanted?.text ?? self.text;
  const until = wanted?.availability === undefined ? self.until : wanted.until;
  return {
    user,
    handle,
    name,
    ...pictured(session.server.origin, session.avatar),
    availability: wanted?.availability ?? self.availability,
    ...(text ? { text } : {}),
    ...(until === undefined ? {} : { until }),
    ...(idle ? { unattended: true } : {}),
  };
}

function contactViewOf(
  { session, roster, missedFrom, watching }: SignedIn,
  { user, handle, name, avatar, state }: Contact,
): ContactView {
  const missedAt = missedFrom?.[user];
  const missed = missedAt === undefined ? {} : { missedAt };
  const watched = watching.until[user] === undefined ? {} : { watched: true as const };
  const known = {
    user,
    handle,
    name: name ?? handle,
    state,
    ...pictured(session.server.origin, avatar),
    ...missed,
    ...watched,
  };
  return state === "accepted" ? { ...known, ...presenceOf(roster, user) } : { ...known, availability: "offline" };
}

function callViewOf(app: SignedIn): CallView | undefined {
  const { call: state } = app;
  if (state.at === "idle") return undefined;
  const { call, with: person, media } = state;
  const shared = { call, with: personViewOf(app, person), media };
  if (isAcceptedCall(state) && state.page.at === "away") {
    const since = state.at === "joining" ? {} : { since: state.acceptedAt };
    return { ...shared, at: "away", ...since, until: state.page.until };
  }
  switch (state.at) {
    case "inviting":
    case "accepting":
      return { ...shared, at: state.at };
    case "joining":
      return { ...shared, at: "joining", outgoing: state.outgoing };
    case "ringing-out":
      return { ...shared, at: "ringing-out", devices: state.devices, mode: state.mode };
    case "ringing-in": {
      const mode = soundOf(state, isSilentFor(app, person.user));
      return { ...shared, at: "ringing-in", until: state.until, sound: soundViewOf(state, mode) };
    }
    case "live":
    case "reconnecting":
      return { ...shared, at: state.at, since: state.acceptedAt };
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

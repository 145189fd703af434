import type { Choice } from "#protocol";
import { isSilentFor } from "./app-settings.ts";
import type { AppState, Saved, SavedWishes, SignedIn } from "./app-state-types.ts";
import type { CallNotification, FreeNotification, RequestNotification } from "./notification-types.ts";
import type { Badge, Outward, RingShown, RingSoundShown } from "./outward-types.ts";
import { askers } from "./app-watch.ts";
import { ringDue } from "./app-rings.ts";
import { callDue } from "./call.ts";
import { isAcceptedCall, isPresent } from "./call-parts.ts";
import { soundOf } from "./call-ring.ts";
import { connectionDue } from "./connection.ts";
import { type DeviceSettings, isAsAtFirst } from "./device-settings.ts";
import { firstPage } from "./history.ts";
import { friendsOf } from "./newcomers.ts";
import { rosterDue } from "./roster.ts";
import { lineViewOf } from "./projection.ts";
import { watchingDue } from "./watch.ts";

/** What the world outside should look like for this state. */
export function outward(state: AppState): Outward {
  if (state.at === "signed-out") {
    const { server, device } = state;
    const saved = { ...(server === undefined ? {} : { server }), ...savedDevice(device) };
    const kept = Object.keys(saved).length === 0 ? {} : { saved };
    return { badge: { state: "signed-out", missed: 0 }, idleMinutes: device.idleMinutes, ...kept };
  }
  const wakeAt = nextDue(state);
  const ringing = ringShown(state);
  const notification = notificationOf(state);
  const free = freeOf(state);
  const requests = requestsOf(state);
  const friends = friendsOf(state);
  return {
    ...(wakeAt === undefined ? {} : { wakeAt }),
    badge: badgeOf(state),
    ...(notification ? { notification } : {}),
    ...(free.length > 0 ? { free } : {}),
    ...(requests.length > 0 ? { requests } : {}),
    ...(friends.length > 0 ? { friends } : {}),
    ...(ringing ? { ringing } : {}),
    idleMinutes: state.device.idleMinutes,
    saved: savedOf(state),
  };
}

function ringShown(app: SignedIn): RingShown | undefined {
  const { call: state } = app;
  if (state.at !== "ringing-in") return undefined;
  const { call, with: from, media, until, isSilenced = false } = state;
  const mode = soundOf(state, isSilentFor(app, from.user));
  return { call, from, media, until, mode, isSilenced, sound: ringSoundOf(app.device) };
}

/** How rings sound on this device. */
export function ringSoundOf({ ringSound: name, ringVolume: volume, ringer }: DeviceSettings): RingSoundShown {
  return { name, volume, ...(ringer === undefined ? {} : { ringer }) };
}

function nextDue(state: SignedIn): number | undefined {
  const { connection, roster, call, watching, history } = state;
  const dues = [connectionDue(connection), rosterDue(roster), callDue(call), watchingDue(watching), history.readAt];
  const all = [...dues, ...state.others.map(ringDue)].filter((due) => due !== undefined);
  return all.length > 0 ? Math.min(...all) : undefined;
}

function badgeOf(state: SignedIn): Badge {
  const requests = askers(state).length;
  return { ...shownOnBadge(state), ...(requests > 0 ? { requests } : {}) };
}

function shownOnBadge(state: SignedIn): Badge {
  const { missed } = state;
  if (state.call.at === "ringing-in" || state.others.length > 0) return { state: "ringing", missed };
  if (isPresent(state.call)) return { state: "in-call", missed };
  if (lineViewOf(state.connection).at === "offline") return { state: "offline", missed };
  const chosen = chosenOf(state);
  return { state: chosen === "available" && state.idle ? "away" : chosen, missed };
}

function notificationOf(state: SignedIn): CallNotification | undefined {
  const { closedNotification: closed } = state;
  const wanted = wantedNotification(state);
  const isClosed = closed !== undefined && wanted?.call === closed.call && wanted.type === closed.type;
  return isClosed ? undefined : wanted;
}

function wantedNotification(state: SignedIn): CallNotification | undefined {
  const { call, others, lastMissed } = state;
  if (call.at === "ringing-in") {
    const type = call.isQuiet ? "waiting" : "incoming";
    return { type, call: call.call, from: call.with, media: call.media };
  }
  // The present call ends first.
  if (isAcceptedCall(call) && call.page.at === "away") return { type: "away", call: call.call, with: call.with };
  const ring = others.find(({ answer }) => answer === undefined);
  if (ring) return { type: "waiting", call: ring.call, from: ring.from, media: ring.media };
  // Whoever does not want to be disturbed is told afterwards, since not every browser can show it without a noise.
  return lastMissed && chosenOf(state) !== "dnd" ? { type: "missed", ...lastMissed } : undefined;
}

function freeOf({ watching, roster }: SignedIn): FreeNotification[] {
  return watching.free.flatMap((user) => {
    const contact = roster.contacts.find((one) => one.user === user);
    return contact ? [{ type: "free" as const, user, name: contact.name ?? contact.handle }] : [];
  });
}

function requestsOf(state: SignedIn): RequestNotification[] {
  return askers(state)
    .filter(({ user }) => state.requests.shown.includes(user))
    .map(({ user, handle, name = handle }) => ({ type: "request", user, handle, name }));
}

function chosenOf({ self }: SignedIn): Choice {
  return self.wanted?.availability ?? self.availability;
}

function savedOf(state: SignedIn): Saved {
  const { session, roster, history, watching, requests, device } = state;
  const contacts = roster.known ? { contacts: roster.contacts } : {};
  const calls = history.known ? { calls: firstPage(history) } : {};
  const watched = Object.keys(watching.until).length > 0 ? { watched: watching.until } : {};
  const told = Object.keys(requests.told).length > 0 ? { requests: requests.told } : {};
  const lists = { ...contacts, ...calls, ...watched, ...told };
  return { server: session.server.origin, session, ...lists, ...savedWishes(state), ...savedDevice(device) };
}

/** A choice that the server has not heard of yet must outlive the browser, or it would ring against it. */
function savedWishes({ self, wantedSettings }: SignedIn): { wanted?: SavedWishes } {
  const presence = self.wanted ? { presence: self.wanted } : {};
  const settings = wantedSettings ? { settings: wantedSettings } : {};
  return self.wanted || wantedSettings ? { wanted: { ...presence, ...settings } } : {};
}

function savedDevice(device: DeviceSettings): Pick<Saved, "device"> {
  return isAsAtFirst(device) ? {} : { device };
}

import type {
  AppState,
  Badge,
  CallNotification,
  DeviceSettings,
  Outward,
  RingShown,
  Saved,
  SignedIn,
} from "./app-types.ts";
import { ringDue } from "./app-rings.ts";
import { callDue } from "./call.ts";
import { isPresent } from "./call-parts.ts";
import { soundOf } from "./call-ring.ts";
import { connectionDue } from "./connection.ts";
import { rosterDue } from "./roster.ts";
import { lineViewOf } from "./projection.ts";

/** What the world outside should look like for this state. */
export function outward(state: AppState): Outward {
  if (state.at === "signed-out") {
    const { server, device } = state;
    const saved = server === undefined ? {} : { saved: { server, ...savedDevice(device) } };
    return { badge: { state: "signed-out", missed: 0 }, ...saved };
  }
  const wakeAt = nextDue(state);
  const ringing = ringShown(state);
  const notification = notificationOf(state);
  return {
    ...(wakeAt === undefined ? {} : { wakeAt }),
    badge: badgeOf(state),
    ...(notification ? { notification } : {}),
    ...(ringing ? { ringing } : {}),
    saved: savedOf(state),
  };
}

function ringShown({ call: state, device }: SignedIn): RingShown | undefined {
  if (state.at !== "ringing-in") return undefined;
  const { call, with: from, media, until, isSilenced = false } = state;
  return { call, from, media, until, mode: soundOf(state, device), isSilenced };
}

function nextDue(state: SignedIn): number | undefined {
  const dues = [connectionDue(state.connection), rosterDue(state.roster), callDue(state.call)];
  const all = [...dues, ...state.others.map(ringDue)].filter((due) => due !== undefined);
  return all.length > 0 ? Math.min(...all) : undefined;
}

function badgeOf(state: SignedIn): Badge {
  const { missed } = state;
  if (state.call.at === "ringing-in" || state.others.length > 0) return { state: "ringing", missed };
  if (isPresent(state.call)) return { state: "in-call", missed };
  if (lineViewOf(state.connection).at === "offline") return { state: "offline", missed };
  return { state: state.self.wanted?.availability ?? state.self.availability, missed };
}

function notificationOf(state: SignedIn): CallNotification | undefined {
  const { closedNotification: closed } = state;
  const wanted = wantedNotification(state);
  const isClosed = closed !== undefined && wanted?.call === closed.call && wanted.type === closed.type;
  return isClosed ? undefined : wanted;
}

function wantedNotification(state: SignedIn): CallNotification | undefined {
  const { call, device, others, lastMissed } = state;
  if (call.at === "ringing-in") {
    const type = soundOf(call, device) === "waiting" ? "waiting" : "incoming";
    return { type, call: call.call, from: call.with, media: call.media };
  }
  const ring = others.find(({ answer }) => answer === undefined);
  if (ring) return { type: "waiting", call: ring.call, from: ring.from, media: ring.media };
  return lastMissed ? { type: "missed", ...lastMissed } : undefined;
}

function savedOf({ session, roster, device }: SignedIn): Saved {
  const contacts = roster.known ? { contacts: roster.contacts } : {};
  return { server: session.server.origin, session, ...contacts, ...savedDevice(device) };
}

function savedDevice(device: DeviceSettings): Pick<Saved, "device"> {
  return device.ringSilently ? { device } : {};
}

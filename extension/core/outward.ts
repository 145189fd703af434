import type { AppState, Badge, CallNotification, DeviceSettings, Outward, Saved, SignedIn } from "./app-types.ts";
import { callDue } from "./call.ts";
import { isPresent } from "./call-parts.ts";
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
  const { call } = state;
  const ring =
    call.at === "ringing-in" ? { call: call.call, from: call.with, media: call.media, until: call.until } : undefined;
  const notification = notificationOf(state);
  return {
    ...(wakeAt === undefined ? {} : { wakeAt }),
    badge: badgeOf(state),
    ...(notification ? { notification } : {}),
    ...(ring ? { ringing: { ...ring, mode: state.device.ringSilently ? "silent" : "loud" } } : {}),
    saved: savedOf(state),
  };
}

function nextDue(state: SignedIn): number | undefined {
  const dues = [connectionDue(state.connection), rosterDue(state.roster), callDue(state.call)];
  const all = [...dues, ...state.others.map(({ until }) => until)].filter((due) => due !== undefined);
  return all.length > 0 ? Math.min(...all) : undefined;
}

function badgeOf(state: SignedIn): Badge {
  const { missed } = state;
  if (state.call.at === "ringing-in") return { state: "ringing", missed };
  if (isPresent(state.call)) return { state: "in-call", missed };
  if (lineViewOf(state.connection).at === "offline") return { state: "offline", missed };
  return { state: state.self.wanted?.availability ?? state.self.availability, missed };
}

function notificationOf(state: SignedIn): CallNotification | undefined {
  const { call, lastMissed } = state;
  if (call.at === "ringing-in") return { type: "incoming", call: call.call, from: call.with, media: call.media };
  return lastMissed ? { type: "missed", ...lastMissed } : undefined;
}

function savedOf({ session, roster, device }: SignedIn): Saved {
  const contacts = roster.known ? { contacts: roster.contacts } : {};
  return { server: session.server.origin, session, ...contacts, ...savedDevice(device) };
}

function savedDevice(device: DeviceSettings): Pick<Saved, "device"> {
  return device.ringSilently ? { device } : {};
}

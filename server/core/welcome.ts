import type { ContactPresence, PeerEnds, UserId, WelcomeCall } from "#protocol";
import { endsFor, isTalking, type Call } from "./calls.ts";
import { selfOf, shownProfile } from "./choices.ts";
import type { RefereeEffect, Welcome } from "./events.ts";
import { presenceOf } from "./presence.ts";
import { mayRing, reachOf, settledAt, toldOf } from "./ringing.ts";
import type { Speaker, User } from "./users.ts";
import { numbered, type Turn, type World } from "./world.ts";

/** A call as one device may know it, with its ends where a ticket goes with it. */
interface Listed {
  entry: WelcomeCall;
  ends?: PeerEnds;
}

/** The whole truth for a device that just joined, which knows of the calls in it from now on. [CONN-1] [CALL-12] */
export function welcomeOf(world: World, turn: Turn, speaker: Speaker, re: number | undefined): RefereeEffect {
  const { user, device, connection } = speaker;
  const listed: Listed[] = [];
  for (const call of world.calls.of(user.id)) {
    const entry = listedAs(world, turn, call, speaker);
    if (entry === undefined) continue;
    listed.push(entry);
    (call.caller.user === user.id ? call.caller : call.callee).knowing.add(device.id);
  }
  const settling = settledAt(world) - turn.at;
  const message: Welcome = {
    type: "welcome",
    ...numbered(re),
    user: { id: user.id, ...shownProfile(user), ...selfOf(user, turn.at) },
    settings: user.settings,
    contacts: contactsOf(world, turn, user),
    calls: listed.map(({ entry }) => entry),
    missed: user.missed,
    rejoin: world.spans.rejoinMs,
    ...(settling > 0 ? { settling } : {}),
  };
  const tickets = listed.flatMap(({ entry, ends }) => (ends === undefined ? [] : [{ call: entry.call, ends }]));
  return { type: "welcome", to: connection, message, tickets };
}

/** Without those whom the user blocks. [PRES-5] */
function contactsOf(world: World, turn: Turn, user: User): ContactPresence[] {
  const shown = [...user.contacts.keys()].filter((contact) => !user.blocked.has(contact));
  return shown.map((contact) => contactOf(world, turn, user, contact));
}

function contactOf(world: World, { at }: Turn, user: User, contact: UserId): ContactPresence {
  if (!world.users.areContacts(user, contact)) return { user: contact, availability: "offline" };
  return presenceOf(contact, world.users.toldTo(user.id, contact), at);
}

function listedAs(world: World, turn: Turn, call: Call, speaker: Speaker): Listed | undefined {
  const { user, device } = speaker;
  if (isTalking(call, user.id)) return running(call, speaker, turn.at);
  if (call.phase.at !== "ringing") return undefined;
  if (call.caller.user === user.id) return outgoing(world, call, speaker);
  const reach = reachOf(world, user.id, call.caller.user, turn.at);
  if (reach === "settling" || !mayRing(world, call.phase, device.id, turn.at)) return undefined;
  const from = { user: call.caller.user, name: call.caller.name };
  const remaining = call.phase.until - turn.at;
  const waiting = reach === "waiting" ? { waiting: true } : {};
  return { entry: { call: call.id, state: "incoming", from, media: call.media, remaining, ...waiting } };
}

function running({ id, media, caller, callee, phase }: Call, { user, device }: Speaker, at: number): Listed {
  const [own, other] = caller.user === user.id ? [caller, callee] : [callee, caller];
  return {
    entry: {
      call: id,
      state: "running",
      with: { user: other.user, name: other.name },
      media,
      here: own.device === device.id,
      age: at - (phase.at === "ringing" ? (phase.answeredAt ?? at) : phase.since),
    },
  };
}

/** On every device of the caller; the ticket is for the one that called. */
function outgoing(world: World, call: Call, { device }: Speaker): Listed {
  const { id, caller, ends } = call;
  return {
    entry: { call: id, state: "outgoing", devices: 0, ...toldOf(world, call) },
    ...(ends !== undefined && caller.device === device.id ? { ends: endsFor(ends, "caller") } : {}),
  };
}

import type { UserId } from "#protocol";
import { forgetContact } from "./choices.ts";
import { endCall } from "./ending.ts";
import type { ConnectionId, RefereeEvent } from "./events.ts";
import { learnName } from "./profile.ts";
import { changeOf, presenceOf, shownOf, type Told } from "./presence.ts";
import { reviewRings } from "./ringing.ts";
import type { User } from "./users.ts";
import type { Turn, World } from "./world.ts";

type ContactEvent = Extract<RefereeEvent, { type: "contact" }>;
type BlockEvent = Extract<RefereeEvent, { type: "block" }>;

/** Two people became contacts, and see each other from now on; or they are contacts no longer. [PRES-5] */
export function setContact(world: World, turn: Turn, { people: [one, other], accepted }: ContactEvent): void {
  const isNewToOne = world.users.setContact(one.id, other, accepted);
  const isNewToOther = world.users.setContact(other.id, one, accepted);
  if (!accepted) {
    endRingsBetween(world, turn, one.id, other.id);
    forgetContact(world, turn, one.id, other.id);
    forgetContact(world, turn, other.id, one.id);
    return;
  }
  tellChanges(world, turn);
  if (isNewToOne) tellOf(world, turn, other.id, one.id);
  if (isNewToOther) tellOf(world, turn, one.id, other.id);
}

/** Each is out of the other's reach now. A talk goes on until one of them hangs up. */
function endRingsBetween(world: World, turn: Turn, one: UserId, other: UserId): void {
  for (const call of world.calls.ringsBetween(one, other)) endCall(world, turn, call, "unreachable");
}

/** One person blocks another, or no longer. To the other it is as if they had left, or came back. [PRES-5] */
export function setBlock(world: World, turn: Turn, { by, user, blocked, name }: BlockEvent): void {
  tellChanges(world, turn);
  if (name !== undefined) learnName(world, { id: user, name }, [by]);
  if (blocked) block(world, turn, by, user);
  else unblock(world, turn, by, user);
}

function block(world: World, turn: Turn, by: UserId, user: UserId): void {
  const wasSeen = world.users.isSeenBy(by, user) && world.users.toldTo(user, by).availability !== "offline";
  world.users.setBlock(by, user, true, turn.at);
  // What a sign-out on the last device does: their own ring is cancelled, the other's does not reach them. [CALL-8]
  for (const call of world.calls.ringsBetween(by, user))
    if (call.caller.user === by) endCall(world, turn, call, "cancelled");
  reviewRings(world, turn, by);
  if (wasSeen) tell(turn, world.users.connectionsOf(user), by, world.users.toldTo(user, by));
}

function unblock(world: World, turn: Turn, by: UserId, user: UserId): void {
  world.users.setBlock(by, user, false, turn.at);
  // While the server settles, a ring may have waited for them. [CALL-11]
  reviewRings(world, turn, by);
  const here = world.users.get(by);
  if (here !== undefined && world.users.areContacts(here, user)) tellOf(world, turn, user, by);
  // Whoever is away all the time is not heard of.
  const isThere = world.users.toldTo(user, by).availability !== "offline";
  if (isThere && world.users.isSeenBy(by, user)) tellOf(world, turn, by, user);
}

function tellOf(world: World, turn: Turn, user: UserId, to: UserId): void {
  if (world.users.blocks(to, user)) return;
  tell(turn, world.users.connectionsOf(to), user, world.users.toldTo(to, user));
}

function tell(turn: Turn, to: ConnectionId[], user: UserId, told: Told): void {
  turn.send(to, { type: "presence", ...presenceOf(user, told, turn.at) });
}

/** Tells contacts whose presence as a whole has changed in this turn: once, and serialised once for all. [PRES-2] */
export function tellChanges(world: World, turn: Turn): void {
  for (const id of turn.touched) {
    const user = world.users.get(id);
    if (user === undefined) continue;
    const change = changeOf(user.told, shownOf({ ...user, inCall: world.calls.isTalking(id) }), turn.at);
    if (change !== undefined) {
      user.told = change;
      tellWatchers(world, turn, user);
    }
    if (user.devices.size > 0) continue;
    world.deadlines.clear({ type: "choice", user: id });
    world.users.forget(user);
  }
  turn.touched.clear();
}

function tellWatchers(world: World, turn: Turn, user: User): void {
  const watchers: ConnectionId[] = [];
  for (const contact of user.contacts.keys()) {
    if (!world.users.isSeenBy(user.id, contact)) continue;
    const told = world.users.toldTo(contact, user.id);
    const connections = world.users.connectionsOf(contact);
    // Who was blocked lately is not told since when it has been so for others.
    if (told.since === user.told.since) watchers.push(...connections);
    else tell(turn, connections, user.id, told);
  }
  tell(turn, watchers, user.id, user.told);
}

import type { UserId } from "#protocol";
import { endCall } from "./ending.ts";
import type { ConnectionId, RefereeEvent } from "./events.ts";
import { changeOf, presenceOf, shownOf } from "./presence.ts";
import type { User } from "./users.ts";
import type { Turn, World } from "./world.ts";

type ContactEvent = Extract<RefereeEvent, { type: "contact" }>;

/** Two people became contacts, and see each other from now on; or they are contacts no longer. [PRES-5] */
export function setContact(world: World, turn: Turn, { people: [one, other], accepted }: ContactEvent): void {
  const isNewToOne = world.users.setContact(one.id, other, accepted);
  const isNewToOther = world.users.setContact(other.id, one, accepted);
  if (!accepted) {
    endRingsBetween(world, turn, one.id, other.id);
    return;
  }
  tellChanges(world, turn);
  if (isNewToOne) tellOf(world, turn, other.id, one.id);
  if (isNewToOther) tellOf(world, turn, one.id, other.id);
}

/** Each is out of the other's reach now. A talk goes on until one of them hangs up. */
function endRingsBetween(world: World, turn: Turn, one: UserId, other: UserId): void {
  for (const call of world.calls.of(one)) {
    const isBetween = call.caller.user === other || call.callee.user === other;
    if (isBetween && call.phase.at === "ringing") endCall(world, turn, call, "unreachable");
  }
}

function tellOf(world: World, turn: Turn, user: UserId, to: UserId): void {
  turn.send(world.users.connectionsOf(to), {
    type: "presence",
    ...presenceOf(user, world.users.told(user), turn.at),
  });
}

/** Tells contacts whose presence as a whole has changed in this turn: once, and serialised once for all. [PRES-2] */
export function tellChanges(world: World, turn: Turn): void {
  for (const id of turn.touched) {
    const user = world.users.get(id);
    if (user === undefined) continue;
    const change = changeOf(user.told, shownOf({ ...user, inCall: world.calls.isTalking(id) }), turn.at);
    if (change !== undefined) {
      user.told = change;
      turn.send(watchersOf(world, user), { type: "presence", ...presenceOf(id, change, turn.at) });
    }
    if (user.devices.size > 0) continue;
    world.deadlines.clear({ type: "choice", user: id });
    world.users.forget(user);
  }
  turn.touched.clear();
}

function watchersOf(world: World, user: User): ConnectionId[] {
  const watchers: ConnectionId[] = [];
  for (const contact of user.contacts.keys())
    if (world.users.areContacts(user, contact)) watchers.push(...world.users.connectionsOf(contact));
  return watchers;
}

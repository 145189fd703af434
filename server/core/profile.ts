import type { UserId } from "#protocol";
import { tellSelf } from "./choices.ts";
import type { RefereeEvent } from "./events.ts";
import type { Turn, World } from "./world.ts";

type ProfileEvent = Extract<RefereeEvent, { type: "profile" }>;

/** Someone is called otherwise, or looks otherwise: their own devices hear it, and who sees them reads their list again. */
export function setProfile(world: World, turn: Turn, { user: profile, seenBy }: ProfileEvent): void {
  const user = world.users.get(profile.id);
  if (user !== undefined) {
    user.handle = profile.handle;
    user.name = profile.name;
    if (profile.avatar === undefined) delete user.avatar;
    else user.avatar = profile.avatar;
    tellSelf(world, turn, user, profile);
  }
  learnName(world, profile, seenBy);
  const connections = seenBy.flatMap((viewer) => world.users.connectionsOf(viewer));
  turn.send(connections, { type: "contacts.changed", user: profile.id });
}

/** What is told from now on goes by the new name, to those who see it. */
export function learnName(world: World, person: { id: UserId; name: string }, seenBy: UserId[]): void {
  for (const viewer of seenBy) world.users.rename(viewer, person);
  renameInCalls(world, person, new Set(seenBy));
}

/** Whoever rings or talks goes by the new name from now on, to those who see it. */
function renameInCalls(world: World, { id, name }: { id: UserId; name: string }, seenBy: ReadonlySet<UserId>): void {
  for (const { caller, callee } of world.calls.of(id)) {
    const [own, other] = caller.user === id ? [caller, callee] : [callee, caller];
    if (seenBy.has(other.user)) own.name = name;
  }
}

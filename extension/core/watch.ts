import type { Availability, UserId } from "#protocol";

/** Of whom the person wants to be told when both are free. Nobody but this device knows. */
export interface Watching {
  /** Until when, in ms since 1970, by contact. */
  until: Record<string, number>;
  /** Who was told of as free, and still is; told once, so that they are watched no more. */
  free: UserId[];
}

/** What counts now. */
export interface WatchFacts {
  at: number;
  /** Whether the person is free, here and now. */
  isFree: boolean;
  /** What the server says of a contact; undefined while nobody knows. */
  availabilityOf: (user: UserId) => Availability | undefined;
  /** Whether they are still someone to call. */
  isContact: (user: UserId) => boolean;
  /** With whom the present call is: of them nothing needs to be told. */
  callWith?: UserId | undefined;
}

export const NOBODY_WATCHED: Watching = { until: {}, free: [] };

export function watch(watching: Watching, user: UserId, until: number): Watching {
  return { ...watching, until: { ...watching.until, [user]: until } };
}

export function unwatch(watching: Watching, user: UserId): Watching {
  return { ...watching, until: Object.fromEntries(Object.entries(watching.until).filter(([one]) => one !== user)) };
}

/** What was told of them is seen. */
export function freeSeen(watching: Watching, user: UserId): Watching {
  return { ...watching, free: watching.free.filter((one) => one !== user) };
}

/** Drops whom the day or the contact list has ended, and tells of those with whom both are free now. */
export function heedWatching(watching: Watching, facts: WatchFacts): Watching {
  // The keys were put there by `watch`.
  const asked = Object.entries(watching.until) as [UserId, number][];
  if (asked.length === 0 && watching.free.length === 0) return watching;
  const kept = asked.filter(([user, until]) => facts.at < until && facts.isContact(user) && user !== facts.callWith);
  const told = kept.flatMap(([user]) => (facts.isFree && facts.availabilityOf(user) === "available" ? [user] : []));
  const waiting = kept.filter(([user]) => !told.includes(user));
  const free = [...watching.free.filter((user) => !told.includes(user) && isStillFree(user, facts)), ...told];
  const isSame = waiting.length === asked.length && free.join() === watching.free.join();
  return isSame ? watching : { until: Object.fromEntries(waiting), free };
}

/** When the first of them is watched no more. */
export function watchingDue({ until }: Watching): number | undefined {
  const all = Object.values(until);
  return all.length > 0 ? Math.min(...all) : undefined;
}

function isStillFree(user: UserId, { availabilityOf, isContact, callWith }: WatchFacts): boolean {
  return isContact(user) && user !== callWith && (availabilityOf(user) ?? "available") === "available";
}

import type { UserId } from "#protocol";
import type { AccountsEvent, Identity } from "../accounts/accounts.ts";
import { settingsWithout } from "../core/settings.ts";

/** An identity as it is after changes that came while it was being read, in their order. */
export function caughtUp(identity: Identity, changes: readonly AccountsEvent[]): Identity {
  return changes.reduce(applyChange, identity);
}

function applyChange(identity: Identity, change: AccountsEvent): Identity {
  const self = identity.user.id;
  if (change.type === "missed") return change.of === self ? { ...identity, missed: change.count } : identity;
  if (change.type === "block") return applyBlock(identity, change);
  if (change.type === "profile") return applyProfile(identity, change);
  if (change.type !== "contact") return identity;
  const other = change.people.find(({ id }) => id !== self);
  if (other === undefined || !change.people.some(({ id }) => id === self)) return identity;
  const others = identity.contacts.filter(({ id }) => id !== other.id);
  if (change.accepted) return { ...identity, contacts: [...others, other] };
  return { ...identity, contacts: others, settings: settingsWithout(identity.settings, other.id) };
}

function applyProfile(identity: Identity, { user, seenBy }: Extract<AccountsEvent, { type: "profile" }>): Identity {
  if (user.id === identity.user.id) return { ...identity, user };
  return seenBy.includes(identity.user.id) ? renamed(identity, user) : identity;
}

function renamed(identity: Identity, { id, name }: { id: UserId; name: string }): Identity {
  return { ...identity, contacts: identity.contacts.map((contact) => (contact.id === id ? { id, name } : contact)) };
}

function applyBlock(
  identity: Identity,
  { by, user, blocked, name }: Extract<AccountsEvent, { type: "block" }>,
): Identity {
  const self = identity.user.id;
  const withOrWithout = (people: UserId[], one: UserId) => [
    ...people.filter((other) => other !== one),
    ...(blocked ? [one] : []),
  ];
  if (by === self) {
    const known = name === undefined ? identity : renamed(identity, { id: user, name });
    return { ...known, blocked: withOrWithout(identity.blocked, user) };
  }
  if (user === self) return { ...identity, blockedBy: withOrWithout(identity.blockedBy, by) };
  return identity;
}

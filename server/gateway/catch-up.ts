import type { AccountsEvent, Identity } from "../accounts/accounts.ts";

/** An identity as it is after changes that came while it was being read, in their order. */
export function caughtUp(identity: Identity, changes: readonly AccountsEvent[]): Identity {
  return changes.reduce(applyChange, identity);
}

function applyChange(identity: Identity, change: AccountsEvent): Identity {
  const self = identity.user.id;
  if (change.type === "missed") return change.of === self ? { ...identity, missed: change.count } : identity;
  if (change.type !== "contact") return identity;
  const other = change.people.find(({ id }) => id !== self);
  if (other === undefined || !change.people.some(({ id }) => id === self)) return identity;
  const others = identity.contacts.filter(({ id }) => id !== other.id);
  return { ...identity, contacts: change.accepted ? [...others, other] : others };
}

import type { Contact, UserId } from "#protocol";
import type { SignedIn } from "./app-state-types.ts";
import type { FriendNotification } from "./notification-types.ts";
import { isAccepted } from "./roster.ts";

/** More stand nowhere at once. */
const MAX_SHOWN = 3;

/** Who became a contact since the list was read before by their own answer: to a request, or to a link that was sent. */
export function withNewcomers(state: SignedIn, listed: readonly Contact[]): SignedIn {
  const { roster, contactsShown, newcomers = [] } = state;
  if (!roster.known || contactsShown) return state;
  const answered = listed.filter((contact) => isAccepted(contact) && hasAnswered(state, contact));
  const added = answered.map(({ user }) => user).filter((user) => !newcomers.includes(user));
  return added.length === 0 ? state : { ...state, newcomers: [...newcomers, ...added].slice(-MAX_SHOWN) };
}

/** The person accepted this contact's invitation here: of that they need not be told. */
export function withMet(state: SignedIn, met: UserId): SignedIn {
  return { ...withoutNewcomer(withAccepting(state, false), met), met };
}

/** Until it is known who an invitation was of, whoever is new may be them. */
export function withAccepting(state: SignedIn, on: boolean): SignedIn {
  const { accepting, ...rest } = state;
  if (on) return { ...rest, accepting: true };
  return accepting === undefined ? state : rest;
}

/** What was told of this newcomer is seen. */
export function withoutNewcomer(state: SignedIn, user: UserId): SignedIn {
  const { newcomers, ...rest } = state;
  if (newcomers === undefined) return state;
  const left = newcomers.filter((one) => one !== user);
  return left.length === 0 ? rest : { ...rest, newcomers: left };
}

/** Who looks at the contacts sees the new ones among them. */
export function withoutNewcomersSeen(state: SignedIn): SignedIn {
  const { contactsShown, newcomers = [] } = state;
  return contactsShown ? newcomers.reduce(withoutNewcomer, state) : state;
}

/** Whoever does not want to be disturbed is told afterwards. */
export function friendsOf({ newcomers = [], roster, self }: SignedIn): FriendNotification[] {
  if ((self.wanted?.availability ?? self.availability) === "dnd") return [];
  return roster.contacts
    .filter((contact) => isAccepted(contact) && newcomers.includes(contact.user))
    .map(({ user, handle, name = handle }) => ({ type: "friend", user, name }));
}

function hasAnswered({ roster, accepting, met }: SignedIn, { user, handle }: Contact): boolean {
  // A request that was sent has an id of its own, so that the handle tells who it is.
  const former = roster.contacts.find((one) => one.handle === handle);
  if (former !== undefined) return former.state === "outgoing";
  // While an invitation is being accepted here, the list may know of it before its answer does. One that waits hides nobody.
  return accepting !== true && user !== met;
}

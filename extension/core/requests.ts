import type { Contact, UserId } from "#protocol";

/** Of which requests to be a contact the person was told here. */
export interface Requests {
  /** Since when each waits that was told of or seen, by who asks: whoever asks anew later is told of anew. */
  told: Record<string, number>;
  /** Whose notification stands. */
  shown: UserId[];
}

/** What counts now. */
export interface RequestFacts {
  /** Who asks, by the list as it was last read. */
  waiting: readonly Contact[];
  /** Whether the contacts are before somebody's eyes. */
  isSeen: boolean;
  /** Whether the person does not want to be disturbed: they are told afterwards. */
  isQuiet: boolean;
}

export const NO_REQUESTS: Requests = { told: {}, shown: [] };

/** More stand nowhere at once: whoever asks with a hundred accounts must not bury everything else. */
const MAX_SHOWN = 3;

/** Tells of each request once, unless it was seen before; the latest alone where many come at once. */
export function heedRequests(requests: Requests, { waiting, isSeen, isQuiet }: RequestFacts): Requests {
  const isTold = ({ user, since }: Contact) => requests.told[user] === since;
  const fresh = waiting.filter((contact) => !isTold(contact));
  const standing = requests.shown.filter((user) => waiting.some((contact) => contact.user === user));
  const takesNew = isSeen || !isQuiet;
  const told = takesNew ? waiting : waiting.filter(isTold);
  const shown = [...standing, ...(takesNew ? fresh.map(({ user }) => user) : [])];
  return unlessSame(requests, {
    told: Object.fromEntries(told.map(({ user, since }) => [user, since])),
    shown: isSeen ? [] : [...new Set(shown)].slice(-MAX_SHOWN),
  });
}

/** What was told of this request is seen. */
export function requestSeen(requests: Requests, user: UserId): Requests {
  return { ...requests, shown: requests.shown.filter((one) => one !== user) };
}

function unlessSame(former: Requests, next: Requests): Requests {
  const users = Object.keys(next.told);
  const isSame =
    users.length === Object.keys(former.told).length &&
    users.every((user) => former.told[user] === next.told[user]) &&
    former.shown.join(" ") === next.shown.join(" ");
  return isSame ? former : next;
}

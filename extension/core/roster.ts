import type { Availability, Contact, ContactPresence, UserId } from "#protocol";

/** A list that could not be read is tried again after this span, while the line stands. */
const RETRY_MS = 15_000;

/** The contact list with presence. The list comes from the accounts, presence over the socket. */
export interface Roster {
  contacts: Contact[];
  /** False until the list was read or restored once. */
  known: boolean;
  presence: Record<string, Presence>;
  /** What was shown before a server that is still settling was welcomed, of contacts that are not yet back. */
  kept: Record<string, Presence>;
  keptUntil?: number;
  /** Whether the list is being read; `again`: it changed meanwhile. */
  reading: { at: "no" } | { at: "reading"; number: number; again: boolean } | { at: "retry"; until: number };
  /** Readings are numbered as sockets are, so that the late answer of one before a sign-out is known as such. */
  lastReading: number;
}

/** `since` is an instant in ms. */
export interface Presence {
  availability: Availability;
  text?: string;
  since?: number;
}

/** A roster of contacts that were saved, or of none yet. `lastReading` goes on from the roster before it. */
export function newRoster(saved?: Contact[], lastReading = 0): Roster {
  const list = { contacts: saved ?? [], known: saved !== undefined };
  return { ...list, presence: {}, kept: {}, reading: { at: "no" }, lastReading };
}

/** What is shown of a contact; `offline` where nothing is known. */
export function presenceOf(roster: Roster, user: UserId): Presence {
  const told = roster.presence[user] ?? { availability: "offline" };
  return told.availability === "offline" ? (roster.kept[user] ?? told) : told;
}

/** The welcome is the whole truth; only while the server settles, what was shown of the absent is shown on. */
export function welcomeRoster(roster: Roster, contacts: ContactPresence[], at: number, settlingMs?: number): Roster {
  const presence = Object.fromEntries(contacts.map((contact) => [contact.user, presenceAt(contact, at)]));
  const { contacts: list, known, reading, lastReading } = roster;
  const base = { contacts: list, known, reading, lastReading, presence };
  if (settlingMs === undefined) return { ...base, kept: {} };
  const shown = Object.keys({ ...roster.presence, ...roster.kept });
  const kept = shown
    .map((user) => [user, roster.kept[user] ?? roster.presence[user]] as const)
    .filter(([user, was]) => was?.availability !== "offline" && isAbsent(presence[user]));
  return {
    ...base,
    kept: Object.fromEntries(kept.flatMap(([user, was]) => (was ? [[user, was]] : []))),
    keptUntil: at + settlingMs,
  };
}

/** One contact changed, and is thereby back or known to be gone. */
export function changePresence(roster: Roster, contact: ContactPresence, at: number): Roster {
  return {
    ...roster,
    presence: { ...roster.presence, [contact.user]: presenceAt(contact, at) },
    kept: Object.fromEntries(Object.entries(roster.kept).filter(([user]) => user !== contact.user)),
  };
}

/** A roster and, where the list must be read now, the number of that reading. */
export interface ReadingStep {
  roster: Roster;
  read?: number;
}

/** The list must be read: now, or after the reading that is under way. */
export function wantContacts(roster: Roster): ReadingStep {
  const { reading } = roster;
  if (reading.at === "reading")
    return { roster: reading.again ? roster : { ...roster, reading: { ...reading, again: true } } };
  const number = roster.lastReading + 1;
  return { roster: { ...roster, reading: { at: "reading", number, again: false }, lastReading: number }, read: number };
}

/**
 * After a restart of the server everyone is welcomed within seconds, and a list that still fits what the welcome tells may
 * be read at a chance instant of the settling. Answers undefined where it must be read now.
 */
export function putOffContacts(roster: Roster, at: number, random: number): Roster | undefined {
  const { contacts, known, presence, keptUntil, reading } = roster;
  if (!known || keptUntil === undefined || reading.at === "reading") return undefined;
  const accepted = contacts.filter(isAccepted);
  const fits = accepted.length === Object.keys(presence).length && accepted.every(({ user }) => user in presence);
  if (!fits) return undefined;
  return { ...roster, reading: { at: "retry", until: at + Math.round(random * (keptUntil - at)) } };
}

/**
 * The list was read. It takes no presence away, since it may be older than what the socket said meanwhile; whoever is not on
 * the list is not shown, and is told of anew when they are on it again.
 */
export function listContacts(roster: Roster, reading: number, contacts: Contact[]): ReadingStep {
  const present = roster.reading;
  if (present.at !== "reading" || present.number !== reading) return { roster };
  const next: Roster = { ...roster, contacts, known: true, reading: { at: "no" } };
  return present.again ? wantContacts(next) : { roster: next };
}

/** The list could not be read. */
export function refuseContacts(roster: Roster, reading: number, at: number): Roster {
  const present = roster.reading;
  if (present.at !== "reading" || present.number !== reading) return roster;
  return { ...roster, reading: { at: "retry", until: at + RETRY_MS } };
}

/** What waits for a deadline: the end of the settling, and the next try at the list. */
export function rosterDue(roster: Roster): number | undefined {
  const retry = roster.reading.at === "retry" ? [roster.reading.until] : [];
  const settled = roster.keptUntil === undefined ? [] : [roster.keptUntil];
  const all = [...retry, ...settled];
  return all.length > 0 ? Math.min(...all) : undefined;
}

/** Drops what was kept for a settling that is over. */
export function settleRoster(roster: Roster, at: number): Roster {
  if (roster.keptUntil === undefined || at < roster.keptUntil) return roster;
  const { contacts, known, presence, reading, lastReading } = roster;
  return { contacts, known, presence, reading, lastReading, kept: {} };
}

/** A reading that died with its worker is begun anew by the next welcome. */
export function forgetReading(roster: Roster): Roster {
  return { ...roster, reading: { at: "no" } };
}

export function isAccepted(contact: Contact): boolean {
  return contact.state === "accepted";
}

function isAbsent(presence: Presence | undefined): boolean {
  return presence === undefined || presence.availability === "offline";
}

function presenceAt({ availability, text, since }: ContactPresence, at: number): Presence {
  return {
    availability,
    ...(text === undefined ? {} : { text }),
    ...(since === undefined ? {} : { since: at - since }),
  };
}

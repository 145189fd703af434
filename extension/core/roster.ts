import type { Availability, Contact, UserId } from "#protocol";

/** The contact list with presence. The list comes from the accounts, presence over the socket. */
export interface Roster {
  contacts: Contact[];
  /** False until the list was read or restored once. */
  known: boolean;
  presence: Record<UserId, Presence>;
  /** What was shown before a server that is still settling was welcomed, of contacts that are not yet back. */
  kept: Record<UserId, Presence>;
  keptUntil?: number;
  /** Whether the list is being read, and whether it changed meanwhile. */
  reading: { at: "no" } | { at: "reading"; again: boolean } | { at: "retry"; until: number };
}

/** `since` is an instant. */
export interface Presence {
  availability: Availability;
  text?: string;
  since?: number;
}

import type { DeviceId, Settings, UserId } from "#protocol";
import type { ChosenPresence, EndedCall, KeptCall, KeptCalls } from "../core/events.ts";

/** What everyone may know of a person who is their contact. */
export interface Profile {
  id: UserId;
  handle: string;
  name: string;
  /** Where their picture is. */
  avatar?: string;
}

/** Everything the gateway needs to know of someone who says hello. */
export interface Identity {
  user: Profile;
  /** Names the session for {@link Accounts.validSessions}; no secret. */
  session: string;
  chosen: ChosenPresence;
  settings: Settings;
  /** Contacts accepted by both. */
  contacts: { id: UserId; name: string }[];
  /** Whom they block, and who blocks them; contacts or not. */
  blocked: UserId[];
  blockedBy: UserId[];
  /** Missed calls not yet seen. */
  missed: number;
}

/** `unavailable`: the database could not be asked, which says nothing of the session. [CONN-5] */
export type SessionCheck = { ok: true; identity: Identity } | { ok: false; reason: "invalid" | "unavailable" };

export type AccountsEvent =
  /** Two people became contacts, or are contacts no longer. */
  | { type: "contact"; accepted: boolean; people: [{ id: UserId; name: string }, { id: UserId; name: string }] }
  /** `by` blocks `user`, or does so no longer, and then learns what `user` is called now. */
  | { type: "block"; by: UserId; user: UserId; blocked: boolean; name?: string }
  /** Someone's contact list or a request changed; `user` is whom it is about. */
  | { type: "contacts-changed"; of: UserId; user?: UserId }
  /** The number of someone's unseen missed calls. */
  | { type: "missed"; of: UserId; count: number }
  /** Someone is called otherwise, or looks otherwise: to themselves, and to those who see it. */
  | { type: "profile"; user: Profile; seenBy: UserId[] }
  /** These sessions are not valid any more. [CONN-5] */
  | { type: "sessions-ended"; sessions: string[] };

/** What the rest of the server may ask of the accounts. Every instant is told by the machine's clock. */
export interface Accounts {
  /** Who a session token belongs to. Never throws. */
  identify(token: string, device: DeviceId): Promise<SessionCheck>;
  /** Which of these sessions are still valid; undefined where the database could not be asked. Never throws. */
  validSessions(sessions: string[]): Promise<Set<string> | undefined>;
  /** A device came with its session, and says what it is called. Written behind. */
  noteUse(session: string, device: string): void;
  /** Written behind and tried again until it is kept; in order for one user. */
  saveChoice(user: UserId, chosen: ChosenPresence): void;
  saveSettings(user: UserId, settings: Settings): void;
  /** A call that is not over. Written behind; a later word of the same call takes the place of one that still waits. */
  saveCall(call: KeptCall): void;
  /** Written behind and tried again until it is kept; the same call twice leaves one record. */
  recordCall(ended: EndedCall): void;
  /** What an earlier server left. To be asked before the first {@link Accounts.saveCall}. [CALL-11] */
  keptCalls(): Promise<KeptCalls>;
  onEvent(listener: (event: AccountsEvent) => void): void;
  /** Answers whether the database can be asked now. */
  ready(): Promise<boolean>;
}

import type {
  AlertMode,
  Availability,
  CallId,
  CallRecord,
  Choice,
  ContactState,
  EndReason,
  Media,
  SecondCall,
  Ticket,
  UserId,
} from "#protocol";

import type { LostWhy } from "./connection.ts";
import type { DeviceSettings } from "./device-settings.ts";

/** What pages, badge and notifications may see of the state. Instants are ms since 1970 by this machine's clock. */
export type View = SignedOutView | SignedInView;

export interface SignedOutView {
  at: "signed-out";
  /** The server last used, to be offered again. */
  server?: string;
  /** Set where the server ended the session; the sign-in form says so. */
  sessionEnded: boolean;
  /** Set where the person has just erased their account. */
  deleted?: true;
  /** Why the last sign-in by the operator's provider came to nothing. */
  providerProblem?: ProviderProblem;
  invite?: PendingInvite;
  /** What holds on this device alone. */
  device: DeviceSettings;
}

/** One of the problems that pages word, with the origin of the server whose provider it was. */
export interface ProviderProblem {
  server: string;
  problem: string;
}

/** An invite link that was opened or pasted here and waits for the person's answer. */
export interface PendingInvite {
  code: string;
  /** The origin that the link named; missing where a code alone was pasted. */
  server?: string;
}

export interface SignedInView {
  at: "signed-in";
  server: string;
  self: SelfView;
  line: LineView;
  contacts: ContactView[];
  /** False until the list was read once; then `contacts` is empty because there are none. */
  contactsKnown: boolean;
  missed: number;
  history: HistoryView;
  settings: SettingsView;
  /** What a notification that was clicked is about; missing where none was. */
  attention?: Attention;
  invite?: PendingInvite;
  /** What holds on this device alone. */
  device: DeviceSettings;
  call?: CallView;
  /** What rings behind it, in the order in which it came. */
  waiting: WaitingView[];
}

export interface SelfView {
  user: UserId;
  handle: string;
  name: string;
  /** The address of the person's own picture, where there is one. */
  avatar?: string;
  availability: Choice;
  text?: string;
  until?: number;
  /** Whether this device is unattended, so that one looks away who chose to be available. */
  unattended?: true;
}

/** The person's own calls, newest first. */
export interface HistoryView {
  calls: CallRecord[];
  /** False until they were read once; then `calls` is empty because there are none. */
  known: boolean;
  /** Whether there are older ones. */
  hasMore: boolean;
  reading: "no" | "first" | "more" | "failed" | "failed-more";
}

/** The person's settings, on every device. */
export interface SettingsView {
  /** False until the server told them once. */
  known: boolean;
  showBusy: boolean;
  secondCall: SecondCall;
  /** The contacts who ring through do not disturb. */
  letThrough: UserId[];
  /** The contacts who stand first in the list. */
  favourites: UserId[];
  /** Whether a change is not confirmed yet, or was refused and taken back. */
  change: "none" | "waiting" | "refused";
}

/** What to show first. `at` tells one wish from the next. */
export type Attention = { at: number } & ({ to: "history" } | { to: "contact"; user: UserId });

/** The line to the server. */
export type LineView =
  | { at: "connecting" }
  | { at: "online" }
  /** `retryAt` is when the next try is due; `asOf` when the contacts were last known to be right. */
  | { at: "offline"; why: LostWhy | "replaced"; retryAt?: number; asOf?: number };

export interface ContactView {
  user: UserId;
  handle: string;
  /** The handle where no name is known. */
  name: string;
  /** The address of their picture, where there is one. */
  avatar?: string;
  state: ContactState;
  availability: Availability;
  text?: string;
  /** Since when they have been so. */
  since?: number;
  /** When they called last and this device missed it, until that was seen. */
  missedAt?: number;
  /** Set where the person asked to be told when both are free. */
  watched?: true;
}

/** A person in a call; `avatar` is the address of their picture. */
export interface PersonView {
  user: UserId;
  name: string;
  avatar?: string | undefined;
}

/** A ring that waits behind the call on the stage. */
export interface WaitingView {
  call: CallId;
  with: PersonView;
  media: Media;
  until: number;
  /** It was accepted, and the server's word on that is awaited. */
  isAnswered: boolean;
}

/**
 * How a ring sounds on this device: `silenced` by the person, `silent` by this device's setting or because it cannot play;
 * `waiting` without a sound, since the person talks on another device of theirs.
 */
export type RingSound = "loud" | "silenced" | "silent" | "waiting";

export type CallView = { call: CallId; with: PersonView; media: Media } & (
  | { at: "inviting" }
  | { at: "ringing-out"; devices: number; mode: AlertMode }
  | { at: "ringing-in"; until: number; sound: RingSound }
  | { at: "accepting" }
  /** Accepted; the media is being connected. `outgoing`: this side called. */
  | { at: "joining"; outgoing: boolean }
  | { at: "live"; since: number }
  | { at: "reconnecting"; since: number }
  /** The call's tab is closed; the call ends at `until` where nobody opens it again. */
  | { at: "away"; since?: number; until: number }
  /** `seconds` is the length of the talk, where there was one; `outgoing` tells who called. */
  | { at: "ended"; reason: CallEnd; seconds?: number; outgoing: boolean }
);

/** Why a call ended, for a person: the server's reasons, and those that only this device knows. */
export type CallEnd = EndReason | "not-contact" | "too-many-calls" | "not-begun" | "lost";

/** Which devices the person wants on. */
export interface DeviceWishes {
  camera: boolean;
  microphone: boolean;
}

/** What the call page needs to know of the device's settings. */
export type CallDevice = Pick<
  DeviceSettings,
  "camera" | "microphone" | "speaker" | "backgroundBlur" | "relayOnly" | "pictureFollows" | "ownPicture"
>;

/** What the page of one call may see of it: all of the call's truth, each time it changes. */
export interface CallPageView {
  /** Whether this side called, and so waits at PeerServer while the other dials. */
  outgoing: boolean;
  /** After glare another than in the page's address. [CALL-6] */
  call: CallId;
  with: PersonView;
  media: Media;
  state: "inviting" | "ringing-out" | "accepting" | "joining" | "live" | "reconnecting" | "ended";
  devices?: number;
  mode?: AlertMode;
  since?: number;
  reason?: CallEnd;
  ticket?: Ticket;
  waiting: WaitingView[];
  /** What the person wanted of the devices in the page before this one. */
  wishes?: DeviceWishes;
  /** The origin of the server. */
  server: string;
  online: boolean;
  device: CallDevice;
}

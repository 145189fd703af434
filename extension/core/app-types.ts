import type {
  ActiveCall,
  AlertMode,
  CallId,
  CallRecord,
  Choice,
  ClientMessage,
  Contact,
  Media,
  ServerMessage,
  Settings,
  UserId,
} from "#protocol";
import type { CallState, Ended, OwedEnding, WaitingRing, WatchEffect } from "./call-types.ts";
import type { Connection } from "./connection.ts";
import type { DeviceChange, DeviceSettings, RingSoundName } from "./device-settings.ts";
import type { History } from "./history.ts";
import type { Requests } from "./requests.ts";
import type { Roster } from "./roster.ts";
import type { Attention, DeviceWishes, PendingInvite, ProviderProblem } from "./view.ts";
import type { Watching } from "./watch.ts";

/** Who is signed in, and where. Holds no secret: the token stays in the shell. */
export interface Session {
  user: UserId;
  handle: string;
  name: string;
  /** The path of the person's own picture on the server. */
  avatar?: string;
  server: ServerFacts;
}

/** What discovery said of the server. */
export interface ServerFacts {
  /** The server's address as origin, for example `https://beckon.example`. */
  origin: string;
  presenceUrl: string;
  parseUrl: string;
  peerPath: string;
}

/** What outlives the browser: the shell keeps it in `storage.local` and gives it back with `started`. */
export interface Saved {
  /** The origin of the server last used; missing where there was none. */
  server?: string;
  /** Missing where nobody is signed in. */
  session?: Session;
  /** Missing where the list was never read. */
  contacts?: Contact[];
  /** The last calls; missing where they were never read. */
  calls?: CallRecord[];
  /** Of whom the person wants to be told, with the end of each; missing where there is nobody. */
  watched?: Record<string, number>;
  /** Of which requests the person was told, with the instant of each; missing where there are none. */
  requests?: Record<string, number>;
  /** What was chosen and not confirmed yet; missing where there is nothing. */
  wanted?: SavedWishes;
  /** Missing where the person changed nothing. */
  device?: DeviceSettings;
}

export interface SavedWishes {
  presence?: WantedPresence;
  settings?: WantedSettings;
}

/** The lists of contacts among the settings. */
export type SettingsList = "letThrough" | "favourites";

/** What the person changed of the settings. Of the lists only who was put on or taken off: another device may change them too. */
export interface WantedSettings {
  change: Partial<Omit<Settings, SettingsList>>;
  listed: { list: SettingsList; user: UserId; on: boolean }[];
  request: number;
}

/** The whole state of one installation: plain JSON, written after each event. Instants are ms since 1970, by this machine. */
export type AppState = SignedOut | SignedIn;

export interface SignedOut {
  at: "signed-out";
  /** The origin of the server last used. */
  server?: string;
  sessionEnded: boolean;
  /** Why a sign-in by the operator's provider came to nothing, until the next one. One of the problems that pages word. */
  providerProblem?: ProviderProblem;
  /** Kept over a sign-in, so that the person comes back to it. */
  invite?: PendingInvite;
  /** The person has erased their account. */
  deleted?: true;
  device: DeviceSettings;
  /** Both go on over sign-outs, so that no number of a socket or of a reading of the contacts comes twice. */
  lastSocket: number;
  lastReading: number;
}

export interface SignedIn {
  at: "signed-in";
  session: Session;
  connection: Connection;
  roster: Roster;
  call: CallState;
  /** A call that ended and was followed on the stage by a ring at once: its page says still how it ended. */
  left?: Ended;
  /** Calls that ring here while another has the stage; each may ring aloud once it has left. */
  others: WaitingRing[];
  /** The last calls that are over here: none of them rings again, whatever comes late. */
  over: CallId[];
  /** Endings that the server has not confirmed yet; repeated after each welcome. [CALL-12] */
  owed: OwedEnding[];
  self: SelfState;
  /** As the server last told them. */
  settings: Settings;
  /** False until the server told them. */
  settingsKnown: boolean;
  /** What was changed here and is not confirmed yet. */
  wantedSettings?: WantedSettings;
  /** The server did not take the last change. */
  settingsRefused?: true;
  device: DeviceSettings;
  /** The person's quiet hours are now. */
  isQuietHour?: true;
  history: History;
  watching: Watching;
  requests: Requests;
  /** Who became a contact by their own answer, and was not seen yet. */
  newcomers?: UserId[];
  /** Whose invitation was accepted here last. */
  met?: UserId;
  /** What a notification led to, for the popup that it opens. */
  attention?: Attention;
  invite?: PendingInvite;
  missed: number;
  /** The last ring that nobody here answered, until it was seen. */
  lastMissed?: MissedCall;
  /** Whose calls were missed here since the count was last 0, with the instant of each one's last. */
  missedFrom?: Record<string, number>;
  /** The last notification of a ring that the person closed: it is not shown again. */
  closedNotification?: Pick<CallNotification, "type" | "call">;
  /** The person asked for their account to be erased, and the answer was lost: until the next welcome it may be. */
  deletionLost?: true;
  /** Whether this device is unattended. */
  idle: boolean;
  /** What the hello of the present socket said of that. */
  toldIdle?: boolean;
  /** Whether a page that shows contacts is open. */
  contactsShown: boolean;
  /** How long an accepted call waits for its page, by the last welcome. [CALL-13] */
  rejoinMs: number;
  /** The last number given to a request. */
  lastRequest: number;
}

export interface MissedCall {
  call: CallId;
  from: { user: UserId; name: string };
  media: Media;
  at: number;
}

/** The user's own choice as the server last told it. `wanted` was chosen here and is not confirmed yet. */
export interface SelfState {
  availability: Choice;
  text?: string;
  until?: number;
  wanted?: WantedPresence;
}

/** What is missing stays as it is. */
export interface WantedPresence {
  availability?: Choice;
  text?: string;
  until?: number;
  request: number;
}

/**
 * What happens to the app; `update(state, event)` of app.ts makes of it the next state and the effects. Beside it stand
 * `outward(state)`, `viewOf(state)`, `callPageOf(state, call)` and `refusal(state, command)`. `at` is now in ms since 1970; `random` is fresh, at
 * least 0 and below 1; `minute` is that of the person's day by the clock on the wall, and missing where nobody knows it. */
export type AppEvent = { at: number; random: number; minute?: number } & (
  LifeEvent | SocketEvent | PageCommand | CallPageEvent | ContactsEvent | HistoryEvent
);

export type LifeEvent =
  /** The background began to run: after a browser's start, an update, or the death of its worker. The first event. */
  | { type: "started"; saved?: Saved }
  /** A deadline of {@link Outward.wakeAt} may have passed; also for an alarm. Harmless when early. */
  | { type: "due" }
  | { type: "signed-in"; session: Session }
  /** The person asked for their account to be erased: it was, or the answer is not known. */
  | { type: "account-deleted"; user: UserId }
  | { type: "deletion-lost"; user: UserId }
  | { type: "provider-refused"; server: string; problem: string }
  | { type: "network-online" }
  | { type: "idle-changed"; idle: boolean }
  /** This device has really begun to ring, and how. */
  | { type: "alerted"; call: CallId; mode: AlertMode }
  /** The person closed a notification of a ring. */
  | { type: "notification-closed"; closed: Pick<CallNotification, "type" | "call"> }
  /** The notification of the missed call was closed or clicked. */
  | { type: "missed-seen" }
  /** The notification that this contact is free was closed or clicked. */
  | { type: "free-seen"; user: UserId }
  /** The notification that they ask to be a contact, or are one now, was closed or clicked. */
  | { type: "request-seen"; user: UserId }
  /** A notification was clicked, and the popup opens to show what it is about. */
  | { type: "pointed-at"; what: { to: "history" } | { to: "contact"; user: UserId } };

/** Events of sockets carry the number that {@link AppEffect} `open-socket` gave; those of older sockets are ignored. */
export type SocketEvent =
  | { type: "socket-opened"; socket: number }
  | { type: "socket-closed"; socket: number; code: number }
  | { type: "socket-message"; socket: number; message: ServerMessage };

/** What a page of ours asks. Ask {@link refusal} first whether it can be done; the update ignores what cannot. */
export type PageCommand =
  /** `call` is a fresh random UUID; `replacing` is the ended call whose page asks, and whose tab it takes. */
  | { type: "place-call"; call: CallId; user: UserId; media: Media; replacing?: CallId }
  | { type: "accept-call"; call: CallId; media: Media }
  | { type: "decline-call"; call: CallId }
  /** No more sound of this ring on this device; nobody learns of it. */
  | { type: "silence-ring"; call: CallId }
  /** Cancels, declines or hangs up, whichever the call's state makes it. */
  | { type: "hang-up"; call: CallId }
  | { type: "dismiss-call"; call: CallId }
  | { type: "show-call-tab" }
  /** `forMs` from now; without it the choice has no end. */
  | { type: "set-presence"; availability?: Choice; text?: string; forMs?: number }
  /** What is left out stays. */
  | { type: "set-device"; change: DeviceChange }
  /** What is left out stays. */
  | { type: "set-settings"; change: WantedSettings["change"] }
  /** Whether this contact rings through one's own do not disturb. */
  | { type: "let-through"; user: UserId; on: boolean }
  /** Whether this contact stands first in the person's list. */
  | { type: "favourite"; user: UserId; on: boolean }
  /** To be told when both are free, until `until` at the latest: the end of the person's day, in ms since 1970. */
  | { type: "watch-contact"; user: UserId; until: number }
  | { type: "unwatch-contact"; user: UserId }
  /** Reads the history again, or the page behind what is known of it. */
  | { type: "read-calls" }
  | { type: "more-calls" }
  | { type: "retry-now" }
  /** A link was opened or pasted: nothing happens with it before the person has answered. */
  | { type: "open-invite"; invite: PendingInvite }
  /** An invite that waits by now and is another one is not closed by it. `met`: it was accepted, and was this contact's. */
  | { type: "close-invite"; code: string; met?: UserId }
  | { type: "contacts-shown" }
  | { type: "contacts-hidden" }
  | { type: "sign-out" };

/** From the call page's port; `call` is the one that its `here` named. */
export type CallPageEvent =
  /** `fresh`: the page was just loaded, and holds no media. */
  | { type: "page-here"; call: CallId; fresh: boolean; tab?: number }
  /** The port closed while the background ran. Never sent for a port that the worker's own death closed. */
  | { type: "page-gone"; call: CallId }
  /** The tab whose port closed is closed, or shows something else. */
  | { type: "tab-closed"; call: CallId }
  /** The tab whose port closed is there, and its page is not: it crashed. */
  | { type: "page-crashed"; call: CallId }
  /** The person switched a device. */
  | { type: "page-wishes"; call: CallId; wishes: DeviceWishes }
  | { type: "media-connected"; call: CallId }
  | { type: "media-interrupted"; call: CallId }
  | { type: "media-failed"; call: CallId }
  /** PeerServer did not take the ticket, or the media cannot be restored with it. */
  | { type: "ticket-wanted"; call: CallId }
  | { type: "page-signal"; call: CallId; data: unknown };

/** The answer to `list-contacts`, with its number; that of an older reading is ignored, which may be another person's. */
export type ContactsEvent =
  { type: "contacts-listed"; reading: number; contacts: Contact[] } | { type: "contacts-refused"; reading: number };

/** What a page that shows the history tells, and the answers to `list-calls` and `mark-calls-seen`. */
export type HistoryEvent =
  | { type: "history-shown" }
  | { type: "history-hidden" }
  | { type: "calls-listed"; reading: number; calls: CallRecord[]; next?: string }
  | { type: "calls-refused"; reading: number }
  | { type: "seen-refused" };

/** What cannot be compared with the world and is done once, in order. The rest is in {@link Outward}. */
export type AppEffect =
  /** Opens a socket and lets any older one go; its events carry this number. */
  | { type: "open-socket"; socket: number; url: string }
  | { type: "close-socket"; socket: number }
  /** Sends `hello`; the shell adds the token and the device. */
  | { type: "hello"; socket: number; idle: boolean; active: ActiveCall[] }
  | { type: "send"; socket: number; message: Exclude<ClientMessage, { type: "hello" }> }
  /** Reads the contact list; answer with `contacts-listed` or `contacts-refused`. */
  | { type: "list-contacts"; reading: number }
  /** Reads the person's calls; answer with `calls-listed` or `calls-refused`. */
  | { type: "list-calls"; reading: number; limit: number; before?: string }
  /** Every missed call was seen; the server tells every device so. Answer with `seen-refused` where it could not be told. */
  | { type: "mark-calls-seen" }
  /** Makes sure that a call tab shows this call; the tab of `replacing`, where it is still open, is used for it. */
  | { type: "open-call-tab"; call: CallId; replacing?: CallId }
  | { type: "focus-call-tab"; call: CallId }
  | WatchEffect
  /** Hands data of the other side to the call page. */
  | { type: "signal-page"; call: CallId; data: unknown }
  /** Takes back what the person allowed for the invite links of a server that they have left for another. */
  | { type: "forget-links"; server: string }
  /** Forgets the session's token; `revoke`: tells Parse first, as well as it can (`logout`). */
  | { type: "forget-token"; revoke: boolean };

/** What the world outside should look like now; the shell compares and makes it so after every event. */
export interface Outward {
  /** When `due` must be sent at the latest. */
  wakeAt?: number;
  badge: Badge;
  notification?: CallNotification;
  /** Who is free now, of those that the person asked about: a notification each. Missing where there is nobody. */
  free?: FreeNotification[];
  /** Who asks to be a contact and was not told of before: a notification each. Missing where there is nobody. */
  requests?: RequestNotification[];
  /** Who became a contact by their own answer: a notification each. Missing where there is nobody. */
  friends?: FriendNotification[];
  /** Set while this device should ring, `until` at the latest; answer with `alerted` once it does. */
  ringing?: RingShown;
  /** When the machine counts as left, in minutes without a touch. */
  idleMinutes: number;
  /** What `storage.local` should hold; missing where there is nothing to keep. */
  saved?: Saved;
}

/** `isSilenced`: it makes no sound any more, and is still told to ring as `mode` says. */
export interface RingShown {
  call: CallId;
  from: { user: UserId; name: string };
  media: Media;
  mode: AlertMode;
  until: number;
  isSilenced: boolean;
  sound: RingSoundShown;
}

/** How a ring sounds where it is heard. */
export interface RingSoundShown {
  name: RingSoundName;
  volume: number;
  /** The browser's id of what rings; missing where it is the system's own choice. */
  ringer?: string;
}

export interface Badge {
  /** Each has one look; `missed` is shown as a count where it is not 0 and nothing more urgent is. */
  state: "signed-out" | "offline" | Choice | "ringing" | "in-call";
  missed: number;
  /** How many ask to be a contact, where there are any; shown where nothing was missed. */
  requests?: number;
}

export type CallNotification =
  | { type: "incoming"; call: CallId; from: { user: UserId; name: string }; media: Media }
  /** A ring that must not disturb a talk, here or on another device. */
  | { type: "waiting"; call: CallId; from: { user: UserId; name: string }; media: Media }
  /** The call goes on without its tab, which the person may open again. */
  | { type: "away"; call: CallId; with: { user: UserId; name: string } }
  | { type: "missed"; call: CallId; from: { user: UserId; name: string }; media: Media; at: number };

export interface FreeNotification {
  type: "free";
  user: UserId;
  name: string;
}

export interface RequestNotification {
  type: "request";
  user: UserId;
  handle: string;
  name: string;
}

export interface FriendNotification {
  type: "friend";
  user: UserId;
  name: string;
}

/** Why a command cannot be done now; names are those of the commands' problems. */
export type Refusal = "offline" | "in-a-call" | "not-found" | "signed-out" | "list-full";

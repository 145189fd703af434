import type { CallId, CallRecord, Choice, Contact, Media, Settings, UserId } from "#protocol";
import type { CallState, Ended, OwedEnding, WaitingRing } from "./call-types.ts";
import type { Connection } from "./connection.ts";
import type { DeviceSettings } from "./device-settings.ts";
import type { History } from "./history.ts";
import type { CallNotification } from "./notification-types.ts";
import type { Requests } from "./requests.ts";
import type { Roster } from "./roster.ts";
import type { Attention, PendingInvite, ProviderProblem } from "./view.ts";
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
  /** An invitation is being accepted here, and whose it was is not known yet. */
  accepting?: true;
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

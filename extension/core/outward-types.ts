import type { AlertMode, CallId, Choice, Media, UserId } from "#protocol";
import type { Saved } from "./app-state-types.ts";
import type { RingSoundName } from "./device-settings.ts";
import type {
  CallNotification,
  FreeNotification,
  FriendNotification,
  RequestNotification,
} from "./notification-types.ts";

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

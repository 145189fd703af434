import type { AlertMode, CallId, CallRecord, Choice, Contact, Media, ServerMessage, UserId } from "#protocol";
import type { Saved, Session, WantedSettings } from "./app-state-types.ts";
import type { DeviceChange } from "./device-settings.ts";
import type { CallNotification } from "./notification-types.ts";
import type { DeviceWishes, PendingInvite } from "./view.ts";

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
  /** A deadline of `Outward.wakeAt` may have passed; also for an alarm. Harmless when early. */
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

/** Events of sockets carry the number that the effect `open-socket` gave; those of older sockets are ignored. */
export type SocketEvent =
  | { type: "socket-opened"; socket: number }
  | { type: "socket-closed"; socket: number; code: number }
  | { type: "socket-message"; socket: number; message: ServerMessage };

/** What a page of ours asks. Ask `refusal` first whether it can be done; the update ignores what cannot. */
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
  /** An invitation is being accepted here, until the server answers. */
  | { type: "accepting-invite"; on: boolean }
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
  /** What the relay takes of this side runs out. */
  | { type: "ice-wanted"; call: CallId }
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

/** Why a command cannot be done now; names are those of the commands' problems. */
export type Refusal = "offline" | "in-a-call" | "not-found" | "signed-out" | "list-full";

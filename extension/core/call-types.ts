import type {
  AlertMode,
  CallId,
  ClientMessageOf,
  ErrorCode,
  Media,
  Person,
  ServerMessageOf,
  Ticket,
  UserId,
  WelcomeCall,
} from "#protocol";
import type { CallEnd, DeviceWishes } from "./view.ts";

/** A ring at this device. `until` is the instant at which it is over at the latest. */
export interface Ring extends Rung {
  call: CallId;
  from: Person;
  media: Media;
}

interface Rung {
  until: number;
  /** How this device last said that it rings. */
  alerted?: AlertMode;
  /** The person talks on another device of theirs: no sound. [CALL-9] */
  isQuiet?: true;
  /** The person wants no more sound of it on this device. */
  isSilenced?: true;
}

/** A ring behind another call. `answer`: the person has accepted it, and the server's word on that is awaited. */
export interface WaitingRing extends Ring {
  answer?: Answer;
}

export interface Answer {
  media: Media;
  request: number;
  /** When this side stops to wait for the server's word. */
  until: number;
}

/** The call page, as the background knows it. Where it is not `here` by `until`, a ring is given up. */
export type CallPage =
  | { at: "here" }
  /** Was asked for and is not there yet; the call is hung up at `until`. */
  | { at: "opening"; until: number }
  /** Gone with its port, or with the worker that held the port, and may come back by itself; an accepted call waits on. */
  | { at: "missing"; until: number; awayUntil: number }
  /** Closed: an accepted call waits until then for somebody to open it again, and is hung up. [CALL-13] */
  | { at: "away"; until: number };

interface Call {
  call: CallId;
  /** The call's other id, under which it was placed here before glare merged it. [CALL-6] */
  alias?: CallId;
  with: Person;
  media: Media;
}

/** A call in which this person has acted: it has a page, and a number that its requests carry. */
interface Taken extends Call {
  page: CallPage;
  /** The tab in which the page last was, by the browser's number. */
  tab?: number;
  /** The page crashed once and was loaded again; the next time it is left to the person. */
  revived?: true;
  /** Which devices the person wants on, once they have said so: for a page that is loaded again. */
  wishes?: DeviceWishes;
  request: number;
}

/** The one call on the stage. All of it is JSON; a ticket may stand here, since it is short-lived and for this call alone. */
export type CallState =
  { at: "idle" } | Inviting | RingingOut | RingingIn | Accepting | Joining | Live | Reconnecting | Ended;

/** The invite is on its way, or waits for the line. */
export interface Inviting extends Taken {
  at: "inviting";
  /** When the person asked for it. */
  askedAt: number;
  /** When this side gives up by its own timer. [CALL-7] */
  until: number;
}

export interface RingingOut extends Taken {
  at: "ringing-out";
  askedAt: number;
  until: number;
  devices: number;
  mode: AlertMode;
  /** None while a page that was loaded again waits for a fresh one. */
  ticket?: Ticket;
}

export interface RingingIn extends Call, Rung {
  at: "ringing-in";
}

/** The accept is on its way, or waits for the line. */
export interface Accepting extends Taken {
  at: "accepting";
  /** When this side stops to wait for the server's word. */
  until: number;
}

interface Accepted extends Taken {
  outgoing: boolean;
  /** When the talk began, as the server counts it. */
  acceptedAt: number;
  /** The ends of the media; none where `call.accepted` was lost with a socket, or while fresh ones are on their way. */
  ticket?: Ticket;
  /** Fresh ends are wanted: to be asked for at an instant, or asked for and not there yet. [CALL-13] */
  rejoin?: number | "asked";
  /** When these ends came with a `call.rejoined`: for a while the server would give the same again. [CALL-13] */
  rejoinedAt?: number;
  /** No page was here to take them. */
  unused?: true;
}

export interface Joining extends Accepted {
  at: "joining";
  /** When the media must flow. */
  until: number;
}

export interface Live extends Accepted {
  at: "live";
}

export interface Reconnecting extends Accepted {
  at: "reconnecting";
  /** When the media must flow again. */
  until: number;
}

/** Shown until it is dismissed or `until` has passed. */
export interface Ended extends Call {
  at: "ended";
  outgoing: boolean;
  reason: CallEnd;
  /** The length of the talk, where there was one: this side's own count until the server has told its record's. */
  seconds?: number;
  until: number;
}

/** What the server says of calls, as far as the call on the stage is concerned. */
export type CallNews =
  | ServerMessageOf<"call.incoming">
  | ServerMessageOf<"call.ringing">
  | ServerMessageOf<"call.accepted">
  | ServerMessageOf<"call.rejoined">
  | ServerMessageOf<"call.ended">
  | ServerMessageOf<"call.signal">;

/** What happens to the call. `request` is a fresh number, for what this event may ask of the server. */
export type CallEvent = { at: number; request: number } & CallHappening;

export type CallHappening =
  /** `replacing`: the call from whose page it was asked for, and whose tab it takes. */
  | { type: "place"; call: CallId; with: Person; media: Media; replacing?: CallId }
  /** It takes the stage; asked only while none has it. */
  | { type: "ring"; ring: Ring }
  | { type: "alerted"; call: CallId; mode: AlertMode }
  | { type: "silence"; call: CallId }
  | { type: "accept"; call: CallId; media: Media }
  /** An answer that was given while the ring waited; asked only of a stage that no ring has. */
  | { type: "answer"; ring: Ring; answer: Answer }
  | { type: "decline"; call: CallId }
  | { type: "hang-up"; call: CallId }
  | { type: "dismiss"; call: CallId }
  | { type: "show-tab" }
  | PageHappening
  | { type: "media-connected"; call: CallId }
  | { type: "media-interrupted"; call: CallId }
  | { type: "media-failed"; call: CallId }
  /** PeerServer did not take the page's ticket, or the media cannot be restored with it. */
  | { type: "ticket-wanted"; call: CallId }
  /** What the relay takes of this side runs out. */
  | { type: "ice-wanted"; call: CallId }
  | { type: "page-signal"; call: CallId; data: unknown }
  | { type: "news"; message: CallNews }
  /** The request numbered `of` was refused. */
  | { type: "refused"; of: number; code: ErrorCode }
  /** The line stands again; `settling`: the server may not know all calls yet. */
  /** `lostAt`: when the line before this one was lost, where that is known. */
  | { type: "welcomed"; calls: WelcomeCall[]; settling: boolean; lostAt?: number }
  | { type: "started"; rejoinMs: number }
  | { type: "due" };

/** `rejoinMs`: how long an accepted call waits for its page. [CALL-13] */
export type PageHappening =
  /** `fresh`: it was just loaded and holds no media. */
  | { type: "page-here"; call: CallId; fresh: boolean; tab?: number }
  | { type: "page-gone"; call: CallId; rejoinMs: number }
  /** The tab is closed, or shows something else now. */
  | { type: "tab-closed"; call: CallId; rejoinMs: number }
  | { type: "page-crashed"; call: CallId }
  | { type: "page-wishes"; call: CallId; wishes: DeviceWishes };

export type CallRequest =
  | ClientMessageOf<"call.invite">
  | ClientMessageOf<"call.alert">
  | ClientMessageOf<"call.accept">
  | ClientMessageOf<"call.signal">
  | ClientMessageOf<"call.rejoin">;

/** An ending that is told to the server until it is confirmed. */
export interface OwedEnding {
  call: CallId;
  type: "call.hangup" | "call.decline" | "call.cancel";
  request: number;
}

/** About the tab of a page that is gone. */
export type WatchEffect =
  /** Looks what became of it: `tab-closed` or `page-crashed`, or nothing where the page comes back. */
  | { type: "watch-call-tab"; call: CallId; tab: number }
  /** Loads the crashed page anew. */
  | { type: "reload-call-tab"; call: CallId; tab: number };

export type CallEffect =
  /** Sent where the line stands; else lost, and repeated by `welcomed` where it still matters. */
  | { type: "ask"; message: CallRequest }
  | { type: "owe"; ending: OwedEnding }
  /** The call is over here; no late message of it begins it again. */
  | { type: "over"; call: CallId }
  /** Nobody answered here. */
  | { type: "missed"; call: CallId; from: { user: UserId; name: string }; media: Media }
  | { type: "open-call-tab"; call: CallId; replacing?: CallId }
  | { type: "focus-call-tab"; call: CallId }
  | WatchEffect
  | { type: "signal-page"; call: CallId; data: unknown };

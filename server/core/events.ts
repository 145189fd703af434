import type {
  ActiveCall,
  AlertMode,
  CallId,
  Choice,
  ClientMessage,
  CloseCode,
  DeviceId,
  EndReason,
  Media,
  MissedWhile,
  Outcome,
  PeerEnds,
  PeerId,
  ServerMessage,
  ServerMessageOf,
  Settings,
  UserId,
} from "#protocol";

/** One welcomed socket, named by the gateway; never used twice. */
export type ConnectionId = string & { readonly connection: unique symbol };

/** The spans of the contract, in ms; tests shorten them. */
export interface Spans {
  ringMs: number;
  graceMs: number;
  settleMs: number;
  abandonMs: number;
  rejoinMs: number;
  lateRingMs: number;
}

/** A person's own choice of availability; `until` is an instant in ms. */
export interface ChosenPresence {
  availability: Choice;
  until?: number;
  text?: string;
}

/** A user as the accounts know them when a device joins. */
export interface JoiningUser {
  id: UserId;
  handle: string;
  name: string;
  avatar?: string;
  chosen: ChosenPresence;
  settings: Settings;
  contacts: { id: UserId; name: string }[];
  /** Whom they block, and who blocks them; contacts or not. [PRES-5] */
  blocked: UserId[];
  blockedBy: UserId[];
  missed: number;
}

/** What happens to the referee. `at` is now, by the server's clock, in ms; it never goes back. */
export type RefereeEvent = { at: number } & (
  | {
      type: "joined";
      connection: ConnectionId;
      /** The how-manieth socket of this server it was when it opened: the greater of two is the newer. [CONN-3] */
      opened: number;
      device: DeviceId;
      user: JoiningUser;
      idle: boolean;
      active: ActiveCall[];
      /** The hello's id. */
      re?: number;
    }
  /** After `bye` and `revoked` the connection means nothing here any more: the gateway closes its socket. */
  | { type: "message"; connection: ConnectionId; message: Exclude<ClientMessage, { type: "hello" } | { type: "ping" }> }
  /** The socket is gone, without `bye`. */
  | { type: "lost"; connection: ConnectionId }
  /** The session behind the socket is no longer valid. [CONN-5] */
  | { type: "revoked"; connection: ConnectionId }
  | { type: "contact"; accepted: boolean; people: [{ id: UserId; name: string }, { id: UserId; name: string }] }
  /** `by` blocks `user`, or does so no longer, and then learns what `user` is called now. [PRES-5] */
  | { type: "block"; by: UserId; user: UserId; blocked: boolean; name?: string }
  | { type: "contacts-changed"; of: UserId; user?: UserId }
  | { type: "missed"; of: UserId; count: number }
  /** Someone is called otherwise, or looks otherwise, and these people see it. */
  | { type: "profile"; user: { id: UserId; handle: string; name: string; avatar?: string }; seenBy: UserId[] }
  /** A deadline may have passed. */
  | { type: "due" }
);

/** A message whose ticket the gateway signs and adds. */
export type TicketedMessage =
  | Omit<ServerMessageOf<"call.ringing">, "ticket">
  | Omit<ServerMessageOf<"call.accepted">, "ticket">
  | Omit<ServerMessageOf<"call.rejoined">, "ticket">;

/** A welcome, to which the gateway adds how often to ping. */
export type Welcome = Omit<ServerMessageOf<"welcome">, "heartbeat">;

/** One call that is over. Instants in ms. [CALL-14] */
export interface EndedCall {
  call: CallId;
  caller: UserId;
  callee: UserId;
  media: Media;
  startedAt: number;
  acceptedAt?: number;
  endedAt: number;
  reason: EndReason;
  /** How it ended for each of the two; for a callee who blocks the caller it never was. [PRES-5] */
  outcomes: { caller: Outcome; callee?: Outcome };
  /** On a missed call alone; the callee's business, and nobody else's. */
  missedWhile?: MissedWhile;
  /** The callee's device that answered or declined. */
  device?: DeviceId;
  /** The ids that it answers to besides its own. [CALL-6] */
  merged?: CallId[];
  /** Nobody knows who called whom. [CALL-11] */
  adopted?: true;
  /** It was recorded as unanswered before, by a server that did not know better. [CALL-11] */
  corrects?: true;
}

/** One of the two people of a kept call. */
export interface KeptParty {
  user: UserId;
  name: string;
  device?: DeviceId;
  owed?: "call.accepted" | "call.rejoined";
}

/** A call that is not over, as a server that was started anew needs it. Instants in ms. [CALL-11] */
export interface KeptCall {
  call: CallId;
  merged: CallId[];
  media: Media;
  startedAt: number;
  caller: KeptParty;
  callee: KeptParty;
  phase:
    | { at: "ringing"; until: number; receipts: { device: DeviceId; first: AlertMode; latest: AlertMode }[] }
    | { at: "running"; since: number; rejoinedAt?: number };
  ends?: { caller: PeerId; callee: PeerId };
  /** Whether the callee lets callers know of their talks. */
  calleeShowsBusy: boolean;
  adopted: boolean;
  /** It was recorded as unanswered before, by a server that did not know better. */
  corrects?: true;
}

/** What is known of a call that was over before the server started. */
export interface KeptPast {
  call: CallId;
  merged: CallId[];
  caller: UserId;
  callee: UserId;
  reason: EndReason;
  answered: boolean;
  seconds?: number;
  device?: DeviceId;
  adopted: boolean;
}

/** What an earlier server left: the calls that were not over, and the latest of those that were, the oldest first. */
export interface KeptCalls {
  open: KeptCall[];
  past: KeptPast[];
  /** Who blocks the caller of one of these that is open: neither may be back before it ends. [PRES-5] */
  blocks: { by: UserId; user: UserId }[];
}

/** What the referee wants done, in order. */
export type RefereeEffect =
  /** The same message to each of these, serialised once. */
  | { type: "send"; to: ConnectionId[]; message: ServerMessage }
  | { type: "send-ticketed"; to: ConnectionId; message: TicketedMessage; ends: PeerEnds }
  /** `tickets` names the ends of the outgoing calls in the welcome that carry a ticket. */
  | {
      type: "welcome";
      to: ConnectionId;
      message: Welcome;
      tickets: { call: CallId; ends: PeerEnds }[];
    }
  /** The tickets of these ends are void from now on. */
  | { type: "void-peers"; peers: PeerId[] }
  | { type: "close"; connection: ConnectionId; code: CloseCode }
  /** Once for each call that ended, save one that after a restart only one side named. [CALL-11] [CALL-14] */
  | ({ type: "record" } & EndedCall)
  /** A call that is not over has changed; what is told later of the same call takes its place. [CALL-11] */
  | ({ type: "save-call" } & KeptCall)
  | { type: "save-choice"; user: UserId; chosen: ChosenPresence }
  | { type: "save-settings"; user: UserId; settings: Settings };

/**
 * The only referee of presence and calls. It holds the server's whole state in memory, asks nobody for the time and does
 * nothing itself: each event comes in with its instant, and what must be done comes out as effects.
 */
export interface Referee {
  handle(event: RefereeEvent): RefereeEffect[];
  /** The instant of the next deadline, or undefined where none is set. */
  nextDue(): number | undefined;
}

/** Where new peer ids come from: random in the server, counted in tests. */
export type NewPeerId = () => PeerId;

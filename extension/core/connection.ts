import {
  CloseCode,
  GOING_AWAY_SPREAD_MS,
  PING_EVERY_MS,
  RECONNECT_CEILING_WATCHED_MS,
  remedyFor,
  SILENCE_MS,
  unreachable,
} from "#protocol";
import { backoffMs } from "./backoff.ts";
import { type Step, step } from "./machine.ts";

/** A socket that is not open by then is let go. */
const OPENING_MS = 10_000;
/** A hello that is not answered by then has failed. */
const GREETING_MS = 10_000;
/** After the network's return, something must be heard within this span, or the socket is taken for dead. */
const PROBE_MS = 5_000;
/** The same where a call broke off: it waits for the line. */
const DOUBT_MS = 3_000;
/** Every request is answered, so after one something must be heard within this span. */
const ANSWER_MS = 8_000;
/** A timer that is late by this much was not late: the machine slept. */
const ASLEEP_MS = SILENCE_MS;
/** The network's return starts the next try within this span; not at once, since it returns for many. */
const RETURN_MS = 1_000;
/** The longest that a `retryAfter` is believed. */
const LONGEST_RETRY_AFTER_MS = 120_000;

/** The socket to the server. Sockets are numbered, so that the late event of a dead one is known as such. [CONN-4] */
export interface Connection {
  line: Line;
  lastSocket: number;
  /** Tries since the last pong. */
  failures: number;
  /** When the line was lost, until the first pong of the next one. */
  lostAt?: number;
  /** Why it was lost, where not for the network's sake: so that it is told while the next try is under way, too. */
  lostWhy?: Exclude<LostWhy, "network">;
  /** Set by the server's `retryAfter`: no try before this instant. */
  notBefore?: number;
}

/** All instants in ms. */
export type Line =
  /** A newer socket of the same device took over; only a person's wish or the browser's own start tries again. */
  | { at: "stopped" }
  | { at: "opening"; socket: number; until: number }
  /** The socket is open and hello is sent. */
  | { at: "greeting"; socket: number; until: number }
  /** `proven`: a pong came on this socket. */
  | { at: "online"; socket: number; pingEveryMs: number; pingAt: number; silentAt: number; proven?: true }
  | { at: "waiting"; until: number; why: LostWhy };

/** `unchecked`: the server cannot ask just now whether the session is valid, which ends none. [CONN-5] */
export type LostWhy = "network" | "server-busy" | "unchecked";

/** What happens to the connection. `watched`: contacts are shown or a call lives, so the waits are short. */
export type ConnectionEvent = { at: number; random: number; watched: boolean } & ConnectionHappening;

export type ConnectionHappening =
  /** The background runs anew: whatever socket there was died with the old one. */
  | { type: "started" }
  | { type: "due" }
  | { type: "opened"; socket: number }
  | { type: "closed"; socket: number; code: number }
  /** A message came; those that mean something to the line are named. */
  | { type: "heard"; socket: number; what: Heard }
  | { type: "network-online" }
  /** What goes from peer to peer was cut off, and perhaps the line with it. */
  | { type: "doubted" }
  /** Someone began to watch. */
  | { type: "watched" }
  | { type: "retry-now" };

export type Heard =
  { type: "welcome"; pingEveryMs: number } | { type: "pong" } | { type: "retry-after"; ms: number } | { type: "other" };

export type ConnectionEffect =
  | { type: "open"; socket: number }
  | { type: "close"; socket: number }
  | { type: "greet"; socket: number }
  | { type: "ping"; socket: number }
  /** The server says that the session is not valid. */
  | { type: "session-ended" };

type ConnectionStep = Step<Connection, ConnectionEffect>;

/** A connection that has not been tried yet. */
export const NEW_CONNECTION: Connection = {
  line: { at: "waiting", until: 0, why: "network" },
  lastSocket: 0,
  failures: 0,
};

export function updateConnection(connection: Connection, event: ConnectionEvent): ConnectionStep {
  const { line } = connection;
  switch (event.type) {
    case "started":
      // Two copies of one profile would else replace each other for ever, each woken by its alarm.
      if (line.at === "stopped") return step(connection);
      return line.at === "waiting" && event.at < line.until ? step(connection) : open(connection, event.at);
    case "due":
      return due(connection, event);
    case "opened":
      if (line.at !== "opening" || line.socket !== event.socket) return step(connection);
      return step(
        { ...connection, line: { at: "greeting", socket: line.socket, until: event.at + GREETING_MS } },
        { type: "greet", socket: line.socket },
      );
    case "closed":
      return socketOf(line) === event.socket ? closed(connection, event, event.code) : step(connection);
    case "heard":
      return socketOf(line) === event.socket ? heard(connection, event, event.what) : step(connection);
    case "network-online":
      return networkReturned(connection, event);
    case "doubted":
      return line.at === "online" ? probe(connection, line, event.at, DOUBT_MS) : step(connection);
    case "watched":
      return line.at === "waiting"
        ? step(waitAtMost(connection, event.at + Math.round(event.random * RECONNECT_CEILING_WATCHED_MS)))
        : step(connection);
    case "retry-now":
      return line.at === "waiting" || line.at === "stopped" ? open(connection, event.at) : step(connection);
    default:
      return unreachable(event);
  }
}

/** The number of the socket that is believed, or undefined. */
export function socketOf(line: Line): number | undefined {
  return line.at === "opening" || line.at === "greeting" || line.at === "online" ? line.socket : undefined;
}

/** A request was sent: the line shows soon that it carries, or is let go, long before its silence would tell. [CONN-2] */
export function expectAnswer(connection: Connection, at: number): Connection {
  const { line } = connection;
  if (line.at !== "online" || line.silentAt <= at + ANSWER_MS) return connection;
  return { ...connection, line: { ...line, silentAt: at + ANSWER_MS } };
}

/** When the connection must be asked again, by a `due`. */
export function connectionDue({ line }: Connection): number | undefined {
  switch (line.at) {
    case "stopped":
      return undefined;
    case "opening":
    case "greeting":
    case "waiting":
      return line.until;
    case "online":
      return Math.min(line.pingAt, line.silentAt);
    default:
      return unreachable(line);
  }
}

function open(connection: Connection, at: number): ConnectionStep {
  const socket = connection.lastSocket + 1;
  return step(
    { ...connection, lastSocket: socket, line: { at: "opening", socket, until: at + OPENING_MS } },
    { type: "open", socket },
  );
}

function due(connection: Connection, event: ConnectionEvent): ConnectionStep {
  const { line } = connection;
  switch (line.at) {
    case "stopped":
      return step(connection);
    case "waiting":
      return event.at >= line.until ? open(connection, event.at) : step(connection);
    case "opening":
    case "greeting":
      return event.at >= line.until ? cut(connection, event, line.socket) : step(connection);
    case "online":
      // After a sleep both are due; a socket that was silent for so long is not worth a ping. [CONN-2]
      if (event.at >= line.silentAt) return cut(connection, event, line.socket);
      return event.at >= line.pingAt ? ping(connection, line, event.at) : step(connection);
    default:
      return unreachable(line);
  }
}

type OnlineLine = Extract<Line, { at: "online" }>;

function ping(connection: Connection, line: OnlineLine, at: number): ConnectionStep {
  return step(
    { ...connection, line: { ...line, pingAt: at + line.pingEveryMs } },
    { type: "ping", socket: line.socket },
  );
}

function heard(connection: Connection, event: ConnectionEvent, what: Heard): ConnectionStep {
  const { line } = connection;
  if (what.type === "retry-after") {
    const asked = { ...connection, notBefore: event.at + Math.min(what.ms, LONGEST_RETRY_AFTER_MS) };
    return step(line.at === "online" ? alive(asked, line, event.at) : asked);
  }
  if (line.at === "greeting" && what.type === "welcome") {
    const pingEveryMs = Math.max(1_000, Math.min(PING_EVERY_MS, what.pingEveryMs));
    const online: OnlineLine = {
      at: "online",
      socket: line.socket,
      pingEveryMs,
      pingAt: event.at,
      silentAt: event.at + SILENCE_MS,
    };
    // The first ping goes at once: only its pong shows that the line carries, and forgives the count.
    return ping({ ...connection, line: online }, online, event.at);
  }
  if (line.at !== "online") return step(connection);
  // After a sleep, what stood in the buffer may be heard before the timers: it is as old as the sleep. [CONN-2]
  if (event.at >= line.silentAt + ASLEEP_MS) return cut(connection, event, line.socket);
  const carried = alive(connection, line, event.at);
  return step(what.type === "pong" ? forgiven(carried) : carried);
}

/** Whatever comes shows that the line carries. [CONN-2] */
function alive(connection: Connection, line: OnlineLine, at: number): Connection {
  return { ...connection, line: { ...line, silentAt: at + SILENCE_MS } };
}

/** The count is forgiven and the loss forgotten, at the first pong and not before. [CONN-4] */
function forgiven({ line, lastSocket }: Connection): Connection {
  return { line: line.at === "online" ? { ...line, proven: true } : line, lastSocket, failures: 0 };
}

/** Lets a socket go of which nothing is expected any more. */
function cut(connection: Connection, event: ConnectionEvent, socket: number): ConnectionStep {
  return step(lost(connection, event), { type: "close", socket });
}

function closed(connection: Connection, event: ConnectionEvent, code: number): ConnectionStep {
  const remedy = remedyFor(code);
  switch (remedy) {
    case "sign-in":
      return step({ ...connection, line: { at: "stopped" } }, { type: "session-ended" });
    case "stand-down":
      // A socket that was not proven yet may have been replaced by an older one of this device, whose hello took longer, where
      // a server goes by the hellos: it keeps a socket that nobody holds any more. Another copy of this profile takes a proven
      // one. [CONN-3] [DEC-41]
      if (!isProven(connection.line)) return step(lost(connection, event));
      return step({ ...connection, lostAt: connection.lostAt ?? event.at, line: { at: "stopped" } });
    case "reconnect-spread":
      return step(lost(connection, event, { afterMs: Math.round(event.random * GOING_AWAY_SPREAD_MS) }));
    case "reconnect":
      return step(lost(connection, event, { why: whyOf(code) }));
    default:
      return unreachable(remedy);
  }
}

function isProven(line: Line): boolean {
  return line.at === "online" && line.proven === true;
}

function lost(
  { lastSocket, failures: before, lostAt: lostBefore, notBefore }: Connection,
  { at, random, watched }: ConnectionEvent,
  { afterMs, why: told = "network" }: { afterMs?: number; why?: LostWhy } = {},
): Connection {
  const failures = before + 1;
  const lostAt = lostBefore ?? at;
  const wait = afterMs ?? backoffMs({ failures, sinceLostMs: at - lostAt, watched, random });
  // What the server asked for is the least; the jitter on top keeps its clients apart.
  const until = notBefore === undefined ? at + wait : Math.max(at, notBefore) + wait;
  const why = told === "network" && notBefore !== undefined ? "server-busy" : told;
  return {
    lastSocket,
    failures,
    lostAt,
    ...(why === "network" ? {} : { lostWhy: why }),
    line: { at: "waiting", until, why },
  };
}

function whyOf(code: number): LostWhy {
  if (code === CloseCode.tryLater) return "unchecked";
  return code === CloseCode.tooFast ? "server-busy" : "network";
}

function networkReturned(connection: Connection, event: ConnectionEvent): ConnectionStep {
  const { line } = connection;
  if (line.at === "waiting") return step(waitAtMost(connection, event.at + Math.round(event.random * RETURN_MS)));
  return line.at === "online" ? probe(connection, line, event.at, PROBE_MS) : step(connection);
}

/** The socket may belong to a network that is gone; its silence would show that only after 45 s. */
function probe(connection: Connection, line: OnlineLine, at: number, withinMs: number): ConnectionStep {
  return ping(connection, { ...line, silentAt: Math.min(line.silentAt, at + withinMs) }, at);
}

/** Shortens a wait that the network caused; one that the server asked for stays. */
function waitAtMost(connection: Connection, until: number): Connection {
  const { line } = connection;
  if (line.at !== "waiting" || line.why !== "network" || line.until <= until) return connection;
  return { ...connection, line: { ...line, until } };
}

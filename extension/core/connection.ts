/** The socket to the server. Sockets are numbered, so that the late event of a dead one is known as such. */
export interface Connection {
  line: Line;
  lastSocket: number;
  /** Tries since the last pong. */
  failures: number;
  /** When the line was lost, until the first pong of the next one. */
  lostAt?: number;
  /** Set by the server's `retryAfter`: no try before this instant. */
  notBefore?: number;
}

export type Line =
  /** A newer socket of the same device took over; only a person's wish or a new start tries again. */
  | { at: "stopped" }
  | { at: "opening"; socket: number; until: number }
  /** The socket is open and hello is sent. */
  | { at: "greeting"; socket: number; until: number }
  | { at: "online"; socket: number; pingAt: number; silentAt: number }
  | { at: "waiting"; until: number; why: "network" | "server-busy" };

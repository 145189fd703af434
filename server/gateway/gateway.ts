import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { MAX_CLIENT_FRAME_BYTES, SUBPROTOCOL } from "#protocol";
import type { Accounts } from "../accounts/accounts.ts";
import type { Referee } from "../core/events.ts";
import { refuseUpgrade } from "../http/refuse.ts";
import { createSocketServer } from "../http/socket-server.ts";
import { SHUTDOWN_MS } from "../limits.ts";
import type { Logger } from "../logger.ts";
import type { PeerGate } from "../media/peer-server.ts";
import type { Tickets } from "../media/tickets.ts";
import { Connection, type Room } from "./connection.ts";
import { DeviceRates } from "./device-rates.ts";
import { Hub } from "./hub.ts";
import { watchSessions } from "./sessions.ts";

export interface GatewayOptions {
  referee: Referee;
  accounts: Accounts;
  tickets: Tickets;
  peers: Pick<PeerGate, "voidPeers">;
  now: () => number;
  /** The spans of the contract, in ms. */
  helloMs: number;
  silenceMs: number;
  log: Logger;
}

/** The presence sockets. */
export interface Gateway {
  /** Takes an upgrade to the presence socket, or refuses one without the subprotocol with 400. */
  upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  /** Sends everyone away with 1001 and resolves once they are gone, or were cut. */
  close(): Promise<void>;
}

export function createGateway(options: GatewayOptions): Gateway {
  const { accounts, now, log, helloMs, silenceMs } = options;
  const stopped = new AbortController();
  const hub = new Hub(options);
  const room: Room = { hub, accounts, rates: new DeviceRates(), now, helloMs, silenceMs, log };
  const connections = new Set<Connection>();
  const sockets = createSocketServer(MAX_CLIENT_FRAME_BYTES, SUBPROTOCOL);
  let count = 0;

  accounts.onEvent((change) => {
    if (stopped.signal.aborted) return;
    for (const connection of connections) connection.noteChange(change);
    if (change.type === "sessions-ended") endSessions(hub, change.sessions, now());
    else hub.dispatch({ ...change, at: now() });
  });
  watchSessions({
    accounts,
    online: () => hub.sessions(),
    revoked: (connection) => hub.dispatch({ at: now(), type: "revoked", connection }),
    log,
    signal: stopped.signal,
  });
  // What has fallen due before the start, and the timer for what falls due next. [CALL-11]
  hub.dispatch({ at: now(), type: "due" });
  const sweep = setInterval(() => sweepAll(connections, room), sweepEveryMs(helloMs, silenceMs));

  return {
    upgrade(request, socket, head) {
      if (!offersSubprotocol(request)) {
        const message = `Offer the WebSocket subprotocol ${SUBPROTOCOL}.`;
        refuseUpgrade(socket, 400, { code: "bad_message", message });
        return;
      }
      sockets.handleUpgrade(request, socket, head, (opened) => {
        const connection = new Connection((count += 1), opened, room);
        connections.add(connection);
        opened.on("close", () => connections.delete(connection));
      });
    },
    async close() {
      stopped.abort();
      clearInterval(sweep);
      hub.stop();
      for (const connection of connections) connection.sendAway();
      await allGone(sockets.clients, SHUTDOWN_MS);
      for (const connection of connections) connection.cut();
      sockets.close();
    },
  };
}

/** Before the next look at all sessions would find it. [CONN-5] */
function endSessions(hub: Hub, ended: readonly string[], at: number): void {
  const connections = [...hub.sessions()].filter(([, session]) => ended.includes(session));
  for (const [connection] of connections) hub.dispatch({ at, type: "revoked", connection });
}

function offersSubprotocol(request: IncomingMessage): boolean {
  const offered = request.headers["sec-websocket-protocol"] ?? "";
  return offered.split(",").some((name) => name.trim() === SUBPROTOCOL);
}

/** Often enough that each span is kept to within a quarter of itself, or a second. */
function sweepEveryMs(...spansMs: number[]): number {
  return Math.max(1, Math.min(1000, ...spansMs.map((span) => span / 4)));
}

function sweepAll(connections: Iterable<Connection>, room: Room): void {
  const now = room.now();
  for (const connection of connections) connection.check(now);
  room.rates.sweep(now);
}

/** Resolves when all of these sockets have closed, at the latest after the span (ms). */
async function allGone(sockets: Iterable<{ once(event: "close", listener: () => void): unknown }>, withinMs: number) {
  const closed = [...sockets].map((socket) => new Promise<void>((resolve) => void socket.once("close", resolve)));
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, withinMs)));
  await Promise.race([Promise.all(closed), late]);
  clearTimeout(timer);
}

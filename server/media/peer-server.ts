import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import express from "express";
import { ExpressPeerServer } from "peer";
import type { WebSocket, WebSocketServer } from "ws";
import { MAX_PEER_FRAME_BYTES, PEER_KEY, PEER_PATH, type PeerId } from "#protocol";
import { refuseUpgrade } from "../http/refuse.ts";
import { createSocketServer } from "../http/socket-server.ts";
import { MAX_BUFFERED_BYTES, MAX_CONNECTIONS, PEER_BYTES, PEER_FRAMES } from "../limits.ts";
import type { Logger } from "../logger.ts";
import { TokenBucket } from "../token-bucket.ts";
import { holdTimers } from "./held-timers.ts";
import { isForTheCall } from "./peer-frame.ts";
import type { Tickets } from "./tickets.ts";

/** PeerJS adds this to the path that it is given. */
const SOCKET_PATH = `${PEER_PATH}/peerjs`;

export interface PeerServerOptions {
  /** Only handed through: nothing of PeerServer listens on it. */
  server: Server;
  tickets: Tickets;
  now: () => number;
  /** A socket that was silent for this long is cut, in ms. */
  silenceMs: number;
  log: Logger;
}

/** PeerServer behind tickets. */
export interface PeerGate {
  /** Takes an upgrade of a path under `/peer`, or refuses it with 401. */
  upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  /** Cuts whoever holds one of these ids; their tickets are void. */
  voidPeers(peers: readonly PeerId[]): void;
  close(): void;
}

interface Holder {
  socket: WebSocket;
  remote: PeerId;
  heardAt: number;
}

/** Starts PeerServer with all of its HTTP routes closed and none of its defaults that are open. */
export function createPeerGate({ server, tickets, now, silenceMs, log }: PeerServerOptions): PeerGate {
  const holders = new Map<string, Holder>();
  const sockets = createSocketServer(MAX_PEER_FRAME_BYTES);
  const timers = startPeerServer({ server, sockets, holders, log });
  const sweep = setInterval(
    () => {
      const oldest = now() - silenceMs;
      for (const { socket, heardAt } of holders.values()) if (heardAt <= oldest) socket.terminate();
    },
    Math.min(1000, silenceMs / 4),
  );
  sweep.unref();

  return {
    upgrade(request, socket, head) {
      const asked = readUpgrade(request.url ?? "");
      if (asked === undefined) {
        refuseUpgrade(socket, 401, { code: "unauthorized", message: "Give id, token and key once each." });
        return;
      }
      const check = tickets.verify(asked.id, asked.token, now());
      if (!check.ok) {
        refuseUpgrade(socket, 401, { code: "unauthorized", message: check.problem });
        return;
      }
      if (holders.has(asked.id)) {
        refuseUpgrade(socket, 401, { code: "unauthorized", message: "The ticket is in use; ask for a fresh one." });
        return;
      }
      sockets.handleUpgrade(request, socket, head, (opened) => {
        admit(holders, opened, { id: asked.id, remote: check.remote, now });
        sockets.emit("connection", opened, request);
      });
    },
    voidPeers(peers) {
      for (const peer of peers) {
        tickets.void(peer, now());
        holders.get(peer)?.socket.terminate();
      }
    },
    close() {
      clearInterval(sweep);
      timers.clear();
      for (const { socket } of holders.values()) socket.terminate();
      sockets.close();
    },
  };
}

/** The parts of a PeerJS upgrade. Each once: of a doubled one, PeerServer would read the last and another reader the first. */
function readUpgrade(url: string): { id: string; token: string } | undefined {
  const [path, query = ""] = url.split("?", 2);
  if (path !== SOCKET_PATH) return undefined;
  const parameters = new URLSearchParams(query);
  const [id, ...moreIds] = parameters.getAll("id");
  const [token, ...moreTokens] = parameters.getAll("token");
  const keys = parameters.getAll("key");
  if (id === undefined || token === undefined || moreIds.length > 0 || moreTokens.length > 0) return undefined;
  return keys.length === 1 && keys[0] === PEER_KEY ? { id, token } : undefined;
}

/** Notes who holds the id, and listens before PeerServer does, so that a flood ends here. */
function admit(
  holders: Map<string, Holder>,
  socket: WebSocket,
  { id, remote, now }: { id: string; remote: PeerId; now: () => number },
): void {
  const holder: Holder = { socket, remote, heardAt: now() };
  const frames = new TokenBucket(PEER_FRAMES, now());
  const bytes = new TokenBucket(PEER_BYTES, now());
  holders.set(id, holder);
  socket.on("close", () => holders.delete(id));
  socket.on("message", (data: Buffer) => {
    holder.heardAt = now();
    if (!frames.take(1, now()) || !bytes.take(data.length, now())) socket.terminate();
  });
}

/** Runs PeerServer on our own socket server; what it says to nobody in particular is heard here. */
function startPeerServer({
  server,
  sockets,
  holders,
  log,
}: {
  server: Server;
  sockets: WebSocketServer;
  holders: Map<string, Holder>;
  log: Logger;
}) {
  const peers = ExpressPeerServer(server, {
    path: "/",
    key: PEER_KEY,
    allow_discovery: false,
    corsOptions: { origin: false },
    concurrent_limit: MAX_CONNECTIONS,
    // Silence is ours to judge: PeerServer would wait politely for the end of a half-open connection.
    alive_timeout: Number.POSITIVE_INFINITY,
    createWebSocketServer: () => sockets,
  });
  // Without a listener one malformed frame ends the process.
  peers.on("error", (error) => log.debug("peer frame dropped", { problem: error.message }));
  peers.on("message", (client, message) => {
    const remote = holders.get(client.getId())?.remote;
    // PeerServer acts on this very object when we return, and knows no message without a type.
    if (remote === undefined || !isForTheCall(message, remote)) Object.assign(message, { type: "", dst: "" });
    const reader = remote === undefined ? undefined : holders.get(remote)?.socket;
    if (reader !== undefined && reader.bufferedAmount > MAX_BUFFERED_BYTES) reader.terminate();
  });
  const timers = holdTimers();
  // It starts when it is mounted. Our own app never hands it a request, so that its HTTP routes, which give out ids,
  // answer nobody.
  timers.run(() => express().use(peers));
  return timers;
}

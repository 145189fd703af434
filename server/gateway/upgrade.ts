import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import { PEER_PATH, PRESENCE_PATH } from "#protocol";
import { addressOf } from "../http/address.ts";
import { refuseUpgrade, type Refusal } from "../http/refuse.ts";
import { Admission, type ConnectionLimits } from "./admission.ts";
import { isAllowedOrigin } from "./origins.ts";

/** Takes an upgrade over, or refuses it. */
export type TakeUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

export interface UpgradeRouterOptions {
  server: Server;
  presence: TakeUpgrade;
  peer: TakeUpgrade;
  allowedOrigins: readonly string[];
  limits: ConnectionLimits;
  now: () => number;
  signal: AbortSignal;
}

/**
 * The one listener for upgrades: presence and PeerServer would refuse each other's if each had its own.
 * Ends with the signal.
 */
export function routeUpgrades({
  server,
  presence,
  peer,
  allowedOrigins,
  limits,
  now,
  signal,
}: UpgradeRouterOptions): void {
  const admission = new Admission(limits);
  const route = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    // Once upgraded, nobody listens for errors of the bare socket, and one that nobody hears ends the process.
    socket.on("error", () => socket.destroy());
    const path = (request.url ?? "").split("?", 1)[0] ?? "";
    const take = path === PRESENCE_PATH ? presence : path.startsWith(`${PEER_PATH}/`) ? peer : undefined;
    if (take === undefined) refuseUpgrade(socket, 404, NOT_FOUND);
    else if (!isAllowedOrigin(request.headers.origin, allowedOrigins)) refuseUpgrade(socket, 403, FORBIDDEN);
    else if (!admission.admit(addressOf(request), socket, now())) refuseUpgrade(socket, 429, TOO_MANY);
    else take(request, socket, head);
  };
  const sweep = setInterval(() => admission.sweep(now()), SWEEP_EVERY_MS);
  sweep.unref();
  server.on("upgrade", route);
  signal.addEventListener("abort", () => {
    clearInterval(sweep);
    server.off("upgrade", route);
  });
}

const SWEEP_EVERY_MS = 10_000;

const NOT_FOUND: Refusal = {
  code: "not_found",
  message: `There are sockets at ${PRESENCE_PATH} and ${PEER_PATH} only.`,
};
const FORBIDDEN: Refusal = {
  code: "forbidden",
  message: "This origin may not connect; the operator lists those that may in ALLOWED_ORIGINS.",
};
const TOO_MANY: Refusal = {
  code: "rate_limited",
  message: "There are too many connections from here; try again later.",
};

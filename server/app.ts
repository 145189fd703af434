import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { LATE_RING_MS } from "#protocol";
import { ACCOUNT_LIMITS, type AccountLimits } from "./accounts/rate-limits.ts";
import { createAccounts } from "./accounts/create-accounts.ts";
import type { Config } from "./config.ts";
import { createReferee } from "./core/referee.ts";
import { openDataFolder } from "./database/data-folder.ts";
import { startEmbedded } from "./database/embedded.ts";
import { DEFAULT_CONNECTION_LIMITS, type ConnectionLimits } from "./gateway/admission.ts";
import { createClock } from "./gateway/clock.ts";
import { createGateway } from "./gateway/gateway.ts";
import { inServerTime } from "./gateway/kept-time.ts";
import { routeUpgrades } from "./gateway/upgrade.ts";
import { discoveryOf } from "./http/discovery.ts";
import { closeHttp, createHttpServer, listen, tryPort } from "./http/http-server.ts";
import { createRoutes } from "./http/routes.ts";
import type { Logger } from "./logger.ts";
import { createMail } from "./mail/mail.ts";
import { iceServers, iceServersToTry, type IceOptions } from "./media/ice.ts";
import { createPeerGate } from "./media/peer-server.ts";
import { createTickets } from "./media/tickets.ts";
import { Oidc } from "./oidc/oidc.ts";
import { createPages } from "./pages/pages.ts";
import { openSecrets } from "./secrets.ts";

export interface AppOptions {
  log: Logger;
  /** {@link DEFAULT_CONNECTION_LIMITS} unless a test wants others. */
  connectionLimits?: ConnectionLimits;
  accountLimits?: AccountLimits;
}

/** A server that serves. */
export interface App {
  /** As clients see it, without a slash at its end. */
  url: string;
  /** The port that it took. */
  port: number;
  /** Sends everyone away, writes what waits to be written, and stops the database. */
  close(): Promise<void>;
}

/** What must be undone, the last first. */
type Undo = (() => unknown)[];

/**
 * Starts the whole server, on one port. Once per process, since Parse is. Where it cannot, it undoes what it had begun
 * and throws a sentence for the operator.
 */
export async function createApp(config: Config, options: AppOptions): Promise<App> {
  const undo: Undo = [];
  const close = async () => {
    for (let step = undo.pop(); step !== undefined; step = undo.pop()) await step();
  };
  try {
    return { ...(await start(config, options, undo)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function start(config: Config, options: AppOptions, undo: Undo): Promise<Omit<App, "close">> {
  const { log } = options;
  await tryPort(config.port, config.host);
  const folder = await openDataFolder(config.dataDir);
  undo.push(() => folder.release());
  const secrets = await openSecrets(folder.path);
  const databaseUri = config.databaseUri ?? (await startDatabase(folder.path, secrets.database, log, undo));
  let url = config.publicUrl ?? "";
  const publicUrl = () => url;
  const mail = createMail({ smtp: config.smtp, publicUrl, logger: log });
  // After the accounts have closed, since they write to people until then.
  undo.push(() => mail.close());
  const oidc =
    config.oidc === undefined
      ? undefined
      : new Oidc({ settings: config.oidc, publicUrl, log, now: () => performance.now() });
  const running = await createAccounts({
    config,
    publicUrl,
    mail,
    redeemOidc: oidc === undefined ? undefined : (...given) => oidc.redeem(...given),
    databaseUri,
    filesDir: join(folder.path, "files"),
    iceServers: () => iceServersToTry(iceOf(config), Date.now()),
    masterKey: secrets.masterKey,
    maintenanceKey: secrets.maintenanceKey,
    logger: log,
    ...(options.accountLimits === undefined ? {} : { limits: options.accountLimits }),
  });
  undo.push(() => running.close());
  const { accounts, router } = running;

  const routes = createRoutes({
    discovery: () =>
      discoveryOf(url, {
        registration: config.registration,
        oidcName: config.oidc?.name,
        mail: config.smtp !== undefined,
      }),
    ready: () => accounts.ready(),
    parse: router,
    avatars: running.avatars,
    oidc: oidc?.router(),
    pages: createPages({
      links: running.links,
      publicUrl,
      stores: config.stores,
      perAddress: (options.accountLimits ?? ACCOUNT_LIMITS).pagesPerAddress,
    }),
    isHttps: url.startsWith("https:"),
    log,
  });
  const server = createHttpServer(routes);
  // It has closed only when every socket of it has, so the sockets are sent away first.
  undo.push(() => closeHttp(server));
  await startSockets({ server, accounts, config, options, ticketSecret: secrets.tickets, undo });
  await listen(server, config.port, config.host);
  // Listening at a port of TCP, so there is an address with one.
  const { port } = server.address() as AddressInfo;
  url ||= `http://localhost:${String(port)}`;
  log.info("the server serves", { url, port });
  await running.inviteFirst();
  return { url, port };
}

async function startDatabase(dataDir: string, password: string, log: Logger, undo: Undo): Promise<string> {
  const database = await startEmbedded(dataDir, password, log);
  undo.push(() => database.stop());
  return database.uri;
}

function iceOf({ stunUrls, turn }: Config): IceOptions {
  return { stunUrls, turnUrls: turn?.urls ?? [], turnSecret: turn?.secret };
}

interface SocketParts {
  server: Server;
  accounts: Parameters<typeof createGateway>[0]["accounts"];
  config: Config;
  options: AppOptions;
  ticketSecret: string;
  undo: Undo;
}

/** Presence and PeerServer, behind the one router of upgrades, with the calls that an earlier server left. */
async function startSockets({ server, config, options, ticketSecret, undo, ...parts }: SocketParts): Promise<void> {
  const { log, connectionLimits: limits = DEFAULT_CONNECTION_LIMITS } = options;
  const { spans, allowedOrigins } = config;
  const clock = createClock();
  const { now } = clock;
  const accounts = inServerTime(parts.accounts, clock);
  const kept = await accounts.keptCalls();
  const tickets = createTickets({
    secret: ticketSecret,
    iceServers: (name, at) => iceServers(iceOf(config), name, clock.toWall(at), config.turn?.forMs),
    iceMs: config.turn?.forMs,
  });
  const peers = createPeerGate({ server, tickets, now, silenceMs: 2 * spans.silenceMs, log });
  const referee = createReferee({
    spans: { ...spans, lateRingMs: Math.min(LATE_RING_MS, spans.ringMs / 4) },
    startedAt: now(),
    newPeerId: () => tickets.newPeerId(),
    kept,
  });
  const gateway = createGateway({
    referee,
    accounts,
    tickets,
    peers,
    now,
    log,
    ...spans,
  });
  const stop = new AbortController();
  routeUpgrades({
    server,
    presence: gateway.upgrade,
    peer: peers.upgrade,
    allowedOrigins,
    limits,
    now,
    signal: stop.signal,
  });
  undo.push(async () => {
    stop.abort();
    peers.close();
    await gateway.close();
  });
}

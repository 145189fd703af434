import "./parse-logs-nowhere.ts";
import type { Settings, UserId } from "#protocol";
import type { Router } from "express";
import { ParseServer } from "parse-server";
import type { Pool } from "pg";
import type { Config } from "../config.ts";
import type { ChosenPresence, EndedCall, KeptCall } from "../core/events.ts";
import { openPool, watchConnections, type DatabasePool } from "../database/pool.ts";
import { migrate, readVersion } from "../database/schema-version.ts";
import type { Logger } from "../logger.ts";
import type { Mail } from "../mail/mail.ts";
import type { Accounts, AccountsEvent } from "./accounts.ts";
import { oneAtATime } from "./alone.ts";
import { Calls } from "./calls.ts";
import { Contacts } from "./contacts.ts";
import { SignedInDevices } from "./devices.ts";
import { frontDoor } from "./front-door.ts";
import { defineFunctions } from "./functions.ts";
import { HandleCounters } from "./handle-counters.ts";
import { removeExpiredInvites } from "./invite-rows.ts";
import { Invites } from "./invites.ts";
import { KeptCallRows } from "./kept-calls.ts";
import { KnownDevices } from "./known-devices.ts";
import { Letters, removeExpiredTokens } from "./letters.ts";
import { MissedCalls } from "./missed-calls.ts";
import { MIGRATIONS } from "./migrations.ts";
import { catchLostLetters, emailAdapter, type ParseUsers } from "./parse-mail.ts";
import { parseOptions } from "./parse-options.ts";
import { Profiles } from "./profiles.ts";
import { ACCOUNT_LIMITS, FunctionCounters, type AccountLimits } from "./rate-limits.ts";
import { SessionUses } from "./session-uses.ts";
import { Sessions } from "./sessions.ts";
import { Unkept } from "./unkept.ts";
import { WriteBehind } from "./write-behind.ts";

type Parse = ReturnType<typeof ParseServer>;

const FLUSH_WITHIN_MS = 5_000;
/** How often rows that have expired are removed. */
const SWEEP_EVERY_MS = 60 * 60_000;
/** A step of a migration may rewrite a large table. */
const MIGRATE_WITHIN_MS = 30 * 60_000;

export interface AccountsOptions {
  config: Pick<Config, "registration">;
  databaseUri: string;
  masterKey: string;
  maintenanceKey: string;
  /** The server as clients see it, without a slash at its end; asked once it serves. */
  publicUrl: () => string;
  mail: Mail;
  logger: Logger;
  /** {@link ACCOUNT_LIMITS} unless a test wants others. */
  limits?: AccountLimits;
}

export interface RunningAccounts {
  accounts: Accounts;
  /** To be mounted at `/parse`. Brings its own body limits, CORS and errors. */
  router: Router;
  /** Where only invited people come in and nobody is here yet: tells the operator of a link for the first account. */
  inviteFirst(): Promise<void>;
  /** Writes what waits to be written, at most 5 s long, and lets go of the database. */
  close(): Promise<void>;
}

/**
 * Starts Parse Server on a database and brings the data to the present shape. One per process, since Parse is.
 * Throws a sentence for the operator where the data is newer than this server, or the database cannot be used.
 */
export async function createAccounts(options: AccountsOptions): Promise<RunningAccounts> {
  const { databaseUri, logger } = options;
  const listeners: ((event: AccountsEvent) => void)[] = [];
  const emit = (event: AccountsEvent) => {
    for (const listener of listeners) listener(event);
  };
  const database = openPool(databaseUri, logger);
  const alone = oneAtATime(database, emit);
  const contacts = new Contacts(database, alone);
  const calls = new Calls(database);
  const missed = new MissedCalls(calls, emit);
  const limits = options.limits ?? ACCOUNT_LIMITS;
  const counters = new FunctionCounters(limits.functions);
  const behind = new WriteBehind(logger);
  const letters = new Letters({ ...options, database, behind, perRecipient: limits.mailPerRecipient });
  const profiles = new Profiles({ database, alone, counters: new HandleCounters(limits.handles), letters });
  const devices = new SignedInDevices(database, emit);
  const { registration } = options.config;
  const invites = new Invites({ database, contacts, publicUrl: options.publicUrl, logger });
  const parse = await startParse(options, database, letters, (parse) =>
    defineFunctions({
      parse,
      database,
      contacts,
      calls,
      missed,
      profiles,
      devices,
      counters,
      invites,
      letters,
      registration,
      logger,
    }),
  ).catch(async (error: unknown) => {
    await database.close();
    throw error;
  });
  const uses = new SessionUses(database, logger);
  const sweep = () =>
    behind.add("what has expired", async () => {
      await removeExpiredInvites(database);
      await removeExpiredTokens(database);
    });
  sweep();
  const sweeping = setInterval(sweep, SWEEP_EVERY_MS);
  return {
    accounts: accountsOf({ database, calls, missed, behind, uses, logger, listeners }),
    inviteFirst: async () => {
      if (registration === "invite") await invites.inviteFirst();
    },
    router: frontDoor({
      parse: appOf(parse.server),
      counters,
      login: limits.login,
      devices: new KnownDevices(database, logger),
      logger,
    }),
    close: async () => {
      clearInterval(sweeping);
      await behind.flush(FLUSH_WITHIN_MS);
      await uses.settled();
      await parse.stop();
      await database.close();
    },
  };
}

interface AccountsParts {
  database: DatabasePool;
  calls: Calls;
  missed: MissedCalls;
  behind: WriteBehind;
  uses: SessionUses;
  logger: Logger;
  listeners: ((event: AccountsEvent) => void)[];
}

function accountsOf({ database, calls, missed, behind, uses, logger, listeners }: AccountsParts): Accounts {
  const sessions = new Sessions(database, logger);
  const kept = new KeptCallRows(database, logger);
  const choices = new Unkept<ChosenPresence>();
  const settled = new Unkept<Settings>();
  const write = (user: UserId, column: "choice" | "settings", value: object, written: () => void) =>
    behind.add(`${column} ${user}`, async () => {
      await database.rows(`UPDATE "_User" SET "${column}" = $2, "updatedAt" = now() WHERE "objectId" = $1`, [
        user,
        value,
      ]);
      written();
    });
  return {
    identify: async (token, device) => {
      const [chosenOf, settingsOf] = [choices.reader(), settled.reader()];
      const check = await sessions.identify(token, device);
      if (!check.ok) return check;
      const { user, chosen, settings } = check.identity;
      return {
        ok: true,
        identity: {
          ...check.identity,
          chosen: chosenOf(user.id) ?? chosen,
          settings: settingsOf(user.id) ?? settings,
        },
      };
    },
    validSessions: (names) => sessions.validSessions(names),
    noteUse: (session, device) => uses.note(session, device),
    saveChoice: (user: UserId, chosen: ChosenPresence) => {
      choices.hold(user, chosen);
      write(user, "choice", chosen, () => choices.release(user, chosen));
    },
    saveSettings: (user: UserId, settings: Settings) => {
      settled.hold(user, settings);
      write(user, "settings", settings, () => settled.release(user, settings));
    },
    saveCall: (call: KeptCall) => behind.add(`call ${call.call}`, () => kept.save(call)),
    recordCall: (ended: EndedCall) =>
      behind.add(`call ${ended.call}`, async () => {
        await calls.keep(ended);
        // Told also where the record was there already: the try that wrote it may have ended before it could tell.
        if (ended.outcomes.callee === "missed" || ended.corrects === true) await missed.tell(ended.callee);
      }),
    keptCalls: () => kept.read(),
    onEvent: (listener) => {
      listeners.push(listener);
    },
    ready: () =>
      database.rows("SELECT 1").then(
        () => true,
        () => false,
      ),
  };
}

interface RunningParse {
  server: Parse;
  stop(): Promise<void>;
}

async function startParse(
  { databaseUri, masterKey, maintenanceKey, logger }: AccountsOptions,
  database: DatabasePool,
  letters: Letters,
  cloud: Parameters<typeof parseOptions>[0]["cloud"],
): Promise<RunningParse> {
  const version = await readVersion(database, MIGRATIONS.length);
  const options = parseOptions({
    databaseUri,
    masterKey,
    maintenanceKey,
    logger,
    cloud,
    emailAdapter: emailAdapter(letters),
  });
  // Parse's own types lag behind its options; the tests hold each of them against what it does.
  const server = ParseServer(options as unknown as Parameters<typeof ParseServer>[0]);
  catchLostLetters(usersOf(server), logger);
  const pool = databaseOf(server).adapter._client.$pool;
  const connections = watchConnections(pool, logger);
  // Parse's own `handleShutdown` waits for no connection, and needs an HTTP server of Parse's own.
  const stop = async () => {
    await pool.end();
    await connections.closed();
  };
  try {
    // Parse's cache of the schema belongs to the process, and may still tell of a database that was used before.
    await databaseOf(server).adapter._ensureSchemaCollectionExists();
    await databaseOf(server).loadSchema({ clearCache: true });
    await server.start();
    if (version < MIGRATIONS.length) await migrateWith(databaseUri, logger);
  } catch (error) {
    await stop();
    throw error;
  }
  return { server, stop };
}

async function migrateWith(databaseUri: string, logger: Logger): Promise<void> {
  const patient = openPool(databaseUri, logger, MIGRATE_WITHIN_MS);
  try {
    await migrate(patient, MIGRATIONS, logger);
  } finally {
    await patient.close();
  }
}

/** Parse's way to its database, as far as it is used. The pool is not given out; pg-promise makes it of `pg`'s. */
interface ParseDatabase {
  adapter: { _client: { $pool: Pool }; _ensureSchemaCollectionExists(): Promise<void> };
  loadSchema(options: { clearCache: boolean }): Promise<unknown>;
}

function databaseOf(server: Parse): ParseDatabase {
  return (server.config as { databaseController: ParseDatabase }).databaseController;
}

function usersOf(server: Parse): ParseUsers {
  return (server.config as { userController: ParseUsers }).userController;
}

/** Parse's app, without the handler by which it would end the process on an error that is not its own. */
function appOf(server: Parse): Parameters<typeof frontDoor>[0]["parse"] {
  const before = process.listeners("uncaughtException");
  // An Express app, which Parse's types do not say.
  const app = server.app as Parameters<typeof frontDoor>[0]["parse"];
  for (const listener of process.listeners("uncaughtException")) {
    if (!before.includes(listener)) process.removeListener("uncaughtException", listener);
  }
  return app;
}

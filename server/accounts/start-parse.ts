import "./parse-logs-nowhere.ts";
import { ParseServer } from "parse-server";
import type { Pool } from "pg";
import { openPool, watchConnections, type DatabasePool } from "../database/pool.ts";
import { migrate, readVersion } from "../database/schema-version.ts";
import type { Logger } from "../logger.ts";
import { FolderFiles } from "./folder-files.ts";
import type { FrontDoorParts } from "./front-door.ts";
import type { FilesController, KeptFiles } from "./kept-files.ts";
import type { Letters } from "./letters.ts";
import { MIGRATIONS } from "./migrations.ts";
import { catchLostLetters, emailAdapter, type ParseUsers } from "./parse-mail.ts";
import { parseOptions, type ParseOptionParts } from "./parse-options.ts";

type Parse = ReturnType<typeof ParseServer>;
type ParseApp = FrontDoorParts["parse"];

/** A step of a migration may rewrite a large table. */
const MIGRATE_WITHIN_MS = 30 * 60_000;

export interface ParseParts extends Pick<ParseOptionParts, "databaseUri" | "masterKey" | "maintenanceKey"> {
  logger: Logger;
  database: DatabasePool;
  /** Where people's pictures are kept. */
  filesDir: string;
  letters: Letters;
  files: KeptFiles;
  /** Our adapter for sign-in by the operator's provider, where there is one. */
  oidc: object | undefined;
}

export interface RunningParse {
  app: ParseApp;
  users: ParseUsers;
  stop(): Promise<void>;
}

/** Makes Parse Server, gives it the letters and the files, and brings the data to the present shape. */
export async function startParse(
  { databaseUri, filesDir, masterKey, maintenanceKey, logger, database, letters, files, oidc }: ParseParts,
  cloud: ParseOptionParts["cloud"],
): Promise<RunningParse> {
  const version = await readVersion(database, MIGRATIONS.length);
  const options = parseOptions({
    databaseUri,
    masterKey,
    maintenanceKey,
    logger,
    cloud,
    emailAdapter: emailAdapter(letters),
    filesAdapter: new FolderFiles(filesDir),
    oidc,
  });
  // Parse's own types lag behind its options; the tests hold each of them against what it does.
  const server = ParseServer(options as unknown as Parameters<typeof ParseServer>[0]);
  catchLostLetters(usersOf(server), logger);
  files.through(filesOf(server));
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
  return { app: appOf(server), users: usersOf(server), stop };
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

function filesOf(server: Parse): FilesController {
  return (server.config as { filesController: FilesController }).filesController;
}

function usersOf(server: Parse): ParseUsers {
  return (server.config as { userController: ParseUsers }).userController;
}

/** Parse's app, without the handler by which it would end the process on an error that is not its own. */
function appOf(server: Parse): ParseApp {
  const before = process.listeners("uncaughtException");
  // An Express app, which Parse's types do not say.
  const app = server.app as ParseApp;
  for (const listener of process.listeners("uncaughtException")) {
    if (!before.includes(listener)) process.removeListener("uncaughtException", listener);
  }
  return app;
}

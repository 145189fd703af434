import type { Logger } from "../logger.ts";
import type { Database, DatabasePool } from "./pool.ts";

/** One step from a shape of the data to the next. */
export interface Migration {
  /** Counts up from 1 without a gap. */
  version: number;
  /** What is true afterwards. */
  name: string;
  run(database: Database): Promise<void>;
}

/** The data was written by a newer server; the message is a sentence for the operator. */
export class DataTooNew extends Error {}

// One number for all servers on one database, so that only one of them migrates at a time.
const LOCK = 7_223_625;

/**
 * The version of the data; 0 where no server of ours has been there. Throws {@link DataTooNew} where it is beyond
 * `known`: an older server must not write what a newer one has changed.
 */
export async function readVersion(pool: DatabasePool, known: number): Promise<number> {
  await pool.rows(
    "CREATE TABLE IF NOT EXISTS beckon_version (version integer PRIMARY KEY, name text NOT NULL, at timestamptz NOT NULL DEFAULT now())",
  );
  const [row] = await pool.rows<{ version: number }>(
    "SELECT coalesce(max(version), 0)::int AS version FROM beckon_version",
  );
  const version = row?.version ?? 0;
  if (version > known) {
    throw new DataTooNew(
      `The data is of version ${String(version)}, but this server knows only versions up to ${String(known)}; start a newer server, or restore a backup that this one wrote.`,
    );
  }
  return version;
}

/** Runs what is missing, in order, each step with its number in one transaction: after a crash it goes on where it was. */
export async function migrate(pool: DatabasePool, migrations: readonly Migration[], logger: Logger): Promise<void> {
  let isNew = false;
  for (const migration of migrations) {
    const ran = await pool.transaction(async (database) => {
      await database.rows("SELECT pg_advisory_xact_lock($1)", [LOCK]);
      const done = await database.rows("SELECT 1 FROM beckon_version WHERE version >= $1", [migration.version]);
      if (done.length > 0) return false;
      await migration.run(database);
      await database.rows("INSERT INTO beckon_version (version, name) VALUES ($1, $2)", [
        migration.version,
        migration.name,
      ]);
      return true;
    });
    isNew ||= ran && migration.version === 1;
    if (ran && !isNew) logger.info("data migrated", { version: migration.version, name: migration.name });
  }
  // Nothing was there to be migrated.
  if (isNew) logger.info("new data made", { version: migrations.at(-1)?.version });
}

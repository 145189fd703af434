import { setTimeout as wait } from "node:timers/promises";
import { Client, DatabaseError, Pool, type PoolClient, type QueryResultRow } from "pg";
import type { Logger } from "../logger.ts";

const CONNECT_WITHIN_MS = 2_000;
const ANSWER_WITHIN_MS = 2_500;
const MAX_CONNECTIONS = 10;

/** The database cannot be asked just now; the message is a sentence for the operator, without what was asked. */
export class DatabaseAway extends Error {}

/** Something that takes statements: the pool, or one transaction of it. */
export interface Database {
  /** The rows of one statement. Throws {@link DatabaseAway} within 5 s where nobody answers. */
  rows<Row extends QueryResultRow>(statement: string, values?: unknown[]): Promise<Row[]>;
}

export interface DatabasePool extends Database {
  /** Runs the work in one transaction: all of it is kept, or nothing. */
  transaction<Result>(work: (database: Database) => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}

/** Opens a pool of connections to PostgreSQL. Connects when first asked, and anew after every failure. */
export function openPool(uri: string, logger: Logger, answerWithinMs = ANSWER_WITHIN_MS): DatabasePool {
  const pool = new Pool({
    connectionString: uri,
    max: MAX_CONNECTIONS,
    connectionTimeoutMillis: CONNECT_WITHIN_MS,
    query_timeout: answerWithinMs,
    keepAlive: true,
  });
  const connections = watchConnections(pool, logger);
  const address = addressOf(uri);
  return {
    rows: (statement, values) => asking(address, () => rowsOf(pool, statement, values)),
    transaction: (work) =>
      asking(address, async () => {
        const client = await pool.connect();
        return inTransaction(client, work);
      }),
    close: async () => {
      await pool.end();
      await connections.closed();
    },
  };
}

const CLOSE_WITHIN_MS = 2_000;

/**
 * Hears the errors of a pool's connections, at rest and at their end too: unheard, one would end the process. A cut
 * connection is replaced at the next question. `closed` waits for the last one, which the pool's own end does not.
 */
export function watchConnections(pool: Pool, logger: Logger): { closed(): Promise<void> } {
  const open = new Set<PoolClient>();
  const cut = (error: Error) => logger.debug("a connection to the database was cut", { reason: error.message });
  pool.on("error", cut);
  pool.on("connect", (client) => {
    open.add(client);
    client.on("error", cut);
    client.once("end", () => open.delete(client));
  });
  return {
    closed: async () => {
      const ends = [...open].map((client) => new Promise<void>((resolve) => client.once("end", () => resolve())));
      const timer = new AbortController();
      await Promise.race([
        Promise.all(ends),
        wait(CLOSE_WITHIN_MS, undefined, { signal: timer.signal }).catch(() => undefined),
      ]);
      timer.abort();
    },
  };
}

async function rowsOf<Row extends QueryResultRow>(
  asked: Pool | PoolClient,
  statement: string,
  values: unknown[] = [],
): Promise<Row[]> {
  return (await asked.query<Row>(statement, values)).rows;
}

async function inTransaction<Result>(
  client: PoolClient,
  work: (database: Database) => Promise<Result>,
): Promise<Result> {
  try {
    await client.query("BEGIN");
    const result = await work({ rows: (statement, values) => rowsOf(client, statement, values) });
    await client.query("COMMIT");
    client.release();
    return result;
  } catch (error) {
    // Closing the connection undoes what was not committed, also where the database no longer answers.
    client.release(true);
    throw error;
  }
}

/** Whether a transaction was undone for another one that it crossed: a deadlock, for example. It is well done again. */
export function isCrossed(error: unknown): boolean {
  return error instanceof DatabaseError && error.code?.startsWith("40") === true;
}

/** Where the database is, as `pg` reads it; without the user and the password. */
function addressOf(uri: string): string {
  const { host, port } = new Client({ connectionString: uri });
  return host.startsWith("/") ? host : `${host}:${String(port)}`;
}

async function asking<Result>(address: string, ask: () => Promise<Result>): Promise<Result> {
  try {
    return await ask();
  } catch (error) {
    if (!isAway(error)) throw error;
    throw new DatabaseAway(
      `The database at ${address} does not answer${reasonOf(error)}; see that it runs, and where DATABASE_URI is set, that it names it.`,
      { cause: error },
    );
  }
}

/** The code of a failed connection, such as ECONNREFUSED; the sentence of one may hold more than is ours to tell. */
function reasonOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? ` (${error.code})` : "";
}

/** An answer of the database that is an error of ours is no outage; everything else on the way to it is. */
function isAway(error: unknown): boolean {
  if (!(error instanceof DatabaseError))
    return error instanceof Error && error.name !== "TypeError" && isOfConnection(error);
  // Classes of SQLSTATE: connection, resources, operator's intervention (stopping, starting up).
  return /^(08|53|57P)/.test(error.code ?? "");
}

function isOfConnection(error: Error): boolean {
  if ("code" in error && typeof error.code === "string") return true;
  return /connect|timeout|terminat|closed/i.test(error.message);
}

import { spawn, type ChildProcess } from "node:child_process";
import { readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { Client } from "pg";
import type { Logger } from "../logger.ts";
import { clusterArgument, DATABASE_USER, makeCluster, PROGRAM_ENVIRONMENT } from "./cluster.ts";
import { accountFor, findPrograms, type Account, type Programs } from "./postgres-files.ts";
import { Supervisor } from "./supervisor.ts";
import { isGoneWithin, isRunning, worksIn } from "./processes.ts";

const DATABASE = "beckon";
const START_WITHIN_MS = 60_000;
const STOP_WITHIN_MS = 20_000;

/** The PostgreSQL that the server brings along. */
export interface EmbeddedDatabase {
  /** Stays the same for as long as it runs, also when PostgreSQL had to be started again. Holds the password. */
  uri: string;
  /** The id of PostgreSQL's first process, as it is now. */
  pid: () => number | undefined;
  stop(): Promise<void>;
}

interface Start {
  cluster: string;
  programs: Programs;
  account: Account | undefined;
  password: string;
  port: number;
  logger: Logger;
}

/**
 * Starts PostgreSQL on the data kept in `dataDir`, which the caller holds for itself, on a free port of loopback. One
 * that outlived its server is stopped first; one that dies is started again. Throws a sentence for the operator.
 */
export async function startEmbedded(dataDir: string, password: string, logger: Logger): Promise<EmbeddedDatabase> {
  const cluster = join(dataDir, "postgres");
  await stopSurvivor(cluster, logger);
  const account = await accountFor(cluster);
  const programs = await findPrograms(account, join(dataDir, "postgres.programs"), logger);
  try {
    await makeCluster(cluster, programs, account, password);
    const start: Start = { cluster, programs, account, password, port: await freePort(), logger };
    const supervisor = new Supervisor(await launch(start), () => launch(start), logger);
    const { host, port, user } = addressOf(start);
    return {
      uri: `postgres://${user}:${password}@${host}:${String(port)}/${DATABASE}`,
      pid: () => supervisor.pid,
      stop: async () => {
        await supervisor.stop();
        await programs.remove();
      },
    };
  } catch (error) {
    await programs.remove();
    throw error;
  }
}

/** After `kill -9` of the server alone PostgreSQL lives on; it belongs to nobody now. */
async function stopSurvivor(cluster: string, logger: Logger): Promise<void> {
  const file = join(cluster, "postmaster.pid");
  const pid = Number((await readFile(file, "utf8").catch(() => "")).split("\n")[0]);
  if (!Number.isSafeInteger(pid) || pid <= 1) return;
  if (!worksIn(pid, cluster)) {
    // The id has gone to somebody else since, whom PostgreSQL would take for its own predecessor.
    if (isRunning(pid)) await rm(file, { force: true });
    return;
  }
  logger.warn("a PostgreSQL that outlived its server is stopped first", { pid });
  for (const signal of ["SIGINT", "SIGQUIT"] as const) {
    process.kill(pid, signal);
    if (await isGoneWithin(pid, STOP_WITHIN_MS)) return;
  }
  throw new Error(`A PostgreSQL from before (process ${String(pid)}) does not stop; end it by hand and start again.`);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

/** Starts PostgreSQL once and waits until it answers. */
async function launch(start: Start): Promise<ChildProcess> {
  const settings = {
    listen_addresses: "127.0.0.1",
    port: String(start.port),
    unix_socket_directories: "",
    max_connections: "60",
    logging_collector: "off",
    log_min_messages: "warning",
    // Statements may hold what people wrote.
    log_min_error_statement: "panic",
  };
  const child = spawn(
    start.programs.postgres,
    [
      "-D",
      clusterArgument(start.cluster, start.account),
      ...Object.entries(settings).flatMap(([k, value]) => ["-c", `${k}=${value}`]),
    ],
    // A process group of its own: Ctrl-C in the terminal must reach the server first, which stops PostgreSQL last.
    {
      cwd: start.cluster,
      env: PROGRAM_ENVIRONMENT,
      stdio: ["ignore", "ignore", "pipe"],
      detached: true,
      ...start.account,
    },
  );
  const lastLines: string[] = [];
  child.stderr.on("data", (chunk: Buffer) => {
    const lines = chunk.toString().trim().split("\n");
    for (const line of lines) start.logger.debug("PostgreSQL says", { line });
    lastLines.push(...lines);
    lastLines.splice(0, lastLines.length - 10);
  });
  let over = false;
  child.once("error", (error) => {
    over = true;
    lastLines.push(error.message);
  });
  child.once("exit", () => (over = true));
  await answers(start, () => {
    if (over) throw new Error(`PostgreSQL did not start: ${lastLines.join(" ").slice(-600)}`);
  }).catch((error: unknown) => {
    child.kill("SIGQUIT");
    throw error;
  });
  return child;
}

/** Asks until the database answers, and makes ours if it is not there; `check` throws where there is no hope left. */
async function answers(start: Start, check: () => void): Promise<void> {
  const deadline = Date.now() + START_WITHIN_MS;
  for (;;) {
    check();
    const client = new Client({ ...addressOf(start), database: "postgres", connectionTimeoutMillis: 5_000 });
    client.on("error", () => undefined);
    try {
      await client.connect();
      const { rowCount } = await client.query("SELECT 1 FROM pg_database WHERE datname = $1", [DATABASE]);
      if (rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
      return;
    } catch (error) {
      if (stateOf(error) === "28P01") {
        throw new Error(
          "The database does not take the password kept in secrets.json; put the file back from a backup of the data folder.",
          { cause: error },
        );
      }
      if (Date.now() > deadline) throw new Error("PostgreSQL does not answer.", { cause: error });
      await new Promise((resolve) => setTimeout(resolve, 30));
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}

function stateOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}

function addressOf(start: Start) {
  return { host: "127.0.0.1", port: start.port, user: DATABASE_USER, password: start.password };
}

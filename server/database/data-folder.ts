import { randomUUID } from "node:crypto";
import { link, mkdir, readdir, readFile, realpath, rm, stat, truncate, unlink, writeFile } from "node:fs/promises";
import { userInfo } from "node:os";
import { dirname, join } from "node:path";
import * as v from "valibot";
import { beginningOf, codeOf } from "./processes.ts";

/** The server's own folder, held by one server at a time. */
export interface DataFolder {
  /** Absolute, with links resolved. */
  path: string;
  /** Lets another server have it. */
  release(): Promise<void>;
}

/** The folder cannot be had; the message is a sentence for the operator. */
export class DataFolderError extends Error {}

const Holder = v.object({ pid: v.number(), beginning: v.string() });
type Holder = v.InferOutput<typeof Holder>;

/**
 * Makes the folder if need be, readable by its owner alone, and holds it for this process. A holder that was killed is
 * no longer one. Throws {@link DataFolderError} where another server has it, or it cannot be made or written.
 */
export async function openDataFolder(dataDir: string): Promise<DataFolder> {
  const path = await makeFolder(dataDir);
  const holder: Holder = { pid: process.pid, beginning: beginningOf(process.pid) ?? "" };
  const draft = join(path, `server.lock.${randomUUID()}`);
  try {
    await writeFile(draft, JSON.stringify(holder), { mode: 0o600 });
    const file = await take(path, draft);
    // It stays, without a holder: the count must not begin anew, or two that start at once could both have it.
    return { path, release: () => truncate(file) };
  } catch (error) {
    throw error instanceof DataFolderError ? error : await unusable(path, error);
  } finally {
    await rm(draft, { force: true }).catch(() => undefined);
  }
}

async function makeFolder(dataDir: string): Promise<string> {
  try {
    await makeFolders(dataDir);
    return await realpath(dataDir);
  } catch (error) {
    throw new DataFolderError(
      `The data folder ${dataDir} cannot be made: ${whyNotMade(error)}. Make it, or set DATA_DIR to a folder that this user may write.`,
      { cause: error },
    );
  }
}

/** Node's own recursive mkdir never ends where a folder that is there answers ENOENT, as /proc does. */
async function makeFolders(path: string): Promise<void> {
  if (await isFolder(path)) return;
  if (dirname(path) !== path) await makeFolders(dirname(path));
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    // Another server that starts at the same time may have been faster.
    if (codeOf(error) !== "EEXIST" || !(await isFolder(path))) throw error;
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if (codeOf(error) === "ENOENT") return false;
    throw error;
  }
}

function whyNotMade(error: unknown): string {
  const code = codeOf(error) ?? "unknown error";
  const path = error instanceof Error && "path" in error ? String(error.path) : "a folder above it";
  if (code === "EACCES" || code === "EPERM") return `${thisUser()} may not make ${path} (${code})`;
  if (code === "EEXIST" || code === "ENOTDIR") return `${path} is in the way, a file or a link to nothing (${code})`;
  if (code === "ENOENT") return `no folder can be made in ${dirname(path)} (${code})`;
  return `${path} answers ${code}`;
}

/** The error for a folder that is there, but does not take what the server has to write. */
async function unusable(path: string, error: unknown): Promise<DataFolderError> {
  const code = codeOf(error) ?? String(error);
  if (code !== "EACCES" && code !== "EPERM") {
    return new DataFolderError(
      `The data folder ${path} cannot be written (${code}); look at its disk, or set DATA_DIR to another folder.`,
      { cause: error },
    );
  }
  const { uid, mode } = await stat(path);
  const rights = (mode & 0o777).toString(8);
  return new DataFolderError(
    `The server runs as ${thisUser()}, which may not read and write the data folder ${path} (of user id ${String(uid)}, mode ${rights}). ` +
      "Start the server as the folder's owner, give it the folder with chown -R, or set DATA_DIR to a folder that this user may write.",
    { cause: error },
  );
}

function thisUser(): string {
  const id = `user id ${String(process.geteuid?.())}`;
  try {
    return `${userInfo().username} (${id})`;
  } catch {
    // A container may run as an id without a name.
    return id;
  }
}

/**
 * Locks are numbered, and the highest number holds. A hard link is made whole or not at all, so that of all who want
 * the next number one has it; whoever looked too long ago, and took a number that is free again, finds a higher one.
 */
async function take(path: string, draft: string): Promise<string> {
  for (;;) {
    const last = await highest(path);
    const other = last === 0 ? undefined : await readHolder(lockFile(path, last));
    if (other !== undefined && beginningOf(other.pid) === other.beginning) {
      throw new DataFolderError(
        `Another server (process ${String(other.pid)}) already uses the data folder ${path}; stop it, or set DATA_DIR to a folder of its own.`,
      );
    }
    const file = lockFile(path, last + 1);
    try {
      await link(draft, file);
    } catch (error) {
      if (codeOf(error) === "EEXIST") continue;
      throw error;
    }
    if ((await highest(path)) === last + 1) {
      await removeBelow(path, last + 1);
      return file;
    }
    await unlink(file);
  }
}

function lockFile(path: string, number: number): string {
  return join(path, `server-${String(number)}.lock`);
}

async function numbers(path: string): Promise<number[]> {
  const names = await readdir(path);
  return names.flatMap((name) => {
    const number = /^server-(\d+)\.lock$/.exec(name)?.[1];
    return number === undefined ? [] : [Number(number)];
  });
}

async function highest(path: string): Promise<number> {
  return Math.max(0, ...(await numbers(path)));
}

async function removeBelow(path: string, number: number): Promise<void> {
  for (const lower of await numbers(path)) {
    if (lower < number) await rm(lockFile(path, lower), { force: true });
  }
}

async function readHolder(file: string): Promise<Holder | undefined> {
  try {
    const read = v.safeParse(Holder, JSON.parse(await readFile(file, "utf8")));
    return read.success ? read.output : undefined;
  } catch {
    // Released, or gone meanwhile: nobody holds by it.
    return undefined;
  }
}

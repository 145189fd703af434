import { randomUUID } from "node:crypto";
import { link, mkdir, readdir, readFile, realpath, rm, truncate, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
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
 * no longer one. Throws {@link DataFolderError} where another server has it, or it cannot be made.
 */
export async function openDataFolder(dataDir: string): Promise<DataFolder> {
  const path = await makeFolder(dataDir);
  const holder: Holder = { pid: process.pid, beginning: beginningOf(process.pid) ?? "" };
  const draft = join(path, `server.lock.${randomUUID()}`);
  await writeFile(draft, JSON.stringify(holder), { mode: 0o600 });
  try {
    const file = await take(path, draft);
    // It stays, without a holder: the count must not begin anew, or two that start at once could both have it.
    return { path, release: () => truncate(file) };
  } finally {
    await unlink(draft);
  }
}

async function makeFolder(dataDir: string): Promise<string> {
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    return await realpath(dataDir);
  } catch (error) {
    throw new DataFolderError(
      `The data folder ${dataDir} cannot be made (${codeOf(error) ?? "unknown error"}); set DATA_DIR to a folder that this user may write.`,
      { cause: error },
    );
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

import { randomUUID } from "node:crypto";
import { link, mkdir, readFile, realpath, rename, rm, unlink, writeFile } from "node:fs/promises";
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

const Holder = v.object({ pid: v.number(), beginning: v.string(), name: v.string() });
type Holder = v.InferOutput<typeof Holder>;

/**
 * Makes the folder if need be, readable by its owner alone, and holds it for this process. A holder that was killed is
 * no longer one. Throws {@link DataFolderError} where another server has it, or it cannot be made.
 */
export async function openDataFolder(dataDir: string): Promise<DataFolder> {
  const path = await makeFolder(dataDir);
  const file = join(path, "server.lock");
  const holder: Holder = { pid: process.pid, beginning: beginningOf(process.pid) ?? "", name: randomUUID() };
  const draft = join(path, `server.lock.${holder.name}`);
  await writeFile(draft, JSON.stringify(holder), { mode: 0o600 });
  try {
    await take(file, draft, path);
  } finally {
    await unlink(draft);
  }
  return {
    path,
    release: async () => {
      if ((await readHolder(file))?.name === holder.name) await rm(file, { force: true });
    },
  };
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

/** A hard link is made whole or not at all, so that of two servers that start at once only one has the folder. */
async function take(file: string, draft: string, path: string): Promise<void> {
  for (;;) {
    try {
      await link(draft, file);
      return;
    } catch (error) {
      if (codeOf(error) !== "EEXIST") throw error;
    }
    const other = await readHolder(file);
    if (other !== undefined && beginningOf(other.pid) === other.beginning) {
      throw new DataFolderError(
        `Another server (process ${String(other.pid)}) already uses the data folder ${path}; stop it, or set DATA_DIR to a folder of its own.`,
      );
    }
    await dropStale(file, other);
  }
}

/** Moves a dead holder's file away, and puts it back where a living one was faster. */
async function dropStale(file: string, stale: Holder | undefined): Promise<void> {
  const aside = `${file}.stale-${randomUUID()}`;
  try {
    await rename(file, aside);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return;
    throw error;
  }
  const moved = await readHolder(aside);
  if (moved?.name !== stale?.name) await link(aside, file).catch(() => undefined);
  await unlink(aside);
}

async function readHolder(file: string): Promise<Holder | undefined> {
  try {
    const read = v.safeParse(Holder, JSON.parse(await readFile(file, "utf8")));
    return read.success ? read.output : undefined;
  } catch {
    // Not there, or half written by a machine that lost its power: nobody holds it.
    return undefined;
  }
}

import { randomBytes } from "node:crypto";
import type { Database, DatabasePool } from "../database/pool.ts";
import type { Logger } from "../logger.ts";

/** Parse's controller of files, as far as it is used. */
export interface FilesController {
  createFile(config: unknown, name: string, data: Buffer, contentType: string, options: object): Promise<unknown>;
  getFileData(config: unknown, name: string): Promise<Buffer>;
  deleteFile(config: unknown, name: string): Promise<unknown>;
}

/** Longer than any file takes from its first byte to the row that names it. */
const UNNAMED_FOR = "5 minutes";

/**
 * Files that rows name. Before one is written, and when no row of its owner's names it any more, it is listed as stale:
 * whatever is listed and named by no row is removed, also after a crash, and nothing else ever is.
 */
export class KeptFiles {
  readonly #database: DatabasePool;
  readonly #logger: Logger;
  #controller: FilesController | undefined;

  constructor(database: DatabasePool, logger: Logger) {
    this.#database = database;
    this.#logger = logger;
  }

  /** Parse has its controller once it is made; before that there is nobody to ask for a file. */
  through(controller: FilesController): void {
    this.#controller = controller;
  }

  /** Answers with its name, to be put into a row, and to be {@link nameFile}d in the same transaction. */
  async add(data: Buffer, contentType: string): Promise<string> {
    const name = `${randomBytes(16).toString("hex")}.${contentType.replace("image/", "")}`;
    await this.#database.rows(`INSERT INTO beckon_stale_file (name, since) VALUES ($1, now() + $2::interval)`, [
      name,
      UNNAMED_FOR,
    ]);
    await this.#files.createFile(undefined, name, data, contentType, {});
    return name;
  }

  read(name: string): Promise<Buffer> {
    return this.#files.getFileData(undefined, name);
  }

  get #files(): FilesController {
    if (this.#controller === undefined) throw new Error("Parse has not been made yet.");
    return this.#controller;
  }

  /** Removes what no row names any more. Never throws: what stays is found the next time. */
  async sweep(): Promise<void> {
    try {
      const stale = await this.#database.rows<{ name: string }>(
        `SELECT name FROM beckon_stale_file AS stale WHERE since <= now()
           AND NOT EXISTS (SELECT 1 FROM "_User" WHERE "avatar" ->> 'file' = stale.name)
           AND NOT EXISTS (SELECT 1 FROM "Contact" WHERE "blocks" AND "shown" -> 'avatar' ->> 'file' = stale.name)`,
      );
      for (const { name } of stale) {
        await this.#files.deleteFile(undefined, name);
        await this.#database.rows("DELETE FROM beckon_stale_file WHERE name = $1", [name]);
      }
    } catch (error) {
      this.#logger.warn("files that nobody needs could not be removed", { error });
    }
  }
}

/** A row names the file from now on. */
export async function nameFile(database: Database, name: string): Promise<void> {
  await database.rows("DELETE FROM beckon_stale_file WHERE name = $1", [name]);
}

/** The row of its owner names the file no longer; another may. */
export async function listAsStale(database: Database, name: string): Promise<void> {
  await database.rows("INSERT INTO beckon_stale_file (name, since) VALUES ($1, now()) ON CONFLICT DO NOTHING", [name]);
}

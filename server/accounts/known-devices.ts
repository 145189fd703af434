import { createHash } from "node:crypto";
import type { DatabasePool } from "../database/pool.ts";
import type { Logger } from "../logger.ts";

/** Of one person; the latest stay. */
const MAX_DEVICES = 20;

const KNOWS = `
  SELECT 1 FROM "_User" AS u WHERE (u."username" = $1 OR u."email" = $1) AND (
    u."knownDevices" ? $2 OR EXISTS (SELECT 1 FROM "_Session" AS s WHERE s."user" = u."objectId" AND s."installationId" = $3))`;

const REMEMBER = `
  UPDATE "_User" SET "knownDevices" = (
    SELECT jsonb_agg(name) FROM (
      SELECT name FROM jsonb_array_elements(jsonb_build_array($2::text) || coalesce("knownDevices", '[]'))
        WITH ORDINALITY AS d(name, at)
      WHERE at = 1 OR name <> to_jsonb($2::text) ORDER BY at LIMIT ${String(MAX_DEVICES)}) AS latest)
  WHERE "username" = $1 OR "email" = $1`;

/**
 * On which devices someone has signed in before. Strangers' wrong passwords, also from the same address, do not count
 * against these: only who was in once knows the id that a device made for itself.
 */
export class KnownDevices {
  readonly #database: DatabasePool;
  readonly #logger: Logger;

  constructor(database: DatabasePool, logger: Logger) {
    this.#database = database;
    this.#logger = logger;
  }

  /** `account` is what was typed, a handle or an e-mail address. A database that is away knows nothing. */
  async knows(account: string, device: string): Promise<boolean> {
    const found = await this.#database.rows(KNOWS, [account, nameOf(device), device]).catch(() => []);
    return found.length > 0;
  }

  /** After a sign-in there. */
  async remember(account: string, device: string): Promise<void> {
    await this.#database.rows(REMEMBER, [account, nameOf(device)]).catch((error: unknown) => {
      this.#logger.warn("a device was not remembered", { error });
    });
  }
}

/** The id itself is a secret of the device. */
function nameOf(device: string): string {
  return createHash("sha256").update(device).digest("base64url");
}

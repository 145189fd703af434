import type { SignedInDevice, UserId } from "#protocol";
import type { Database, DatabasePool } from "../database/pool.ts";
import type { Tell } from "./alone.ts";

interface Row {
  id: string;
  device: string | null;
  at: Date;
  used: Date;
}

/** Where a person is signed in. */
export class SignedInDevices {
  readonly #database: DatabasePool;
  readonly #emit: Tell;

  constructor(database: DatabasePool, emit: Tell) {
    this.#database = database;
    this.#emit = emit;
  }

  /** The session that asks first, then by when they were last used. */
  async list(user: UserId, current: string): Promise<SignedInDevice[]> {
    const rows = await this.#database.rows<Row>(
      `SELECT "objectId" AS id, "device" AS device, "createdAt" AS at, "updatedAt" AS used FROM "_Session"
       WHERE "user" = $1 AND "expiresAt" > now() ORDER BY "objectId" <> $2, "updatedAt" DESC, "objectId"`,
      [user, current],
    );
    return rows.map(({ id, device, at, used }) => ({
      id,
      device: device ?? "",
      at: at.getTime(),
      lastUsed: used.getTime(),
      current: id === current,
    }));
  }

  /** Answers false where the person has no such session. */
  async signOut(user: UserId, session: string): Promise<boolean> {
    const ended = await this.#database.rows<{ id: string }>(
      `DELETE FROM "_Session" WHERE "user" = $1 AND "objectId" = $2 RETURNING "objectId" AS id`,
      [user, session],
    );
    return this.#tell(ended);
  }

  /** Ends every other session. */
  async signOutOthers(user: UserId, current: string): Promise<void> {
    this.#tell(await endSessions(this.#database, user, current));
  }

  #tell(ended: { id: string }[]): boolean {
    if (ended.length > 0) this.#emit({ type: "sessions-ended", sessions: ended.map(({ id }) => id) });
    return ended.length > 0;
  }
}

/** All of a person's sessions but one. */
export async function endSessions(database: Database, user: UserId, but: string): Promise<{ id: string }[]> {
  return database.rows<{ id: string }>(
    `DELETE FROM "_Session" WHERE "user" = $1 AND "objectId" <> $2 RETURNING "objectId" AS id`,
    [user, but],
  );
}

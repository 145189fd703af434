import { ParseCode, UserId, type OwnProfile } from "#protocol";
import { DatabaseError } from "pg";
import * as v from "valibot";
import type { Database, DatabasePool } from "../database/pool.ts";
import { adoptRequests } from "./adopt.ts";
import type { Alone } from "./alone.ts";
import { avatarOfRow } from "./avatar-rows.ts";
import type { Caller } from "./caller.ts";
import type { HandleCounters } from "./handle-counters.ts";
import type { Letters } from "./letters.ts";
import { Refusal, sessionOver, tooMany } from "./refusals.ts";
import { tellProfile } from "./tell-profile.ts";

export interface ProfileChange {
  name?: string | undefined;
  username?: string | undefined;
  email?: string | undefined;
}

export interface ProfileParts {
  database: DatabasePool;
  alone: Alone;
  counters: HandleCounters;
  letters: Letters;
}

const Row = v.object({
  id: UserId,
  handle: v.string(),
  name: v.string(),
  avatar: v.nullable(v.string()),
  email: v.nullable(v.string()),
  emailVerified: v.boolean(),
  hasPassword: v.boolean(),
});
type Row = v.InferOutput<typeof Row>;

const READ = `
  SELECT "objectId" AS id, "username" AS handle, coalesce("name", "username") AS name, "avatar" ->> 'path' AS avatar, "email" AS email,
    coalesce("emailVerified", false) AS "emailVerified", "_hashed_password" IS NOT NULL AS "hasPassword"
  FROM "_User" WHERE "objectId" = $1`;

/** What a person reads and changes of their own account. */
export class Profiles {
  readonly #parts: ProfileParts;

  constructor(parts: ProfileParts) {
    this.#parts = parts;
  }

  async read(user: UserId): Promise<OwnProfile> {
    return profileOf(await rowOf(this.#parts.database, user));
  }

  /** What is left out stays. A name that is only the handle, or blank, follows the handle. */
  async update(caller: Caller, change: ProfileChange): Promise<OwnProfile> {
    const { counters, letters } = this.#parts;
    const before = await rowOf(this.#parts.database, caller.user.id);
    const asksForHandle = (change.username ?? before.handle) !== before.handle;
    const asksForEmail = (change.email ?? before.email) !== before.email;
    if (asksForHandle || asksForEmail) {
      const waitMs = await counters.try({ user: before.id, address: caller.address, asksForHandle });
      if (waitMs !== undefined) throw tooMany(waitMs);
    }
    const after = await this.#write(before.id, change);
    if (asksForHandle) await counters.changed(before.id);
    if (asksForEmail) {
      if (before.email !== null) await letters.addressChanged(before.email, before.handle);
      letters.verification(before.id);
    }
    return profileOf(after);
  }

  async #write(user: UserId, change: ProfileChange): Promise<Row> {
    try {
      return await this.#parts.alone(async (database, tell) => {
        const before = await rowOf(database, user);
        const after = changed(before, change);
        await write(database, after, after.email !== before.email);
        if (after.handle !== before.handle) await adoptRequests(database, tell, after);
        if (after.handle !== before.handle || after.name !== before.name) await tellProfile(database, tell, user);
        return after;
      });
    } catch (error) {
      throw takenBy(error) ?? error;
    }
  }
}

async function rowOf(database: Database, user: UserId): Promise<Row> {
  const [row] = await database.rows(READ, [user]);
  if (row === undefined) throw sessionOver();
  return v.parse(Row, row);
}

function changed(before: Row, { name, username, email }: ProfileChange): Row {
  const handle = username ?? before.handle;
  const wished = name?.trim() ?? (before.name === before.handle ? "" : before.name);
  return {
    ...before,
    handle,
    name: wished === "" ? handle : wished,
    email: email ?? before.email,
    emailVerified: before.emailVerified && (email ?? before.email) === before.email,
  };
}

/** Whoever holds a link to the old address proves nothing with it any more, and resets no password. */
async function write(database: Database, { id, handle, name, email, emailVerified }: Row, isNewEmail: boolean) {
  await database.rows(
    `UPDATE "_User" SET "username" = $2, "name" = $3, "email" = $4, "emailVerified" = $5, "updatedAt" = now()
     WHERE "objectId" = $1`,
    [id, handle, name, email, emailVerified],
  );
  if (!isNewEmail) return;
  await database.rows(
    `UPDATE "_User" SET "_email_verify_token" = NULL, "_email_verify_token_expires_at" = NULL,
       "_perishable_token" = NULL, "_perishable_token_expires_at" = NULL WHERE "objectId" = $1`,
    [id],
  );
}

/** Parse keeps both unique; of two who ask for one at once the second finds it taken. */
function takenBy(error: unknown): Refusal | undefined {
  if (!(error instanceof DatabaseError)) return undefined;
  if (error.constraint === "_User_unique_username") {
    return new Refusal(ParseCode.handleTaken, "This handle is taken; choose another.");
  }
  if (error.constraint === "_User_unique_email") {
    return new Refusal(ParseCode.emailTaken, "This e-mail address already has an account; use another.");
  }
  return undefined;
}

function profileOf({ email, avatar, ...row }: Row): OwnProfile {
  return { ...row, ...avatarOfRow(avatar), ...(email === null ? {} : { email }) };
}

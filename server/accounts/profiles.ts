import { ParseCode, UserId, type OidcProof, type OwnProfile } from "#protocol";
import { DatabaseError } from "pg";
import * as v from "valibot";
import type { Database, DatabasePool } from "../database/pool.ts";
import { adoptRequests } from "./adopt.ts";
import type { Alone } from "./alone.ts";
import { avatarOfRow } from "./avatar-path.ts";
import type { Caller } from "./caller.ts";
import { dropFormer, keepFormer, type FormerAddress } from "./former-address.ts";
import type { HandleCounters } from "./handle-counters.ts";
import type { Letters } from "./letters.ts";
import { PROVIDER_ID } from "./oidc-sign-in.ts";
import type { OwnPassword } from "./own-password.ts";
import { Refusal, sessionOver, tooMany } from "./refusals.ts";
import { isHandleShown } from "./shown.ts";
import { tellProfile } from "./tell-profile.ts";

export interface ProfileChange {
  name?: string | undefined;
  username?: string | undefined;
  email?: string | undefined;
  /** The present password, so that another address counts at once. */
  current?: string | undefined;
  /** In its place. */
  proof?: OidcProof | undefined;
}

export interface ProfileParts {
  database: DatabasePool;
  alone: Alone;
  counters: HandleCounters;
  letters: Letters;
  password: OwnPassword;
  /** Whether the operator has a provider now; an account that came by it may outlast it. */
  hasProvider: boolean;
}

const Row = v.object({
  id: UserId,
  handle: v.string(),
  name: v.string(),
  avatar: v.nullable(v.string()),
  email: v.nullable(v.string()),
  emailVerified: v.boolean(),
  hasPassword: v.boolean(),
  byProvider: v.boolean(),
  isHeld: v.boolean(),
  former: v.nullable(v.string()),
});
type Row = v.InferOutput<typeof Row>;

const READ = `
  SELECT "objectId" AS id, "username" AS handle, coalesce("name", "username") AS name, "avatar" ->> 'path' AS avatar,
    u."email" AS email, coalesce(u."emailVerified", false) AS "emailVerified", "_hashed_password" IS NOT NULL AS "hasPassword",
    ${PROVIDER_ID} IS NOT NULL AS "byProvider",
    kept."user" IS NOT NULL AS "isHeld", kept."email" AS former
  FROM "_User" AS u LEFT JOIN beckon_former_address AS kept ON kept."user" = u."objectId" WHERE u."objectId" = $1`;

/** What came of a change of the address. */
interface AddressChange {
  /** Another one was written. */
  isNew: boolean;
  /** What counted before, and does no longer. */
  left?: string | null | undefined;
  /** What counts still, since nobody proved the change. */
  kept?: FormerAddress;
}

/** What a person reads and changes of their own account. */
export class Profiles {
  readonly #parts: ProfileParts;

  constructor(parts: ProfileParts) {
    this.#parts = parts;
  }

  async read(user: UserId): Promise<OwnProfile> {
    return this.#profileOf(await rowOf(this.#parts.database, user));
  }

  /** What is left out stays. A name that is only the handle, or blank, follows the handle. */
  async update(caller: Caller, change: ProfileChange): Promise<OwnProfile> {
    const { database, counters, letters } = this.#parts;
    const { id, ...before } = await rowOf(database, caller.user.id);
    const asksForHandle = (change.username ?? before.handle) !== before.handle;
    const asksForEmail = (change.email ?? before.email) !== before.email;
    if (asksForHandle || asksForEmail) {
      const waitMs = await counters.try({ user: id, address: caller.address, asksForHandle });
      if (waitMs !== undefined) throw tooMany(waitMs);
    }
    const address = await this.#change(caller, change).catch(async (error: unknown) => {
      if (asksForHandle) await counters.unchanged(id);
      throw error;
    });
    const after = await rowOf(database, id);
    if (address.isNew) letters.verification(id);
    await this.#tellFormer(address, after.handle);
    return this.#profileOf(after);
  }

  #profileOf(row: Row): OwnProfile {
    return profileOf({ ...row, byProvider: row.byProvider && this.#parts.hasProvider });
  }

  async #change(caller: Caller, change: ProfileChange): Promise<AddressChange> {
    const { current, proof } = change;
    // First, since a proof is of use once.
    if (proof !== undefined) await refuseTaken(this.#parts.database, caller.user.id, change);
    const isProven = await this.#parts.password.isProven(caller, { password: current, proof });
    return this.#write(caller.user.id, change, isProven);
  }

  async #tellFormer({ left, kept }: AddressChange, handle: string): Promise<void> {
    const { letters } = this.#parts;
    if (typeof left === "string") await letters.addressChanged(left, handle);
    if (typeof kept?.email === "string") await letters.addressChanged(kept.email, handle, kept.token);
  }

  async #write(user: UserId, change: ProfileChange, isProven: boolean): Promise<AddressChange> {
    try {
      return await this.#parts.alone(async (database, tell) => {
        const before = await rowOf(database, user);
        const after = changed(before, change);
        if (after.handle !== before.handle && (await isHandleShown(database, after.handle, user))) throw handleTaken();
        await write(database, after);
        const address = await settleAddress(database, { before, after, isProven });
        if (after.handle !== before.handle) await adoptRequests(database, tell, after);
        if (after.handle !== before.handle || after.name !== before.name) await tellProfile(database, tell, user);
        return address;
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

async function write(database: Database, { id, handle, name, email, emailVerified }: Row): Promise<void> {
  await database.rows(
    `UPDATE "_User" SET "username" = $2, "name" = $3, "email" = $4, "emailVerified" = $5, "updatedAt" = now()
     WHERE "objectId" = $1`,
    [id, handle, name, email, emailVerified],
  );
}

/**
 * Says which address counts from now on. Whoever holds only a session could be anybody: without a proof the one that counted
 * before goes on to count, and there is the link that takes it back. [DEC-52]
 */
async function settleAddress(
  database: Database,
  { before, after, isProven }: { before: Row; after: Row; isProven: boolean },
): Promise<AddressChange> {
  const { id } = after;
  const isNew = after.email !== before.email;
  // A link to the former address proves nothing of this one.
  if (isNew) await forgetVerification(database, id);
  if (isProven) {
    const former = await dropFormer(database, id);
    if (!isNew && former === undefined) return { isNew };
    // Whoever holds a link to the former address resets no password.
    await forgetReset(database, id);
    return { isNew, left: former === undefined ? before.email : former.email };
  }
  if (!isNew) return { isNew };
  if (!before.isHeld || before.former !== after.email) return { isNew, kept: await keepFormer(database, id, before) };
  const former = await dropFormer(database, id);
  await database.rows(`UPDATE "_User" SET "emailVerified" = $2 WHERE "objectId" = $1`, [id, former?.emailVerified]);
  return { isNew: former?.emailVerified === false };
}

async function forgetVerification(database: Database, user: UserId): Promise<void> {
  await database.rows(
    `UPDATE "_User" SET "_email_verify_token" = NULL, "_email_verify_token_expires_at" = NULL WHERE "objectId" = $1`,
    [user],
  );
}

async function forgetReset(database: Database, user: UserId): Promise<void> {
  await database.rows(
    `UPDATE "_User" SET "_perishable_token" = NULL, "_perishable_token_expires_at" = NULL WHERE "objectId" = $1`,
    [user],
  );
}

/** Parse keeps both unique; of two who ask for one at once the second finds it taken. */
function takenBy(error: unknown): Refusal | undefined {
  if (!(error instanceof DatabaseError)) return undefined;
  if (error.constraint === "_User_unique_username") {
    return handleTaken();
  }
  if (error.constraint === "_User_unique_email") {
    return emailTaken();
  }
  return undefined;
}

async function refuseTaken(database: Database, user: UserId, { username, email }: ProfileChange): Promise<void> {
  if (username !== undefined && (await isHandleShown(database, username, user))) throw handleTaken();
  const [taken] = await database.rows<{ handle: boolean }>(
    `SELECT "username" = $2 AS handle FROM "_User" WHERE "objectId" <> $1 AND ("username" = $2 OR "email" = $3)
     ORDER BY handle DESC NULLS LAST LIMIT 1`,
    [user, username ?? null, email ?? null],
  );
  if (taken !== undefined) throw taken.handle ? handleTaken() : emailTaken();
}

function emailTaken(): Refusal {
  return new Refusal(ParseCode.emailTaken, "This e-mail address already has an account; use another.");
}

function handleTaken(): Refusal {
  return new Refusal(ParseCode.handleTaken, "This handle is taken; choose another.");
}

function profileOf({ email, avatar, byProvider, isHeld, former, ...row }: Row): OwnProfile {
  return {
    ...row,
    ...(byProvider ? { byProvider } : {}),
    ...avatarOfRow(avatar),
    ...(email === null ? {} : { email }),
    ...(isHeld ? { resetsTo: former ?? "" } : {}),
  };
}

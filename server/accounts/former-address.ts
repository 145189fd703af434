import { UserId } from "#protocol";
import { randomBytes } from "node:crypto";
import * as v from "valibot";
import type { Database } from "../database/pool.ts";

/** How long a former address counts at least, for whoever reads it to take it back. */
export const FORMER_FOR = "7 days";

/**
 * The address by which an account is still reached. It is kept where another was given by a session that proved nothing:
 * links for a new password go to the former one, which may be none at all, and whoever reads it can have it back.
 */
export interface FormerAddress {
  email: string | null;
  emailVerified: boolean;
  /** Takes the address back. */
  token: string;
}

/** Another address was given without a proof. The first former one stays: nobody proved those after it either. */
export async function keepFormer(
  database: Database,
  user: UserId,
  { email, emailVerified }: Pick<FormerAddress, "email" | "emailVerified">,
): Promise<FormerAddress> {
  const [row] = await database.rows(
    `INSERT INTO beckon_former_address AS kept ("user", "email", "emailVerified", "token") VALUES ($1, $2, $3, $4)
     ON CONFLICT ("user") DO UPDATE SET "since" = now()
     RETURNING kept."email", kept."emailVerified", kept."token"`,
    [user, email, emailVerified, randomBytes(24).toString("base64url")],
  );
  return v.parse(Row, row);
}

const Row = v.object({ email: v.nullable(v.string()), emailVerified: v.boolean(), token: v.string() });

/** The present address counts from now on. Answers with what counted until now, where that was another. */
export async function dropFormer(database: Database, user: UserId): Promise<FormerAddress | undefined> {
  const [row] = await database.rows(
    `DELETE FROM beckon_former_address WHERE "user" = $1 RETURNING "email", "emailVerified", "token"`,
    [user],
  );
  return row === undefined ? undefined : v.parse(Row, row);
}

/** Whom a link for a new password is sent to at this address; several where one of them has it only by their own word. */
export async function reachedAt(database: Database, email: string): Promise<UserId[]> {
  const rows = await database.rows<{ id: UserId }>(
    `SELECT "objectId" AS id FROM "_User" AS u WHERE "email" = $1
       AND NOT EXISTS (SELECT 1 FROM beckon_former_address WHERE "user" = u."objectId")
     UNION SELECT "user" FROM beckon_former_address WHERE "email" = $1`,
    [email],
  );
  return rows.map(({ id }) => id);
}

/** The time of a former address begins anew: whoever set the first password may not know yet of what a session did. */
export async function renewFormer(database: Database, user: UserId): Promise<void> {
  await database.rows(`UPDATE beckon_former_address SET "since" = now() WHERE "user" = $1`, [user]);
}

const Owner = v.object({ id: UserId, email: v.string() });

/** The account whose former address a token takes back. */
export async function formerOf(database: Database, token: string): Promise<{ id: UserId; email: string } | undefined> {
  const [row] = await database.rows(
    `SELECT "user" AS id, "email" FROM beckon_former_address WHERE "token" = $1 AND "email" IS NOT NULL`,
    [token],
  );
  return row === undefined ? undefined : v.parse(Owner, row);
}

/**
 * Gives an account its former address back, for somebody who came by a mail to it. Whoever else took the address meanwhile
 * without confirming it loses it; who has confirmed it is the same reader, and keeps it.
 */
export async function takeBack(database: Database, user: UserId): Promise<void> {
  const [former] = await database.rows<{ email: string | null }>(
    `DELETE FROM beckon_former_address WHERE "user" = $1 AND "email" IS NOT NULL RETURNING "email"`,
    [user],
  );
  if (former === undefined) return;
  await database.rows(`SELECT 1 FROM "_User" WHERE "objectId" = $1 OR "email" = $2 ORDER BY "objectId" FOR UPDATE`, [
    user,
    former.email,
  ]);
  await database.rows(
    `UPDATE "_User" SET "email" = NULL, "emailVerified" = false, "_email_verify_token" = NULL,
       "_email_verify_token_expires_at" = NULL, "updatedAt" = now()
     WHERE "objectId" <> $1 AND "email" = $2 AND "emailVerified" IS NOT TRUE`,
    [user, former.email],
  );
  await database.rows(
    `UPDATE "_User" SET "email" = mine.email, "emailVerified" = mine.email IS NOT NULL, "_email_verify_token" = NULL,
       "_email_verify_token_expires_at" = NULL, "updatedAt" = now()
     FROM (SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM "_User" WHERE "email" = $2 AND "objectId" <> $1) THEN $2 END AS email) AS mine
     WHERE "objectId" = $1`,
    [user, former.email],
  );
}

/**
 * After their time the present addresses count that were confirmed meanwhile. Where there was none before, nobody could object;
 * and to an account without a password a link to its address would be the key, which a session alone is never to give. [DEC-60]
 */
export async function settleFormer(database: Database): Promise<void> {
  await database.rows(
    `DELETE FROM beckon_former_address AS kept USING "_User" AS u
     WHERE u."objectId" = kept."user" AND u."emailVerified" AND kept."email" IS NOT NULL
       AND kept."since" <= now() - $1::interval AND u."_hashed_password" IS NOT NULL`,
    [FORMER_FOR],
  );
}

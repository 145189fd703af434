import type { UserId } from "#protocol";
import type { Database } from "../database/pool.ts";
import type { Profile } from "./accounts.ts";
import type { Tell } from "./alone.ts";

/**
 * Hands a person the requests that were made at their handle while nobody had it. Where the person asked the other
 * before, the two are contacts now. Whoever stands in any relation to the person already goes on waiting at the handle.
 */
export async function adoptRequests(database: Database, tell: Tell, user: Omit<Profile, "avatar">): Promise<void> {
  const own = await database.rows(
    `DELETE FROM "Contact" WHERE "owner" = $1 AND "handle" = $2 AND "target" IS NULL RETURNING 1`,
    [user.id, user.handle],
  );
  const adopted = await database.rows<{ owner: UserId }>(
    `UPDATE "Contact" AS waiting SET "target" = $1, "updatedAt" = now() WHERE "handle" = $2 AND "target" IS NULL
       AND NOT EXISTS (SELECT 1 FROM "Contact" AS had WHERE had."owner" = waiting."owner" AND had."target" = $1)
     RETURNING "owner"`,
    [user.id, user.handle],
  );
  if (own.length + adopted.length > 0) tell({ type: "contacts-changed", of: user.id });
  const met = await database.rows<{ id: UserId; name: string }>(
    `SELECT u."objectId" AS id, coalesce(u."name", u."username") AS name
     FROM "Contact" AS mine JOIN "_User" AS u ON u."objectId" = mine."target"
     WHERE mine."owner" = $1 AND mine."target" = ANY($2) AND mine."blocks" IS NOT TRUE`,
    [user.id, adopted.map(({ owner }) => owner)],
  );
  for (const other of met) {
    tell({ type: "contact", accepted: true, people: [{ id: user.id, name: user.name }, other] });
    tell({ type: "contacts-changed", of: other.id, user: user.id });
  }
}

/** Who was blocked may have asked at a handle of which they could not know that it is the person's. [PRES-5] */
export async function adoptHidden(
  database: Database,
  tell: Tell,
  user: Omit<Profile, "avatar">,
  other: UserId,
): Promise<void> {
  const known = await database.rows(
    `DELETE FROM "Contact" AS asked WHERE "owner" = $2 AND "handle" = $3 AND "target" IS NULL AND EXISTS (
       SELECT 1 FROM "Contact" AS had WHERE had."owner" = $2 AND had."target" = $1 AND had."blocks" IS NOT TRUE)
     RETURNING 1`,
    [user.id, other, user.handle],
  );
  if (known.length > 0) tell({ type: "contacts-changed", of: other });
  else await adoptRequests(database, tell, user);
}

import { UserId, type Contact } from "#protocol";
import * as v from "valibot";
import type { Database } from "../database/pool.ts";
import { avatarOfRow } from "./avatar-path.ts";
import { newRowId, readableBy } from "./rows.ts";
import type { Shown } from "./shown.ts";

/** So many contacts and requests of one person, and so many whom they block: a welcome carries the roster in one frame. */
export const MAX_CONTACTS = 1_000;

/** Whoever a contact's row is about. */
export interface Person {
  id: UserId;
  handle: string;
  name: string;
  /** Where their picture is. */
  avatar?: string;
}

interface ContactRow {
  user: string | null;
  request: string | null;
  handle: string | null;
  name: string | null;
  avatar: string | null;
  typed: string | null;
  mine: Date | null;
  theirs: Date | null;
  blocked: Date | null;
}

/** A person's own list. Whom they block is nothing else to them; to the blocked one it makes no difference. [PRES-5] */
export async function contactsOf(database: Database, user: UserId): Promise<Contact[]> {
  const rows = await database.rows<ContactRow>(
    `SELECT other."objectId" AS user, mine."objectId" AS request, mine."handle" AS typed,
       coalesce(veil."shown" ->> 'handle', other."username") AS handle,
       coalesce(veil."shown" ->> 'name', other."name", other."username") AS name,
       CASE WHEN veil."objectId" IS NULL THEN other."avatar" ->> 'path' ELSE veil."shown" -> 'avatar' ->> 'path' END AS avatar,
       mine."createdAt" AS mine, theirs."createdAt" AS theirs, block."createdAt" AS blocked
     FROM (SELECT * FROM "Contact" WHERE "owner" = $1 AND "blocks" IS NOT TRUE) AS mine
     FULL JOIN (SELECT * FROM "Contact" WHERE "target" = $1 AND "blocks" IS NOT TRUE) AS theirs
       ON theirs."owner" = mine."target"
     FULL JOIN (SELECT * FROM "Contact" WHERE "owner" = $1 AND "blocks") AS block
       ON block."target" = coalesce(theirs."owner", mine."target")
     LEFT JOIN "_User" AS other ON other."objectId" = coalesce(block."target", theirs."owner", mine."target")
     LEFT JOIN "Contact" AS veil ON veil."blocks" AND veil."owner" = other."objectId" AND veil."target" = $1
     ORDER BY coalesce(mine."createdAt", theirs."createdAt", block."createdAt")`,
    [user],
  );
  return rows.flatMap(entryOf);
}

function entryOf(row: ContactRow): Contact[] {
  const mine = row.mine?.getTime();
  const theirs = row.theirs?.getTime();
  if (mine !== undefined && theirs === undefined && row.blocked === null) {
    return [{ user: v.parse(UserId, row.request), handle: row.typed ?? "", state: "outgoing", since: mine }];
  }
  // Someone whose account is gone is nobody's contact.
  if (row.user === null || row.handle === null || row.name === null) return [];
  const person = { user: v.parse(UserId, row.user), handle: row.handle, name: row.name };
  if (row.blocked !== null) return [{ ...person, state: "blocked", since: row.blocked.getTime() }];
  if (theirs === undefined) return [];
  if (mine === undefined) return [{ ...person, state: "incoming", since: theirs }];
  return [{ ...person, ...avatarOfRow(row.avatar), state: "accepted", since: Math.max(mine, theirs) }];
}

export async function lockPair(database: Database, one: string, other: string): Promise<void> {
  await database.rows("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", [[one, other].sort().join(" ")]);
}

const PersonRow = v.object({ id: UserId, handle: v.string(), name: v.string(), avatar: v.nullable(v.string()) });

export async function personBy(database: Database, id: string): Promise<Person | undefined> {
  const [row] = await database.rows(
    `SELECT "objectId" AS id, "username" AS handle, coalesce("name", "username") AS name, "avatar" ->> 'path' AS avatar
     FROM "_User" WHERE "objectId" = $1`,
    [id],
  );
  if (row === undefined) return undefined;
  const { avatar, ...person } = v.parse(PersonRow, row);
  return { ...person, ...avatarOfRow(avatar) };
}

/**
 * Whom a handle is, to whoever asks: somebody who blocks them is so by the handle that their list goes on showing, and by no
 * other that they took since. [PRES-5]
 */
export async function personAt(database: Database, handle: string, asker: string): Promise<Person | undefined> {
  const [row] = await database.rows<{ id: string | null }>(
    `SELECT coalesce(
       (SELECT "owner" FROM "Contact" WHERE "blocks" AND "target" = $2 AND "shown" ->> 'handle' = $1 LIMIT 1),
       (SELECT "objectId" FROM "_User" AS person WHERE "username" = $1 AND NOT EXISTS (
         SELECT 1 FROM "Contact" WHERE "blocks" AND "owner" = person."objectId" AND "target" = $2))) AS id`,
    [handle, asker],
  );
  return personBy(database, row?.id ?? "");
}

/** Answers whether it is new. Whoever has erased their account wishes for nobody. */
export async function wish(
  database: Database,
  owner: string,
  target: { id?: string | undefined; handle: string },
): Promise<boolean> {
  const acl = readableBy(owner);
  const made = await database.rows(
    `INSERT INTO "Contact" ("objectId", "createdAt", "updatedAt", "_rperm", "_wperm", "owner", "target", "handle")
     SELECT $1, now(), now(), $2, $3, $4, $5, $6 WHERE EXISTS (SELECT 1 FROM "_User" WHERE "objectId" = $4)
     ON CONFLICT DO NOTHING RETURNING 1`,
    [newRowId(), acl.read, acl.write, owner, target.id ?? null, target.handle],
  );
  return made.length > 0;
}

export async function hasTooMany(database: Database, owner: string): Promise<boolean> {
  const [row] = await database.rows<{ count: number }>(
    `SELECT count(*)::int AS count FROM "Contact" WHERE "owner" = $1 AND "blocks" IS NOT TRUE`,
    [owner],
  );
  return (row?.count ?? 0) >= MAX_CONTACTS;
}

/** Whether as many requests as a list may hold wait at a handle, be it anybody's or nobody's. */
export async function isAskedTooOften(database: Database, handle: string): Promise<boolean> {
  const [row] = await database.rows<{ count: number }>(
    `SELECT count(*)::int AS count FROM "Contact" AS theirs WHERE "handle" = $1 AND NOT EXISTS (
       SELECT 1 FROM "Contact" AS mine
       WHERE mine."owner" = theirs."target" AND mine."target" = theirs."owner" AND mine."blocks" IS NOT TRUE)`,
    [handle],
  );
  return (row?.count ?? 0) >= MAX_CONTACTS;
}

export async function wishes(database: Database, owner: string, target: string): Promise<boolean> {
  const rows = await database.rows(
    `SELECT 1 FROM "Contact" WHERE "owner" = $1 AND "target" = $2 AND "blocks" IS NOT TRUE`,
    [owner, target],
  );
  return rows.length > 0;
}

/** Answers whether there was one. */
export async function unwish(database: Database, owner: string, target: string): Promise<boolean> {
  const gone = await database.rows(
    `DELETE FROM "Contact" WHERE "owner" = $1 AND "target" = $2 AND "blocks" IS NOT TRUE RETURNING 1`,
    [owner, target],
  );
  return gone.length > 0;
}

/** Takes a contact off the lists of people's settings. Whoever is online has theirs in hand, and keeps them anew. */
export async function unlist(database: Database, owners: string[], gone: string): Promise<void> {
  await database.rows(
    `UPDATE "_User" SET "settings" = "settings" || (
       SELECT coalesce(jsonb_object_agg(key, value - $2), '{}') FROM jsonb_each("settings")
       WHERE key IN ('letThrough', 'favourites') AND jsonb_typeof(value) = 'array')
     WHERE "objectId" = ANY($1) AND ("settings" -> 'letThrough' ? $2 OR "settings" -> 'favourites' ? $2)`,
    [owners, gone],
  );
}

/** Which of the two block the other, asked once for both. */
export async function blocksBetween(
  database: Database,
  one: string,
  other: string,
): Promise<{ ofOne: boolean; ofOther: boolean }> {
  const rows = await database.rows<{ owner: string }>(
    `SELECT "owner" FROM "Contact"
     WHERE "blocks" AND (("owner" = $1 AND "target" = $2) OR ("owner" = $2 AND "target" = $1))`,
    [one, other],
  );
  const owners = rows.map(({ owner }) => owner);
  return { ofOne: owners.includes(one), ofOther: owners.includes(other) };
}

/** A row of its own, which nobody but its owner reads; to its target they go on looking as they are `shown`. */
export async function addBlock(database: Database, owner: string, target: string, shown: Shown): Promise<void> {
  const acl = readableBy(owner);
  await database.rows(
    `INSERT INTO "Contact" ("objectId", "createdAt", "updatedAt", "_rperm", "_wperm", "owner", "target", "blocks", "shown")
     VALUES ($1, now(), now(), $2, $3, $4, $5, true, $6)`,
    [newRowId(), acl.read, acl.write, owner, target, shown],
  );
}

/** Answers with what the other was shown meanwhile; undefined where there was no block. */
export async function removeBlock(
  database: Database,
  owner: string,
  target: string,
): Promise<{ shown: Shown | null } | undefined> {
  const [gone] = await database.rows<{ shown: Shown | null }>(
    `DELETE FROM "Contact" WHERE "owner" = $1 AND "target" = $2 AND "blocks" RETURNING "shown"`,
    [owner, target],
  );
  return gone;
}

export async function blocksTooMany(database: Database, owner: string): Promise<boolean> {
  const [row] = await database.rows<{ count: number }>(
    `SELECT count(*)::int AS count FROM "Contact" WHERE "owner" = $1 AND "blocks"`,
    [owner],
  );
  return (row?.count ?? 0) >= MAX_CONTACTS;
}

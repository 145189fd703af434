import { INVITE_ALPHABET, INVITE_LENGTH, readInviteCode, UserId, type WaitingInvite } from "#protocol";
import { createHash, randomInt } from "node:crypto";
import * as v from "valibot";
import type { Database } from "../database/pool.ts";
import type { Person } from "./contact-rows.ts";
import { newRowId, readableBy } from "./rows.ts";

/** How long an invite link may be used. */
export const INVITE_SECONDS = 7 * 24 * 60 * 60;

const WAITS = `"used" IS NULL AND "expires" > now()`;

/** A link that may still be used, or that was used by whoever asks. */
export interface InviteLink {
  id: string;
  /** Missing where the operator invites. */
  owner: Person | undefined;
  expires: number;
  /** The one new account that it let in, who alone may go on with it. */
  admits: UserId | undefined;
  usedBy: UserId | undefined;
}

export function newInviteCode(): string {
  const letters = Array.from({ length: INVITE_LENGTH }, () => INVITE_ALPHABET[randomInt(INVITE_ALPHABET.length)]);
  return readInviteCode(letters.join("")) ?? "";
}

/** Codes have 80 bits of chance, so that nothing but the hash need be kept, and without salt. */
function hashOf(code: string): string {
  return createHash("sha256").update(code).digest("base64url");
}

/** Undefined where its owner has erased the account meanwhile. */
export async function addInvite(
  database: Database,
  owner: UserId | undefined,
  code: string,
  note?: string,
): Promise<WaitingInvite | undefined> {
  // Held until the end of the transaction: the account cannot be erased without this link.
  const held = `SELECT 1 FROM "_User" WHERE "objectId" = $1 FOR KEY SHARE`;
  if (owner !== undefined && (await database.rows(held, [owner])).length === 0) return undefined;
  const acl = owner === undefined ? { read: [], write: [] } : readableBy(owner);
  const [row] = await database.rows(
    `INSERT INTO "InviteLink" ("objectId", "createdAt", "updatedAt", "_rperm", "_wperm", "owner", "hash", "expires", "note")
     VALUES ($1, now(), now(), $2, $3, $4, $5, now() + make_interval(secs => $6), $7) RETURNING ${WAITING}`,
    [newRowId(), acl.read, acl.write, owner ?? null, hashOf(code), INVITE_SECONDS, note ?? null],
  );
  return waitingOf(row);
}

const WAITING = `"objectId" AS id, "createdAt" AS at, "expires" AS expires, "note" AS note`;
const WaitingRow = v.object({ id: v.string(), at: v.date(), expires: v.date(), note: v.nullable(v.string()) });

function waitingOf(row: unknown): WaitingInvite {
  const { id, at, expires, note } = v.parse(WaitingRow, row);
  return { id, at: at.getTime(), expires: expires.getTime(), ...(note === null ? {} : { note }) };
}

/** Which links of a person wait to be used, the latest first. */
export async function waitingInvites(database: Database, owner: UserId): Promise<WaitingInvite[]> {
  const rows = await database.rows(
    `SELECT ${WAITING} FROM "InviteLink" WHERE "owner" = $1 AND ${WAITS} ORDER BY "createdAt" DESC, "objectId"`,
    [owner],
  );
  return rows.map(waitingOf);
}

/** Takes a link of a person away before anybody uses it; answers whether there was one. */
export async function removeInvite(database: Database, owner: UserId, id: string): Promise<boolean> {
  const gone = await database.rows(
    `DELETE FROM "InviteLink" WHERE "objectId" = $1 AND "owner" = $2 AND ${WAITS} RETURNING 1`,
    [id, owner],
  );
  return gone.length > 0;
}

const Row = v.object({
  id: v.string(),
  owner: v.nullable(UserId),
  handle: v.nullable(v.string()),
  name: v.nullable(v.string()),
  expires: v.date(),
  admits: v.nullable(UserId),
  usedBy: v.nullable(UserId),
});

const FIND = `
  SELECT link."objectId" AS id, person."objectId" AS owner, person."username" AS handle,
    coalesce(person."name", person."username") AS name, link."expires" AS expires, link."admits" AS admits,
    link."usedBy" AS "usedBy"
  FROM "InviteLink" AS link LEFT JOIN "_User" AS person ON person."objectId" = link."owner"
  WHERE link."hash" = $1 AND link."expires" > now() AND (link."owner" IS NULL OR person."objectId" IS NOT NULL)`;

/** A link that has not expired, by its code. Inside a transaction `lock` keeps it from everyone else until the end. */
export async function findInvite(database: Database, given: string, lock?: "lock"): Promise<InviteLink | undefined> {
  const code = readInviteCode(given);
  if (code === undefined) return undefined;
  const [found] = await database.rows(lock === undefined ? FIND : `${FIND} FOR UPDATE OF link`, [hashOf(code)]);
  if (found === undefined) return undefined;
  const row = v.parse(Row, found);
  const owner =
    row.owner === null ? undefined : { id: row.owner, handle: row.handle ?? "", name: row.name ?? row.handle ?? "" };
  return {
    id: row.id,
    owner,
    expires: row.expires.getTime(),
    admits: row.admits ?? undefined,
    usedBy: row.usedBy ?? undefined,
  };
}

export async function useInvite(database: Database, id: string, user: UserId): Promise<void> {
  await database.rows(
    `UPDATE "InviteLink" SET "used" = now(), "usedBy" = $2, "updatedAt" = now() WHERE "objectId" = $1`,
    [id, user],
  );
}

/** Takes a link for one new account; answers its id, or undefined where it lets nobody in, or let somebody in before. */
export async function claimInvite(database: Database, given: string): Promise<string | undefined> {
  const code = readInviteCode(given);
  if (code === undefined) return undefined;
  const [row] = await database.rows<{ id: string }>(
    `UPDATE "InviteLink" SET "claimed" = now(), "updatedAt" = now()
     WHERE "hash" = $1 AND "used" IS NULL AND "claimed" IS NULL AND "expires" > now()
       AND ("owner" IS NULL OR EXISTS (SELECT 1 FROM "_User" WHERE "_User"."objectId" = "InviteLink"."owner"))
     RETURNING "objectId" AS id`,
    [hashOf(code)],
  );
  return row?.id;
}

/** The new account was made, or came to nothing: then the link is as it was. */
export async function settleClaim(database: Database, id: string, admitted: UserId | undefined): Promise<void> {
  await database.rows(
    `UPDATE "InviteLink" SET "admits" = $2, "claimed" = CASE WHEN $2::text IS NULL THEN NULL ELSE "claimed" END, "updatedAt" = now()
     WHERE "objectId" = $1`,
    [id, admitted ?? null],
  );
}

export async function hasAccounts(database: Database): Promise<boolean> {
  return (await database.rows(`SELECT 1 FROM "_User" LIMIT 1`)).length > 0;
}

export async function removeOperatorInvites(database: Database): Promise<void> {
  await database.rows(`DELETE FROM "InviteLink" WHERE "owner" IS NULL`);
}

export async function removeExpiredInvites(database: Database): Promise<void> {
  await database.rows(`DELETE FROM "InviteLink" WHERE "expires" <= now()`);
}

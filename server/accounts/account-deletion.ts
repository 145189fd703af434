import type { UserId } from "#protocol";
import type { Database } from "../database/pool.ts";
import type { Alone, Tell } from "./alone.ts";
import { moveAvatars } from "./avatar-rows.ts";
import { unlist } from "./contact-rows.ts";
import { endSessions } from "./devices.ts";
import { dropFormer } from "./former-address.ts";
import { listAsStale, type KeptFiles } from "./kept-files.ts";

/** Whoever stands in any relation to the person. */
interface Other {
  id: UserId;
  name: string;
  wishes: boolean;
  isWished: boolean;
}

/**
 * Erases an account, all of it or nothing. Its contacts hear of it at once, as of any contact who is gone; others keep their
 * records of calls, with nobody's name in them.
 */
export async function eraseAccount(alone: Alone, files: KeptFiles, user: UserId): Promise<void> {
  await alone(async (database, tell) => {
    const [person] = await database.rows<{ name: string }>(
      `SELECT coalesce("name", "username") AS name FROM "_User" WHERE "objectId" = $1 FOR UPDATE`,
      [user],
    );
    if (person === undefined) return;
    const ended = await endSessions(database, user, "");
    // First: their devices are shut out, what they are in ends, and everybody sees them go.
    tell({ type: "sessions-ended", sessions: ended.map(({ id }) => id) });
    await erasePictures(database, user);
    const others = await eraseContacts(database, user);
    await eraseFromCalls(database, user);
    await eraseInvites(database, user);
    await dropFormer(database, user);
    await database.rows(`DELETE FROM "_User" WHERE "objectId" = $1`, [user]);
    for (const other of others) tellOther(tell, { id: user, name: person.name }, other);
    await moveAvatars(database, tell, contactsOf(others));
  });
  await files.sweep();
}

async function erasePictures(database: Database, user: UserId): Promise<void> {
  const rows = await database.rows<{ file: string }>(
    `SELECT "avatar" ->> 'file' AS file FROM "_User" WHERE "objectId" = $1 AND "avatar" IS NOT NULL
     UNION
     SELECT "shown" -> 'avatar' ->> 'file' FROM "Contact"
     WHERE "owner" = $1 AND "blocks" AND "shown" -> 'avatar' IS NOT NULL`,
    [user],
  );
  for (const { file } of rows) await listAsStale(database, file);
}

/** Both ways, blocks as well; also from the lists of those whom others let through. */
async function eraseContacts(database: Database, user: UserId): Promise<Other[]> {
  const rows = await database.rows<Other>(
    `WITH gone AS (
       DELETE FROM "Contact" WHERE "owner" = $1 OR "target" = $1 RETURNING "owner", "target", "blocks" IS TRUE AS blocks
     )
     SELECT other."objectId" AS id, coalesce(other."name", other."username") AS name,
       bool_or(gone."owner" = other."objectId" AND NOT gone.blocks) AS wishes,
       bool_or(gone."owner" = $1 AND NOT gone.blocks) AS "isWished"
     FROM gone JOIN "_User" AS other
       ON other."objectId" = CASE WHEN gone."owner" = $1 THEN gone."target" ELSE gone."owner" END
     WHERE other."objectId" <> $1
     GROUP BY other."objectId", other."name", other."username"`,
    [user],
  );
  await unlist(database, contactsOf(rows), user);
  return rows;
}

function contactsOf(others: Other[]): UserId[] {
  return others.filter(({ wishes, isWished }) => wishes && isWished).map(({ id }) => id);
}

/** Those of the person, and of others those that are theirs by now. */
async function eraseInvites(database: Database, user: UserId): Promise<void> {
  await database.rows(`DELETE FROM "InviteLink" WHERE "owner" = $1 OR "admits" = $1 OR "usedBy" = $1`, [user]);
}

/** What others keep says neither who it was, nor to anybody whom it was. What nobody reads any more goes. */
async function eraseFromCalls(database: Database, user: UserId): Promise<void> {
  const rows = await database.rows<{ id: string }>(
    `UPDATE "Call" SET "caller" = nullif("caller", $1), "callee" = nullif("callee", $1),
       "callerName" = NULL, "calleeName" = NULL, "_rperm" = array_remove("_rperm", $1), "updatedAt" = now(),
       "missedWhile" = CASE WHEN "callee" = $1 THEN NULL ELSE "missedWhile" END,
       "calleeDevice" = CASE WHEN "callee" = $1 THEN NULL ELSE "calleeDevice" END
     WHERE "caller" = $1 OR "callee" = $1 RETURNING "objectId" AS id`,
    [user],
  );
  await database.rows(
    `DELETE FROM "Call" WHERE "objectId" = ANY($1) AND "state" = 'ended'
       AND "caller" IS NULL AND ("callee" IS NULL OR "calleeOutcome" IS NULL)`,
    [rows.map(({ id }) => id)],
  );
}

function tellOther(tell: Tell, user: { id: UserId; name: string }, { wishes, isWished, ...other }: Other): void {
  if (wishes && isWished) tell({ type: "contact", accepted: false, people: [user, other] });
  // Who only asked is not told whom.
  tell({ type: "contacts-changed", of: other.id, ...(isWished ? { user: user.id } : {}) });
}

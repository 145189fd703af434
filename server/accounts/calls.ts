import {
  CallRecord,
  DELETED_USER,
  type CallId,
  type Media,
  type MissedWhile,
  type Outcome,
  type UserId,
  talkedSeconds,
} from "#protocol";
import * as v from "valibot";
import type { EndedCall } from "../core/events.ts";
import type { Database, DatabasePool } from "../database/pool.ts";
import { holdPeople, KEPT_NAMES_STAY, nameInCall, NO_NAMES, type KeptNames } from "./call-names.ts";
import { newRowId, readableBy } from "./rows.ts";

const DEFAULT_PAGE = 50;

interface Row {
  id: string;
  call: string;
  outgoing: boolean;
  /** Null where the account is gone, as the name. */
  other: string | null;
  name: string | null;
  media: Media;
  outcome: Outcome;
  started_at: Date;
  accepted_at: Date | null;
  ended_at: Date;
  seen: boolean;
  /** Null in every row that is not the callee's, and in those of before it was kept. */
  missed_while: MissedWhile | null;
}

/** Where a page of the history ends; opaque to clients. */
interface Cursor {
  at: number;
  id: string;
}

/** Keeps one record of each call that is over, for its two people. The row may be there from its invite on. [CALL-14] */
export class Calls {
  readonly #database: DatabasePool;

  constructor(database: DatabasePool) {
    this.#database = database;
  }

  /** The same call may be told twice; whoever erased their account meanwhile is nobody in it. A record is final, but where it says of a call that it was answered after all. */
  async keep(ended: EndedCall): Promise<void> {
    await this.#database.transaction(async (database) => {
      const names = await holdPeople(database, ended.caller, ended.callee);
      await database.rows(RECORD, valuesOf(ended, names ?? NO_NAMES));
      if (names === undefined) await dropUnread(database, ended.call);
    });
  }

  async missedBy(user: UserId): Promise<number> {
    const [row] = await this.#database.rows<{ count: number }>(
      `SELECT count(*)::int AS count FROM "Call" WHERE "callee" = $1 AND "calleeOutcome" = 'missed' AND "state" = 'ended' AND NOT "seen"`,
      [user],
    );
    return row?.count ?? 0;
  }

  async markSeen(user: UserId): Promise<void> {
    await this.#database.rows(
      `WITH held AS (
         SELECT "objectId" FROM "Call" WHERE "callee" = $1 AND "state" = 'ended' AND NOT "seen"
         ORDER BY "objectId" FOR NO KEY UPDATE)
       UPDATE "Call" AS c SET "seen" = true, "updatedAt" = now() FROM held WHERE c."objectId" = held."objectId"`,
      [user],
    );
  }

  /** One page, newest first. Answers undefined where `before` is no cursor of ours. */
  async page(
    user: UserId,
    before: string | undefined,
    limit = DEFAULT_PAGE,
  ): Promise<{ calls: CallRecord[]; next?: string } | undefined> {
    const cursor = before === undefined ? { at: Number.MAX_SAFE_INTEGER, id: "" } : readCursor(before);
    if (cursor === undefined) return undefined;
    const rows = await this.#database.rows<Row>(
      `SELECT c."objectId" AS id, c."call" AS call, coalesce(c."caller" = $1, false) AS outgoing, other."objectId" AS other,
         ${nameInCall("$1", "other", KEPT_NAME)} AS name, c."media" AS media,
         CASE WHEN c."caller" = $1 THEN c."callerOutcome" ELSE c."calleeOutcome" END AS outcome,
         c."startedAt" AS started_at, c."acceptedAt" AS accepted_at, c."endedAt" AS ended_at,
         coalesce(c."caller" = $1, false) OR c."seen" AS seen,
         CASE WHEN c."callee" = $1 THEN c."missedWhile" END AS missed_while
       FROM "Call" AS c
       LEFT JOIN "_User" AS other ON other."objectId" = CASE WHEN c."caller" = $1 THEN c."callee" ELSE c."caller" END
       WHERE (c."caller" = $1 OR (c."callee" = $1 AND c."calleeOutcome" IS NOT NULL)) AND c."state" = 'ended'
         AND (extract(epoch FROM c."startedAt") * 1000, c."objectId") < ($2::numeric, $3)
       ORDER BY c."startedAt" DESC, c."objectId" DESC LIMIT $4`,
      [user, cursor.at, cursor.id, limit + 1],
    );
    const last = rows.length > limit ? rows[limit - 1] : undefined;
    return { calls: rows.slice(0, limit).map(recordOf), ...(last && { next: writeCursor(last) }) };
  }
}

/** What the one who asks, $1, goes on calling the other of a call `c`. */
const KEPT_NAME = `(CASE WHEN c."caller" = $1 THEN c."calleeName" ELSE c."callerName" END)`;

const RECORD = `
  INSERT INTO "Call" ("objectId", "createdAt", "updatedAt", "_rperm", "_wperm", "call", "caller", "callee", "media",
    "reason", "callerOutcome", "calleeOutcome", "startedAt", "acceptedAt", "endedAt", "seen", "missedWhile", "state",
    "calleeDevice", "merged", "adopted", "callerName", "calleeName")
  VALUES ($1, now(), now(), ARRAY(SELECT "objectId" FROM "_User" WHERE "objectId" = ANY($2)), $3, $4,
    (SELECT "objectId" FROM "_User" WHERE "objectId" = $5), (SELECT "objectId" FROM "_User" WHERE "objectId" = $6), $7,
    $8, $9, $10, $11, $12, $13, $14, $15, 'ended', $16, $17, $18, $19, $20)
  ON CONFLICT ("call") DO UPDATE SET "updatedAt" = now(), "_rperm" = excluded."_rperm", "media" = excluded."media",
    "reason" = excluded."reason", "callerOutcome" = excluded."callerOutcome",
    "calleeOutcome" = excluded."calleeOutcome", "startedAt" = excluded."startedAt",
    "acceptedAt" = excluded."acceptedAt", "endedAt" = excluded."endedAt", "seen" = excluded."seen",
    "missedWhile" = excluded."missedWhile", "state" = 'ended', "calleeDevice" = excluded."calleeDevice",
    "merged" = excluded."merged", "adopted" = excluded."adopted", "live" = NULL, ${KEPT_NAMES_STAY}
  WHERE "Call"."state" <> 'ended' OR ($21 AND "Call"."acceptedAt" IS NULL)`;

function valuesOf(ended: EndedCall, names: KeptNames): unknown[] {
  const { caller, callee } = ended.outcomes;
  const acl = callee === undefined ? readableBy(ended.caller) : readableBy(ended.caller, ended.callee);
  return [
    newRowId(),
    acl.read,
    acl.write,
    ended.call,
    ended.caller,
    ended.callee,
    ended.media,
    ended.reason,
    caller,
    callee ?? null,
    new Date(ended.startedAt),
    ended.acceptedAt === undefined ? null : new Date(ended.acceptedAt),
    new Date(ended.endedAt),
    callee !== "missed",
    ended.missedWhile ?? null,
    ended.device,
    JSON.stringify(ended.merged ?? []),
    ended.adopted ?? false,
    names.caller,
    names.callee,
    ended.corrects ?? false,
  ];
}

/** A record of whose readers none is left goes with the last of them, also where it comes after them. */
async function dropUnread(database: Database, call: CallId): Promise<void> {
  await database.rows(`DELETE FROM "Call" WHERE "call" = $1 AND "state" = 'ended' AND "_rperm" = '{}'`, [call]);
}

function recordOf(row: Row): CallRecord {
  const acceptedAt = row.accepted_at?.getTime();
  return v.parse(CallRecord, {
    call: row.call,
    with: { user: row.other ?? DELETED_USER, name: row.name ?? "deleted account" },
    direction: row.outgoing ? "out" : "in",
    media: row.media,
    outcome: row.outcome,
    at: row.started_at.getTime(),
    seconds: acceptedAt === undefined ? 0 : talkedSeconds(acceptedAt, row.ended_at.getTime()),
    seen: row.seen,
    ...(row.missed_while === null ? {} : { missedWhile: row.missed_while }),
  });
}

function writeCursor(row: Row): string {
  return Buffer.from(`${String(row.started_at.getTime())} ${row.id}`).toString("base64url");
}

function readCursor(text: string): Cursor | undefined {
  const [, at, id] = /^(\d{1,15}) ([A-Za-z0-9_-]{1,64})$/.exec(Buffer.from(text, "base64url").toString()) ?? [];
  return at === undefined || id === undefined ? undefined : { at: Number(at), id };
}

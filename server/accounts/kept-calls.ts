import { AlertMode, CallId, DeviceId, type EndReason, type Media, PeerId, talkedSeconds, type UserId } from "#protocol";
import * as v from "valibot";
import type { KeptCall, KeptCalls, KeptPast } from "../core/events.ts";
import type { DatabasePool } from "../database/pool.ts";
import type { Logger } from "../logger.ts";
import { holdPeople, KEPT_NAMES_STAY, nameInCall, type KeptNames } from "./call-names.ts";
import { newRowId, readableBy } from "./rows.ts";

/** So many calls that are over are read at the start, of at most this age: enough for what a client may say late. */
const MAX_PAST = 20_000;
const PAST_WITHIN = "1 hour";

const Instant = v.pipe(v.number(), v.integer());
const Side = v.object({
  device: v.exactOptional(DeviceId),
  owed: v.exactOptional(v.picklist(["call.accepted", "call.rejoined"])),
});

/** What only the next server reads of a call that is not over: the column `live`. Instants in ms. */
const Live = v.object({
  caller: Side,
  callee: Side,
  ends: v.exactOptional(v.object({ caller: PeerId, callee: PeerId })),
  phase: v.variant("at", [
    v.object({
      at: v.literal("ringing"),
      until: Instant,
      receipts: v.array(v.object({ device: DeviceId, first: AlertMode, latest: AlertMode })),
    }),
    v.object({ at: v.literal("running"), since: Instant, rejoinedAt: v.exactOptional(Instant) }),
  ]),
  calleeShowsBusy: v.boolean(),
  corrects: v.exactOptional(v.literal(true)),
});

const Ids = v.array(CallId);

interface OpenRow {
  call: CallId;
  caller: UserId;
  caller_name: string;
  callee: UserId;
  callee_name: string;
  media: Media;
  started_at: Date;
  merged: unknown;
  adopted: boolean;
  live: unknown;
}

interface PastRow {
  call: CallId;
  caller: UserId;
  callee: UserId;
  reason: EndReason;
  accepted_at: Date | null;
  ended_at: Date;
  device: DeviceId | null;
  merged: unknown;
  adopted: boolean | null;
}

/** The rows of calls that are not over, from one server to the next. Nobody may read them. [CALL-11] */
export class KeptCallRows {
  readonly #database: DatabasePool;
  readonly #logger: Logger;

  constructor(database: DatabasePool, logger: Logger) {
    this.#database = database;
    this.#logger = logger;
  }

  /** A write that comes late changes nothing: between people of whom one has erased the account nothing is open, a call that is over stays so, and one that was answered does not ring. */
  async save(call: KeptCall): Promise<void> {
    await this.#database.transaction(async (database) => {
      const names = await holdPeople(database, call.caller.user, call.callee.user);
      if (names !== undefined) await database.rows(SAVE, valuesOf(call, names));
    });
  }

  async read(): Promise<KeptCalls> {
    await closeForsaken(this.#database);
    const [open, past, blocks] = await Promise.all([this.#readOpen(), this.#readPast(), this.#readBlocks()]);
    if (open.length > 0) this.#logger.info("calls taken up", { count: open.length });
    return { open, past, blocks };
  }

  async #readOpen(): Promise<KeptCall[]> {
    const rows = await this.#database.rows<OpenRow>(
      `SELECT c."call" AS call, c."media" AS media, c."startedAt" AS started_at, c."merged" AS merged,
         c."adopted" AS adopted, c."live" AS live,
         caller."objectId" AS caller, ${nameInCall('callee."objectId"', "caller", 'c."callerName"')} AS caller_name,
         callee."objectId" AS callee, ${nameInCall('caller."objectId"', "callee", 'c."calleeName"')} AS callee_name
       FROM "Call" AS c
       JOIN "_User" AS caller ON caller."objectId" = c."caller"
       JOIN "_User" AS callee ON callee."objectId" = c."callee"
       WHERE c."state" <> 'ended' ORDER BY c."startedAt", c."call"`,
    );
    return rows.flatMap((row) => {
      const live = v.safeParse(Live, row.live);
      if (live.success) return [openOf(row, live.output)];
      this.#logger.error("a call could not be taken up", { call: row.call });
      return [];
    });
  }

  async #readBlocks(): Promise<KeptCalls["blocks"]> {
    return this.#database.rows<KeptCalls["blocks"][number]>(
      `SELECT DISTINCT block."owner" AS by, block."target" AS user FROM "Call" AS c
       JOIN "Contact" AS block ON block."blocks" AND block."owner" = c."callee" AND block."target" = c."caller"
       WHERE c."state" <> 'ended'`,
    );
  }

  async #readPast(): Promise<KeptPast[]> {
    const rows = await this.#database.rows<PastRow>(
      `SELECT "call" AS call, "caller" AS caller, "callee" AS callee, "reason" AS reason,
         "acceptedAt" AS accepted_at, "endedAt" AS ended_at, "calleeDevice" AS device, "merged" AS merged, "adopted" AS adopted
       FROM "Call" WHERE "state" = 'ended' AND "caller" IS NOT NULL AND "callee" IS NOT NULL AND "endedAt" > now() - $1::interval ORDER BY "endedAt" DESC LIMIT $2`,
      [PAST_WITHIN, MAX_PAST],
    );
    return rows.toReversed().map(pastOf);
  }
}

const SAVE = `
  INSERT INTO "Call" ("objectId", "createdAt", "updatedAt", "_rperm", "_wperm", "call", "caller", "callee", "media",
    "startedAt", "acceptedAt", "state", "merged", "adopted", "live", "callerName", "calleeName")
  VALUES ($1, now(), now(), $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
  ON CONFLICT ("call") DO UPDATE SET "updatedAt" = now(), "media" = excluded."media",
    "startedAt" = excluded."startedAt", "acceptedAt" = excluded."acceptedAt", "state" = excluded."state",
    "merged" = excluded."merged", "adopted" = excluded."adopted", "live" = excluded."live", ${KEPT_NAMES_STAY}
  WHERE "Call"."state" = 'ringing' OR ("Call"."state" = 'running' AND excluded."state" = 'running')
    OR ($16 AND "Call"."acceptedAt" IS NULL)`;

function valuesOf(call: KeptCall, names: KeptNames): unknown[] {
  const acl = readableBy();
  const { phase } = call;
  return [
    newRowId(),
    acl.read,
    acl.write,
    call.call,
    call.caller.user,
    call.callee.user,
    call.media,
    new Date(call.startedAt),
    phase.at === "running" ? new Date(phase.since) : null,
    phase.at,
    JSON.stringify(call.merged),
    call.adopted,
    liveOf(call),
    names.caller,
    names.callee,
    call.corrects ?? false,
  ];
}

/** Ends what was open when an account was erased, where the server did not live to do it. */
async function closeForsaken(database: DatabasePool): Promise<void> {
  const lives = (side: string) => `EXISTS (SELECT 1 FROM "_User" AS u WHERE u."objectId" = c."${side}")`;
  // Nobody knows any more whether the other was to hear of a ring.
  await database.rows(
    `DELETE FROM "Call" AS c WHERE c."state" <> 'ended' AND NOT ${lives("caller")}
       AND (c."state" = 'ringing' OR NOT ${lives("callee")})`,
  );
  await database.rows(
    `UPDATE "Call" AS c SET "state" = 'ended', "endedAt" = now(), "updatedAt" = now(), "live" = NULL, "seen" = true,
       "_rperm" = ARRAY(SELECT u."objectId" FROM "_User" AS u WHERE u."objectId" IN (c."caller", c."callee")),
       "reason" = CASE c."state" WHEN 'running' THEN 'hangup' ELSE 'unreachable' END,
       "callerOutcome" = CASE c."state" WHEN 'running' THEN 'answered' ELSE 'unreachable' END,
       "calleeOutcome" = CASE c."state" WHEN 'running' THEN 'answered' END
     WHERE c."state" <> 'ended' AND NOT (${lives("caller")} AND ${lives("callee")})`,
  );
}

function liveOf({ caller, callee, ends, calleeShowsBusy, phase, corrects }: KeptCall): v.InferOutput<typeof Live> {
  const sideOf = ({ device, owed }: KeptCall["caller"]) => ({
    ...(device === undefined ? {} : { device }),
    ...(owed === undefined ? {} : { owed }),
  });
  return {
    caller: sideOf(caller),
    callee: sideOf(callee),
    ...(ends === undefined ? {} : { ends }),
    calleeShowsBusy,
    phase,
    ...(corrects === undefined ? {} : { corrects }),
  };
}

function openOf(row: OpenRow, { caller, callee, ...live }: v.InferOutput<typeof Live>): KeptCall {
  return {
    ...live,
    call: row.call,
    merged: idsOf(row.merged),
    media: row.media,
    startedAt: row.started_at.getTime(),
    caller: { ...caller, user: row.caller, name: row.caller_name },
    callee: { ...callee, user: row.callee, name: row.callee_name },
    adopted: row.adopted,
  };
}

function pastOf({ accepted_at, ended_at, device, merged, adopted, ...row }: PastRow): KeptPast {
  return {
    ...row,
    answered: accepted_at !== null,
    ...(accepted_at === null ? {} : { seconds: talkedSeconds(accepted_at.getTime(), ended_at.getTime()) }),
    merged: idsOf(merged),
    adopted: adopted ?? false,
    ...(device === null ? {} : { device }),
  };
}

function idsOf(merged: unknown): CallId[] {
  const ids = v.safeParse(Ids, merged);
  return ids.success ? ids.output : [];
}

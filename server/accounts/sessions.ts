import { Choice, Settings, UserId, type DeviceId } from "#protocol";
import * as v from "valibot";
import type { ChosenPresence } from "../core/events.ts";
import { settingsAfter } from "../core/settings.ts";
import { DatabaseAway, type Database, type DatabasePool } from "../database/pool.ts";
import type { Logger } from "../logger.ts";
import type { Identity, SessionCheck } from "./accounts.ts";
import { avatarOfRow } from "./avatar-path.ts";
import { Batches } from "./batches.ts";
import { nameSeenBy } from "./shown.ts";

/** How long a session lives after it was last used. */
export const SESSION_SECONDS = 30 * 24 * 60 * 60;

const DEFAULT_SETTINGS: Settings = { showBusy: true, secondCall: "wait" };

const KeptChoice = v.object({
  availability: Choice,
  until: v.optional(v.number()),
  text: v.optional(v.string()),
});

/** Each by itself: one that cannot be read takes no other with it. */
const KeptSettings = v.object({
  showBusy: v.fallback(Settings.entries.showBusy, DEFAULT_SETTINGS.showBusy),
  secondCall: v.fallback(Settings.entries.secondCall, DEFAULT_SETTINGS.secondCall),
  letThrough: v.fallback(Settings.entries.letThrough, undefined),
  favourites: v.fallback(Settings.entries.favourites, undefined),
});

const Row = v.object({
  token: v.string(),
  session: v.string(),
  id: UserId,
  handle: v.string(),
  name: v.nullable(v.string()),
  avatar: v.nullable(v.string()),
  installation: v.nullable(v.string()),
  choice: v.nullable(v.unknown()),
  settings: v.nullable(v.unknown()),
  contacts: v.array(v.object({ id: UserId, name: v.string() })),
  blocked: v.array(UserId),
  blockedBy: v.array(UserId),
  missed: v.number(),
});

// One statement, so that the whole answer is of one moment.
const IDENTIFY = `
  SELECT s."sessionToken" AS token, s."objectId" AS session, u."objectId" AS id, u."username" AS handle, u."name" AS name,
    u."avatar" ->> 'path' AS avatar, s."installationId" AS installation, u."choice" AS choice, u."settings" AS settings,
    coalesce((
      SELECT json_agg(json_build_object('id', other."objectId", 'name', ${nameSeenBy('u."objectId"', "other")}))
      FROM "Contact" AS mine
      JOIN "Contact" AS theirs ON theirs."owner" = mine."target" AND theirs."target" = mine."owner"
      JOIN "_User" AS other ON other."objectId" = mine."target"
      WHERE mine."owner" = u."objectId" AND mine."blocks" IS NOT TRUE AND theirs."blocks" IS NOT TRUE
    ), '[]'::json) AS contacts,
    ARRAY(SELECT "target" FROM "Contact" WHERE "owner" = u."objectId" AND "blocks") AS blocked,
    ARRAY(SELECT "owner" FROM "Contact" WHERE "target" = u."objectId" AND "blocks") AS "blockedBy",
    (SELECT count(*)::int FROM "Call" WHERE "callee" = u."objectId" AND "calleeOutcome" = 'missed' AND "state" = 'ended' AND NOT "seen") AS missed
  FROM "_Session" AS s JOIN "_User" AS u ON u."objectId" = s."user"
  WHERE s."sessionToken" = ANY($1) AND s."expiresAt" > now()`;

// Whoever is online uses the session; written once a day at most, as Parse does it for requests.
const EXTEND = `
  UPDATE "_Session" SET "expiresAt" = now() + make_interval(secs => $2), "updatedAt" = now()
  WHERE "objectId" = ANY($1) AND "expiresAt" > now() AND "updatedAt" < now() - interval '1 day'`;

/**
 * Tokens asked for at once: after a restart everyone comes back within seconds. Those who are known by one answer are
 * welcomed in one go, which must not keep everybody else waiting.
 */
const IDENTIFY_BATCH = 32;
/** Questions for them that are under way at once; the rest of the pool is for everything else. */
const IDENTIFY_AT_ONCE = 2;

// A session whose user was deleted is nobody's.
const VALID = `
  SELECT s."objectId" AS id FROM "_Session" AS s JOIN "_User" AS u ON u."objectId" = s."user"
  WHERE s."objectId" = ANY($1) AND s."expiresAt" > now()`;

/** What tokens of Parse are made of, and more. */
const PRINTABLE = /^[!-~]+$/;

/** Who holds sessions, as the database knows it. Never throws. */
export class Sessions {
  readonly #database: DatabasePool;
  readonly #logger: Logger;
  readonly #rows: Batches<{ token: string }>;

  constructor(database: DatabasePool, logger: Logger) {
    this.#database = database;
    this.#logger = logger;
    const ask = async (tokens: string[]) => {
      const rows = await database.rows<{ token: string }>(IDENTIFY, [tokens]);
      return new Map(rows.map((row) => [row.token, row]));
    };
    this.#rows = new Batches({ ask, size: IDENTIFY_BATCH, atOnce: IDENTIFY_AT_ONCE });
  }

  async identify(token: string, device: DeviceId): Promise<SessionCheck> {
    // PostgreSQL refuses to be asked for some of what is no token, which must not pass for a database that is away.
    if (!PRINTABLE.test(token)) return { ok: false, reason: "invalid" };
    try {
      const row = await this.#rows.get(token);
      if (row === undefined) return { ok: false, reason: "invalid" };
      const read = v.parse(Row, row);
      if (read.installation !== null && read.installation !== device) {
        this.#logger.debug("a device uses the session of another installation", { user: read.id });
      }
      return { ok: true, identity: identityOf(read, Date.now()) };
    } catch (error) {
      this.#tell("a session could not be checked", error);
      return { ok: false, reason: "unavailable" };
    }
  }

  async validSessions(sessions: string[]): Promise<Set<string> | undefined> {
    try {
      await this.#database.rows(EXTEND, [sessions, SESSION_SECONDS]);
      const rows = await this.#database.rows<{ id: string }>(VALID, [sessions]);
      return new Set(rows.map((row) => row.id));
    } catch (error) {
      this.#tell("sessions could not be checked", error);
      return undefined;
    }
  }

  #tell(sentence: string, error: unknown): void {
    if (error instanceof DatabaseAway) this.#logger.warn(sentence, { reason: "database away" });
    else this.#logger.error(sentence, { error });
  }
}

function identityOf(row: v.InferOutput<typeof Row>, now: number): Identity {
  return {
    user: { id: row.id, handle: row.handle, name: row.name ?? row.handle, ...avatarOfRow(row.avatar) },
    session: row.session,
    chosen: chosenOf(row.choice, now),
    settings: settingsOf(row.settings),
    contacts: row.contacts,
    blocked: row.blocked,
    blockedBy: row.blockedBy,
    missed: row.missed,
  };
}

/** What was kept, as far as it still holds: a choice that ran out while nobody was here is `available` again. */
function chosenOf(kept: unknown, now: number): ChosenPresence {
  const read = v.safeParse(KeptChoice, kept);
  if (!read.success) return { availability: "available" };
  const { availability, until, text } = read.output;
  const words = text === undefined ? {} : { text };
  if (until === undefined) return { availability, ...words };
  return until <= now ? { availability: "available", ...words } : { availability, until, ...words };
}

function settingsOf(kept: unknown): Settings {
  const read = v.safeParse(KeptSettings, kept);
  if (!read.success) return DEFAULT_SETTINGS;
  return settingsAfter(DEFAULT_SETTINGS, read.output);
}

/** Those that have expired, and those of accounts that are gone: a sign-in may have ended after its account. */
export async function removeDeadSessions(database: Database): Promise<void> {
  await database.rows(
    `DELETE FROM "_Session" AS s WHERE "expiresAt" <= now()
       OR NOT EXISTS (SELECT 1 FROM "_User" AS u WHERE u."objectId" = s."user")`,
  );
}

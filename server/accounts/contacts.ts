import { UserId, type Contact } from "#protocol";
import * as v from "valibot";
import type { Database, DatabasePool } from "../database/pool.ts";
import type { AccountsEvent, Profile } from "./accounts.ts";
import { newRowId, readableBy } from "./rows.ts";

/** So many contacts and requests of one person: a welcome carries the whole roster in one frame. */
export const MAX_CONTACTS = 1_000;

/** What an act on the contacts came to. */
export type ContactOutcome = "done" | "not-found" | "self" | "too-many" | "too-many-asked";

interface Person {
  id: UserId;
  handle: string;
  name: string;
}

interface ContactRow {
  user: string | null;
  request: string | null;
  handle: string | null;
  name: string | null;
  typed: string | null;
  mine: Date | null;
  theirs: Date | null;
}

/**
 * Who wishes to reach whom. Each act on two people runs alone, in this process and in the database, so that of two that
 * cross each sees what the other left, and their events come in the order of what is kept.
 */
export class Contacts {
  readonly #database: DatabasePool;
  readonly #emit: (event: AccountsEvent) => void;
  #last: Promise<unknown> = Promise.resolve();

  constructor(database: DatabasePool, emit: (event: AccountsEvent) => void) {
    this.#database = database;
    this.#emit = emit;
  }

  async list(user: UserId): Promise<Contact[]> {
    const rows = await this.#database.rows<ContactRow>(
      `SELECT other."objectId" AS user, mine."objectId" AS request, other."username" AS handle,
         coalesce(other."name", other."username") AS name, mine."handle" AS typed,
         mine."createdAt" AS mine, theirs."createdAt" AS theirs
       FROM (SELECT * FROM "Contact" WHERE "owner" = $1) AS mine
       FULL JOIN (SELECT * FROM "Contact" WHERE "target" = $1) AS theirs ON theirs."owner" = mine."target"
       LEFT JOIN "_User" AS other ON other."objectId" = coalesce(theirs."owner", mine."target")
       ORDER BY coalesce(mine."createdAt", theirs."createdAt")`,
      [user],
    );
    return rows.flatMap(entryOf);
  }

  /** Asks whoever has the handle. Known and unknown handles take the same way, so that neither words nor time tell. */
  async request(asker: Profile, handle: string): Promise<ContactOutcome> {
    if (handle === asker.handle) return "self";
    return this.#alone(async (database, tell) => {
      const target = await personBy(database, "username", handle);
      await lockPair(database, asker.id, target?.id ?? `@${handle}`);
      if (await hasTooMany(database, asker.id)) return "too-many";
      const isMutual = await wishes(database, target?.id ?? "", asker.id);
      if (!isMutual && (await isAskedTooOften(database, handle))) return "too-many-asked";
      const isNew = await wish(database, asker.id, { id: target?.id, handle });
      if (!isNew) return "done";
      tell({ type: "contacts-changed", of: asker.id });
      if (target === undefined) return "done";
      tell({ type: "contacts-changed", of: target.id, user: asker.id });
      if (isMutual) tell({ type: "contact", accepted: true, people: [named(asker), named(target)] });
      return "done";
    });
  }

  async accept(user: Profile, other: UserId): Promise<ContactOutcome> {
    return this.#alone(async (database, tell) => {
      await lockPair(database, user.id, other);
      const asker = await personBy(database, "objectId", other);
      if (asker === undefined || !(await wishes(database, other, user.id))) return "not-found";
      if (!(await wishes(database, user.id, other)) && (await hasTooMany(database, user.id))) return "too-many";
      if (await wish(database, user.id, asker)) {
        tell({ type: "contact", accepted: true, people: [named(user), named(asker)] });
        tellBoth(tell, user.id, other);
      }
      return "done";
    });
  }

  async decline(user: Profile, other: UserId): Promise<ContactOutcome> {
    return this.#alone(async (database, tell) => {
      await lockPair(database, user.id, other);
      if ((await wishes(database, user.id, other)) || !(await unwish(database, other, user.id))) return "not-found";
      tell({ type: "contacts-changed", of: user.id, user: other });
      tell({ type: "contacts-changed", of: other });
      return "done";
    });
  }

  /** Ends it for both; with the id of an outgoing request, withdraws that. */
  async remove(user: Profile, other: UserId): Promise<ContactOutcome> {
    return this.#alone(async (database, tell) => {
      const [request] = await database.rows<{ target: UserId | null }>(
        `SELECT "target" FROM "Contact" WHERE "objectId" = $1 AND "owner" = $2`,
        [other, user.id],
      );
      if (request?.target === null) {
        await database.rows(`DELETE FROM "Contact" WHERE "objectId" = $1`, [other]);
        tell({ type: "contacts-changed", of: user.id });
        return "done";
      }
      const target = request?.target ?? other;
      await lockPair(database, user.id, target);
      const person = await personBy(database, "objectId", target);
      const wasMutual = await wishes(database, target, user.id);
      // Without the request's own id only a contact can be removed: an id alone must not tell what became of a request.
      if (person === undefined || (request === undefined && !wasMutual)) return "not-found";
      if (!(await unwish(database, user.id, target))) return "not-found";
      if (wasMutual) {
        await unwish(database, target, user.id);
        tell({ type: "contact", accepted: false, people: [named(user), named(person)] });
        tellBoth(tell, user.id, target);
      } else {
        // Whoever only asked is not told whom.
        tell({ type: "contacts-changed", of: user.id });
        tell({ type: "contacts-changed", of: target, user: user.id });
      }
      return "done";
    });
  }

  /** Hands a new account the requests that were made for its handle before. */
  async adopt(user: Profile): Promise<void> {
    await this.#alone(async (database, tell) => {
      const rows = await database.rows<{ owner: UserId }>(
        `UPDATE "Contact" SET "target" = $1, "updatedAt" = now() WHERE "handle" = $2 AND "target" IS NULL RETURNING "owner"`,
        [user.id, user.handle],
      );
      if (rows.length > 0) tell({ type: "contacts-changed", of: user.id });
      return "done";
    });
  }

  /** One act at a time: a transaction whose events are told once it is kept, before the next begins. */
  #alone(
    act: (database: Database, tell: (event: AccountsEvent) => void) => Promise<ContactOutcome>,
  ): Promise<ContactOutcome> {
    const turn = this.#last.then(async () => {
      const events: AccountsEvent[] = [];
      const outcome = await this.#database.transaction((database) => act(database, (event) => events.push(event)));
      for (const event of events) this.#emit(event);
      return outcome;
    });
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}

function tellBoth(tell: (event: AccountsEvent) => void, one: UserId, other: UserId): void {
  tell({ type: "contacts-changed", of: one, user: other });
  tell({ type: "contacts-changed", of: other, user: one });
}

function named(person: Profile | Person): { id: UserId; name: string } {
  return { id: person.id, name: person.name };
}

async function lockPair(database: Database, one: string, other: string): Promise<void> {
  await database.rows("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", [[one, other].sort().join(" ")]);
}

const PersonRow = v.object({ id: UserId, handle: v.string(), name: v.string() });

async function personBy(database: Database, column: "username" | "objectId", value: string) {
  const [row] = await database.rows(
    `SELECT "objectId" AS id, "username" AS handle, coalesce("name", "username") AS name FROM "_User" WHERE "${column}" = $1`,
    [value],
  );
  return row === undefined ? undefined : v.parse(PersonRow, row);
}

/** Answers whether it is new. */
async function wish(
  database: Database,
  owner: string,
  target: { id?: string | undefined; handle: string },
): Promise<boolean> {
  const acl = readableBy(owner);
  const made = await database.rows(
    `INSERT INTO "Contact" ("objectId", "createdAt", "updatedAt", "_rperm", "_wperm", "owner", "target", "handle")
     VALUES ($1, now(), now(), $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING RETURNING 1`,
    [newRowId(), acl.read, acl.write, owner, target.id ?? null, target.handle],
  );
  return made.length > 0;
}

async function hasTooMany(database: Database, owner: string): Promise<boolean> {
  const [row] = await database.rows<{ count: number }>(
    `SELECT count(*)::int AS count FROM "Contact" WHERE "owner" = $1`,
    [owner],
  );
  return (row?.count ?? 0) >= MAX_CONTACTS;
}

/** Whether as many requests as a list may hold wait at a handle, be it anybody's or nobody's. */
async function isAskedTooOften(database: Database, handle: string): Promise<boolean> {
  const [row] = await database.rows<{ count: number }>(
    `SELECT count(*)::int AS count FROM "Contact" AS theirs WHERE "handle" = $1 AND NOT EXISTS (
       SELECT 1 FROM "Contact" AS mine WHERE mine."owner" = theirs."target" AND mine."target" = theirs."owner")`,
    [handle],
  );
  return (row?.count ?? 0) >= MAX_CONTACTS;
}

async function wishes(database: Database, owner: string, target: string): Promise<boolean> {
  const rows = await database.rows(`SELECT 1 FROM "Contact" WHERE "owner" = $1 AND "target" = $2`, [owner, target]);
  return rows.length > 0;
}

/** Answers whether there was one. */
async function unwish(database: Database, owner: string, target: string): Promise<boolean> {
  const gone = await database.rows(`DELETE FROM "Contact" WHERE "owner" = $1 AND "target" = $2 RETURNING 1`, [
    owner,
    target,
  ]);
  return gone.length > 0;
}

function entryOf(row: ContactRow): Contact[] {
  const mine = row.mine?.getTime();
  const theirs = row.theirs?.getTime();
  if (mine !== undefined && theirs === undefined) {
    return [{ user: v.parse(UserId, row.request), handle: row.typed ?? "", state: "outgoing", since: mine }];
  }
  // Someone whose account is gone is nobody's contact.
  if (row.user === null || row.handle === null || row.name === null || theirs === undefined) return [];
  const person = { user: v.parse(UserId, row.user), handle: row.handle, name: row.name };
  if (mine === undefined) return [{ ...person, state: "incoming", since: theirs }];
  return [{ ...person, state: "accepted", since: Math.max(mine, theirs) }];
}

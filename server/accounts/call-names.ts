import type { UserId } from "#protocol";
import type { Database } from "../database/pool.ts";
import { lockPair } from "./contact-rows.ts";
import { nameSeenBy } from "./shown.ts";

/** What each of a call's two people goes on being called there to the other; nobody, where they are contacts. */
export interface KeptNames {
  caller: string | null;
  callee: string | null;
}

export const NO_NAMES: KeptNames = { caller: null, callee: null };

/** In SQL, where a row is written again: what was kept at the end of a contact is older than what comes with the write. */
export const KEPT_NAMES_STAY = `
    "callerName" = coalesce("Call"."callerName", excluded."callerName"),
    "calleeName" = coalesce("Call"."calleeName", excluded."calleeName")`;

/**
 * Holds both people of a call until the end of the transaction, whoever of them is there: neither is erased meanwhile, and
 * what the two are to each other stays. Answers with the names to be kept with its row, undefined where one is gone.
 */
export async function holdPeople(database: Database, caller: UserId, callee: UserId): Promise<KeptNames | undefined> {
  const there = await database.rows(
    `SELECT 1 FROM "_User" WHERE "objectId" IN ($1, $2) ORDER BY "objectId" FOR KEY SHARE`,
    [caller, callee],
  );
  if (there.length < 2) return undefined;
  await lockPair(database, caller, callee);
  const [names] = await database.rows<{ caller: string; callee: string }>(
    `SELECT ${nameSeenBy("$2", "caller")} AS caller, ${nameSeenBy("$1", "callee")} AS callee
     FROM "_User" AS caller, "_User" AS callee
     WHERE caller."objectId" = $1 AND callee."objectId" = $2 AND NOT ${areContacts("$1", "$2")}`,
    [caller, callee],
  );
  return names ?? NO_NAMES;
}

/**
 * The two are about to be contacts no longer: what they were to each other in their calls they stay. Whoever changes several
 * rows takes them in the order of their ids, so that no two wait for each other.
 */
export async function keepNames(database: Database, one: UserId, other: UserId): Promise<void> {
  await database.rows(
    `WITH held AS (
       SELECT "objectId" FROM "Call" WHERE ("caller" = $1 AND "callee" = $2) OR ("caller" = $2 AND "callee" = $1)
       ORDER BY "objectId" FOR NO KEY UPDATE)
     UPDATE "Call" AS c SET "callerName" = ${nameSeenBy('c."callee"', "caller")},
       "calleeName" = ${nameSeenBy('c."caller"', "callee")}, "updatedAt" = now()
     FROM held, "_User" AS caller, "_User" AS callee
     WHERE c."objectId" = held."objectId" AND caller."objectId" = c."caller" AND callee."objectId" = c."callee"`,
    [one, other],
  );
}

/**
 * In SQL: the name of a person of a call, whose row has the alias `person`, to the other one: of a contact as it is, else
 * as it was `kept` with the call.
 */
export function nameInCall(viewer: string, person: string, kept: string): string {
  return `CASE WHEN ${kept} IS NULL OR ${areContacts(viewer, `${person}."objectId"`)} THEN ${nameSeenBy(viewer, person)}
    ELSE ${kept} END`;
}

function areContacts(one: string, other: string): string {
  const wishes = (owner: string, target: string) => `EXISTS (
    SELECT 1 FROM "Contact" AS wish
    WHERE wish."owner" = ${owner} AND wish."target" = ${target} AND wish."blocks" IS NOT TRUE)`;
  return `(${wishes(one, other)} AND ${wishes(other, one)})`;
}

import type { UserId } from "#protocol";
import type { Database } from "../database/pool.ts";
import type { Tell } from "./alone.ts";
import { blocksBetween, personBy, wishes } from "./contact-rows.ts";
import type { Shown } from "./shown.ts";

/** Tells of a person as they are now: their own devices, and whoever sees their name. [PRES-5] */
export async function tellProfile(database: Database, tell: Tell, user: UserId): Promise<void> {
  const person = await personBy(database, user);
  if (person === undefined) return;
  tell({ type: "profile", user: person, seenBy: await viewersOf(database, [user]) });
}

/** Whom any of these wishes for: contacts, and who is asked. Whom they block learns nothing. */
export async function viewersOf(database: Database, users: UserId[]): Promise<UserId[]> {
  const rows = await database.rows<{ target: UserId }>(
    `SELECT DISTINCT "target" FROM "Contact" AS mine
     WHERE "owner" = ANY($1) AND "target" IS NOT NULL AND "blocks" IS NOT TRUE
       AND NOT EXISTS (
         SELECT 1 FROM "Contact" AS block
         WHERE block."blocks" AND ((block."owner" = mine."owner" AND block."target" = mine."target")
           OR (block."owner" = mine."target" AND block."target" = mine."owner")))`,
    [users],
  );
  return rows.map(({ target }) => target);
}

interface Unveiled {
  of: UserId;
  to: UserId;
  /** What the other saw during the block. */
  shown: Shown | null;
}

/**
 * After a block its target sees the person as they are; as if they had changed only now, where anything is other. One who
 * blocks the person in turn hears of no change of theirs, nor of this. [PRES-5]
 */
export async function tellTruth(database: Database, tell: Tell, { of, to, shown }: Unveiled): Promise<void> {
  const person = await personBy(database, of);
  if (person === undefined || !(await wishes(database, of, to)) || !(await wishes(database, to, of))) return;
  if ((await blocksBetween(database, to, of)).ofOne) return;
  const isAsShown = person.handle === shown?.handle && person.name === shown.name;
  // The path of a picture is another in any case.
  if (isAsShown && person.avatar === undefined && shown.avatar === undefined) return;
  tell({ type: "profile", user: person, seenBy: [to] });
}

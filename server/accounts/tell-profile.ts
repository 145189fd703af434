import type { UserId } from "#protocol";
import type { Database } from "../database/pool.ts";
import type { Tell } from "./alone.ts";
import { personBy } from "./contact-rows.ts";

/** Tells of a person as they are now: their own devices, and whoever sees their name. [PRES-5] */
export async function tellProfile(database: Database, tell: Tell, user: UserId): Promise<void> {
  const person = await personBy(database, "objectId", user);
  if (person === undefined) return;
  // Whom the person wishes for: contacts, and who is asked. Whom they block learns nothing.
  const rows = await database.rows<{ target: UserId }>(
    `SELECT "target" FROM "Contact" AS mine WHERE "owner" = $1 AND "target" IS NOT NULL AND "blocks" IS NOT TRUE
       AND NOT EXISTS (
         SELECT 1 FROM "Contact" AS block
         WHERE block."blocks" AND ((block."owner" = $1 AND block."target" = mine."target")
           OR (block."owner" = mine."target" AND block."target" = $1)))`,
    [user],
  );
  tell({ type: "profile", user: person, seenBy: rows.map(({ target }) => target) });
}

import type { UserId } from "#protocol";
import type { Database } from "../database/pool.ts";
import { newAvatarPath, type KeptAvatar } from "./avatar-path.ts";

/**
 * How somebody looked to a person at the moment at which they blocked them. The blocked one goes on seeing this and learns
 * nothing new, as of somebody who is away and changes nothing. [PRES-5]
 */
export interface Shown {
  handle: string;
  name: string;
  avatar?: KeptAvatar;
}

/** To be kept with the block. A picture only where the two are contacts; at a path of its own, as everybody gets a new one. */
export async function shownNow(database: Database, user: UserId, areContacts: boolean): Promise<Shown> {
  const [row] = await database.rows<{ handle: string; name: string; file: string | null }>(
    `SELECT "username" AS handle, coalesce("name", "username") AS name, "avatar" ->> 'file' AS file
     FROM "_User" WHERE "objectId" = $1`,
    [user],
  );
  const { handle = "", name = "", file = null } = row ?? {};
  return {
    handle,
    name,
    ...(file === null || !areContacts ? {} : { avatar: { file, path: newAvatarPath() } }),
  };
}

/** The two are contacts no longer, whichever blocks the other: no picture is left. */
export async function hidePictures(database: Database, one: UserId, other: UserId): Promise<void> {
  await database.rows(
    `UPDATE "Contact" SET "shown" = "shown" - 'avatar'
     WHERE "blocks" AND (("owner" = $1 AND "target" = $2) OR ("owner" = $2 AND "target" = $1))`,
    [one, other],
  );
}

/** A person's names as the other sees them. */
export async function namesSeen<Named extends { id: UserId; handle: string; name: string }>(
  database: Database,
  person: Named,
  by: UserId,
): Promise<Named> {
  const [block] = await database.rows<{ handle: string | null; name: string | null }>(
    `SELECT "shown" ->> 'handle' AS handle, "shown" ->> 'name' AS name
     FROM "Contact" WHERE "blocks" AND "owner" = $1 AND "target" = $2`,
    [person.id, by],
  );
  return { ...person, handle: block?.handle ?? person.handle, name: block?.name ?? person.name };
}

/** Whether a handle is that of somebody who blocks the person, as far as the person can know. [PRES-5] */
export async function isHandleShown(database: Database, handle: string, to: UserId): Promise<boolean> {
  const rows = await database.rows(
    `SELECT 1 FROM "Contact" WHERE "blocks" AND "target" = $2 AND "shown" ->> 'handle' = $1`,
    [handle, to],
  );
  return rows.length > 0;
}

/** What one person is called, as the other sees them; undefined where there is no such person. */
export async function nameSeen(database: Database, of: UserId, by: UserId): Promise<string | undefined> {
  const [row] = await database.rows<{ name: string }>(
    `SELECT ${nameSeenBy("$2", "person")} AS name FROM "_User" AS person WHERE "objectId" = $1`,
    [of, by],
  );
  return row?.name;
}

/** In SQL: the name of a person, whose row has the alias `person`, as the one with the id `viewer` sees them. */
export function nameSeenBy(viewer: string, person: string): string {
  return `coalesce((
    SELECT veil."shown" ->> 'name' FROM "Contact" AS veil
    WHERE veil."blocks" AND veil."owner" = ${person}."objectId" AND veil."target" = ${viewer}
  ), ${person}."name", ${person}."username")`;
}

import { UserId } from "#protocol";
import * as v from "valibot";
import type { Database } from "../database/pool.ts";
import type { Tell } from "./alone.ts";
import { avatarOfRow, newAvatarPath } from "./avatar-path.ts";
import { tellProfile, viewersOf } from "./tell-profile.ts";

/** The file that a path leads to: of the person themselves, or as somebody whom they block still sees them. */
export async function fileAt(database: Database, path: string): Promise<string | undefined> {
  const [row] = await database.rows<{ file: string }>(
    `SELECT "avatar" ->> 'file' AS file FROM "_User" WHERE "avatar" ->> 'path' = $1
     UNION ALL
     SELECT "shown" -> 'avatar' ->> 'file' FROM "Contact" WHERE "blocks" AND "shown" -> 'avatar' ->> 'path' = $1`,
    [path],
  );
  return row?.file;
}

/** Whoever knows the path until now loses the picture; who still sees it is told of the new one. */
export async function moveAvatar(database: Database, tell: Tell, user: UserId): Promise<boolean> {
  const moved = await database.rows(
    `UPDATE "_User" SET "avatar" = jsonb_set("avatar", '{path}', to_jsonb($2::text)), "updatedAt" = now()
     WHERE "objectId" = $1 AND "avatar" IS NOT NULL RETURNING 1`,
    [user, newAvatarPath()],
  );
  if (moved.length > 0) await tellProfile(database, tell, user);
  return moved.length > 0;
}

const Moved = v.object({ id: UserId, handle: v.string(), name: v.string(), avatar: v.string() });

/**
 * The same of many at once. Each of them hears of their own; whoever sees any of them is told only once to read their list
 * again: where everybody knows everybody it would else be told each of everyone.
 */
export async function moveAvatars(database: Database, tell: Tell, users: UserId[]): Promise<void> {
  const rows = await database.rows(
    `UPDATE "_User" AS u SET "avatar" = jsonb_set("avatar", '{path}', to_jsonb(moved.path)), "updatedAt" = now()
     FROM unnest($1::text[], $2::text[]) AS moved (id, path)
     WHERE "objectId" = moved.id AND "avatar" IS NOT NULL
     RETURNING "objectId" AS id, "username" AS handle, coalesce("name", "username") AS name, moved.path AS avatar`,
    [users, users.map(newAvatarPath)],
  );
  const moved = v.parse(v.array(Moved), rows);
  for (const { avatar, ...person } of moved)
    tell({ type: "profile", user: { ...person, ...avatarOfRow(avatar) }, seenBy: [] });
  for (const of of await viewersOf(
    database,
    moved.map(({ id }) => id),
  ))
    tell({ type: "contacts-changed", of });
}

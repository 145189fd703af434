import { type FunctionResult, type UserId } from "#protocol";
import * as v from "valibot";
import type { DatabasePool } from "../database/pool.ts";
import type { Calls } from "./calls.ts";
import type { Contacts } from "./contacts.ts";
import type { SignedInDevices } from "./devices.ts";
import type { KeptFiles } from "./kept-files.ts";
import { sessionOver } from "./refusals.ts";
import { withWrittenDates } from "./written-dates.ts";

const CALLS_AT_ONCE = 1_000;

const Row = v.looseObject({
  objectId: v.string(),
  username: v.string(),
  name: v.nullish(v.string()),
  email: v.nullish(v.string()),
  emailVerified: v.nullish(v.boolean()),
  createdAt: v.string(),
  avatar: v.nullish(v.object({ file: v.string() })),
  choice: v.nullish(v.unknown()),
  settings: v.nullish(v.unknown()),
  knownDevices: v.nullish(v.array(v.unknown())),
  authData: v.nullish(v.record(v.string(), v.unknown())),
  _hashed_password: v.nullish(v.string()),
});
type Row = v.InferOutput<typeof Row>;

export interface ExportParts {
  database: DatabasePool;
  contacts: Contacts;
  calls: Calls;
  devices: SignedInDevices;
  files: KeptFiles;
}

/** Everything that is held on a person, without what would let anybody in, and without what is other people's alone. */
export async function exportOf(
  { database, contacts, calls, devices, files }: ExportParts,
  user: UserId,
  session: string,
): Promise<FunctionResult<"exportAccount">> {
  const [found] = await database.rows<{ row: unknown }>(
    `SELECT to_jsonb(u) AS row FROM "_User" AS u WHERE "objectId" = $1`,
    [user],
  );
  if (found === undefined) throw sessionOver();
  const row = v.parse(Row, found.row);
  const account = {
    ...accountOf(row),
    formerEmail: await formerEmailOf(database, user),
    picture: await pictureOf(row, files),
    invites: await invitesOf(database, user),
  };
  return {
    account: { id: user, ...withWrittenDates(account) },
    contacts: (await contacts.list(user)).map((one) => withWrittenDates(one)),
    calls: (await allCalls(calls, user)).map((one) => withWrittenDates(one)),
    devices: (await devices.list(user, session)).map((one) => withWrittenDates(one)),
  };
}

function accountOf(row: Row) {
  return {
    handle: row.username,
    name: row.name ?? row.username,
    email: row.email ?? null,
    emailVerified: row.emailVerified ?? false,
    since: Date.parse(row.createdAt),
    hasPassword: typeof row._hashed_password === "string",
    /** By which providers the person signs in, as each calls them. */
    signIn: row.authData ?? {},
    /** Of which only a hash is kept. */
    knownDevices: row.knownDevices?.length ?? 0,
    presence: row.choice ?? null,
    settings: row.settings ?? null,
  };
}

async function pictureOf({ avatar }: Row, files: KeptFiles): Promise<string | null> {
  if (avatar === null || avatar === undefined) return null;
  const picture = await files.read(avatar.file).catch(() => undefined);
  return picture === undefined ? null : `data:image/webp;base64,${picture.toString("base64")}`;
}

/** The address that counts in place of the present one, while nobody has proved that one. */
async function formerEmailOf(database: DatabasePool, user: UserId): Promise<string | null> {
  const [row] = await database.rows<{ email: string | null }>(
    `SELECT "email" FROM beckon_former_address WHERE "user" = $1`,
    [user],
  );
  return row?.email ?? null;
}

/** Who used a link is a contact, and stands among those. */
async function invitesOf(database: DatabasePool, user: UserId) {
  const rows = await database.rows<{ made: Date; expires: Date; used: Date | null; note: string | null }>(
    `SELECT "createdAt" AS made, "expires" AS expires, "used" AS used, "note" AS note FROM "InviteLink" WHERE "owner" = $1 ORDER BY made`,
    [user],
  );
  return rows.map(({ made, expires, used, note }) => ({
    made: made.getTime(),
    expires: expires.getTime(),
    used: used?.getTime() ?? null,
    ...(note === null ? {} : { note }),
  }));
}

async function allCalls(calls: Calls, user: UserId) {
  const all = [];
  let before: string | undefined;
  do {
    const page = await calls.page(user, before, CALLS_AT_ONCE);
    all.push(...(page?.calls ?? []));
    before = page?.next;
  } while (before !== undefined);
  return all;
}

import { randomBytes } from "node:crypto";
import { Client } from "pg";
import { beforeAll, expect, it } from "vitest";
import { ParseCode } from "#protocol";
import {
  ask,
  plant,
  startTestAccounts,
  startTestDatabase,
  type TestAccounts,
  type TestDatabase,
  type TestPerson,
} from "../support/backend-accounts.ts";
import { until } from "../support/until.ts";

let database: TestDatabase;
let accounts: TestAccounts;
let client: Client;
let count = 0;

beforeAll(async () => {
  database = await startTestDatabase();
  accounts = await startTestAccounts(database);
  client = new Client(database.uri);
  await client.connect();
  return async () => {
    await client.end();
    await accounts.close();
    await database.stop();
  };
});

async function newcomer(): Promise<TestPerson> {
  count += 1;
  const [person] = await plant(accounts, database, [{ handle: `sam${String(count)}`, name: "Sam" }]);
  return person!;
}

async function sessionOf(user: string, expires: string): Promise<string> {
  const id = randomBytes(5).toString("hex");
  await client.query(
    `INSERT INTO "_Session" ("objectId", "createdAt", "updatedAt", "user", "sessionToken", "expiresAt")
     VALUES ($1, now(), now(), $2, $1, now() + $3::interval)`,
    [id, user, expires],
  );
  return id;
}

it("sessions that have expired, and those of nobody, are gone after the next start; every other one stays", async () => {
  const sam = await newcomer();
  const dead = [await sessionOf(sam.id, "-1 second"), await sessionOf("nobody", "1 day")];
  const live = await sessionOf(sam.id, "1 minute");
  await accounts.close();
  accounts = await startTestAccounts(database);
  const left = async () => (await client.query<{ id: string }>(`SELECT "objectId" AS id FROM "_Session"`)).rows;
  await until("end of the dead sessions", async () =>
    (await left()).some(({ id }) => dead.includes(id)) ? undefined : true,
  );
  expect((await left()).map(({ id }) => id)).toContain(live);
  expect((await ask(accounts, "/functions/listContacts", { headers: sam.headers, body: {} })).status).toBe(200);
});

it("no invite link is left of an account that is erased while the link is made", async () => {
  const sam = await newcomer();
  // Whoever erases an account holds its row, and removes its links before it.
  await client.query("BEGIN");
  await client.query(`SELECT 1 FROM "_User" WHERE "objectId" = $1 FOR UPDATE`, [sam.id]);
  await client.query(`DELETE FROM "InviteLink" WHERE "owner" = $1`, [sam.id]);
  const made = sam.try("createInviteLink", {});
  await until("link that waits or is there", async () => {
    const { rows } = await client.query("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'");
    return rows.length > 0 ? true : undefined;
  });
  await client.query(`DELETE FROM "_User" WHERE "objectId" = $1`, [sam.id]);
  await client.query("COMMIT");
  expect(await made).toMatchObject({ status: 400, body: { code: ParseCode.invalidSession } });
  expect((await client.query(`SELECT 1 FROM "InviteLink" WHERE "owner" = $1`, [sam.id])).rows).toEqual([]);
});

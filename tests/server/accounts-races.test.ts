import type { DeviceId, UserId } from "#protocol";
import { Client } from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import {
  plant,
  startTestAccounts,
  startTestDatabase,
  type TestAccounts,
  type TestDatabase,
  type TestPerson,
} from "../support/backend-accounts.ts";

let database: TestDatabase;
let accounts: TestAccounts;
let client: Client;

beforeAll(async () => {
  database = await startTestDatabase();
  accounts = await startTestAccounts(database);
  client = new Client(database.uri);
  await client.connect();
});

afterAll(async () => {
  await client.end();
  await accounts.close();
  await database.stop();
});

async function person(handle: string): Promise<TestPerson> {
  const [made] = await plant(accounts, database, [{ handle, name: handle.toUpperCase() }]);
  return made!;
}

it("someone who signs out and in again is as they last chose, though that is not yet written", async () => {
  const alice = await person("alice");
  const identify = () => accounts.accounts.identify(alice.token, alice.device as DeviceId);
  await client.query("BEGIN");
  await client.query(`SELECT 1 FROM "_User" WHERE "objectId" = $1 FOR UPDATE`, [alice.id]);
  accounts.accounts.saveChoice(alice.id as UserId, { availability: "dnd", text: "writing" });
  const chosen = { identity: { chosen: { availability: "dnd", text: "writing" } } };
  expect(await identify()).toMatchObject(chosen);
  await client.query("COMMIT");
  expect(await identify()).toMatchObject(chosen);
});

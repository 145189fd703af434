import { readFile } from "node:fs/promises";
import type { UserId } from "#protocol";
import type { Client } from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { MIGRATIONS } from "../../server/accounts/migrations.ts";
import { DataTooNew } from "../../server/database/schema-version.ts";
import {
  startTestAccounts,
  startTestDatabase,
  TestPerson,
  type TestAccounts,
  type TestDatabase,
} from "../support/backend-accounts.ts";
import { connectTo } from "../support/database-client.ts";
import { newDeviceId } from "../support/presence-client.ts";

let cluster: TestDatabase;
let database: TestDatabase;
let client: Client;
let accounts: TestAccounts | undefined;
let count = 0;

beforeAll(async () => {
  cluster = await startTestDatabase();
});

afterAll(() => cluster.stop());

beforeEach(async () => {
  count += 1;
  const name = `fresh${String(count)}`;
  const maker = await connectTo(cluster.uri);
  await maker.query(`CREATE DATABASE ${name}`);
  await maker.end();
  const uri = new URL(cluster.uri);
  uri.pathname = `/${name}`;
  database = { ...cluster, uri: uri.href };
  client = await connectTo(database.uri);
});

afterEach(async () => {
  await accounts?.close();
  accounts = undefined;
  await client.end();
});

async function versions(): Promise<number[]> {
  const { rows } = await client.query<{ version: number }>("SELECT version FROM beckon_version ORDER BY version");
  return rows.map((row) => row.version);
}

const all = MIGRATIONS.map((migration) => migration.version);

it("numbers its steps without a gap", () => {
  expect(all).toEqual(all.map((_, index) => index + 1));
});

it.each(["version-0", "version-1", "version-4"])(
  "brings data of %s to the present shape, and loses nothing of it",
  async (name) => {
    await client.query(await readFile(new URL(`fixtures/${name}.sql`, import.meta.url), "utf8"));
    accounts = await startTestAccounts(database);
    expect(await versions()).toEqual(all);

    const ada = new TestPerson(accounts, "ada");
    ada.token = "r:00000000000000000000000000000ada";
    expect((await ada.call("listContacts", {})).contacts).toEqual([
      { user: "userBob001", handle: "bob", name: "Bob", state: "accepted", since: Date.parse("2026-01-02T00:00:00Z") },
      { user: "wishAdaXyz", handle: "xyz", state: "outgoing", since: Date.parse("2026-01-03T00:00:00Z") },
    ]);
    expect((await ada.call("listCalls", {})).calls).toEqual([
      {
        call: "0b0e7b1e-5f4c-4c56-9d5f-2f4e3f0a0001",
        with: { user: "userBob001", name: "Bob" },
        direction: "in",
        media: "video",
        outcome: "missed",
        at: Date.parse("2026-01-04T00:00:00Z"),
        seconds: 0,
        seen: false,
      },
    ]);
    await ada.call("requestContact", { handle: "bob" });
    expect((await ada.call("listContacts", {})).contacts).toHaveLength(2);
  },
);

it("[CALL-9] lets second calls wait for those whose busy was kept before there was a choice", async () => {
  await client.query(await readFile(new URL("fixtures/version-4.sql", import.meta.url), "utf8"));
  accounts = await startTestAccounts(database);
  const check = await accounts.accounts.identify("r:00000000000000000000000000000ada", newDeviceId());
  expect(check).toMatchObject({ ok: true, identity: { settings: { showBusy: false, secondCall: "wait" } } });
});

it("[PRES-5] has room for a block beside a wish that was kept before there were any", async () => {
  await client.query(await readFile(new URL("fixtures/version-4.sql", import.meta.url), "utf8"));
  accounts = await startTestAccounts(database);
  const ada = new TestPerson(accounts, "ada");
  ada.token = "r:00000000000000000000000000000ada";
  const bob = "userBob001" as UserId;
  const states = async () => (await ada.call("listContacts", {})).contacts.map(({ state }) => state);
  await ada.call("blockContact", { user: bob });
  expect(await states()).toEqual(["blocked", "outgoing"]);
  await ada.call("unblockContact", { user: bob });
  expect(await states()).toEqual(["accepted", "outgoing"]);
  const twice = `INSERT INTO "Contact" ("objectId", "owner", "target", "blocks") VALUES ($1, 'userAda001', 'userBob001', $2)`;
  await expect(client.query(twice, ["double", null])).rejects.toThrow("beckon_contact_pair");
  await client.query(twice, ["once", true]);
  await expect(client.query(twice, ["twice", true])).rejects.toThrow("beckon_contact_block");
});

it("[DEC-57] keeps the names that people who are no contacts have for each other in their calls", async () => {
  await client.query(await readFile(new URL("fixtures/version-12.sql", import.meta.url), "utf8"));
  accounts = await startTestAccounts(database);
  expect(await versions()).toEqual(all);
  const [ada, cleo] = [new TestPerson(accounts, "ada"), new TestPerson(accounts, "cleo")];
  [ada.token, cleo.token] = ["r:00000000000000000000000000000ada", "r:0000000000000000000000000000cleo"];
  const named = async (person: TestPerson) =>
    (await person.call("listCalls", {})).calls.map(({ with: other }) => other.name);
  expect(await named(ada)).toEqual(["Bob", "Cleo", "Dan"]);
  await client.query(`UPDATE "_User" SET "name" = 'New ' || "name"`);
  expect(await named(ada)).toEqual(["New Bob", "Cleo", "Dan"]);
  expect(await named(cleo)).toEqual(["Ada"]);
});

it("starts again on data of its own version", async () => {
  accounts = await startTestAccounts(database);
  await accounts.close();
  accounts = await startTestAccounts(database);
  expect(await versions()).toEqual(all);
});

it("refuses data that a newer server wrote, and leaves it as it is", async () => {
  accounts = await startTestAccounts(database);
  await accounts.close();
  accounts = undefined;
  await client.query("INSERT INTO beckon_version (version, name) VALUES (99, 'from the future')");
  const started = startTestAccounts(database);
  await expect(started).rejects.toThrow(DataTooNew);
  await expect(started).rejects.toThrow(
    `The data is of version 99, but this server knows only versions up to ${String(all.length)}; start a newer server`,
  );
  expect(await versions()).toEqual([...all, 99]);
});

it("goes on where a step failed, with nothing of it kept", async () => {
  // A double that no step can resolve: another index of the name that a later step makes.
  await client.query(await readFile(new URL("fixtures/version-1.sql", import.meta.url), "utf8"));
  await client.query(`CREATE INDEX beckon_call_missed ON "Call" ("callee")`);
  await expect(startTestAccounts(database)).rejects.toThrow("beckon_call_missed");
  expect(await versions()).toEqual([1]);
  const { rows } = await client.query("SELECT 1 FROM pg_indexes WHERE indexname = 'beckon_call_id'");
  expect(rows).toEqual([]);
  await client.query("DROP INDEX beckon_call_missed");
  accounts = await startTestAccounts(database);
  expect(await versions()).toEqual(all);
});

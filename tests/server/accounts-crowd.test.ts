import type { Client } from "pg";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import type { ServerMessage } from "#protocol";
import { plant, startTestDatabase, type TestDatabase, type TestPerson } from "../support/backend-accounts.ts";
import { connectTo } from "../support/database-client.ts";
import { PresenceClient, type OnlineClient } from "../support/presence-client.ts";
import { startApp, type TestApp } from "../support/server-app.ts";
import { until } from "../support/until.ts";

/** Everybody knows everybody here, and each has a picture and a device. */
const CROWD = 40;

let database: TestDatabase;
let app: TestApp;
let client: Client;
let count = 0;
let people: TestPerson[];
let devices: OnlineClient[];

beforeAll(async () => {
  database = await startTestDatabase();
  app = await startApp({ env: { DATABASE_URI: database.uri, SETTLE_MS: "1", GRACE_MS: "1" } });
  client = await connectTo(database.uri);
});

afterAll(async () => {
  await client.end();
  await app.close();
  await database.stop();
});

beforeEach(async () => {
  count += 1;
  const names = Array.from({ length: CROWD }, (_, at) => `c${String(count)}.${String(at)}`);
  const parse = { url: `${app.url}/parse` };
  people = await plant(
    parse,
    database,
    names.map((handle) => ({ handle, name: handle })),
  );
  const ids = people.map(({ id }) => id);
  await client.query(
    `INSERT INTO "Contact" ("objectId", "createdAt", "updatedAt", "_rperm", "_wperm", "owner", "target", "handle")
     SELECT md5(one.id || other.id), now(), now(), ARRAY[one.id], '{}', one.id, other.id, other."username"
     FROM unnest($1::text[]) AS one (id) CROSS JOIN (SELECT "objectId" AS id, "username" FROM "_User" WHERE "objectId" = ANY($1)) AS other
     WHERE one.id <> other.id`,
    [ids],
  );
  await client.query(
    `UPDATE "_User" SET "avatar" = jsonb_build_object('file', 'none', 'path', md5("objectId")) WHERE "objectId" = ANY($1)`,
    [ids],
  );
  devices = [];
  for (const { token } of people) devices.push(await PresenceClient.online(app.url, { token }));
  // Whoever came later was told of to those before.
  for (const device of devices) await device.fence();
  for (const device of devices) device.clear();
});

/** How many frames each device was sent, once the last that there is to come has come. */
async function framesOf(others: OnlineClient[], isLast: (message: ServerMessage) => boolean): Promise<number[]> {
  for (const device of others)
    await until("the last frame", () => Promise.resolve(device.waiting().some(isLast) ? true : undefined));
  for (const device of others) await device.fence();
  return others.map((device) => device.waiting().length);
}

it("whoever erases their account is told of a few times to each, not of each to everyone", async () => {
  // Planted without a password; one of somebody's will do.
  const { id, account } = await app.signUp("Donor Someone");
  await client.query(
    `UPDATE "_User" SET "_hashed_password" = (SELECT "_hashed_password" FROM "_User" WHERE "objectId" = $2)
     WHERE "objectId" = $1`,
    [people[0]!.id, id],
  );
  await people[0]!.call("deleteAccount", { password: account.password });
  const others = devices.slice(1);
  const frames = await framesOf(others, ({ type }) => type === "self");
  // They are away; the list is another; one's own picture has another path; and so have those of others.
  expect(Math.max(...frames)).toBeLessThanOrEqual(4);
  const own = await people[1]!.call("getProfile", {});
  const seen = (await people[2]!.call("listContacts", {})).contacts;
  expect(seen).toHaveLength(CROWD - 2);
  expect(seen.find(({ user }) => user === people[1]!.id)!.avatar).toBe(own.user.avatar);
  expect(new Set(seen.map(({ avatar }) => avatar)).size).toBe(CROWD - 2);
});

it("whoever changes their name, picture or contacts is told of once to each", async () => {
  const [first, second] = people;
  const others = devices.slice(2);
  const isOfFirst = (message: ServerMessage) => message.type === "contacts.changed" && message.user === first!.id;
  for (const act of [
    () => first!.call("updateProfile", { name: "Renamed" }),
    () => first!.call("blockContact", { user: second!.id }),
    () => first!.call("setAvatar", { image: "" }),
  ]) {
    for (const device of devices) device.clear();
    await act();
    expect(new Set(await framesOf(others, isOfFirst))).toEqual(new Set([1]));
  }
});

import { ParseCode, type DeviceId, type RefusalReason, type UserId } from "#protocol";
import type { Client } from "pg";
import { beforeAll, describe, expect, it } from "vitest";
import { MAX_CONTACTS } from "../../server/accounts/contact-rows.ts";
import { oneAtATime } from "../../server/accounts/alone.ts";
import { Contacts } from "../../server/accounts/contacts.ts";
import { openPool } from "../../server/database/pool.ts";
import { createLogger } from "../../server/logger.ts";
import { startAccountsAlone } from "../support/accounts-alone.ts";
import { plant, type TestAccounts, type TestDatabase, type TestPerson } from "../support/backend-accounts.ts";
import { until } from "../support/until.ts";

let database: TestDatabase;
let accounts: TestAccounts;
let client: Client;

beforeAll(async () => {
  const started = await startAccountsAlone();
  ({ database, accounts, client } = started);
  return started.stop;
});

async function person(handle: string): Promise<TestPerson> {
  const [made] = await plant(accounts, database, [{ handle, name: handle.toUpperCase() }]);
  return made!;
}

/** Puts wishes into the database: of one person for many, or of many for one handle. */
async function plantWishes(owner: string, target: string, handle: string, count: number): Promise<void> {
  await client.query(
    `INSERT INTO "Contact" ("objectId", "createdAt", "updatedAt", "owner", "target", "handle")
     SELECT md5($1 || $2 || $3 || n), now(), now(), replace($1, '#', n::text), nullif(replace($2, '#', n::text), ''),
       replace($3, '#', n::text) FROM generate_series(1, $4::int) AS n`,
    [owner, target, handle, count],
  );
}

it("[DEC-39] whoever is a contact no longer does not come back to a list that was not written yet", async () => {
  const [ida, jan] = [await person("ida"), await person("jan")];
  await ida.call("requestContact", { handle: "jan" });
  await jan.call("requestContact", { handle: "ida" });
  await client.query("BEGIN");
  await client.query(`SELECT 1 FROM "_User" WHERE "objectId" = $1 FOR UPDATE`, [jan.id]);
  const lists = { favourites: [ida.id as UserId], letThrough: [ida.id as UserId] };
  accounts.accounts.saveSettings(jan.id as UserId, { showBusy: false, secondCall: "wait", ...lists });
  await ida.call("removeContact", { user: jan.id });
  await client.query("COMMIT");
  // What was on its way before the removal may be written first.
  await until("end of the lists", async () => {
    const { rows } = await client.query<{ settings: unknown }>(`SELECT "settings" FROM "_User" WHERE "objectId" = $1`, [
      jan.id,
    ]);
    return JSON.stringify(rows[0]?.settings) === '{"showBusy":false,"secondCall":"wait"}' ? true : undefined;
  });
});

it("someone who signs out and in again is as they last chose, though that is not yet written", async () => {
  const alice = await person("alice");
  const identify = () => accounts.accounts.identify(alice.token, alice.device as DeviceId);
  await client.query("BEGIN");
  await client.query(`SELECT 1 FROM "_User" WHERE "objectId" = $1 FOR UPDATE`, [alice.id]);
  const wishes = {
    chosen: { availability: "dnd", text: "writing" },
    settings: { showBusy: false, secondCall: "busy" },
  } as const;
  accounts.accounts.saveChoice(alice.id as UserId, wishes.chosen);
  accounts.accounts.saveSettings(alice.id as UserId, wishes.settings);
  expect(await identify()).toMatchObject({ identity: wishes });
  await client.query("COMMIT");
  expect(await identify()).toMatchObject({ identity: wishes });
});

it("a setting that cannot be read takes no other with it", async () => {
  const greta = await person("greta");
  const odd = { showBusy: false, secondCall: "sometimes" };
  await client.query(`UPDATE "_User" SET "settings" = $2 WHERE "objectId" = $1`, [greta.id, odd]);
  const check = await accounts.accounts.identify(greta.token, greta.device as DeviceId);
  expect(check).toMatchObject({ identity: { settings: { showBusy: false, secondCall: "wait" } } });
});

it("a request that crosses the sign-up of whom it is for reaches them", async () => {
  const bob = await person("bob");
  const pool = openPool(database.uri, createLogger("silent"));
  const contacts = new Contacts(
    pool,
    oneAtATime(pool, () => undefined),
  );
  await client.query("BEGIN");
  await client.query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", [[bob.id, "@carol"].sort().join(" ")]);
  const asked = contacts.request({ id: bob.id as UserId, handle: "bob", name: "BOB" }, "carol");
  const waiting = () => client.query("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted");
  await expect.poll(async () => (await waiting()).rows.length).toBe(1);
  // The request has found nobody of this handle, and now there is somebody.
  const carol = await person("carol");
  const adopted = contacts.adopt({ id: carol.id as UserId, handle: "carol", name: "CAROL" });
  // As many answers as an update that waits for nobody would need to be done.
  for (let time = 0; time < 20; time += 1) await pool.rows("SELECT 1");
  await client.query("COMMIT");
  expect(await asked).toBe("done");
  await adopted;
  expect(await contacts.list(carol.id as UserId)).toMatchObject([{ user: bob.id, state: "incoming" }]);
  await pool.close();
});

describe("a list of contacts has an end", () => {
  const full = (sentence: RegExp, reason: RefusalReason) => ({
    status: 400,
    body: { code: ParseCode.invalid, error: expect.stringMatching(sentence) as string, reason },
  });

  it("for whoever accepts", async () => {
    const [dave, erin] = [await person("dave"), await person("erin")];
    await erin.call("requestContact", { handle: "dave" });
    await plantWishes(dave.id, "friend-#", "friend.#", MAX_CONTACTS);
    expect(await dave.try("acceptContact", { user: erin.id })).toMatchObject(
      full(/^Your contact list is full/, "contacts-full"),
    );
    await client.query(`DELETE FROM "Contact" WHERE "owner" = $1 AND "handle" = 'friend.1'`, [dave.id]);
    expect(await dave.try("acceptContact", { user: erin.id })).toMatchObject({ status: 200 });
    expect(await dave.try("acceptContact", { user: erin.id })).toMatchObject({ status: 200 });
  });

  it("for requests at a handle, whether it is somebody's or nobody's", async () => {
    const [frank, grace] = [await person("frank"), await person("grace")];
    await plantWishes("asker-#", frank.id, "frank", MAX_CONTACTS);
    await plantWishes("asker-#", "", "nobody", MAX_CONTACTS);
    const refused = await grace.try("requestContact", { handle: "frank" });
    expect(refused).toMatchObject(full(/^Too many requests wait at this handle/, "requests-full"));
    expect((await grace.try("requestContact", { handle: "nobody" })).body).toEqual(refused.body);
    // Whom they ask may still say yes.
    await frank.call("requestContact", { handle: "grace" });
    expect(await grace.try("requestContact", { handle: "frank" })).toMatchObject({ status: 200 });
  });
});

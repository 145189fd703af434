import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { CloseCode, DELETED_USER, PARSE_APP_ID, type CallId } from "#protocol";
import type { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { KeptCallRows } from "../../server/accounts/kept-calls.ts";
import { openPool } from "../../server/database/pool.ts";
import { createLogger } from "../../server/logger.ts";
import { startTestDatabase, type TestDatabase } from "../support/backend-accounts.ts";
import { endOf, ring, talk } from "../support/calls.ts";
import { connectTo } from "../support/database-client.ts";
import { drawing } from "../support/drawings.ts";
import { startApp, type AppPerson, type TestApp } from "../support/server-app.ts";
import { until } from "../support/until.ts";

let database: TestDatabase;
let app: TestApp;
let client: Client;
let count = 0;

beforeAll(async () => {
  database = await startTestDatabase();
  app = await startApp({ env: { DATABASE_URI: database.uri, SETTLE_MS: "1" } });
  client = await connectTo(database.uri);
});

afterAll(async () => {
  await client.end();
  await app.close();
  await database.stop();
});

function newcomer(name = "Gina"): Promise<AppPerson> {
  count += 1;
  return app.signUp(`${name}-${String(count)} Someone`);
}

async function pair(): Promise<[AppPerson, AppPerson]> {
  const [gina, friend] = [await newcomer(), await newcomer("Friend")];
  await app.befriend(gina, friend);
  return [gina, friend];
}

async function erase(person: AppPerson): Promise<void> {
  await person.call("deleteAccount", { password: person.account.password });
}

const image = async () => (await drawing().jpeg().toBuffer()).toString("base64");

/** Every row of every table in which one of these words stands. */
async function rowsWith(...words: string[]): Promise<string[]> {
  const { rows: tables } = await client.query<{ name: string }>(
    "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'",
  );
  const found: string[] = [];
  for (const { name } of tables) {
    const { rows } = await client.query<{ row: string }>(`SELECT to_jsonb(t)::text AS row FROM "${name}" AS t`);
    for (const { row } of rows) if (words.some((word) => row.includes(word))) found.push(`${name} ${row}`);
  }
  return found;
}

async function callRecords(person: AppPerson) {
  return (await person.call("listCalls", {})).calls;
}

describe("an account that is erased", () => {
  it("leaves nothing behind, in no table and in no file", async () => {
    const [gina, friend] = await pair();
    const [asker, asked, blocked] = [await newcomer(), await newcomer(), await newcomer()];
    await app.befriend(gina, blocked);
    await gina.call("setAvatar", { image: await image() });
    await gina.call("blockContact", { user: blocked.id });
    await gina.call("setAvatar", { image: await image() });
    await asker.call("requestContact", { handle: gina.account.handle });
    await gina.call("requestContact", { handle: asked.account.handle });
    await gina.call("requestContact", { handle: "nobody.at.all" });
    await gina.call("createInviteLink", {});
    const { code } = await friend.call("createInviteLink", {});
    await gina.call("redeemInviteLink", { code });
    const [atGina, atFriend] = [await gina.connect({ deviceName: "Gina's own" }), await friend.connect()];
    await atFriend.must({ type: "settings.set", letThrough: [gina.id], favourites: [gina.id] });
    await atGina.must({ type: "presence.set", text: "Gina was here" });
    const { call } = await talk(atFriend, gina.id, atGina);
    await atFriend.must({ type: "call.hangup", call });
    await until("record", async () => ((await callRecords(gina)).length > 0 ? true : undefined));
    const files = await readdir(join(app.config.dataDir, "files"));
    await until("row of what is kept behind", async () =>
      (await rowsWith("Gina was here")).length > 0 ? true : undefined,
    );

    await erase(gina);
    const { handle, email } = gina.account;
    await until("end of what is written behind", async () => {
      const left = await rowsWith(gina.id, `"${handle}"`, email, "Gina was here", "Gina's own", gina.account.token);
      return left.length === 0 ? true : undefined;
    });
    expect(await readdir(join(app.config.dataDir, "files"))).toHaveLength(files.length - 2);
    for (const other of [asker, asked, blocked, friend])
      expect((await other.call("listContacts", {})).contacts.filter(({ user }) => user !== friend.id)).toEqual([]);
  });

  it("[CONN-5] [DEC-48] ends its sessions and calls at once, and its contacts hear of it within a second", async () => {
    const [gina, friend] = await pair();
    const [atGina, atFriend] = [await gina.connect(), await friend.connect()];
    await friend.call("setAvatar", { image: await image() });
    const seen = (await gina.call("listContacts", {})).contacts[0]!.avatar!;
    const { call } = await talk(atFriend, gina.id, atGina);
    const started = performance.now();
    await erase(gina);
    expect(await atGina.closed).toBe(CloseCode.unauthorized);
    expect(await endOf(atFriend, call)).toBe("hangup");
    await atFriend.next("presence", ({ availability }) => availability === "offline");
    await atFriend.next("contacts.changed", ({ user }) => user === gina.id);
    expect(performance.now() - started).toBeLessThan(1_000);
    expect((await friend.call("listContacts", {})).contacts).toEqual([]);
    await expect(gina.call("listContacts", {})).rejects.toThrow('"code":209');
    // What Gina knew of the friend's picture leads nowhere.
    expect((await fetch(app.url + seen)).status).toBe(404);
    expect(
      await atFriend.request({ type: "call.invite", call: crypto.randomUUID() as CallId, to: gina.id, media: "audio" }),
    ).toMatchObject({ code: "not_contact" });
  });

  it("[DEC-48] is nobody in the records of others", async () => {
    const [gina, friend] = await pair();
    const [atGina, atFriend] = [await gina.connect(), await friend.connect()];
    const { call } = await talk(atFriend, gina.id, atGina);
    await atFriend.must({ type: "call.hangup", call });
    await endOf(atGina, call);
    // Still ringing when the account goes.
    const { call: ringing } = await ring(atGina, friend.id, [atFriend]);
    await erase(gina);
    expect(await endOf(atFriend, ringing)).toBe("cancelled");
    const records = await until("two records", async () => {
      const all = await callRecords(friend);
      return all.length === 2 ? all : undefined;
    });
    expect(records.map(({ with: other, outcome, direction }) => [other, direction, outcome])).toEqual([
      [{ user: DELETED_USER, name: "deleted account" }, "in", "missed"],
      [{ user: DELETED_USER, name: "deleted account" }, "out", "answered"],
    ]);
    expect(await rowsWith(gina.id)).toEqual([]);
    await erase(friend);
    const { rows } = await client.query(`SELECT 1 FROM "Call" WHERE "call" IN ($1, $2)`, [call, ringing]);
    expect(rows).toEqual([]);
  });

  it("needs the password, and nothing happens where it is wrong", async () => {
    const gina = await newcomer();
    await expect(gina.call("deleteAccount", { password: "wrong horse" })).rejects.toThrow('"code":101');
    await expect(gina.call("deleteAccount", {})).rejects.toThrow("Your account has a password; give it.");
    expect((await gina.call("getProfile", {})).user.id).toBe(gina.id);
  });

  it("needs more than a session where it has no password, however fresh that is", async () => {
    const gina = await newcomer();
    await client.query(`UPDATE "_User" SET "_hashed_password" = NULL WHERE "objectId" = $1`, [gina.id]);
    expect((await gina.call("getProfile", {})).user.hasPassword).toBe(false);
    await expect(gina.call("deleteAccount", {})).rejects.toThrow("Your account has no password; sign in anew");
    await expect(gina.call("deleteAccount", { password: "any" })).rejects.toThrow("Your account has no password");
    expect((await gina.call("getProfile", {})).user.id).toBe(gina.id);
  });

  it("gives its handle and address free, and whoever takes them inherits nothing", async () => {
    const [gina, friend] = await pair();
    const asker = await newcomer();
    await asker.call("requestContact", { handle: gina.account.handle });
    await erase(gina);
    const heir = await app.signUp(gina.account.handle);
    expect(heir.account).toMatchObject({ handle: gina.account.handle, email: gina.account.email });
    expect((await heir.call("listContacts", {})).contacts).toEqual([]);
    expect(await callRecords(heir)).toEqual([]);
    for (const other of [friend, asker]) expect((await other.call("listContacts", {})).contacts).toEqual([]);
  });

  it("is erased whole or not at all", async () => {
    const [gina, friend] = await pair();
    await gina.call("setAvatar", { image: await image() });
    const before = await rowsWith(gina.id);
    // The last of its statements fails.
    await client.query(
      `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'a fault'; END $$`,
    );
    await client.query(`CREATE TRIGGER refuse BEFORE DELETE ON "_User" FOR EACH ROW EXECUTE FUNCTION refuse()`);
    const atGina = await gina.connect();
    await expect(erase(gina)).rejects.toThrow("The server made a mistake");
    await client.query(`DROP TRIGGER refuse ON "_User"`);
    await atGina.fence();
    expect((await friend.call("listContacts", {})).contacts).toMatchObject([{ user: gina.id, state: "accepted" }]);
    expect((await rowsWith(gina.id)).length).toBe(before.length);
    expect((await fetch(app.url + (await gina.call("getProfile", {})).user.avatar!)).status).toBe(200);
  });

  it("[CALL-11] has no call that is still open at the next start", async () => {
    const [gina, friend] = await pair();
    const calls = [
      ["ringing", gina.id, friend.id],
      ["ringing", friend.id, gina.id],
      ["running", gina.id, friend.id],
    ].map(([state, caller, callee]) => ({ id: crypto.randomUUID(), state, caller, callee }));
    await erase(gina);
    // As rows that were written before, of a server that was killed right after.
    for (const { id, state, caller, callee } of calls) {
      await client.query(
        `INSERT INTO "Call" ("objectId", "call", "caller", "callee", "media", "state", "startedAt", "acceptedAt", "live")
         VALUES ($1, $1, nullif($2, $5), nullif($3, $5), 'audio', $4, now(), CASE $4 WHEN 'running' THEN now() END, '{}')`,
        [id, caller, callee, state, gina.id],
      );
    }
    const logger = createLogger("silent");
    const pool = openPool(database.uri, logger);
    const { open } = await new KeptCallRows(pool, logger).read();
    await pool.close();
    expect(open).toEqual([]);
    const records = await callRecords(friend);
    expect(records.map(({ call, outcome, direction }) => [call, direction, outcome]).sort()).toEqual(
      [
        [calls[1]!.id, "out", "unreachable"],
        [calls[2]!.id, "in", "answered"],
      ].sort(),
    );
  });
});

describe("an export", () => {
  it("holds everything of the person, and nothing that lets anybody in", async () => {
    const [gina, friend] = await pair();
    await gina.call("setAvatar", { image: await image() });
    await gina.call("createInviteLink", {});
    const [atGina, atFriend] = [await gina.connect({ deviceName: "Gina's own" }), await friend.connect()];
    await atGina.must({ type: "presence.set", availability: "away", text: "tea" });
    await atGina.must({ type: "settings.set", favourites: [friend.id] });
    const { call } = await talk(atFriend, gina.id, atGina);
    await atFriend.must({ type: "call.hangup", call });
    const exported = await until("export with all of it", async () => {
      const all = await gina.call("exportAccount", {});
      // Choice, settings, device and call are each written behind, in no order among them.
      const account = JSON.stringify(all.account);
      const isWritten = account.includes("tea") && account.includes(friend.id) && all.calls.length > 0;
      return isWritten && JSON.stringify(all.devices).includes("Gina's own") ? all : undefined;
    });
    const { handle, name, email, token, password } = gina.account;
    expect(exported).toMatchObject({
      account: {
        id: gina.id,
        handle,
        name,
        email,
        hasPassword: true,
        presence: { availability: "away", text: "tea" },
        settings: { favourites: [friend.id] },
        picture: expect.stringMatching(/^data:image\/webp;base64,/) as string,
        invites: [{ used: null, expires: expect.any(Number) as number }],
      },
      contacts: [{ user: friend.id, handle: friend.account.handle, name: friend.account.name, state: "accepted" }],
      calls: [{ call, with: { user: friend.id }, direction: "in", outcome: "answered" }],
      devices: expect.arrayContaining([expect.objectContaining({ device: "Gina's own" })]) as unknown[],
    });
    expect(bareInstants(exported)).toEqual([]);
    expect(exported.calls).toEqual([expect.objectContaining({ atIso: expect.stringMatching(/^20.+T.+Z$/) as string })]);
    const { rows } = await client.query<{ hash: string }>(
      `SELECT "_hashed_password" AS hash FROM "_User" WHERE "objectId" = $1
       UNION SELECT "hash" FROM "InviteLink" WHERE "owner" = $1`,
      [gina.id],
    );
    for (const secret of [token, password, friend.account.email, ...rows.map(({ hash }) => hash)])
      expect(JSON.stringify(exported)).not.toContain(secret);
  });

  /** Where an instant stands without the same in words. */
  function bareInstants(value: unknown, path = ""): string[] {
    if (typeof value !== "object" || value === null) return [];
    // It is an object.
    const held = value as Record<string, unknown>;
    return Object.entries(held).flatMap(([name, one]) => {
      const isBare = typeof one === "number" && one > 1e12 && Date.parse(String(held[`${name}Iso`])) !== one;
      return isBare ? [`${path}.${name}`] : bareInstants(one, `${path}.${name}`);
    });
  }

  /** Every column of an account is exported, or named here with why it is not. */
  const SECRET_OR_PARSES_OWN =
    /^(_hashed_password|_email_verify_token|_perishable_token|_(email_verify_token|perishable_token|account_lockout)_expires_at|_failed_login_count|_password_(history|changed_at)|_rperm|_wperm|updatedAt)$/;
  const EXPORTED =
    /^(objectId|createdAt|username|name|email|emailVerified|avatar|choice|settings|knownDevices|authData)$/;

  it("forgets no column", async () => {
    const { rows } = await client.query<{ name: string }>(
      `SELECT column_name AS name FROM information_schema.columns WHERE table_name = '_User' AND table_schema = 'public'`,
    );
    expect(
      rows.map(({ name }) => name).filter((name) => !SECRET_OR_PARSES_OWN.test(name) && !EXPORTED.test(name)),
    ).toEqual([]);
  });

  it("is nobody's but their own", async () => {
    const response = await fetch(`${app.url}/parse/functions/exportAccount`, {
      method: "POST",
      body: "{}",
      headers: { "content-type": "application/json", "x-parse-application-id": PARSE_APP_ID },
    });
    expect([response.status, await response.text()]).toEqual([400, expect.stringContaining('"code":209')]);
  });
});

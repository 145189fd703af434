import { CloseCode, ParseCode } from "#protocol";
import type { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { removeExpiredTokens } from "../../server/accounts/letters.ts";
import { ACCOUNT_LIMITS } from "../../server/accounts/rate-limits.ts";
import { openPool } from "../../server/database/pool.ts";
import { createLogger } from "../../server/logger.ts";
import { callFunction, type Asker } from "../support/accounts.ts";
import { startTestDatabase, type TestDatabase } from "../support/backend-accounts.ts";
import { connectTo } from "../support/database-client.ts";
import { loosened } from "../support/loosened.ts";
import { startApp, type AppPerson, type TestApp } from "../support/server-app.ts";
import { until } from "../support/until.ts";

const NEXT_PASSWORD = "a new walk in the rain";

let database: TestDatabase;
let app: TestApp;
let client: Client;
let count = 0;

beforeAll(async () => {
  database = await startTestDatabase();
  const limits = loosened(ACCOUNT_LIMITS, 1_000);
  app = await startApp({
    env: { DATABASE_URI: database.uri },
    accountLimits: { ...limits, login: ACCOUNT_LIMITS.login },
  });
  client = await connectTo(database.uri);
});

afterAll(async () => {
  await client.end();
  await app.close();
  await database.stop();
});

async function newcomer(): Promise<AppPerson> {
  count += 1;
  return app.signUp(`Nora-${String(count)} Someone`);
}

const elsewhere = (person: AppPerson, host = "elsewhere") => `${person.account.handle}@${host}.example`;

const profileOf = async (person: AppPerson) => (await person.call("getProfile", {})).user;

/** The tokens of every link of a kind that the log has for a person: no mail is set up here. */
function tokensFor(person: AppPerson, path: "verify" | "reset" | "address"): string[] {
  return app.log
    .filter(({ handle, link }) => handle === person.account.handle && String(link).includes(`/${path}?`))
    .map(({ link }) => new URL(String(link)).searchParams.get("token") ?? "");
}

const latest = (person: AppPerson, path: "verify" | "reset" | "address") =>
  until(`link to ${path}`, () => Promise.resolve(tokensFor(person, path).at(-1)));

/** Asks for links to a new password at each address; answers for how many of the person's there was one, in the order of asking. */
async function resetsAt(person: AppPerson, ...emails: string[]): Promise<number[]> {
  const counts = [];
  for (const email of emails) {
    const before = tokensFor(person, "reset").length;
    await callFunction(app.url, "requestPasswordReset", { email });
    // Written in order, one after the other: this one is the last.
    const marker = await newcomer();
    await callFunction(app.url, "requestPasswordReset", { email: marker.account.email });
    await latest(marker, "reset");
    counts.push(tokensFor(person, "reset").length - before);
  }
  return counts;
}

async function send(path: string, form: Record<string, string>): Promise<{ status: number; text: string }> {
  const response = await fetch(`${app.url}${path}`, { method: "POST", body: new URLSearchParams(form) });
  return { status: response.status, text: await response.text() };
}

/** By the latest link, which may still be on its way: one to an earlier address confirms nothing. */
async function confirm(person: AppPerson): Promise<void> {
  await until("link that confirms", async () => {
    const { status } = await send("/verify", { token: await latest(person, "verify") });
    return status === 200 ? true : undefined;
  });
}

async function agedBy(interval: string, person: AppPerson): Promise<void> {
  await client.query(`UPDATE beckon_former_address SET "since" = "since" - $1::interval WHERE "user" = $2`, [
    interval,
    person.id,
  ]);
}

/** What the server does every hour. */
async function sweep(): Promise<void> {
  const pool = openPool(database.uri, createLogger("silent"));
  await removeExpiredTokens(pool);
  await pool.close();
}

async function withoutPassword(person: AppPerson): Promise<void> {
  await client.query(`UPDATE "_User" SET "_hashed_password" = NULL WHERE "objectId" = $1`, [person.id]);
}

describe("[DEC-52] another address, given by a session alone", () => {
  it("is taken, and links for a new password go on to the one before", async () => {
    const nora = await newcomer();
    const { email: old } = nora.account;
    const { user } = await nora.call("updateProfile", { email: elsewhere(nora) });
    expect(user).toMatchObject({ email: elsewhere(nora), emailVerified: false, resetsTo: old });
    expect(await resetsAt(nora, elsewhere(nora), old)).toEqual([0, 1]);
    await confirm(nora);
    expect(await profileOf(nora)).toMatchObject({ emailVerified: true, resetsTo: old });
    expect(await resetsAt(nora, elsewhere(nora), old)).toEqual([0, 1]);
  });

  it("counts after a week, once it is confirmed, and not before", async () => {
    const nora = await newcomer();
    await nora.call("updateProfile", { email: elsewhere(nora) });
    await agedBy("6 days 23 hours", nora);
    await confirm(nora);
    await sweep();
    expect(await profileOf(nora)).toHaveProperty("resetsTo");
    await agedBy("2 hours", nora);
    await sweep();
    expect(await profileOf(nora)).not.toHaveProperty("resetsTo");
    expect(await resetsAt(nora, elsewhere(nora), nora.account.email)).toEqual([1, 0]);

    const slow = await newcomer();
    await slow.call("updateProfile", { email: elsewhere(slow) });
    await agedBy("30 days", slow);
    await sweep();
    expect(await profileOf(slow)).toHaveProperty("resetsTo", slow.account.email);
  });

  it("is taken back by a link that the one before was sent, and by a button; every session ends", async () => {
    const nora = await newcomer();
    const device = await nora.connect();
    await nora.call("updateProfile", { email: elsewhere(nora) });
    const token = await latest(nora, "address");
    const page = await fetch(`${app.url}/address?token=${token}`);
    const text = await page.text();
    expect(page.status).toBe(200);
    expect(text).toContain(nora.account.email);
    expect(await profileOf(nora)).toMatchObject({ email: elsewhere(nora) });
    const done = await send("/address", { token });
    expect(done.status).toBe(200);
    expect(await device.closed).toBe(CloseCode.unauthorized);
    await expect(nora.call("getProfile", {})).rejects.toThrow(`"code":${String(ParseCode.invalidSession)}`);
    const again = { ...nora.account, token: await nora.signIn() };
    const { user } = await callFunction(app.url, "getProfile", {}, again.token);
    expect(user).toMatchObject({ email: nora.account.email, emailVerified: true });
    expect(user).not.toHaveProperty("resetsTo");
    const next = /href="reset\?token=([\w-]+)"/.exec(done.text)?.[1] ?? "";
    const reset = await send("/reset", { token: next, password: NEXT_PASSWORD, again: NEXT_PASSWORD });
    expect(reset.status).toBe(200);
    for (const used of [token, "", "wrong"]) expect((await send("/address", { token: used })).status).toBe(410);
    expect((await fetch(`${app.url}/address?token=${token}`)).status).toBe(410);
  });

  it("is gone where a new password is chosen by a link to the one before", async () => {
    const nora = await newcomer();
    await nora.call("updateProfile", { email: elsewhere(nora) });
    await confirm(nora);
    await callFunction(app.url, "requestPasswordReset", { email: nora.account.email });
    const token = await latest(nora, "reset");
    const { status } = await send("/reset", { token, password: NEXT_PASSWORD, again: NEXT_PASSWORD });
    expect(status).toBe(200);
    Object.assign(nora.account, { password: NEXT_PASSWORD });
    const { user } = await callFunction(app.url, "getProfile", {}, await nora.signIn());
    expect(user).toMatchObject({ email: nora.account.email });
    expect(user).not.toHaveProperty("resetsTo");
  });

  it("changed once more it is still the first that counts, by the same link; given again it is as it was", async () => {
    const nora = await newcomer();
    const { email: old } = nora.account;
    await confirm(nora);
    await nora.call("updateProfile", { email: elsewhere(nora) });
    const token = await latest(nora, "address");
    const { user } = await nora.call("updateProfile", { email: elsewhere(nora, "further") });
    expect(user).toMatchObject({ email: elsewhere(nora, "further"), resetsTo: old });
    await until("second link", () => Promise.resolve(tokensFor(nora, "address").length === 2 ? true : undefined));
    expect(new Set(tokensFor(nora, "address"))).toEqual(new Set([token]));
    const back = await nora.call("updateProfile", { email: old });
    expect(back.user).toMatchObject({ email: old, emailVerified: true });
    expect(back.user).not.toHaveProperty("resetsTo");
    expect((await send("/address", { token })).status).toBe(410);
  });

  it("leaves a link for a new password alone, so that nobody voids it in passing", async () => {
    const nora = await newcomer();
    await callFunction(app.url, "requestPasswordReset", { email: nora.account.email });
    const token = await latest(nora, "reset");
    await nora.call("updateProfile", { email: elsewhere(nora) });
    const { status } = await send("/reset", { token, password: NEXT_PASSWORD, again: NEXT_PASSWORD });
    expect(status).toBe(200);
  });

  it("is taken back from whoever took it without confirming it, and shared with nobody who did", async () => {
    const [nora, squatter, other, reader] = await Promise.all([newcomer(), newcomer(), newcomer(), newcomer()]);
    for (const [person, taker] of [
      [nora, squatter],
      [other, reader],
    ] as const) {
      await person.call("updateProfile", { email: elsewhere(person) });
      await taker.call("updateProfile", { email: person.account.email, current: taker.account.password });
    }
    expect(await resetsAt(nora, nora.account.email)).toEqual([1]);
    await confirm(reader);
    for (const person of [nora, other]) {
      expect((await send("/address", { token: await latest(person, "address") })).status).toBe(200);
    }
    const emailOf = async (person: AppPerson) =>
      (await callFunction(app.url, "getProfile", {}, await person.signIn())).user.email;
    expect(await emailOf(nora)).toBe(nora.account.email);
    expect(await emailOf(squatter)).toBeUndefined();
    expect(await emailOf(other)).toBeUndefined();
    expect(await emailOf(reader)).toBe(other.account.email);
  });

  it("is in an export with the one that counts, and goes with the account", async () => {
    const nora = await newcomer();
    expect((await nora.call("exportAccount", {})).account).toMatchObject({ formerEmail: null });
    await nora.call("updateProfile", { email: elsewhere(nora) });
    const { account } = await nora.call("exportAccount", {});
    expect(account).toMatchObject({ email: elsewhere(nora), formerEmail: nora.account.email });
    expect(JSON.stringify(account)).not.toContain(await latest(nora, "address"));
    await nora.call("deleteAccount", { password: nora.account.password });
    const { rows } = await client.query(`SELECT 1 FROM beckon_former_address WHERE "user" = $1`, [nora.id]);
    expect(rows).toEqual([]);
  });
});

describe("[DEC-52] another address, with the present password", () => {
  it("counts at once, and the one before is told, without a link", async () => {
    const nora = await newcomer();
    const current = nora.account.password;
    await callFunction(app.url, "requestPasswordReset", { email: nora.account.email });
    const reset = await latest(nora, "reset");
    const { user } = await nora.call("updateProfile", { email: elsewhere(nora), current });
    expect(user).toMatchObject({ email: elsewhere(nora), emailVerified: false });
    expect(user).not.toHaveProperty("resetsTo");
    expect((await send("/reset", { token: reset, password: NEXT_PASSWORD, again: NEXT_PASSWORD })).status).toBe(410);
    expect(await resetsAt(nora, elsewhere(nora), nora.account.email)).toEqual([1, 0]);
    expect(tokensFor(nora, "address")).toEqual([]);
  });

  it("counts at once also where it was given without it before", async () => {
    const nora = await newcomer();
    await nora.call("updateProfile", { email: elsewhere(nora) });
    const token = await latest(nora, "address");
    const { user } = await nora.call("updateProfile", { current: nora.account.password });
    expect(user).toMatchObject({ email: elsewhere(nora) });
    expect(user).not.toHaveProperty("resetsTo");
    expect(await resetsAt(nora, elsewhere(nora), nora.account.email)).toEqual([1, 0]);
    expect((await send("/address", { token })).status).toBe(410);
  });

  it("is refused with a wrong one, whatever else was asked, and that is guessed as slowly as at the sign-in", async () => {
    const nora = await newcomer();
    const from: Asker = { token: nora.account.token, from: "198.51.100.78" };
    const guess = () =>
      callFunction(app.url, "updateProfile", { name: "N", email: elsewhere(nora), current: "wrong" }, from);
    for (let tries = 0; tries < 10; tries += 1)
      await expect(guess()).rejects.toThrow('{"code":101,"error":"The password is wrong; type it again."}');
    await expect(guess()).rejects.toThrow("That was too often");
    expect(await profileOf(nora)).toMatchObject({ name: nora.name, email: nora.account.email });
  });
});

describe("[DEC-52] another address of an account without a password", () => {
  it("counts at once by no session, however fresh", async () => {
    const nora = await newcomer();
    await withoutPassword(nora);
    const { user } = await nora.call("updateProfile", { email: elsewhere(nora) });
    expect(user).toMatchObject({ email: elsewhere(nora), hasPassword: false, resetsTo: nora.account.email });
  });

  it("counts without a proof also after years by no session: a link to it would be the key to the account", async () => {
    const nora = await newcomer();
    await withoutPassword(nora);
    await nora.call("updateProfile", { email: elsewhere(nora) });
    await confirm(nora);
    await agedBy("3 years", nora);
    await sweep();
    expect(await profileOf(nora)).toHaveProperty("resetsTo", nora.account.email);
    expect(await resetsAt(nora, elsewhere(nora), nora.account.email)).toEqual([0, 1]);
  });

  it("is for no password where there was none before, until somebody proves that it is them", async () => {
    const nora = await newcomer();
    await withoutPassword(nora);
    await client.query(`UPDATE "_User" SET "email" = NULL WHERE "objectId" = $1`, [nora.id]);
    const { user } = await nora.call("updateProfile", { email: elsewhere(nora) });
    expect(user).toMatchObject({ email: elsewhere(nora), resetsTo: "" });
    await confirm(nora);
    await agedBy("30 days", nora);
    await sweep();
    expect(await resetsAt(nora, elsewhere(nora))).toEqual([0]);
  });
});

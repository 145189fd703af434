import type { Client } from "pg";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ACCOUNT_LIMITS } from "../../server/accounts/rate-limits.ts";
import { createLogger } from "../../server/logger.ts";
import { createMail, type Mail } from "../../server/mail/mail.ts";
import {
  ask,
  PASSWORD,
  plant,
  PUBLIC_URL,
  startTestAccounts,
  startTestDatabase,
  TestPerson,
  type Answer,
  type TestAccounts,
  type TestDatabase,
} from "../support/backend-accounts.ts";
import { connectTo } from "../support/database-client.ts";
import { loosened } from "../support/loosened.ts";
import { linkOf, startSmtp, type TestSmtp } from "../support/smtp.ts";

const FROM = "Beckon <beckon@example.org>";
const LIMITS = { ...loosened(ACCOUNT_LIMITS, 1_000), mailPerRecipient: { times: 3, withinMs: 3_600_000 } };

let smtp: TestSmtp;
let mail: Mail;
let database: TestDatabase;
let accounts: TestAccounts;
let client: Client;
const log: string[] = [];
const logger = createLogger("info", { write: (line) => void log.push(line) });

beforeAll(async () => {
  smtp = await startSmtp();
  database = await startTestDatabase();
  mail = createMail({ smtp: { url: smtp.url, from: FROM }, publicUrl: () => PUBLIC_URL, logger });
  accounts = await startTestAccounts(database, { logger, limits: LIMITS, mail });
  client = await connectTo(database.uri);
  return async () => {
    await client.end();
    await accounts.close();
    await database.stop();
    await mail.close();
    await smtp.close();
  };
});

beforeEach(() => {
  log.length = 0;
  smtp.arrived.length = 0;
});

async function signUp(handle: string, language?: string): Promise<TestPerson> {
  const person = new TestPerson(accounts, handle);
  const answer = await ask(accounts, "/functions/signUp", {
    body: { username: handle, name: "Visit evil.example now", password: PASSWORD, email: `${handle}@example.org` },
    headers: {
      "X-Parse-Installation-Id": person.device,
      ...(language === undefined ? {} : { "Accept-Language": language }),
    },
  });
  expect(answer.status).toBe(200);
  const { user, sessionToken } = answer.body["result"] as { user: { id: string }; sessionToken: string };
  return Object.assign(person, { id: user.id, token: sessionToken });
}

const askReset = (email: string, language = "en"): Promise<Answer> =>
  ask(accounts, "/functions/requestPasswordReset", { body: { email }, headers: { "Accept-Language": language } });

async function accountOf(handle: string): Promise<Record<string, unknown>> {
  const { rows } = await client.query<Record<string, unknown>>(`SELECT * FROM "_User" WHERE "username" = $1`, [handle]);
  return rows[0]!;
}

describe("a new account", () => {
  it("is sent a link to confirm its address, for a week", async () => {
    const ada = await signUp("ada");
    const arrived = await smtp.next();
    expect(arrived.to).toEqual(["ada@example.org"]);
    expect(arrived.mail).toMatchObject({
      subject: "Confirm your e-mail address for Beckon",
      from: { name: "Beckon", address: "beckon@example.org" },
    });
    expect(arrived.mail.headers).toContainEqual(
      expect.objectContaining({ key: "auto-submitted", value: "auto-generated" }),
    );
    const link = linkOf(arrived);
    expect(link.origin + link.pathname).toBe(`${PUBLIC_URL}/verify`);
    const row = await accountOf("ada");
    expect(row).toMatchObject({ emailVerified: false, _email_verify_token: link.searchParams.get("token") });
    const forMs = (row["_email_verify_token_expires_at"] as Date).getTime() - Date.now();
    expect(Math.abs(forMs - 7 * 24 * 3_600_000)).toBeLessThan(60_000);
    // Nobody is kept out meanwhile.
    expect((await ada.try("listContacts", {})).status).toBe(200);
    const login = await ask(accounts, "/login", { body: { username: "ada", password: PASSWORD } });
    expect(login.status).toBe(200);
  });

  it("is written to in the language of whoever asked, without a word of their choosing", async () => {
    await signUp("hanako", "ja-JP,ja;q=0.9,en;q=0.5");
    const { mail: letter } = await smtp.next();
    expect(letter.subject).toBe("Beckon: メールアドレスの確認");
    expect(letter.text).toContain("beckon.example.org のアカウント");
    expect(letter.html).toContain('lang="ja"');
    for (const form of [letter.text, letter.html, letter.subject]) {
      expect(form).not.toContain("evil");
      expect(form).not.toContain("hanako");
    }
    for (const hidden of ["<img", "<script", "<link"]) expect(letter.html).not.toContain(hidden);
  });

  it("is made all the same where the mail cannot be written", async () => {
    // Parse looks the account up by its token, and would throw what nobody catches.
    await client.query(`
      CREATE FUNCTION lose_token() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN NEW."_email_verify_token" = 'another'; RETURN NEW; END $$;
      CREATE TRIGGER lose_token BEFORE INSERT ON "_User" FOR EACH ROW EXECUTE FUNCTION lose_token()`);
    await signUp("unlucky");
    await expect.poll(() => log.join("")).toContain("a mail about a new address was not written");
    await client.query(`DROP TRIGGER lose_token ON "_User"; DROP FUNCTION lose_token`);
    expect(smtp.arrived).toEqual([]);
  });
});

describe("a link to confirm the address", () => {
  it("is sent again as its owner asks, in place of the former, and not too often", async () => {
    const bea = await signUp("bea");
    const first = linkOf(await smtp.next()).searchParams.get("token");
    expect(await bea.call("requestVerification", {})).toEqual({});
    const second = linkOf(await smtp.next()).searchParams.get("token");
    expect(second).not.toBe(first);
    expect(await accountOf("bea")).toMatchObject({ _email_verify_token: second });
    await bea.call("requestVerification", {});
    await smtp.next();
    expect(await bea.try("requestVerification", {})).toMatchObject({ status: 429 });
  });

  it("can be asked for by accounts of before there were any, and not once it is confirmed", async () => {
    const [old] = await plant(accounts, database, [{ handle: "older", name: "Older" }]);
    expect(await accountOf("older")).toMatchObject({ emailVerified: null });
    await old!.call("requestVerification", {});
    expect((await smtp.next()).to).toEqual(["older@example.org"]);
    expect(await accountOf("older")).toMatchObject({ emailVerified: false });
    await client.query(`UPDATE "_User" SET "emailVerified" = true WHERE "username" = 'older'`);
    await old!.call("requestVerification", {});
    await client.query(`UPDATE "_User" SET "emailVerified" = false, "email" = NULL WHERE "username" = 'older'`);
    expect(await old!.try("requestVerification", {})).toMatchObject({ status: 400 });
    await signUp("marker");
    expect((await smtp.next()).to).toEqual(["marker@example.org"]);
  });
});

describe("another address", () => {
  it("is sent a link, the old one a notice, and what was sent to the old one holds no more", async () => {
    const iris = await signUp("iris");
    const former = linkOf(await smtp.next()).searchParams.get("token");
    await iris.call("updateProfile", { email: "iris@elsewhere.example", current: PASSWORD });
    const letters = [await smtp.next(), await smtp.next()];
    const [fresh, notice] = letters.sort((one) => (one.to[0] === "iris@elsewhere.example" ? -1 : 1));
    expect(fresh!.to).toEqual(["iris@elsewhere.example"]);
    expect(linkOf(fresh!).searchParams.get("token")).not.toBe(former);
    expect(notice).toMatchObject({
      to: ["iris@example.org"],
      mail: { subject: "Your e-mail address for Beckon was changed" },
    });
    expect(notice!.mail.text).not.toContain("http");
    expect(await accountOf("iris")).toMatchObject({
      emailVerified: false,
      _email_verify_token: linkOf(fresh!).searchParams.get("token"),
    });
    // The old one may be a stranger's, who is not to be written to without end.
    for (const [at, mails] of [2, 2, 1, 1].entries()) {
      await client.query(`UPDATE "_User" SET "email" = 'iris@example.org' WHERE "username" = 'iris'`);
      await iris.call("updateProfile", { email: `iris.${String(at)}@example.org`, current: PASSWORD });
      const sent = mails === 1 ? [await smtp.next()] : [await smtp.next(), await smtp.next()];
      expect(sent.map((letter) => letter.to[0]).includes("iris@example.org")).toBe(mails === 2);
    }
  });
});

describe("[DEC-52] another address that nobody proved", () => {
  it("is told to the one before, with a link that takes it back and without a word of anybody's choosing", async () => {
    const [jo] = await plant(accounts, database, [{ handle: "jo", name: "Visit evil.example now" }]);
    await client.query(`UPDATE "_Session" SET "createdAt" = now() - interval '1 hour' WHERE "user" = $1`, [jo!.id]);
    const answer = await ask(accounts, "/functions/updateProfile", {
      body: { email: "evil@elsewhere.example" },
      headers: { ...jo!.headers, "Accept-Language": "ja" },
    });
    expect(answer.status).toBe(200);
    const letters = [await smtp.next(), await smtp.next()];
    const held = letters.find(({ to }) => to[0] === "jo@example.org")!;
    expect(held.mail.subject).toBe("Beckon: アカウントに別のメールアドレスが登録されました");
    const link = linkOf(held);
    expect(link.origin + link.pathname).toBe(`${PUBLIC_URL}/address`);
    for (const form of [held.mail.text, held.mail.html]) expect(form).not.toContain("evil");
    expect(await accounts.links.formerAddress(link.searchParams.get("token") ?? "")).toBe("jo@example.org");
    expect(letters.find(({ to }) => to[0] === "evil@elsewhere.example")).toBeDefined();
  });
});

describe("a link to choose a new password", () => {
  it("goes to whoever has the address, for an hour; the answer is the same where nobody has it", async () => {
    await plant(accounts, database, [{ handle: "cleo", name: "Cleo" }]);
    const nobody = await askReset("nobody@example.org");
    const known = await askReset(" Cleo@Example.org ", "ja");
    expect([nobody.status, nobody.body]).toEqual([200, { result: {} }]);
    expect([known.status, known.body]).toEqual([nobody.status, nobody.body]);
    const arrived = await smtp.next();
    expect(arrived.to).toEqual(["cleo@example.org"]);
    expect(arrived.mail.subject).toBe("Beckon: 新しいパスワードの設定");
    const link = linkOf(arrived);
    expect(link.origin + link.pathname).toBe(`${PUBLIC_URL}/reset`);
    const row = await accountOf("cleo");
    expect(row["_perishable_token"]).toBe(link.searchParams.get("token"));
    const forMs = (row["_perishable_token_expires_at"] as Date).getTime() - Date.now();
    expect(Math.abs(forMs - 3_600_000)).toBeLessThan(60_000);
  });

  it("is answered before anything is looked up, so that the time tells nothing either", async () => {
    await plant(accounts, database, [{ handle: "dana", name: "Dana" }]);
    await client.query("BEGIN");
    await client.query(`LOCK TABLE "_User" IN ACCESS EXCLUSIVE MODE`);
    const answers = await Promise.all([askReset("dana@example.org"), askReset("nobody.else@example.org")]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    await client.query("ROLLBACK");
    expect((await smtp.next()).to).toEqual(["dana@example.org"]);
  });

  it("is not sent too often to one address, and the answer does not say so", async () => {
    await plant(accounts, database, [{ handle: "ella", name: "Ella" }]);
    for (let at = 0; at < LIMITS.mailPerRecipient.times; at += 1) {
      await askReset("ella@example.org");
      expect((await smtp.next()).to).toEqual(["ella@example.org"]);
    }
    const further = await askReset("ella@example.org");
    expect([further.status, further.body]).toEqual([200, { result: {} }]);
    await plant(accounts, database, [{ handle: "fred", name: "Fred" }]);
    await askReset("fred@example.org");
    expect((await smtp.next()).to).toEqual(["fred@example.org"]);
  });
});

describe("a link in a mail", () => {
  it("does nothing once its time is over, and its token is gone after the next start", async () => {
    const [kim] = await plant(accounts, database, [{ handle: "kim", name: "Kim" }]);
    await kim!.call("requestVerification", {});
    const verify = linkOf(await smtp.next()).searchParams.get("token") ?? "";
    await askReset("kim@example.org");
    const reset = linkOf(await smtp.next()).searchParams.get("token") ?? "";
    expect(await accounts.links.resetOf(reset)).toEqual({ handle: "kim" });
    await client.query(`
      UPDATE "_User" SET "_email_verify_token_expires_at" = now() - interval '1 second',
        "_perishable_token_expires_at" = now() - interval '1 second' WHERE "username" = 'kim'`);
    expect(await accounts.links.confirmAddress(verify)).toBe(false);
    expect(await accounts.links.resetOf(reset)).toBeUndefined();
    expect(await accounts.links.resetPassword(reset, "a walk in the sun")).toBe("stale");
    expect(await accountOf("kim")).toMatchObject({ emailVerified: false, _email_verify_token: verify });
    await accounts.close();
    accounts = await startTestAccounts(database, { logger, limits: LIMITS, mail });
    await expect.poll(async () => (await accountOf("kim"))["_perishable_token"]).toBeNull();
    expect(await accountOf("kim")).toMatchObject({ _email_verify_token: null });
  });
});

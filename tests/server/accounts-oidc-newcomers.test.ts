import { ParseCode } from "#protocol";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import type { ProvenPerson } from "../../server/oidc/person.ts";
import {
  ask,
  plant,
  signUp,
  startTestAccounts,
  startTestDatabase,
  type Answer,
  type TestAccounts,
  type TestAccountsOptions,
  type TestDatabase,
} from "../support/backend-accounts.ts";
import { connectTo } from "../support/database-client.ts";
import { until } from "../support/until.ts";

let database: TestDatabase;
let accounts: TestAccounts;

beforeAll(async () => {
  database = await startTestDatabase();
});

afterEach(() => accounts.close());

afterAll(() => database.stop());

/** Whoever names themselves in the code comes from the provider so; the way through it has its own tests. */
async function start(options: TestAccountsOptions = {}): Promise<void> {
  const redeemOidc = (code: string): ProvenPerson => ({ id: `id of ${code}`, called: [code] });
  accounts = await startTestAccounts(database, { redeemOidc, ...options });
}

function signIn(name: string, more: { invite?: string } = {}): Promise<Answer> {
  return ask(accounts, "/functions/signInWithOidc", {
    headers: { "X-Parse-Installation-Id": crypto.randomUUID() },
    body: { code: name, verifier: "x".repeat(43), ...more },
  });
}

const userOf = (answer: Answer) => (answer.body["result"] as { user: { id: string; handle: string } }).user;

it("somebody who signs in many times at once for the first time has one account", async () => {
  await start();
  const answers = await Promise.all(Array.from({ length: 4 }, () => signIn("eager")));
  expect(answers.map(({ status }) => status)).toEqual(Array<number>(4).fill(200));
  expect(new Set(answers.map((answer) => userOf(answer).id)).size).toBe(1);
});

it("the answer tells who is new, and who was here", async () => {
  await start();
  expect((await signIn("newcomer")).body["result"]).toMatchObject({ isNew: true });
  expect((await signIn("newcomer")).body["result"]).not.toHaveProperty("isNew");
});

it("people of one name who come at once have a handle each", async () => {
  await start({ redeemOidc: (code) => ({ id: code, called: ["twin"] }) });
  const answers = await Promise.all(["a", "b", "c"].map((name) => signIn(name)));
  expect(answers.map((answer) => userOf(answer).handle).sort()).toEqual(["twin", "twin2", "twin3"]);
});

it("a request that waits at the handle of a new person reaches them", async () => {
  await start();
  const [asker] = await plant(accounts, database, [{ handle: "asker", name: "Asker" }]);
  await asker!.call("requestContact", { handle: "awaited" });
  const answer = await signIn("awaited");
  const { sessionToken } = answer.body["result"] as { sessionToken: string };
  const list = await ask(accounts, "/functions/listContacts", {
    headers: { "X-Parse-Session-Token": sessionToken },
    body: {},
  });
  expect(list.body).toMatchObject({ result: { contacts: [{ user: asker!.id, state: "incoming" }] } });
});

it("where registration is closed nobody new comes in, and who is here does", async () => {
  await start();
  const early = userOf(await signIn("early"));
  await accounts.close();
  await start({ registration: "closed" });
  expect(await signIn("late")).toMatchObject({ status: 403, body: { code: ParseCode.forbidden } });
  expect(userOf(await signIn("early"))).toEqual({ ...early });
});

it("where only invited people come in, a new person needs an invitation", async () => {
  await start();
  const host = await signUp(accounts, "host");
  await accounts.close();
  await start({ registration: "invite" });
  Object.assign(host.accounts, { url: accounts.url });
  expect(await signIn("guest")).toMatchObject({ status: 403, body: { code: ParseCode.forbidden } });
  const { code: invite } = await host.call("createInviteLink", {});
  expect((await signIn("guest", { invite })).status).toBe(200);
  expect((await signIn("second", { invite })).status).toBe(403);
  expect((await signIn("guest")).status).toBe(200);
});

it("without a provider there is no such way", async () => {
  accounts = await startTestAccounts(database);
  expect(await signIn("anybody")).toMatchObject({ status: 404, body: { code: ParseCode.notFound } });
});

it("whose address cannot be kept just now has it a little later, and is signed in meanwhile", async () => {
  await start({
    redeemOidc: (code) => ({ id: code, called: [code], email: `${code}@example.com` }),
  });
  const client = await connectTo(database.uri);
  // The database goes between the account and its address, and comes back when the table is gone.
  await client.query(`
    CREATE TABLE away ();
    CREATE FUNCTION be_away() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF to_regclass('away') IS NOT NULL THEN RAISE EXCEPTION 'starting up' USING ERRCODE = '57P03'; END IF;
        RETURN NEW;
      END $$;
    CREATE TRIGGER be_away BEFORE UPDATE OF "email" ON "_User" FOR EACH ROW
      WHEN (NEW."email" IS NOT NULL) EXECUTE FUNCTION be_away()`);
  const answer = await signIn("patient");
  expect(answer.status).toBe(200);
  const { sessionToken } = answer.body["result"] as { sessionToken: string };
  const profile = async () => {
    const headers = { "X-Parse-Session-Token": sessionToken };
    const { body } = await ask(accounts, "/functions/getProfile", { headers, body: {} });
    return (body["result"] as { user: { email?: string } }).user;
  };
  expect(await profile()).not.toHaveProperty("email");
  await client.query("DROP TABLE away");
  await until("address", async () => (await profile()).email);
  expect(await profile()).toMatchObject({ email: "patient@example.com", emailVerified: true });
  await client.query(`DROP TRIGGER be_away ON "_User"; DROP FUNCTION be_away`);
  await client.end();
});

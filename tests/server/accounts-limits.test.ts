import { ParseCode } from "#protocol";
import sharp from "sharp";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { ACCOUNT_LIMITS, type AccountLimits } from "../../server/accounts/rate-limits.ts";
import {
  ask,
  PASSWORD,
  plant,
  signUp,
  startTestAccounts,
  startTestDatabase,
  type TestAccounts,
  type TestAccountsOptions,
  type TestDatabase,
} from "../support/backend-accounts.ts";
import { loosened } from "../support/loosened.ts";

let database: TestDatabase;
let accounts: TestAccounts;

beforeAll(async () => {
  database = await startTestDatabase();
});

afterEach(() => accounts.close());

afterAll(() => database.stop());

async function start(options: TestAccountsOptions): Promise<void> {
  accounts = await startTestAccounts(database, options);
}

const loose = loosened(ACCOUNT_LIMITS, 1_000);

function limits(
  change: Partial<AccountLimits["functions"]>,
  login: Partial<AccountLimits["login"]> = {},
): AccountLimits {
  return { ...loose, functions: { ...loose.functions, ...change }, login: { ...loose.login, ...login } };
}

const twice = { times: 2, withinMs: 60_000 };

const tooMany = {
  status: 429,
  body: {
    code: ParseCode.tooMany,
    error: expect.stringMatching(/^That was too often; try again in \d+ seconds\.$/) as string,
  },
};

function login(username: string, password: string, from: string) {
  return ask(accounts, "/login", { body: { username, password }, headers: { "X-Forwarded-For": from } });
}

describe("how often", () => {
  it("a function is called is limited for each person", async () => {
    await start({ limits: limits({ listContacts: { ...loose.functions.listContacts, perUser: twice } }) });
    const [one, other] = await plant(accounts, database, [
      { handle: "one", name: "One" },
      { handle: "other", name: "Other" },
    ]);
    expect((await one!.try("listContacts", {})).status).toBe(200);
    expect((await one!.try("listContacts", {})).status).toBe(200);
    const refused = await one!.try("listContacts", {});
    expect(refused).toMatchObject(tooMany);
    expect((await other!.try("listContacts", {})).status).toBe(200);
    expect((await one!.try("listCalls", {})).status).toBe(200);
  });

  it("accounts are made is limited for each address, and says when to come back", async () => {
    await start({ limits: limits({ signUp: { perAddress: twice } }) });
    const form = (handle: string, from: string) =>
      ask(accounts, "/functions/signUp", {
        body: { username: handle, password: PASSWORD, email: `${handle}@example.org` },
        headers: { "X-Forwarded-For": from },
      });
    expect((await form("limit.a", "192.0.2.1")).status).toBe(200);
    // A taken handle counts: it is how handles would be harvested.
    expect((await form("limit.a", "192.0.2.1")).body["code"]).toBe(ParseCode.handleTaken);
    const refused = await form("limit.b", "192.0.2.1");
    expect(refused).toMatchObject(tooMany);
    expect(Number(refused.headers.get("Retry-After"))).toBeGreaterThan(0);
    expect(refused.headers.get("Access-Control-Expose-Headers")).toContain("Retry-After");
    expect((await form("limit.b", "192.0.2.2")).status).toBe(200);
  });

  it("a picture is made is limited to one at a time for each person, and says when to come back", async () => {
    await start({});
    const [person] = await plant(accounts, database, [{ handle: "painter", name: "Painter" }]);
    const large = sharp({ create: { width: 4_800, height: 4_800, channels: 3, background: "#fff" } }).png();
    const image = (await large.toBuffer()).toString("base64");
    const answers = await Promise.all(Array.from({ length: 4 }, () => person!.try("setAvatar", { image })));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 429]));
    const refused = answers.find(({ status }) => status === 429)!;
    expect(refused.headers.get("Retry-After")).toBe("1");
    expect(refused.body).toMatchObject({ code: ParseCode.tooMany });
  });

  it("is counted for a whole /64 of IPv6 addresses, which is one household's", async () => {
    await start({ limits: limits({ signUp: { perAddress: twice } }, { perAddress: twice }) });
    const make = (from: string) =>
      ask(accounts, "/functions/signUp", { body: {}, headers: { "X-Forwarded-For": `2001:db8:1:${from}` } });
    expect((await make("1::1")).status).toBe(400);
    expect((await make("1:2:3:4:5")).status).toBe(400);
    expect(await make("1::3")).toMatchObject(tooMany);
    expect((await make("2::1")).status).toBe(400);
    expect((await login("someone.a", "wrong one", "2001:db8:1:1::1")).status).toBe(404);
    expect((await login("someone.b", "wrong one", "2001:db8:1:1::2")).status).toBe(404);
    expect(await login("someone.c", "wrong one", "2001:db8:1:1::3")).toMatchObject(tooMany);
  });

  it("a password is guessed is limited, without locking its owner out", async () => {
    await start({ limits: limits({}, { perAccountAndAddress: twice, perAccount: twice, delayMs: 300 }) });
    await signUp(accounts, "guessed");
    expect((await login("guessed", "wrong one", "192.0.2.1")).status).toBe(404);
    expect((await login("guessed", "wrong two", "192.0.2.1")).status).toBe(404);
    expect(await login("guessed", "wrong three", "192.0.2.1")).toMatchObject(tooMany);
    expect(await login("guessed", PASSWORD, "192.0.2.1")).toMatchObject(tooMany);
    const from = performance.now();
    expect((await login("guessed", PASSWORD, "192.0.2.2")).status).toBe(200);
    expect(performance.now() - from).toBeGreaterThan(300);
  });

  it("a password is guessed at the owner's own address keeps only strange devices out", async () => {
    await start({ limits: limits({}, { perAccountAndAddress: twice, perAddress: twice, perAccount: twice }) });
    const owner = await signUp(accounts, "shared");
    const at = (device: string, password: string) =>
      ask(accounts, "/login", {
        body: { username: "Shared", password },
        headers: { "X-Forwarded-For": "192.0.2.9", "X-Parse-Installation-Id": device },
      });
    expect((await at(owner.device, PASSWORD)).status).toBe(200);
    await ask(accounts, "/logout", { headers: owner.headers });
    const strange = crypto.randomUUID();
    for (const password of ["wrong one", "wrong two"]) expect((await at(strange, password)).status).toBe(404);
    expect(await at(strange, PASSWORD)).toMatchObject(tooMany);
    expect((await at(owner.device, PASSWORD)).status).toBe(200);
    // Whoever has the device does not guess without end either.
    for (const password of ["wrong one", "wrong two"]) expect((await at(owner.device, password)).status).toBe(404);
    expect(await at(owner.device, PASSWORD)).toMatchObject(tooMany);
  });

  it("a right password does not count against anyone", async () => {
    await start({ limits: limits({}, { perAccountAndAddress: twice, perAddress: twice }) });
    await signUp(accounts, "regular");
    for (let time = 0; time < 4; time += 1) {
      expect((await login("regular", PASSWORD, "192.0.2.3")).status).toBe(200);
    }
  });

  it("many accounts are tried from one address is limited", async () => {
    await start({ limits: limits({}, { perAddress: twice }) });
    expect((await login("someone.a", "wrong one", "192.0.2.4")).status).toBe(404);
    expect((await login("someone.b", "wrong one", "192.0.2.4")).status).toBe(404);
    expect(await login("someone.c", "wrong one", "192.0.2.4")).toMatchObject(tooMany);
  });
});

it("makes no account where registration is closed, and still signs in", async () => {
  await start({});
  await signUp(accounts, "early");
  await accounts.close();
  await start({ registration: "closed" });
  const body = { username: "late", password: PASSWORD, email: "late@example.org" };
  expect(await ask(accounts, "/functions/signUp", { body })).toMatchObject({
    status: 403,
    body: { code: ParseCode.forbidden, error: "This server takes no new accounts; ask whoever runs it for one." },
  });
  expect((await login("early", PASSWORD, "192.0.2.5")).status).toBe(200);
});

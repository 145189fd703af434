import { FUNCTIONS, ParseCode, type CallId, type DeviceId, type FunctionName, type UserId } from "#protocol";
import type { Client } from "pg";
import { beforeAll, describe, expect, it } from "vitest";
import { startAccountsAlone } from "../support/accounts-alone.ts";
import {
  ask,
  befriend,
  nextEvent,
  PASSWORD,
  plant,
  signUp,
  type Answer,
  type TestAccounts,
  type TestDatabase,
  type TestPerson,
} from "../support/backend-accounts.ts";

let database: TestDatabase;
let accounts: TestAccounts;
let client: Client;
let victim: TestPerson;
let friend: TestPerson;
let attacker: TestPerson;

beforeAll(async () => {
  const started = await startAccountsAlone();
  ({ database, accounts, client } = started);
  victim = await signUp(accounts, "victim", "Victoria Sekret");
  friend = await signUp(accounts, "friend");
  attacker = await signUp(accounts, "attacker");
  await befriend(victim, friend);
  const kept = nextEvent(accounts, ({ type }) => type === "missed");
  accounts.accounts.recordCall({
    call: crypto.randomUUID() as CallId,
    caller: friend.id as UserId,
    callee: victim.id as UserId,
    media: "video",
    startedAt: 1_760_000_000_000,
    endedAt: 1_760_000_045_000,
    reason: "no-answer",
    outcomes: { caller: "no-answer", callee: "missed" },
    missedWhile: "silent",
  });
  await kept;
  await victim.call("createInviteLink", { note: "for Mum" });
  return started.stop;
});

/** Those that need no session. */
const PUBLIC: FunctionName[] = ["signUp", "signInWithOidc", "requestPasswordReset"];

/**
 * What of the victim's stands anywhere in the database, table by table, where the attacker has no part in it; without the
 * token of a reset, since anybody may have one sent to its owner.
 */
async function everythingOfVictim(): Promise<Record<string, string[]>> {
  const { rows: tables } = await client.query<{ name: string }>(
    "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1",
  );
  const found: Record<string, string[]> = {};
  for (const { name } of tables) {
    const { rows } = await client.query<{ row: string }>(
      `SELECT (to_jsonb(t) - '{_perishable_token,_perishable_token_expires_at}'::text[])::text AS row FROM "${name}" AS t
       WHERE strpos(to_jsonb(t)::text, $1) > 0 AND strpos(to_jsonb(t)::text, $2) = 0 ORDER BY 1`,
      [victim.id, attacker.id],
    );
    if (rows.length > 0) found[name] = rows.map(({ row }) => row);
  }
  return found;
}

/** The ids of the victim's rows, which nobody else could know. */
async function idsOf(table: string, column: string): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(
    `SELECT "objectId" AS id FROM "${table}" WHERE "${column}" = $1`,
    [victim.id],
  );
  expect(rows).not.toEqual([]);
  return rows.map(({ id }) => id);
}

/** With what each function is tried against the victim. A new one has its place here before it has one in the contract. */
async function attempts(): Promise<Record<FunctionName, object[]>> {
  const sessions = await idsOf("_Session", "user");
  const rows = [...(await idsOf("Contact", "owner")), ...(await idsOf("Contact", "target"))];
  const calls = await idsOf("Call", "callee");
  const { rows: links } = await client.query<{ objectId: string; hash: string }>(
    `SELECT "objectId", "hash" FROM "InviteLink" WHERE "owner" = $1`,
    [victim.id],
  );
  expect(links).toHaveLength(1);
  const codes = [...links.flatMap((link) => [link.objectId, link.hash]), victim.id].map((code) => ({ code }));
  const users = [victim.id, ...sessions, ...rows, ...calls, "victim"].map((user) => ({ user }));
  const account = { username: "victim", email: "victim@example.org", password: PASSWORD };
  const wrong = "not the password";
  return {
    signUp: [account, { ...account, username: "attacker.2" }, { ...account, email: "attacker.3@example.org" }],
    signInWithOidc: [{ code: victim.id, verifier: "x".repeat(43) }],
    getProfile: [{}, { user: victim.id }],
    updateProfile: [
      { username: "victim" },
      { email: "victim@example.org" },
      { email: "victim@example.org", current: PASSWORD },
      { name: "Mallory", user: victim.id },
    ],
    setAvatar: [{ image: "" }, { image: "", user: victim.id }, { image: "AAAA" }],
    changePassword: [
      { current: wrong, next: "mallory knows it" },
      { next: "mallory knows it" },
      { current: PASSWORD, next: "mallory knows it", user: victim.id },
    ],
    requestPasswordReset: [{ email: "victim@example.org" }, { email: "nobody@example.org" }],
    requestVerification: [{}, { email: "victim@example.org" }],
    listSessions: [{}, { user: victim.id }],
    signOutSession: [...sessions, victim.id, victim.token].map((session) => ({ session })),
    signOutEverywhere: [{}, { user: victim.id }],
    exportAccount: [{}, { user: victim.id }],
    deleteAccount: [{ password: wrong }, {}, { password: PASSWORD, user: victim.id }],
    createInviteLink: [{ user: victim.id }],
    listInviteLinks: [{}, { user: victim.id }],
    withdrawInviteLink: codes.map(({ code }) => ({ link: code })),
    readInviteLink: codes,
    redeemInviteLink: codes,
    listContacts: [{}, { user: victim.id }],
    requestContact: [{ handle: "victim" }, { handle: "victim", owner: friend.id }],
    acceptContact: users,
    declineContact: users,
    removeContact: users,
    blockContact: users,
    unblockContact: users,
    listCalls: [
      {},
      { user: victim.id },
      { before: Buffer.from(`9999999999999 ${calls[0] ?? ""}`).toString("base64url") },
    ],
    markCallsSeen: [{}, { user: victim.id }, { call: calls[0] }],
    getIceServers: [{}, { user: victim.id }, { name: victim.id }],
  };
}

function tellsNothing(answer: Answer, what: string): void {
  const text = JSON.stringify(answer.body);
  for (const secret of [victim.id, victim.token, "Victoria", "victim@", friend.id]) {
    expect(text, what).not.toContain(secret);
  }
}

describe("every function", () => {
  it("is attacked here", async () => {
    expect(Object.keys(await attempts()).sort()).toEqual(Object.keys(FUNCTIONS).sort());
  });

  it("without a session gives nothing and changes nothing", async () => {
    const before = await everythingOfVictim();
    const revoked = await signUp(accounts, "revoked");
    await ask(accounts, "/logout", { headers: revoked.headers });
    const [expired] = await plant(accounts, database, [{ handle: "expired", name: "Expired" }]);
    await client.query(`UPDATE "_Session" SET "expiresAt" = now() - interval '1 second' WHERE "user" = $1`, [
      expired!.id,
    ]);
    const nobodies = [
      {},
      revoked.headers,
      expired!.headers,
      { "X-Parse-Session-Token": "r:0123456789abcdef0123456789abcdef" },
    ];
    for (const [name, tries] of Object.entries(await attempts())) {
      for (const body of tries) {
        for (const headers of nobodies) {
          const answer = await ask(accounts, `/functions/${name}`, { headers, body });
          const what = `${name} ${JSON.stringify(body)} ${JSON.stringify(answer.body)}`;
          tellsNothing(answer, what);
          if (name === "requestPasswordReset") continue;
          // Without a provider there is no sign-in by it.
          expect(name === "signInWithOidc" ? [400, 404] : [400], what).toContain(answer.status);
          // Parse itself looks at a token that was given, also where none is needed.
          const code = PUBLIC.includes(name as FunctionName)
            ? (expect.any(Number) as number)
            : ParseCode.invalidSession;
          const refused = [code, ParseCode.invalid, ...(name === "signInWithOidc" ? [ParseCode.notFound] : [])];
          expect(refused, what).toContainEqual(answer.body["code"]);
        }
      }
    }
    expect(await everythingOfVictim()).toEqual(before);
  });

  it("with another person's session gives nothing of the victim's, and changes nothing of theirs", async () => {
    accounts.events.length = 0;
    const before = await everythingOfVictim();
    expect(Object.keys(before)).toEqual(expect.arrayContaining(["Call", "Contact", "InviteLink", "_Session", "_User"]));
    for (const [name, tries] of Object.entries(await attempts())) {
      for (const body of tries) {
        const answer = await attacker.try(name, body);
        const what = `${name} ${JSON.stringify(body)} ${JSON.stringify(answer.body)}`;
        tellsNothing(answer, what);
        expect([200, 400, 403, 404], what).toContain(answer.status);
        // Whom these are about is nobody to the attacker.
        if ("user" in body) expect(answer.status, what).not.toBe(200);
      }
    }
    expect(await everythingOfVictim()).toEqual(before);
    const told = accounts.events.filter((event) => JSON.stringify(event).includes(victim.id));
    expect(told.filter(({ type }) => type !== "contacts-changed")).toEqual([]);
    const check = await accounts.accounts.identify(attacker.token, attacker.device as DeviceId);
    expect(check).toMatchObject({ ok: true, identity: { user: { handle: "attacker" }, contacts: [], blocked: [] } });
    expect((await ask(accounts, "/login", { body: { username: "victim", password: PASSWORD } })).status).toBe(200);
  });
});

/** How long each takes in the middle, asked in turn, in ms. */
async function medians(ways: (() => Promise<unknown>)[], times: number): Promise<number[]> {
  const taken = ways.map((): number[] => []);
  for (let time = 0; time < times; time += 1) {
    for (const [at, way] of ways.entries()) {
      const from = performance.now();
      await way();
      taken[at]?.push(performance.now() - from);
    }
  }
  return taken.map((each) => each.sort((one, other) => one - other)[Math.floor(times / 2)] ?? 0);
}

/** A difference that is there shows each time; one of chance does not come thrice. */
async function takeAlike(one: () => Promise<unknown>, other: () => Promise<unknown>, times = 13): Promise<void> {
  const seen: number[][] = [];
  for (let round = 0; round < 3; round += 1) {
    const [a = 0, b = 0] = await medians([one, other], times);
    if (Math.abs(a - b) <= 2 + 0.3 * Math.max(a, b)) return;
    seen.push([a, b]);
  }
  expect.fail(`it takes different times: ${JSON.stringify(seen)}`);
}

describe("whether a handle or an address is somebody's", () => {
  const signIn = (username: string) => () =>
    ask(accounts, "/login", { body: { username, password: "not the password" } });

  it.each([
    ["victim", "nobody.at.all"],
    ["victim@example.org", "nobody@example.org"],
  ])("is not told by signing in as %s or as %s, neither by words nor by time", async (known, unknown) => {
    const [one, other] = [await signIn(known)(), await signIn(unknown)()];
    expect([one.status, one.body]).toEqual([other.status, other.body]);
    expect(one.status).toBe(404);
    await takeAlike(signIn(known), signIn(unknown));
  });

  it("is not told by asking for a new password, neither by words nor by time", async () => {
    const reset = (email: string) => () => ask(accounts, "/functions/requestPasswordReset", { body: { email } });
    const [known, unknown] = [reset("friend@example.org"), reset("nobody@example.org")];
    const [one, other] = [await known(), await unknown()];
    expect([one.status, one.body]).toEqual([other.status, other.body]);
    expect(one).toMatchObject({ status: 200, body: { result: {} } });
    await takeAlike(known, unknown);
  });

  it("is not told by asking to be a contact, neither by words, nor by time, nor by one's list", async () => {
    const [asker] = await plant(accounts, database, [{ handle: "asker", name: "Asker" }]);
    const known = Array.from({ length: 40 }, (_, at) => `known.${String(at)}`);
    await plant(
      accounts,
      database,
      known.map((handle) => ({ handle, name: handle })),
    );
    const asks = (prefix: string) => {
      let at = 0;
      return () => asker!.try("requestContact", { handle: `${prefix}.${String(at++)}` });
    };
    const [toKnown, toUnknown] = [asks("known"), asks("unknown")];
    const [one, other] = [await toKnown(), await toUnknown()];
    expect([one.status, one.body]).toEqual([other.status, other.body]);
    await takeAlike(toKnown, toUnknown, 13);
    const { contacts } = await asker!.call("listContacts", {});
    const forms = new Set(
      contacts.map(({ user, handle, since, ...rest }) =>
        JSON.stringify({ ...rest, user: user.length, since: typeof since, handle: typeof handle }),
      ),
    );
    expect(forms).toEqual(
      new Set([JSON.stringify({ state: "outgoing", user: 24, since: "number", handle: "string" })]),
    );
    // What one may do with a request of one's own says no more.
    const outgoing = (prefix: string) => contacts.find(({ handle }) => handle.startsWith(prefix))!.user;
    for (const act of ["acceptContact", "declineContact", "blockContact", "unblockContact", "removeContact"]) {
      const answers = [];
      for (const prefix of ["known", "unknown"]) {
        const { status, body } = await asker!.try(act, { user: outgoing(prefix) });
        answers.push({ status, body });
      }
      expect(answers[0], act).toEqual(answers[1]);
    }
  });
});

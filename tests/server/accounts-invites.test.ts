import { ParseCode, readInviteCode, type Contact, type FunctionResult } from "#protocol";
import { randomBytes } from "node:crypto";
import type { Client } from "pg";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { MAX_CONTACTS } from "../../server/accounts/contact-rows.ts";
import { MAX_OPEN_INVITES } from "../../server/accounts/invites.ts";
import { createLogger } from "../../server/logger.ts";
import {
  ask,
  befriend,
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

let database: TestDatabase;
let accounts: TestAccounts;
let client: Client;
const log: string[] = [];
const logger = createLogger("info", { write: (line) => void log.push(line) });

let count = 0;
/** Invites. */
let alice: TestPerson;
let bob: TestPerson;
let carol: TestPerson;

// Everything here runs where only invited people come in; what a link does between people is the same everywhere.
beforeAll(async () => {
  database = await startTestDatabase();
  accounts = await startTestAccounts(database, { registration: "invite", logger });
  client = await connectTo(database.uri);
  return async () => {
    await client.end();
    await accounts.close();
    await database.stop();
  };
});

beforeEach(async () => {
  count += 1;
  const people = await plant(
    accounts,
    database,
    ["alice", "bob", "carol"].map((name) => ({ handle: `${name}${String(count)}`, name: name.toUpperCase() })),
  );
  [alice, bob, carol] = [people[0]!, people[1]!, people[2]!];
  accounts.events.length = 0;
});

const invite = async (by: TestPerson) => (await by.call("createInviteLink", {})).code;
const contactsOf = async (person: TestPerson): Promise<Contact[]> => (await person.call("listContacts", {})).contacts;
const profileOf = (person: TestPerson, name: string) => ({ id: person.id, handle: person.handle, name });
const accepted = (person: TestPerson) =>
  expect.objectContaining({ user: person.id, state: "accepted" }) as unknown as Contact;
const expired = {
  status: 404,
  body: { code: ParseCode.notFound, error: "This invite has expired, was used or was withdrawn; ask for a new one." },
};
const expire = (whose: TestPerson) =>
  client.query(`UPDATE "InviteLink" SET "expires" = now() - interval '1 second' WHERE "owner" = $1`, [whose.id]);

async function signUpWith(code: string | undefined, handle = `new${randomBytes(4).toString("hex")}`): Promise<Answer> {
  const form = { username: handle, password: PASSWORD, email: `${handle}@example.org` };
  return ask(accounts, "/functions/signUp", {
    body: { ...form, ...(code === undefined ? {} : { invite: code }) },
    headers: { "X-Parse-Installation-Id": crypto.randomUUID() },
  });
}

/** A new person who signed up by an invitation. */
async function invited(code: string): Promise<TestPerson> {
  const answer = await signUpWith(code);
  expect(answer.status).toBe(200);
  const { user, sessionToken } = answer.body["result"] as FunctionResult<"signUp">;
  const person = new TestPerson(accounts, user.handle);
  return Object.assign(person, { id: user.id, token: sessionToken });
}

describe("an invite link", () => {
  it("is good for a week, and readable", async () => {
    const { code, url, expires } = await alice.call("createInviteLink", {});
    expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}$/);
    expect(url).toBe(`${PUBLIC_URL}/i/${code}`);
    expect(Math.abs(expires - Date.now() - 7 * 24 * 3_600_000)).toBeLessThan(60_000);
  });

  it("shows who invites and changes nothing, until the person confirms", async () => {
    const { code, url, expires } = await alice.call("createInviteLink", {});
    const seen = { user: profileOf(alice, "ALICE"), expires };
    for (const typed of [code, code.toLowerCase(), code.replaceAll("-", " "), url, code.replaceAll("0", "o")]) {
      expect(await bob.call("readInviteLink", { code: typed })).toEqual(seen);
    }
    expect(await contactsOf(bob)).toEqual([]);
    expect(await contactsOf(alice)).toEqual([]);
    expect(accounts.events).toEqual([]);
  });

  it("makes the two contacts at once, and tells both of it", async () => {
    const code = await invite(alice);
    expect(await bob.call("redeemInviteLink", { code })).toEqual({ user: profileOf(alice, "ALICE") });
    expect(await contactsOf(bob)).toEqual([accepted(alice)]);
    expect(await contactsOf(alice)).toEqual([accepted(bob)]);
    expect(accounts.events).toEqual([
      {
        type: "contact",
        accepted: true,
        people: [
          { id: bob.id, name: "BOB" },
          { id: alice.id, name: "ALICE" },
        ],
      },
      { type: "contacts-changed", of: bob.id, user: alice.id },
      { type: "contacts-changed", of: alice.id, user: bob.id },
    ]);
  });

  it("takes the place of requests, whichever way they went", async () => {
    await alice.call("requestContact", { handle: bob.handle });
    await carol.call("requestContact", { handle: alice.handle });
    await bob.call("redeemInviteLink", { code: await invite(alice) });
    await carol.call("redeemInviteLink", { code: await invite(alice) });
    expect(await contactsOf(alice)).toEqual([accepted(bob), accepted(carol)]);
  });

  it("is used once: nobody else comes in by it, and its user is answered again", async () => {
    const code = await invite(alice);
    await bob.call("redeemInviteLink", { code });
    accounts.events.length = 0;
    for (const name of ["readInviteLink", "redeemInviteLink"]) {
      expect(await carol.try(name, { code })).toMatchObject(expired);
    }
    expect((await signUpWith(code)).status).toBe(403);
    expect(await bob.call("redeemInviteLink", { code })).toEqual({ user: profileOf(alice, "ALICE") });
    await bob.call("removeContact", { user: alice.id });
    expect(await bob.try("redeemInviteLink", { code })).toMatchObject(expired);
    expect(await contactsOf(carol)).toEqual([]);
  });

  it("has one winner where many use it at once", async () => {
    const code = await invite(alice);
    const crowd = await plant(
      accounts,
      database,
      Array.from({ length: 12 }, (_, at) => ({ handle: `crowd${String(count)}-${String(at)}`, name: "Crowd" })),
    );
    const answers = await Promise.all(crowd.map((one) => one.try("redeemInviteLink", { code })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array<number>(11).fill(404)]);
    expect(await contactsOf(alice)).toHaveLength(1);
  });

  it("is not used up by who is a contact already, though blocked meanwhile", async () => {
    await befriend(alice, bob);
    const code = await invite(alice);
    const seen = { user: profileOf(alice, "ALICE") };
    expect(await bob.call("redeemInviteLink", { code })).toEqual(seen);
    await alice.call("blockContact", { user: bob.id });
    expect(await bob.call("readInviteLink", { code })).toMatchObject(seen);
    expect(await bob.call("redeemInviteLink", { code })).toEqual(seen);
    expect(await carol.call("redeemInviteLink", { code })).toEqual(seen);
  });

  it("does nothing for who made it", async () => {
    const code = await invite(alice);
    const own = { status: 400, body: { code: ParseCode.invalid, reason: "self" } };
    expect(await alice.try("readInviteLink", { code })).toMatchObject(own);
    expect(await alice.try("redeemInviteLink", { code })).toMatchObject(own);
    expect(await bob.call("redeemInviteLink", { code })).toMatchObject({ user: { id: alice.id } });
  });

  it("[PRES-5] answers whom its owner blocks as it answers anybody, and changes nothing for its owner", async () => {
    await bob.call("requestContact", { handle: alice.handle });
    await alice.call("blockContact", { user: bob.id });
    const code = await invite(alice);
    const before = await alice.call("listContacts", {});
    accounts.events.length = 0;
    expect(await bob.call("readInviteLink", { code })).toMatchObject({ user: { id: alice.id } });
    expect(await bob.call("redeemInviteLink", { code })).toMatchObject({ user: { id: alice.id } });
    expect(await contactsOf(bob)).toEqual([accepted(alice)]);
    expect(await alice.call("listContacts", {})).toEqual(before);
    expect(accounts.events.filter((event) => "of" in event && event.of === alice.id)).toEqual([]);
    expect(await carol.try("redeemInviteLink", { code })).toMatchObject(expired);
  });

  it("asks whoever blocks its owner to unblock them first", async () => {
    await alice.call("requestContact", { handle: bob.handle });
    await bob.call("blockContact", { user: alice.id });
    const code = await invite(alice);
    expect(await bob.try("redeemInviteLink", { code })).toMatchObject({
      status: 400,
      body: { error: "You have blocked this person; unblock them first.", reason: "blocked" },
    });
    await bob.call("unblockContact", { user: alice.id });
    await bob.call("redeemInviteLink", { code });
    expect(await contactsOf(bob)).toEqual([accepted(alice)]);
  });

  it.each(["", "x", "0000-0000-0000-0000", "K7QM2XPA9D3H4TVU", "é".repeat(16), "' OR 1=1 --"])(
    "says of %j that there is none",
    async (code) => {
      const answer = await bob.try("redeemInviteLink", { code });
      if (code === "") expect(answer).toMatchObject({ status: 400, body: { code: ParseCode.invalid } });
      else expect(answer).toMatchObject(expired);
    },
  );

  it("is over after its week, and after its owner's account", async () => {
    const [code, orphan] = [await invite(alice), await invite(carol)];
    await expire(alice);
    await client.query(`DELETE FROM "_User" WHERE "objectId" = $1`, [carol.id]);
    for (const stale of [code, orphan]) {
      for (const name of ["readInviteLink", "redeemInviteLink"]) {
        expect(await bob.try(name, { code: stale })).toMatchObject(expired);
      }
      expect((await signUpWith(stale)).status).toBe(403);
    }
  });

  it(`leaves room for ${String(MAX_OPEN_INVITES)} that wait, also for many asked at once`, async () => {
    const many = await Promise.all(
      Array.from({ length: MAX_OPEN_INVITES + 5 }, () => alice.try("createInviteLink", {})),
    );
    expect(many.filter(({ status }) => status === 200)).toHaveLength(MAX_OPEN_INVITES);
    expect(many.find(({ status }) => status !== 200)).toMatchObject({
      status: 400,
      body: { code: ParseCode.invalid, reason: "links-full" },
    });
    await expire(alice);
    expect((await alice.try("createInviteLink", {})).status).toBe(200);
  });

  it.each([
    ["the invited", () => bob, "Your contact list is full", "contacts-full"],
    ["the inviting", () => alice, "Their contact list is full", "contacts-full-theirs"],
  ])("does not go beyond what the list of %s holds", async (_whose, full, sentence, reason) => {
    await client.query(
      `INSERT INTO "Contact" ("objectId", "createdAt", "updatedAt", "owner", "handle")
       SELECT $1 || n, now(), now(), $1, 'nobody' || n FROM generate_series(1, $2::int) AS n`,
      [full().id, MAX_CONTACTS],
    );
    const answer = await bob.try("redeemInviteLink", { code: await invite(alice) });
    expect(answer).toMatchObject({ status: 400, body: { error: expect.stringContaining(sentence) as string, reason } });
  });

  it("is kept as a hash alone, and stands in no log", async () => {
    const code = await invite(alice);
    const { rows } = await client.query(`SELECT to_jsonb(link)::text AS text FROM "InviteLink" AS link`);
    const kept = JSON.stringify(rows);
    expect(kept).toContain(alice.id);
    for (const form of [code, code.replaceAll("-", "")]) {
      expect(kept).not.toContain(form);
      expect(log.join("")).not.toContain(form);
    }
  });
});

describe("where only invited people come in", () => {
  it("an account needs a code that holds", async () => {
    for (const code of [undefined, "0000-0000-0000-0000", "nonsense"]) {
      expect(await signUpWith(code)).toMatchObject({ status: 403, body: { code: ParseCode.forbidden } });
    }
  });

  it("a link lets one in, who alone may then confirm it", async () => {
    const code = await invite(alice);
    const dave = await invited(code);
    expect((await signUpWith(code)).status).toBe(403);
    expect(await contactsOf(dave)).toEqual([]);
    expect(await bob.try("redeemInviteLink", { code })).toMatchObject(expired);
    expect(await dave.call("redeemInviteLink", { code })).toEqual({ user: profileOf(alice, "ALICE") });
    expect(await contactsOf(alice)).toEqual([accepted(dave)]);
  });

  it("one of many at once comes in, and who is refused for another reason leaves the link as it was", async () => {
    const code = await invite(alice);
    expect(await signUpWith(code, bob.handle)).toMatchObject({ status: 400, body: { code: ParseCode.handleTaken } });
    const answers = await Promise.all(Array.from({ length: 6 }, () => signUpWith(code)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 403, 403, 403, 403, 403]);
  });

  it("the log has a link for the first account, anew at each start until there is one", async () => {
    await client.query(`TRUNCATE "_User", "_Session", "InviteLink"`);
    log.length = 0;
    await accounts.inviteFirst();
    await accounts.inviteFirst();
    const codes = [...log.join("").matchAll(/"link":"https:\/\/beckon\.example\.org\/i\/([^"]+)"/g)].map(
      ([, code]) => code!,
    );
    expect(codes).toEqual([expect.any(String), expect.any(String)]);
    expect(codes.map(readInviteCode)).toEqual(codes);
    expect((await signUpWith(codes[0])).status).toBe(403);
    const first = await invited(codes[1]!);
    expect((await signUpWith(codes[1])).status).toBe(403);
    expect(await first.try("redeemInviteLink", { code: codes[1] })).toMatchObject({
      status: 404,
      body: { error: expect.stringContaining("nobody to be a contact of") as string },
    });
    log.length = 0;
    await accounts.inviteFirst();
    expect(log).toEqual([]);
    expect((await signUpWith(await invite(first))).status).toBe(200);
  });

  it("links that have expired are gone after a start", async () => {
    await invite(alice);
    await expire(alice);
    const kept = await invite(bob);
    await accounts.close();
    accounts = await startTestAccounts(database, { registration: "invite" });
    await accounts.close();
    const { rows } = await client.query<{ owner: string }>(`SELECT "owner" FROM "InviteLink" WHERE "owner" = ANY($1)`, [
      [alice.id, bob.id],
    ]);
    expect(rows).toEqual([{ owner: bob.id }]);
    accounts = await startTestAccounts(database, { registration: "open" });
    expect((await signUpWith(undefined)).status).toBe(200);
    expect((await signUpWith(kept)).status).toBe(200);
  });
});

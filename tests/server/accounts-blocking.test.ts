import { ParseCode, type CallId, type Contact, type DeviceId, type Media, type UserId } from "#protocol";
import type { Client } from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { MAX_CONTACTS } from "../../server/accounts/contact-rows.ts";
import {
  befriend,
  nextEvent,
  plant,
  startTestAccounts,
  startTestDatabase,
  type TestAccounts,
  type TestDatabase,
  type TestPerson,
} from "../support/backend-accounts.ts";
import { connectTo } from "../support/database-client.ts";

let database: TestDatabase;
let accounts: TestAccounts;
let client: Client;
let count = 0;
/** Blocks Bob. */
let alice: TestPerson;
let bob: TestPerson;

beforeAll(async () => {
  database = await startTestDatabase();
  accounts = await startTestAccounts(database);
  client = await connectTo(database.uri);
});

afterAll(async () => {
  await client.end();
  await accounts.close();
  await database.stop();
});

beforeEach(async () => {
  count += 1;
  const people = await plant(accounts, database, [
    { handle: `alice${String(count)}`, name: "Alice" },
    { handle: `bob${String(count)}`, name: "Bob" },
  ]);
  [alice, bob] = [people[0]!, people[1]!];
});

async function contactsOf(person: TestPerson): Promise<Contact[]> {
  return (await person.call("listContacts", {})).contacts;
}

async function block(by: TestPerson, other: TestPerson): Promise<void> {
  await by.call("blockContact", { user: other.id });
}

async function unblock(by: TestPerson, other: TestPerson): Promise<void> {
  await by.call("unblockContact", { user: other.id });
}

/** As the gateway is told at a hello. */
async function identityOf(person: TestPerson) {
  const check = await accounts.accounts.identify(person.token, person.device as DeviceId);
  if (!check.ok) throw new Error(check.reason);
  return check.identity;
}

const blockedEntry = (person: TestPerson, name: string) => ({
  user: person.id,
  handle: person.handle,
  name,
  state: "blocked",
  since: expect.any(Number) as number,
});
const notFound = { status: 404, body: { code: ParseCode.notFound } };

describe("[PRES-5] blocking a contact", () => {
  beforeEach(async () => {
    await befriend(alice, bob);
    accounts.events.length = 0;
  });

  it("is known to the blocker alone", async () => {
    const before = await contactsOf(bob);
    await block(alice, bob);
    expect(await contactsOf(alice)).toEqual([blockedEntry(bob, "Bob")]);
    expect(await contactsOf(bob)).toEqual(before);
    expect(before).toMatchObject([{ state: "accepted" }]);
    expect(accounts.events).toEqual([
      { type: "block", by: alice.id, user: bob.id, blocked: true },
      { type: "contacts-changed", of: alice.id, user: bob.id },
    ]);
    expect(await identityOf(alice)).toMatchObject({ contacts: [{ id: bob.id }], blocked: [bob.id], blockedBy: [] });
    expect(await identityOf(bob)).toMatchObject({ contacts: [{ id: alice.id }], blocked: [], blockedBy: [alice.id] });
    const { rows } = await client.query<{ _rperm: string[]; _wperm: string[] }>(
      `SELECT "_rperm", "_wperm" FROM "Contact" WHERE "blocks" AND "target" = $1`,
      [bob.id],
    );
    expect(rows).toEqual([{ _rperm: [alice.id], _wperm: [] }]);
  });

  it("[PRES-5] is harmless twice, and undone at once", async () => {
    await Promise.all([block(alice, bob), block(alice, bob)]);
    expect(accounts.events.filter(({ type }) => type === "block")).toHaveLength(1);
    await unblock(alice, bob);
    accounts.events.length = 0;
    await unblock(alice, bob);
    expect(accounts.events).toEqual([]);
    expect(await contactsOf(alice)).toMatchObject([{ user: bob.id, state: "accepted" }]);
    expect(await identityOf(alice)).toMatchObject({ contacts: [{ id: bob.id }], blocked: [] });
    expect(await identityOf(bob)).toMatchObject({ blockedBy: [] });
  });

  it("[PRES-5] outlasts the removal by the blocked one, of which the blocker hears nothing", async () => {
    await block(alice, bob);
    accounts.events.length = 0;
    await bob.call("removeContact", { user: alice.id });
    expect(await contactsOf(bob)).toEqual([]);
    expect(await contactsOf(alice)).toEqual([blockedEntry(bob, "Bob")]);
    expect(accounts.events).toEqual([
      expect.objectContaining({ type: "contact", accepted: false }),
      { type: "contacts-changed", of: bob.id, user: alice.id },
    ]);
    // A contact that is none any more is just unblocked.
    await unblock(alice, bob);
    expect(await contactsOf(alice)).toEqual([]);
    expect(await alice.try("unblockContact", { user: bob.id })).toMatchObject(notFound);
  });

  it("[PRES-5] outlasts a request, which the blocker sees once they unblock", async () => {
    await block(alice, bob);
    await bob.call("removeContact", { user: alice.id });
    accounts.events.length = 0;
    expect(await bob.try("requestContact", { handle: alice.handle })).toMatchObject({ status: 200 });
    expect(await contactsOf(bob)).toMatchObject([{ handle: alice.handle, state: "outgoing" }]);
    expect(await contactsOf(alice)).toEqual([blockedEntry(bob, "Bob")]);
    expect(accounts.events).toEqual([{ type: "contacts-changed", of: bob.id }]);
    const [outgoing] = await contactsOf(bob);
    await bob.call("removeContact", { user: outgoing!.user });
    expect(accounts.events.filter((event) => event.type === "contacts-changed" && event.of === alice.id)).toEqual([]);
    await bob.call("requestContact", { handle: alice.handle });
    await unblock(alice, bob);
    expect(await contactsOf(alice)).toMatchObject([{ user: bob.id, state: "incoming" }]);
  });

  it("[PRES-5] stands when the blocker removes the contact, which the other sees as any removal", async () => {
    await block(alice, bob);
    await alice.call("removeContact", { user: bob.id });
    expect(await contactsOf(bob)).toEqual([]);
    expect(await contactsOf(alice)).toEqual([blockedEntry(bob, "Bob")]);
  });

  it("[PRES-5] the blocker cannot ask for whom they block", async () => {
    await block(alice, bob);
    await bob.call("removeContact", { user: alice.id });
    const refused = {
      status: 400,
      body: {
        code: ParseCode.invalid,
        error: expect.stringMatching(/unblock them first/) as string,
        reason: "blocked",
      },
    };
    expect(await alice.try("requestContact", { handle: bob.handle })).toMatchObject(refused);
    await bob.call("requestContact", { handle: alice.handle });
    expect(await alice.try("acceptContact", { user: bob.id })).toMatchObject(refused);
    expect(await contactsOf(bob)).toMatchObject([{ state: "outgoing" }]);
  });

  it("[PRES-5] goes both ways, each for itself", async () => {
    await block(alice, bob);
    await block(bob, alice);
    expect(await contactsOf(bob)).toEqual([blockedEntry(alice, "Alice")]);
    await unblock(alice, bob);
    expect(await contactsOf(alice)).toMatchObject([{ user: bob.id, state: "accepted" }]);
    expect(await contactsOf(bob)).toEqual([blockedEntry(alice, "Alice")]);
  });

  it.each([
    ["removes the contact", (user: UserId) => ["removeContact", { user }] as const],
    ["blocks in turn", (user: UserId) => ["blockContact", { user }] as const],
    ["asks again", (_user: UserId, handle: string) => ["requestContact", { handle }] as const],
    ["accepts again", (user: UserId) => ["acceptContact", { user }] as const],
    ["declines", (user: UserId) => ["declineContact", { user }] as const],
    ["unblocks", (user: UserId) => ["unblockContact", { user }] as const],
  ])("[PRES-5] answers the blocked one who %s as if nobody blocked them", async (_what, act) => {
    const answers = [];
    for (const isBlocked of [false, true]) {
      if (isBlocked) await block(alice, bob);
      const [name, parameters] = act(alice.id as UserId, alice.handle);
      const { status, body } = await bob.try(name, parameters);
      const list = (await contactsOf(bob)).map(({ state, handle }) => [state, handle]);
      answers.push(JSON.stringify([status, body, list]));
      await bob.try("unblockContact", { user: alice.id });
      if (!isBlocked) await befriend(alice, bob);
    }
    expect(answers[1]).toBe(answers[0]);
  });
});

describe("[PRES-5] who can be blocked", () => {
  it("is whoever asked to be a contact: their request stays as it is to them", async () => {
    await bob.call("requestContact", { handle: alice.handle });
    await block(alice, bob);
    expect(await contactsOf(alice)).toEqual([blockedEntry(bob, "Bob")]);
    expect(await contactsOf(bob)).toMatchObject([{ state: "outgoing" }]);
    await unblock(alice, bob);
    expect(await contactsOf(alice)).toMatchObject([{ user: bob.id, state: "incoming" }]);
    await alice.call("acceptContact", { user: bob.id });
    expect(await contactsOf(bob)).toMatchObject([{ user: alice.id, state: "accepted" }]);
  });

  it("[PRES-5] is no stranger, nobody, oneself, or whoever was only asked", async () => {
    await alice.call("requestContact", { handle: bob.handle });
    const [outgoing] = await contactsOf(alice);
    for (const user of [bob.id, outgoing?.user, alice.id, "nobody"]) {
      expect(await alice.try("blockContact", { user })).toMatchObject(notFound);
      expect(await alice.try("unblockContact", { user })).toMatchObject(notFound);
    }
    expect(accounts.events.filter((event) => event.type === "block" && event.by === alice.id)).toEqual([]);
  });

  it("[DEC-21] is at most as many as a list holds", async () => {
    await bob.call("requestContact", { handle: alice.handle });
    await client.query(
      `INSERT INTO "Contact" ("objectId", "createdAt", "updatedAt", "owner", "target", "blocks")
       SELECT 'full' || $1 || n, now(), now(), $1, 'someone' || n, true FROM generate_series(1, $2::int) AS n`,
      [alice.id, MAX_CONTACTS],
    );
    const answer = await alice.try("blockContact", { user: bob.id });
    expect(answer).toMatchObject({ status: 400, body: { code: ParseCode.invalid } });
    // The wishes have a limit of their own.
    expect((await alice.try("acceptContact", { user: bob.id })).status).toBe(200);
  });
});

describe("[PRES-5] [CALL-14] the history of a call that reached nobody", () => {
  it("is the caller's alone, and no missed call", async () => {
    await befriend(alice, bob);
    const call = crypto.randomUUID() as CallId;
    const ended = {
      call,
      caller: bob.id as UserId,
      callee: alice.id as UserId,
      media: "video" as Media,
      startedAt: Date.now() - 1_000,
      endedAt: Date.now(),
    };
    accounts.accounts.recordCall({ ...ended, reason: "unreachable", outcomes: { caller: "unreachable" } });
    const second = crypto.randomUUID() as CallId;
    const told = nextEvent(accounts, (event) => event.type === "missed" && event.of === alice.id);
    accounts.accounts.recordCall({
      ...ended,
      call: second,
      reason: "unreachable",
      outcomes: { caller: "unreachable", callee: "missed" },
      missedWhile: "offline",
    });
    expect(await told).toMatchObject({ count: 1 });
    const { calls } = await alice.call("listCalls", {});
    expect(calls.map((record) => record.call)).toEqual([second]);
    const outcomes = (await bob.call("listCalls", {})).calls.map(({ outcome }) => outcome);
    expect(outcomes).toEqual(["unreachable", "unreachable"]);
    const { rows } = await client.query(`SELECT "_rperm" FROM "Call" WHERE "call" = $1`, [call]);
    expect(rows).toEqual([{ _rperm: [bob.id] }]);
  });

  it("[CALL-11] is not the blocker's either where the next server ends the ring before anybody is back", async () => {
    await befriend(alice, bob);
    await block(alice, bob);
    accounts.accounts.saveCall({
      call: crypto.randomUUID() as CallId,
      merged: [],
      media: "audio",
      startedAt: Date.now(),
      caller: { user: bob.id as UserId, name: "Bob" },
      callee: { user: alice.id as UserId, name: "Alice" },
      phase: { at: "ringing", until: Date.now() + 45_000, receipts: [] },
      calleeShowsBusy: true,
      adopted: false,
    });
    const blocks = async () => (await accounts.accounts.keptCalls()).blocks;
    await expect.poll(blocks).toContainEqual({ by: alice.id, user: bob.id });
  });
});

import { ParseCode, type Contact, type DeviceId } from "#protocol";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startAccountsAlone } from "../support/accounts-alone.ts";
import {
  befriend,
  plant,
  signUp,
  type TestAccounts,
  type TestDatabase,
  type TestPerson,
} from "../support/backend-accounts.ts";
import { connectTo } from "../support/database-client.ts";

let database: TestDatabase;
let accounts: TestAccounts;
let count = 0;

beforeAll(async () => {
  const started = await startAccountsAlone();
  ({ database, accounts } = started);
  return started.stop;
});

let alice: TestPerson;
let bob: TestPerson;

async function pair(one: string, other: string): Promise<[TestPerson, TestPerson]> {
  const people = await plant(accounts, database, [
    { handle: one, name: "Alice" },
    { handle: other, name: "Bob" },
  ]);
  return [people[0]!, people[1]!];
}

beforeEach(async () => {
  count += 1;
  [alice, bob] = await pair(`alice${String(count)}`, `bob${String(count)}`);
  accounts.events.length = 0;
});

async function contactsOf(person: TestPerson): Promise<Contact[]> {
  return (await person.call("listContacts", {})).contacts;
}

function accepted(one: TestPerson, other: TestPerson, isAccepted = true) {
  const people = expect.arrayContaining([
    { id: one.id, name: expect.any(String) as string },
    { id: other.id, name: expect.any(String) as string },
  ]) as unknown;
  return { type: "contact", accepted: isAccepted, people };
}

const anInstant = expect.any(Number) as number;

describe("asking to be a contact", () => {
  it("is an outgoing request here and an incoming one there", async () => {
    expect(await alice.call("requestContact", { handle: bob.handle.toUpperCase() })).toEqual({});
    expect(await contactsOf(alice)).toEqual([
      { user: expect.any(String) as string, handle: bob.handle, state: "outgoing", since: anInstant },
    ]);
    expect(await contactsOf(bob)).toEqual([
      { user: alice.id, handle: alice.handle, name: "Alice", state: "incoming", since: anInstant },
    ]);
    expect(accounts.events).toEqual([
      { type: "contacts-changed", of: alice.id },
      { type: "contacts-changed", of: bob.id, user: alice.id },
    ]);
  });

  it("does not name the person asked", async () => {
    await alice.call("requestContact", { handle: bob.handle });
    const [entry] = await contactsOf(alice);
    expect(entry?.user).not.toBe(bob.id);
    expect(JSON.stringify(entry)).not.toContain("Bob");
  });

  it("answers alike whether the handle exists or not", async () => {
    const known = await alice.try("requestContact", { handle: bob.handle });
    const unknown = await alice.try("requestContact", { handle: `ghost${String(count)}` });
    expect({ status: unknown.status, body: unknown.body }).toEqual({ status: known.status, body: known.body });
    const shapes = (await contactsOf(alice)).map((entry) => [Object.keys(entry), entry.user.length, entry.state]);
    expect(shapes[0]).toEqual(shapes[1]);
    const events = accounts.events.filter((event) => event.type === "contacts-changed" && event.of === alice.id);
    expect(events[0]).toEqual(events[1]);
  });

  it("takes about the same time whether the handle exists or not", async () => {
    const known: number[] = [];
    const unknown: number[] = [];
    const handles = Array.from({ length: 40 }, (_, round) => `timed${String(count)}.${String(round)}`);
    const targets = await plant(
      accounts,
      database,
      handles.map((handle) => ({ handle, name: handle })),
    );
    for (const [round, target] of targets.entries()) {
      const asked: [string, number[]][] = [
        [target.handle, known],
        [`ghost${String(count)}.${String(round)}`, unknown],
      ];
      // Neither is always the first of the two.
      for (const [handle, times] of round % 2 === 0 ? asked : asked.toReversed()) {
        const from = performance.now();
        await alice.call("requestContact", { handle });
        times.push(performance.now() - from);
      }
    }
    // Each of a pair was asked right after the other, so that what else the machine does makes both slower.
    const apart = known.map((ms, round) => ms - (unknown[round] ?? 0)).toSorted((a, b) => a - b);
    // Far below the jitter of any network; without the care for it, it is a round trip to the database and more.
    expect(Math.abs(apart[apart.length / 2] ?? Infinity)).toBeLessThan(5);
  });

  it("is harmless twice", async () => {
    await alice.call("requestContact", { handle: bob.handle });
    accounts.events.length = 0;
    await alice.call("requestContact", { handle: bob.handle });
    expect(await contactsOf(alice)).toHaveLength(1);
    expect(await contactsOf(bob)).toHaveLength(1);
    expect(accounts.events).toEqual([]);
  });

  it("refuses one's own handle", async () => {
    expect(await alice.try("requestContact", { handle: alice.handle })).toMatchObject({
      status: 400,
      body: { code: ParseCode.invalid, error: "That is your own handle; give somebody else's.", reason: "self" },
    });
  });

  it("refuses what is no handle", async () => {
    expect(await alice.try("requestContact", { handle: "a b" })).toMatchObject({
      status: 400,
      body: { code: ParseCode.invalid, error: expect.stringContaining("In requestContact 'handle' must be") as string },
    });
  });

  it("makes both contacts where the other asked first", async () => {
    await befriend(alice, bob);
    expect(await contactsOf(alice)).toEqual([
      { user: bob.id, handle: bob.handle, name: "Bob", state: "accepted", since: anInstant },
    ]);
    expect(await contactsOf(bob)).toEqual([
      { user: alice.id, handle: alice.handle, name: "Alice", state: "accepted", since: anInstant },
    ]);
    expect(accounts.events.filter((event) => event.type === "contact")).toEqual([accepted(alice, bob)]);
  });

  it("makes both contacts where two requests cross, and says so once", async () => {
    for (let round = 0; round < 15; round += 1) {
      const [one, two] = await pair(
        `cross${String(count)}.${String(round)}.a`,
        `cross${String(count)}.${String(round)}.b`,
      );
      accounts.events.length = 0;
      await Promise.all([
        one.call("requestContact", { handle: two.handle }),
        two.call("requestContact", { handle: one.handle }),
        one.call("requestContact", { handle: two.handle }),
      ]);
      expect((await contactsOf(one)).map((entry) => entry.state)).toEqual(["accepted"]);
      expect((await contactsOf(two)).map((entry) => entry.state)).toEqual(["accepted"]);
      expect(accounts.events.filter((event) => event.type === "contact")).toEqual([accepted(one, two)]);
    }
  });

  it("reaches someone who takes the handle later", async () => {
    await alice.call("requestContact", { handle: `later${String(count)}` });
    const later = await signUp(accounts, `later${String(count)}`);
    expect(await contactsOf(later)).toMatchObject([{ user: alice.id, state: "incoming" }]);
    await later.call("acceptContact", { user: alice.id });
    expect(await contactsOf(alice)).toMatchObject([{ user: later.id, state: "accepted" }]);
  });
});

describe("answering a request", () => {
  beforeEach(async () => {
    await alice.call("requestContact", { handle: bob.handle });
    accounts.events.length = 0;
  });

  it("accepts it, and tells both", async () => {
    await bob.try("acceptContact", { user: alice.id });
    expect(await contactsOf(alice)).toMatchObject([{ user: bob.id, state: "accepted" }]);
    expect(await contactsOf(bob)).toMatchObject([{ user: alice.id, state: "accepted" }]);
    expect(accounts.events).toEqual([
      accepted(alice, bob),
      { type: "contacts-changed", of: bob.id, user: alice.id },
      { type: "contacts-changed", of: alice.id, user: bob.id },
    ]);
  });

  it("accepts it twice without harm", async () => {
    await bob.try("acceptContact", { user: alice.id });
    accounts.events.length = 0;
    expect((await bob.try("acceptContact", { user: alice.id })).status).toBe(200);
    expect(accounts.events).toEqual([]);
  });

  it("declines it, after which the other may ask again", async () => {
    expect((await bob.try("declineContact", { user: alice.id })).status).toBe(200);
    expect(await contactsOf(bob)).toEqual([]);
    expect(await contactsOf(alice)).toEqual([]);
    expect(accounts.events).toEqual([
      { type: "contacts-changed", of: bob.id, user: alice.id },
      { type: "contacts-changed", of: alice.id },
    ]);
    await alice.call("requestContact", { handle: bob.handle });
    expect(await contactsOf(bob)).toMatchObject([{ user: alice.id, state: "incoming" }]);
  });

  it.each(["acceptContact", "declineContact", "removeContact"])("%s of nothing is not found", async (name) => {
    const [carol] = await pair(`carol${String(count)}`, `dave${String(count)}`);
    for (const user of [carol.id, "nobody", alice.id]) {
      // Alice asked Bob, not Carol; Carol asked nobody.
      const answer = await carol.try(name, { user });
      expect(answer).toMatchObject({ status: 404, body: { code: ParseCode.notFound } });
    }
  });

  it("cannot be done for the one who was asked", async () => {
    const [outgoing] = await contactsOf(alice);
    for (const user of [bob.id, outgoing?.user]) {
      expect((await alice.try("acceptContact", { user })).status).toBe(404);
      expect((await alice.try("declineContact", { user })).status).toBe(404);
    }
    expect(await contactsOf(bob)).toMatchObject([{ state: "incoming" }]);
  });
});

describe("removing", () => {
  it("ends it for both", async () => {
    await befriend(alice, bob);
    accounts.events.length = 0;
    await bob.try("removeContact", { user: alice.id });
    expect(await contactsOf(alice)).toEqual([]);
    expect(await contactsOf(bob)).toEqual([]);
    expect(accounts.events).toEqual([
      accepted(alice, bob, false),
      { type: "contacts-changed", of: bob.id, user: alice.id },
      { type: "contacts-changed", of: alice.id, user: bob.id },
    ]);
    const check = await accounts.accounts.identify(alice.token, alice.device as DeviceId);
    expect(check).toMatchObject({ ok: true, identity: { contacts: [] } });
  });

  it.each(["known", "unknown"])("withdraws a request to a %s handle by the id of its entry", async (kind) => {
    await alice.call("requestContact", { handle: kind === "known" ? bob.handle : `nobody${String(count)}` });
    const [outgoing] = await contactsOf(alice);
    accounts.events.length = 0;
    expect((await alice.try("removeContact", { user: outgoing?.user })).status).toBe(200);
    expect(await contactsOf(alice)).toEqual([]);
    expect(await contactsOf(bob)).toEqual([]);
    expect(accounts.events[0]).toEqual({ type: "contacts-changed", of: alice.id });
    expect((await alice.try("removeContact", { user: outgoing?.user })).status).toBe(404);
  });

  it("withdraws nobody else's request", async () => {
    await alice.call("requestContact", { handle: bob.handle });
    const [outgoing] = await contactsOf(alice);
    expect((await bob.try("removeContact", { user: outgoing?.user })).status).toBe(404);
    expect(await contactsOf(alice)).toHaveLength(1);
  });

  it("by a person's id does not tell what became of a request", async () => {
    await alice.call("requestContact", { handle: bob.handle });
    expect((await alice.try("removeContact", { user: bob.id })).status).toBe(404);
    expect(await contactsOf(alice)).toHaveLength(1);
  });
});

it("keeps one row for one wish, with an ACL", async () => {
  await befriend(alice, bob);
  const client = await connectTo(database.uri);
  try {
    const { rows } = await client.query(
      `SELECT "owner", "target", "_rperm", "_wperm" FROM "Contact" WHERE "owner" = ANY($1) ORDER BY "createdAt"`,
      [[alice.id, bob.id]],
    );
    expect(rows).toEqual([
      { owner: alice.id, target: bob.id, _rperm: [alice.id], _wperm: [] },
      { owner: bob.id, target: alice.id, _rperm: [bob.id], _wperm: [] },
    ]);
    await expect(
      client.query(`INSERT INTO "Contact" ("objectId", "owner", "target") VALUES ('again', $1, $2)`, [
        alice.id,
        bob.id,
      ]),
    ).rejects.toThrow("beckon_contact_pair");
  } finally {
    await client.end();
  }
});

import { DELETED_USER, type CallId, type UserId } from "#protocol";
import type { Client } from "pg";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { EndedCall, KeptCall } from "../../server/core/events.ts";
import { startAccountsAlone, type AccountsAlone } from "../support/accounts-alone.ts";
import { befriend, PASSWORD, signUp, type TestPerson } from "../support/backend-accounts.ts";
import { until } from "../support/until.ts";

let stage: AccountsAlone;
let client: Client;
let alice: TestPerson;
let bob: TestPerson;

beforeAll(async () => {
  stage = await startAccountsAlone();
  ({ client } = stage);
  return stage.stop;
});

beforeEach(async () => {
  [alice, bob] = await stage.people("Alice", "Bob");
});

function over(caller: TestPerson, callee: TestPerson): EndedCall {
  return {
    call: crypto.randomUUID() as CallId,
    caller: caller.id as UserId,
    callee: callee.id as UserId,
    media: "audio",
    startedAt: Date.now(),
    endedAt: Date.now(),
    reason: "declined",
    outcomes: { caller: "declined", callee: "declined" },
  };
}

function ringing({ call, caller, callee }: EndedCall): KeptCall {
  return {
    call,
    merged: [],
    media: "audio",
    startedAt: Date.now(),
    caller: { user: caller, name: "as it was" },
    callee: { user: callee, name: "as it was" },
    phase: { at: "ringing", until: Date.now() + 45_000, receipts: [] },
    calleeShowsBusy: true,
    adopted: false,
  };
}

/** A call that is over, once its record is written. */
async function called(caller: TestPerson, callee: TestPerson): Promise<CallId> {
  const ended = over(caller, callee);
  stage.accounts.accounts.recordCall(ended);
  await written(ended.call);
  return ended.call;
}

async function written(call: CallId, state = "ended"): Promise<void> {
  await until("the row of a call", async () => {
    const { rows } = await client.query(`SELECT 1 FROM "Call" WHERE "call" = $1 AND "state" = $2`, [call, state]);
    return rows.length > 0 ? true : undefined;
  });
}

/** Resolves once everything is written that waits: writes are done in order. */
async function writtenBefore(): Promise<void> {
  const [carol, dave] = await stage.people("Carol", "Dave");
  await called(carol, dave);
}

/** What a person's history calls the other of a call. */
async function nameIn(person: TestPerson, call: CallId): Promise<string | undefined> {
  return (await person.call("listCalls", {})).calls.find((record) => record.call === call)?.with.name;
}

async function rename(person: TestPerson, name: string): Promise<void> {
  await person.call("updateProfile", { name });
}

async function untilLocked(lock: string): Promise<void> {
  await until(`somebody who waits for ${lock}`, async () => {
    const { rows } = await client.query(
      "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND wait_event = $1",
      [lock],
    );
    return rows.length > 0 ? true : undefined;
  });
}

describe("[DEC-57] in the history", () => {
  it("a contact is called as now", async () => {
    await befriend(alice, bob);
    const call = await called(alice, bob);
    await rename(bob, "Robert");
    expect([await nameIn(alice, call), await nameIn(bob, call)]).toEqual(["Robert", "Alice"]);
  });

  it.each(["alice", "bob"])("a former one is called as at the end, to both, where %s ended it", async (who) => {
    await befriend(alice, bob);
    const calls = [await called(alice, bob), await called(bob, alice)];
    await rename(bob, "Robert");
    await (who === "alice"
      ? alice.call("removeContact", { user: bob.id })
      : bob.call("removeContact", { user: alice.id }));
    await rename(bob, "Secret");
    await rename(alice, "Secret too");
    for (const call of calls) {
      expect([await nameIn(alice, call), await nameIn(bob, call)]).toEqual(["Robert", "Alice"]);
    }
    const exported = (await alice.call("exportAccount", {})).calls;
    expect(JSON.stringify(exported)).not.toContain("Secret");
  });

  it("whoever is a contact again is called as now, and as then once they are none again", async () => {
    await befriend(alice, bob);
    const call = await called(alice, bob);
    await alice.call("removeContact", { user: bob.id });
    await rename(bob, "Robert");
    await bob.call("requestContact", { handle: alice.handle });
    expect(await nameIn(alice, call)).toBe("Bob");
    await alice.call("acceptContact", { user: bob.id });
    expect(await nameIn(alice, call)).toBe("Robert");
    await bob.call("removeContact", { user: alice.id });
    await rename(bob, "Secret");
    expect(await nameIn(alice, call)).toBe("Robert");
  });

  it("the two of a record that is made when they are no contacts are called as at its making", async () => {
    const call = await called(alice, bob);
    await rename(bob, "Secret");
    await rename(alice, "Secret too");
    expect([await nameIn(alice, call), await nameIn(bob, call)]).toEqual(["Bob", "Alice"]);
  });

  it("a talk that outlasts the contact keeps its names, over a restart and in its record", async () => {
    await befriend(alice, bob);
    const ended = over(alice, bob);
    const ring = ringing(ended);
    stage.accounts.accounts.saveCall({ ...ring, phase: { at: "running", since: Date.now() } });
    await written(ended.call, "running");
    await alice.call("removeContact", { user: bob.id });
    await rename(bob, "Secret");
    const open = (await stage.accounts.accounts.keptCalls()).open.find(({ call }) => call === ended.call);
    expect(open).toMatchObject({ caller: { name: "Alice" }, callee: { name: "Bob" } });
    stage.accounts.accounts.recordCall(ended);
    await written(ended.call);
    expect(await nameIn(alice, ended.call)).toBe("Bob");
  });

  it("a record that is written while the contact ends names nobody anew", async () => {
    await befriend(alice, bob);
    await client.query("BEGIN");
    await client.query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", [[alice.id, bob.id].sort().join(" ")]);
    const ended = over(alice, bob);
    stage.accounts.accounts.recordCall(ended);
    await untilLocked("advisory");
    // What a removal does, whose act has not seen the record.
    await client.query(`DELETE FROM "Contact" WHERE "owner" IN ($1, $2)`, [alice.id, bob.id]);
    await client.query("COMMIT");
    await written(ended.call);
    await rename(bob, "Secret");
    expect(await nameIn(alice, ended.call)).toBe("Bob");
  });
});

describe("what changes several calls at once", () => {
  /** Two calls of Alice and Bob, the one that was written first last by its id. */
  async function twoCalls(more: Partial<EndedCall> = {}): Promise<[CallId, CallId]> {
    const calls: CallId[] = [];
    for (const id of ["zz", "aa"]) {
      const ended = { ...over(alice, bob), ...more };
      stage.accounts.accounts.recordCall(ended);
      await written(ended.call);
      await client.query(`UPDATE "Call" SET "objectId" = $1 || "objectId" WHERE "call" = $2`, [id, ended.call]);
      calls.push(ended.call);
    }
    return [calls[0]!, calls[1]!];
  }

  const hold = (call: CallId) => client.query(`SELECT 1 FROM "Call" WHERE "call" = $1 FOR UPDATE NOWAIT`, [call]);

  it.each([
    ["the end of a contact", () => alice.call("removeContact", { user: bob.id })],
    ["what is seen", () => bob.call("markCallsSeen", {})],
  ])("takes them in the order of their ids: %s", async (_what, act) => {
    await befriend(alice, bob);
    const [last, first] = await twoCalls({ outcomes: { caller: "missed", callee: "missed" } });
    await client.query("BEGIN");
    await hold(first);
    const done = act();
    await untilLocked("transactionid");
    // Where it held this one already, each would wait for the other.
    await hold(last);
    await client.query("COMMIT");
    await done;
  });

  it("is done once more where it crossed with something else all the same", async () => {
    await befriend(alice, bob);
    const [last, first] = await twoCalls();
    // Whoever waits for the longest finds the crossing, which is to be the server.
    await client.query("BEGIN");
    await client.query("SET LOCAL deadlock_timeout = '1min'");
    await hold(last);
    const done = alice.call("removeContact", { user: bob.id });
    await untilLocked("transactionid");
    await client.query(`SELECT 1 FROM "Call" WHERE "call" = $1 FOR UPDATE`, [first]);
    await client.query("COMMIT");
    await done;
    await rename(bob, "Robert");
    expect(await nameIn(alice, last)).toBe("Bob");
  });
});

describe("[PRES-5] [DEC-57] who is blocked cannot tell by the history", () => {
  it.each(["the blocked one", "the blocker"])("also after %s has ended the contact, and the block too", async (who) => {
    await befriend(alice, bob);
    const calls = [await called(bob, alice), await called(alice, bob)];
    const shown = async () => [await nameIn(bob, calls[0]!), await nameIn(bob, calls[1]!)];
    await alice.call("blockContact", { user: bob.id });
    await rename(alice, "Secret");
    expect(await shown()).toEqual(["Alice", "Alice"]);
    const [one, other] = who === "the blocker" ? [alice, bob] : [bob, alice];
    await one.call("removeContact", { user: other.id });
    expect(await shown()).toEqual(["Alice", "Alice"]);
    await alice.try("unblockContact", { user: bob.id });
    expect(await shown()).toEqual(["Alice", "Alice"]);
  });

  it("nor learns a former contact what whoever blocks them is called by then", async () => {
    await befriend(alice, bob);
    const call = await called(bob, alice);
    await alice.call("removeContact", { user: bob.id });
    await rename(alice, "Secret");
    await bob.call("requestContact", { handle: alice.handle });
    await alice.call("blockContact", { user: bob.id });
    expect(await nameIn(bob, call)).toBe("Alice");
  });
});

describe("[DEC-48] of an account that is erased", () => {
  it("no name is kept, neither its own nor what it called others", async () => {
    bob = await signUp(stage.accounts, `erased-${alice.handle}`, "Bob");
    await befriend(alice, bob);
    const call = await called(bob, alice);
    await alice.call("removeContact", { user: bob.id });
    await bob.call("deleteAccount", { password: PASSWORD });
    const [record] = (await alice.call("listCalls", {})).calls;
    expect(record).toMatchObject({ call, with: { user: DELETED_USER, name: "deleted account" } });
    const { rows } = await client.query(`SELECT "callerName", "calleeName" FROM "Call" WHERE "call" = $1`, [call]);
    expect(rows).toEqual([{ callerName: null, calleeName: null }]);
  });

  it.each([
    ["a record", (ended: EndedCall) => stage.accounts.accounts.recordCall(ended)],
    ["a ring", (ended: EndedCall) => stage.accounts.accounts.saveCall(ringing(ended))],
  ])("%s that is written behind meanwhile names nobody", async (_what, write) => {
    await befriend(alice, bob);
    // Whoever erases an account holds its row, and looks for its calls before it goes.
    await client.query("BEGIN");
    await client.query(`SELECT 1 FROM "_User" WHERE "objectId" = $1 FOR UPDATE`, [bob.id]);
    write(over(bob, alice));
    await untilLocked("transactionid");
    await client.query(`DELETE FROM "_User" WHERE "objectId" = $1`, [bob.id]);
    await client.query("COMMIT");
    await writtenBefore();
    const { rows } = await client.query(`SELECT 1 FROM "Call" WHERE $1 IN ("caller", "callee")`, [bob.id]);
    expect(rows).toEqual([]);
  });

  it("a record that nobody is left to read is not kept, though it comes late", async () => {
    alice = await signUp(stage.accounts, `erased-${bob.handle}`, "Alice");
    // As where the callee blocks the caller.
    const ended: EndedCall = { ...over(alice, bob), reason: "unreachable", outcomes: { caller: "unreachable" } };
    await alice.call("deleteAccount", { password: PASSWORD });
    stage.accounts.accounts.recordCall(ended);
    await writtenBefore();
    expect((await client.query(`SELECT 1 FROM "Call" WHERE "call" = $1`, [ended.call])).rows).toEqual([]);
  });
});

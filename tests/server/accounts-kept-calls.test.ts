import type { CallId, DeviceId, PeerId, UserId } from "#protocol";
import type { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { EndedCall, KeptCall } from "../../server/core/events.ts";
import {
  signUp,
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
let alice: TestPerson;
let bob: TestPerson;

const NOW = Date.now();
const device = crypto.randomUUID() as DeviceId;
const bobs = crypto.randomUUID() as DeviceId;

beforeAll(async () => {
  database = await startTestDatabase();
  accounts = await startTestAccounts(database);
  client = await connectTo(database.uri);
  alice = await signUp(accounts, "alice", "Alice Okada");
  bob = await signUp(accounts, "bob");
});

afterAll(async () => {
  await client.end();
  await accounts.close();
  await database.stop();
});

function ringing(changes: Partial<KeptCall> = {}): KeptCall {
  return {
    call: crypto.randomUUID() as CallId,
    merged: [],
    media: "audio",
    startedAt: NOW,
    caller: { user: alice.id as UserId, name: "as it was", device },
    callee: { user: bob.id as UserId, name: "as it was" },
    phase: { at: "ringing", until: NOW + 45_000, receipts: [{ device: bobs, first: "silent", latest: "loud" }] },
    ends: { caller: "a".repeat(32) as PeerId, callee: "b".repeat(32) as PeerId },
    calleeShowsBusy: true,
    adopted: false,
    ...changes,
  };
}

function running(ring: KeptCall): KeptCall {
  const callee = { ...ring.callee, device: bobs, owed: "call.rejoined" as const };
  return { ...ring, callee, phase: { at: "running", since: NOW + 5_000, rejoinedAt: NOW + 9_000 } };
}

function ended(ring: KeptCall, changes: Partial<EndedCall> = {}): EndedCall {
  const unanswered = {
    reason: "no-answer",
    outcomes: { caller: "no-answer", callee: "missed" },
    missedWhile: "ringing",
  } as const;
  return {
    call: ring.call,
    caller: ring.caller.user,
    callee: ring.callee.user,
    media: ring.media,
    startedAt: ring.startedAt,
    endedAt: NOW + 45_000,
    ...(changes.acceptedAt === undefined ? unanswered : talked),
    ...changes,
  };
}

const talked = {
  acceptedAt: NOW + 5_000,
  endedAt: NOW + 65_000,
  reason: "hangup",
  outcomes: { caller: "answered", callee: "answered" },
} as const;

/** What is written of a call once the last of these writes is there. */
async function open(call: CallId): Promise<KeptCall | undefined> {
  return (await accounts.accounts.keptCalls()).open.find((kept) => kept.call === call);
}

async function stateOf(call: CallId): Promise<unknown> {
  const { rows } = await client.query<{ state: string }>(`SELECT "state" FROM "Call" WHERE "call" = $1`, [call]);
  return rows.map(({ state }) => state);
}

async function listed(person: TestPerson, call: CallId) {
  return (await person.call("listCalls", {})).calls.filter((record) => record.call === call);
}

describe("[CALL-11] a call that is not over", () => {
  it("is read as it was written, with the names of now", async () => {
    const ring = ringing({ merged: [crypto.randomUUID() as CallId], calleeShowsBusy: false });
    accounts.accounts.saveCall(ring);
    const named = {
      caller: { ...ring.caller, name: "Alice Okada" },
      callee: { ...ring.callee, name: "bob" },
    };
    await expect.poll(() => open(ring.call)).toEqual({ ...ring, ...named });
    const talk = running(ring);
    accounts.accounts.saveCall(talk);
    await expect.poll(async () => (await open(ring.call))?.phase.at).toBe("running");
    expect(await open(ring.call)).toEqual({ ...talk, ...named, callee: { ...talk.callee, name: "bob" } });
  });

  it("is in nobody's list and count, readable by nobody, and becomes the one record of the call", async () => {
    const before = await accounts.accounts.identify(bob.token, bob.device as DeviceId);
    const ring = ringing();
    accounts.accounts.saveCall(ring);
    await expect.poll(() => stateOf(ring.call)).toEqual(["ringing"]);
    expect(await accounts.accounts.identify(bob.token, bob.device as DeviceId)).toEqual(before);
    expect([await listed(alice, ring.call), await listed(bob, ring.call)]).toEqual([[], []]);
    const acl = await client.query(`SELECT "_rperm", "_wperm" FROM "Call" WHERE "call" = $1`, [ring.call]);
    expect(acl.rows).toEqual([{ _rperm: [], _wperm: [] }]);
    await bob.call("markCallsSeen", {});

    accounts.accounts.recordCall(ended(ring));
    await expect.poll(() => stateOf(ring.call)).toEqual(["ended"]);
    expect(await open(ring.call)).toBeUndefined();
    const record = { call: ring.call, media: "audio", at: NOW, seconds: 0 };
    expect(await listed(bob, ring.call)).toMatchObject([
      { ...record, direction: "in", outcome: "missed", seen: false },
    ]);
    expect(await listed(alice, ring.call)).toMatchObject([{ ...record, direction: "out", outcome: "no-answer" }]);
  });

  it("a late word of it changes nothing: it neither rings once it was answered, nor lives once it is over", async () => {
    const ring = ringing();
    for (const [write, state] of [
      [() => accounts.accounts.saveCall(running(ring)), "running"],
      [() => accounts.accounts.saveCall(ring), "running"],
      [() => accounts.accounts.recordCall(ended(ring, talked)), "ended"],
      [() => accounts.accounts.saveCall(ring), "ended"],
      [() => accounts.accounts.saveCall(running(ring)), "ended"],
      [() => accounts.accounts.recordCall(ended(ring)), "ended"],
    ] as const) {
      write();
      await written();
      expect(await stateOf(ring.call)).toEqual([state]);
    }
    expect(await listed(bob, ring.call)).toMatchObject([{ outcome: "answered", seconds: 60 }]);
  });

  it("[CALL-14] what was recorded as unanswered is set right by what knows better, once", async () => {
    const ring = ringing();
    accounts.accounts.recordCall(ended(ring));
    await expect.poll(async () => (await listed(bob, ring.call))[0]?.outcome).toBe("missed");
    accounts.accounts.saveCall({ ...running(ring), corrects: true });
    await expect.poll(() => stateOf(ring.call)).toEqual(["running"]);
    expect((await open(ring.call))?.corrects).toBe(true);
    accounts.accounts.recordCall(ended(ring, { ...talked, corrects: true }));
    await expect
      .poll(async () => (await listed(bob, ring.call))[0])
      .toMatchObject({ outcome: "answered", seconds: 60 });
    expect((await listed(bob, ring.call))[0]).not.toHaveProperty("missedWhile");
    accounts.accounts.recordCall(ended(ring, { ...talked, endedAt: NOW + 99_000, corrects: true }));
    await written();
    expect(await listed(bob, ring.call)).toMatchObject([{ seconds: 60 }]);
  });

  it("a row that no server can have written is left, and said", async () => {
    const ring = ringing();
    accounts.accounts.saveCall(ring);
    await expect.poll(() => stateOf(ring.call)).toEqual(["ringing"]);
    await client.query(`UPDATE "Call" SET "live" = '{"phase": {"at": "elsewhere"}}' WHERE "call" = $1`, [ring.call]);
    expect(await open(ring.call)).toBeUndefined();
  });
});

it("[CALL-10] calls that were over lately are known, the oldest first", async () => {
  const [first, second, old] = [ringing(), ringing(), ringing()];
  const merged = [crypto.randomUUID() as CallId];
  const at = Date.now();
  const lately = { acceptedAt: at - 8_000, endedAt: at - 1_000 };
  accounts.accounts.recordCall(ended(old, { endedAt: at - 2 * 60 * 60_000 }));
  accounts.accounts.recordCall(ended(second, { ...talked, ...lately, device: bobs, merged, adopted: true }));
  accounts.accounts.recordCall(ended(first, { endedAt: at - 2_000 }));
  await written();
  const { past } = await accounts.accounts.keptCalls();
  const own = past.filter(({ call }) => [first, second, old].some((ring) => ring.call === call));
  const people = { caller: alice.id, callee: bob.id };
  expect(own).toEqual([
    { ...people, call: first.call, merged: [], reason: "no-answer", answered: false, adopted: false },
    { ...people, call: second.call, merged, reason: "hangup", answered: true, seconds: 7, adopted: true, device: bobs },
  ]);
});

/** Resolves once everything is written that waits: writes are done in order. */
async function written(): Promise<void> {
  const last = ringing();
  accounts.accounts.saveCall(last);
  await expect.poll(() => stateOf(last.call)).toEqual(["ringing"]);
}

import { ParseCode, type CallId, type DeviceId, type UserId } from "#protocol";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { startAccountsAlone } from "../support/accounts-alone.ts";
import {
  ask,
  PASSWORD,
  signUp,
  type TestAccounts,
  type TestDatabase,
  type TestPerson,
} from "../support/backend-accounts.ts";

let database: TestDatabase;
let accounts: TestAccounts;
let alice: TestPerson;
let bob: TestPerson;
let session: string;

beforeAll(async () => {
  const started = await startAccountsAlone();
  ({ database, accounts } = started);
  alice = await signUp(accounts, "alice");
  bob = await signUp(accounts, "bob");
  const check = await identify();
  session = check.ok ? check.identity.session : "";
  return started.stop;
});

let resume: () => void = () => undefined;

afterEach(() => resume());

function identify() {
  return accounts.accounts.identify(alice.token, alice.device as DeviceId);
}

async function took<T>(work: () => Promise<T>): Promise<{ result: T; ms: number }> {
  const from = performance.now();
  const result = await work();
  return { result, ms: performance.now() - from };
}

function missedCall() {
  return {
    call: crypto.randomUUID() as CallId,
    caller: bob.id as UserId,
    callee: alice.id as UserId,
    media: "audio" as const,
    startedAt: Date.now(),
    endedAt: Date.now() + 1000,
    reason: "no-answer" as const,
    outcomes: { caller: "no-answer" as const, callee: "missed" as const },
  };
}

/** Holds every process of PostgreSQL where it stands: connections stay open, and nobody answers. */
async function freeze(): Promise<void> {
  const pids = await database.processes();
  for (const pid of pids) process.kill(pid, "SIGSTOP");
  resume = () => {
    for (const pid of pids) process.kill(pid, "SIGCONT");
    resume = () => undefined;
  };
}

describe("while the database does not answer", () => {
  it("[CONN-5] a session is unavailable, never invalid, and the answer comes within 5 s", async () => {
    await freeze();
    const [identified, valid, ready] = await Promise.all([
      took(identify),
      took(() => accounts.accounts.validSessions([session])),
      took(() => accounts.accounts.ready()),
    ]);
    expect(identified.result).toEqual({ ok: false, reason: "unavailable" });
    expect(valid.result).toBeUndefined();
    expect(ready.result).toBe(false);
    expect(Math.max(identified.ms, valid.ms, ready.ms)).toBeLessThan(5_500);
    resume();
    const back = await took(() => expect.poll(identify, { timeout: 5_000 }).toMatchObject({ ok: true }));
    expect(back.ms).toBeLessThan(2_000);
  });

  it("functions and sign-in say so, and nobody is signed out", async () => {
    await freeze();
    const [listed, login] = await Promise.all([
      took(() => alice.try("listContacts", {})),
      took(() => ask(accounts, "/login", { body: { username: "alice", password: PASSWORD } })),
    ]);
    for (const { result, ms } of [listed, login]) {
      expect(result).toMatchObject({
        status: 503,
        body: { code: ParseCode.internal, error: expect.stringContaining("cannot reach its database") as string },
      });
      expect(ms).toBeLessThan(10_000);
    }
    resume();
    await expect.poll(async () => (await alice.try("listContacts", {})).status, { timeout: 10_000 }).toBe(200);
    const again = await ask(accounts, "/login", { body: { username: "alice", password: PASSWORD } });
    expect(again.status).toBe(200);
  });
});

describe("when PostgreSQL dies", () => {
  it("it is started again, and what was written behind meanwhile is kept", async () => {
    const pid = database.pid();
    process.kill(pid, "SIGKILL");
    const call = missedCall();
    accounts.accounts.recordCall(call);
    accounts.accounts.saveChoice(alice.id as UserId, { availability: "dnd", text: "kept" });
    const during = await identify();
    expect(during).not.toEqual({ ok: false, reason: "invalid" });
    await expect.poll(() => database.pid(), { timeout: 15_000 }).not.toBe(pid);
    await expect
      .poll(identify, { timeout: 15_000 })
      .toMatchObject({ ok: true, identity: { missed: 1, chosen: { availability: "dnd", text: "kept" } } });
    await expect.poll(() => accounts.events).toContainEqual({ type: "missed", of: alice.id, count: 1 });
    await expect.poll(async () => (await alice.try("listCalls", {})).status, { timeout: 10_000 }).toBe(200);
    expect((await alice.call("listCalls", {})).calls.map((record) => record.call)).toEqual([call.call]);
  });
});

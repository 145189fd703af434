import { CloseCode } from "#protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { query } from "../support/backend-database.ts";
import { startTestDatabase, type TestDatabase } from "../support/backend-accounts.ts";
import type { OnlineClient } from "../support/presence-client.ts";
import { startApp, type AppPerson, type TestApp } from "../support/server-app.ts";

const WITHIN_MS = 5_000;

let database: TestDatabase;
let app: TestApp;
let alice: AppPerson;
let bob: AppPerson;
let watcher: OnlineClient;

beforeAll(async () => {
  database = await startTestDatabase();
  app = await startApp({ env: { DATABASE_URI: database.uri, SETTLE_MS: "1" } });
  [alice, bob] = await Promise.all([app.signUp("Alice Okada"), app.signUp("Bob Tanaka")]);
  await app.befriend(alice, bob);
  watcher = await alice.connect();
});

afterAll(async () => {
  await app.close();
  await database.stop();
});

/** Bob is online with two sessions. */
async function twoDevices(): Promise<OnlineClient[]> {
  const devices = [await bob.connect({ token: await bob.signIn() }), await bob.connect({ token: await bob.signIn() })];
  await watcher.next("presence", ({ availability }) => availability === "available");
  return devices;
}

/** These close with 4401 within 5 s of now, and Alice sees Bob offline at once. */
async function areClosed(devices: readonly OnlineClient[]): Promise<void> {
  const since = performance.now();
  expect(new Set(await Promise.all(devices.map(({ closed }) => closed)))).toEqual(new Set([CloseCode.unauthorized]));
  const closedAfterMs = performance.now() - since;
  console.log(`closed after ${closedAfterMs.toFixed(0)} ms`);
  expect(closedAfterMs).toBeLessThan(WITHIN_MS);
  await watcher.next("presence", ({ availability }) => availability === "offline");
}

describe("[CONN-5] sockets are closed with 4401 within 5 s", () => {
  it("of all devices, when their user signs out everywhere or changes the password: the sessions are gone", async () => {
    const devices = await twoDevices();
    await query(database.uri, `DELETE FROM "_Session" WHERE "user" = '${bob.id}'`);
    await areClosed(devices);
  });

  it("[CONN-5] of the other devices, when one of them changes the password: its own session stays", async () => {
    const [kept, other] = await twoDevices();
    await query(
      database.uri,
      `DELETE FROM "_Session" WHERE "objectId" IN (SELECT "objectId" FROM "_Session" WHERE "user" = '${bob.id}' ORDER BY "createdAt" DESC LIMIT 1)`,
    );
    expect(await other!.closed).toBe(CloseCode.unauthorized);
    await kept!.fence();
    await kept!.must({ type: "bye" });
    await watcher.next("presence", ({ availability }) => availability === "offline");
  });

  it("[CONN-5] when the session runs out", async () => {
    const devices = await twoDevices();
    await query(database.uri, `UPDATE "_Session" SET "expiresAt" = now() WHERE "user" = '${bob.id}'`);
    await areClosed(devices);
  });

  it("[CONN-5] when the account is deleted, be its sessions still there", async () => {
    const devices = await twoDevices();
    await query(database.uri, `DELETE FROM "_User" WHERE "objectId" = '${bob.id}'`);
    await areClosed(devices);
  });
});

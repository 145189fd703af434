import { CloseCode } from "#protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestDatabase, type TestDatabase } from "../support/backend-accounts.ts";
import { endOf, talk } from "../support/calls.ts";
import { PresenceClient } from "../support/presence-client.ts";
import { Proxy } from "../support/proxy.ts";
import { startApp, type AppPerson, type TestApp } from "../support/server-app.ts";
import { until } from "../support/until.ts";

let database: TestDatabase;
let way: Proxy;
let app: TestApp;
let alice: AppPerson;
let bob: AppPerson;

beforeAll(async () => {
  database = await startTestDatabase();
  way = await Proxy.start();
  const uri = new URL(database.uri);
  way.leadTo(Number(uri.port));
  uri.host = new URL(way.url).host;
  app = await startApp({ env: { DATABASE_URI: uri.href, SETTLE_MS: "1" } });
  [alice, bob] = await Promise.all([app.signUp("Alice Okada"), app.signUp("Bob Tanaka")]);
  await app.befriend(alice, bob);
});

afterAll(async () => {
  await app.close();
  await way.close();
  await database.stop();
});

async function ready(): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${app.url}/readyz`);
  return { status: response.status, body: await response.json() };
}

function unchecked(): number {
  return app.log.filter(({ msg }) => msg === "sessions could not be checked").length;
}

describe("[CONN-5] while the database is away", () => {
  it("nobody is signed out, presence and calls go on, a hello is told to come back, and all is kept", async () => {
    const [atAlice, atBob] = [await alice.connect(), await bob.connect()];
    const { call } = await talk(atAlice, bob.id, atBob);
    way.cut();

    expect(await ready()).toEqual({ status: 503, body: { status: "unavailable", database: "unavailable" } });
    expect((await fetch(`${app.url}/healthz`)).status).toBe(200);
    expect((await fetch(`${app.url}/.well-known/beckon`)).status).toBe(200);
    const client = await PresenceClient.open(app.url);
    client.hello({ token: alice.account.token });
    expect(await client.next("error")).toMatchObject({ code: "internal", retryAfter: expect.any(Number) as number });
    expect(await client.closed).toBe(CloseCode.tryLater);

    await atBob.must({ type: "presence.set", availability: "away" });
    await atAlice.next("presence", ({ availability }) => availability === "away");
    await atAlice.must({ type: "call.hangup", call });
    expect(await endOf(atBob, call)).toBe("hangup");
    const before = unchecked();
    // The sessions were asked for twice and nobody answered.
    await until("a second check in vain", () => Promise.resolve(unchecked() > before + 1 || undefined));
    await Promise.all([atAlice.fence(), atBob.fence()]);

    way.mend();
    const mendedAt = performance.now();
    const back = await until("a hello that is welcome", () => alice.connect().catch(() => undefined));
    expect(performance.now() - mendedAt).toBeLessThan(5_000);
    const kept = await until("the record", async () => (await alice.call("listCalls", {})).calls[0]);
    expect(kept).toMatchObject({ call, outcome: "answered" });
    await until("the choice in the database", async () => {
      const again = await bob.connect();
      await again.must({ type: "bye" });
      return again.welcome.user.availability === "away" ? again : undefined;
    });
    expect(app.log.filter(({ level }) => level === "error")).toEqual([]);
    for (const device of [atAlice, atBob, back]) await device.must({ type: "bye" });
  });
});

describe("what is logged", () => {
  it("holds no token, password, ticket, address or text of anyone", () => {
    const log = JSON.stringify(app.log);
    for (const secret of [alice.account.token, bob.account.token, alice.account.password, database.uri])
      expect(log).not.toContain(secret);
    // Any session's token.
    expect(log).not.toMatch(/\br:[0-9a-f]/);
  });
});

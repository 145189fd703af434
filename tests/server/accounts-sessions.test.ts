import { CloseCode, PARSE_APP_ID } from "#protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ACCOUNT_LIMITS } from "../../server/accounts/rate-limits.ts";
import { callFunction } from "../support/accounts.ts";
import { loosened } from "../support/loosened.ts";
import type { OnlineClient } from "../support/presence-client.ts";
import { startApp, type AppPerson, type TestApp } from "../support/server-app.ts";
import { until } from "../support/until.ts";

let app: TestApp;
let count = 0;

beforeAll(async () => {
  const limits = loosened(ACCOUNT_LIMITS, 1_000);
  app = await startApp({ accountLimits: { ...limits, login: ACCOUNT_LIMITS.login } });
});

afterAll(() => app.close());

function newcomer(): Promise<AppPerson> {
  count += 1;
  return app.signUp(`Erin-${String(count)} Someone`);
}

/** A further device, signed in by itself and online. */
async function device(person: AppPerson, deviceName: string): Promise<OnlineClient & { token: string }> {
  const token = await person.signIn();
  return Object.assign(await person.connect({ token, deviceName }), { token });
}

async function sessionsOf(token: string) {
  return (await callFunction(app.url, "listSessions", {}, token)).sessions;
}

/** Once the name of each device has been written. */
async function named(token: string, ...devices: string[]) {
  return until("name of each device", async () => {
    const sessions = await sessionsOf(token);
    return devices.every((name) => sessions.some((session) => session.device === name)) ? sessions : undefined;
  });
}

/** Long before the next look at all sessions, which would find it as well. */
const AT_ONCE_MS = 1_000;

describe("signed-in devices", () => {
  it("are listed by the name that they said hello with, the asking one first", async () => {
    const erin = await newcomer();
    const startedAt = Date.now();
    const laptop = await device(erin, "Erin's laptop");
    const phone = await device(erin, "Erin's phone");
    const sessions = await named(phone.token, "Erin's laptop", "Erin's phone");
    expect(sessions.map(({ device: name, current }) => [name, current])).toEqual([
      ["Erin's phone", true],
      ["Erin's laptop", false],
      // Signed up, and never said hello.
      ["", false],
    ]);
    for (const { at, lastUsed } of sessions.slice(0, 2)) {
      expect(at).toBeGreaterThan(startedAt - 5_000);
      expect(lastUsed).toBeGreaterThanOrEqual(at);
    }
    expect(JSON.stringify(sessions)).not.toContain(laptop.token);
  });

  it("say when they came last, and take a new name", async () => {
    const erin = await newcomer();
    const laptop = await device(erin, "old name");
    const [before] = await named(laptop.token, "old name");
    await erin.connect({ token: laptop.token, device: laptop.device, deviceName: "new name" });
    const [after] = await named(laptop.token, "new name");
    expect(after!.lastUsed).toBeGreaterThan(before!.lastUsed);
    expect(after!.id).toBe(before!.id);
  });
});

describe("[CONN-5] signing out elsewhere", () => {
  it("ends one session, at once and for good", async () => {
    const erin = await newcomer();
    const [laptop, phone] = [await device(erin, "laptop"), await device(erin, "phone")];
    const sessions = await named(laptop.token, "phone");
    const session = sessions.find(({ device: name }) => name === "phone")!.id;
    const started = performance.now();
    await callFunction(app.url, "signOutSession", { session }, laptop.token);
    expect(await phone.closed).toBe(CloseCode.unauthorized);
    expect(performance.now() - started).toBeLessThan(AT_ONCE_MS);
    await expect(callFunction(app.url, "listContacts", {}, phone.token)).rejects.toThrow('"code":209');
    await expect(callFunction(app.url, "signOutSession", { session }, laptop.token)).rejects.toThrow('"code":101');
    await laptop.fence();
  });

  it("ends no session of another person", async () => {
    const [erin, eve] = [await newcomer(), await newcomer()];
    const laptop = await device(erin, "laptop");
    const [{ id: session } = { id: "" }] = await sessionsOf(laptop.token);
    await expect(eve.call("signOutSession", { session })).rejects.toThrow('"code":101');
    await eve.call("signOutEverywhere", {});
    await laptop.fence();
    expect(await sessionsOf(laptop.token)).toHaveLength(2);
  });

  it("everywhere ends every other session, and what those devices were in", async () => {
    const [erin, friend] = [await newcomer(), await newcomer()];
    await app.befriend(erin, friend);
    const [laptop, phone, tablet] = [
      await device(erin, "laptop"),
      await device(erin, "phone"),
      await device(erin, "tablet"),
    ];
    const atFriend = await friend.connect();
    const call = crypto.randomUUID();
    await phone.must({ type: "call.invite", call: call as never, to: friend.id, media: "audio" });
    await atFriend.next("call.incoming");
    await callFunction(app.url, "signOutEverywhere", {}, laptop.token);
    expect(await Promise.all([phone.closed, tablet.closed])).toEqual([CloseCode.unauthorized, CloseCode.unauthorized]);
    expect(await atFriend.next("call.ended")).toMatchObject({ call, reason: "cancelled" });
    await laptop.fence();
    expect(await sessionsOf(laptop.token)).toMatchObject([{ device: "laptop", current: true }]);
  });
});

describe("another password", () => {
  const next = "another horse battery";

  function signIn(person: AppPerson, password: string): Promise<Response> {
    return fetch(`${app.url}/parse/login`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-parse-application-id": PARSE_APP_ID },
      body: JSON.stringify({ username: person.account.handle, password }),
    });
  }

  it("[CONN-5] is the one to sign in with; every other session ends at once, and this one goes on", async () => {
    const erin = await newcomer();
    const [laptop, phone] = [await device(erin, "laptop"), await device(erin, "phone")];
    const started = performance.now();
    await callFunction(app.url, "changePassword", { current: erin.account.password, next }, laptop.token);
    expect(await phone.closed).toBe(CloseCode.unauthorized);
    expect(performance.now() - started).toBeLessThan(AT_ONCE_MS);
    await expect(callFunction(app.url, "listContacts", {}, phone.token)).rejects.toThrow('"code":209');
    await laptop.fence();
    expect(await sessionsOf(laptop.token)).toMatchObject([{ device: "laptop", current: true }]);
    expect((await signIn(erin, erin.account.password)).status).toBe(404);
    expect((await signIn(erin, next)).status).toBe(200);
  });

  it("needs the present one, and must not hold the handle or the address", async () => {
    const erin = await newcomer();
    const { handle, password: current } = erin.account;
    const laptop = await device(erin, "laptop");
    await expect(erin.call("changePassword", { current: "wrong horse", next })).rejects.toThrow(
      '{"code":101,"error":"The password is wrong; type it again."}',
    );
    await expect(erin.call("changePassword", { next })).rejects.toThrow("Your account has a password; give it.");
    for (const bad of [`${handle} and more`, "short"]) {
      await expect(erin.call("changePassword", { current, next: bad })).rejects.toThrow(
        /In changePassword 'next' must.*"field":"next"/,
      );
    }
    await laptop.fence();
    expect((await signIn(erin, current)).status).toBe(200);
  });

  it("is guessed as slowly as at the sign-in, with the same counts", async () => {
    const erin = await newcomer();
    const from = { token: erin.account.token, from: "198.51.100.77" };
    const guess = () => callFunction(app.url, "changePassword", { current: "wrong horse", next }, from);
    for (let tries = 0; tries < 10; tries += 1) await expect(guess()).rejects.toThrow("The password is wrong");
    await expect(guess()).rejects.toThrow("That was too often");
    const elsewhere = { method: "POST", headers: { "x-forwarded-for": from.from } };
    const signedIn = await fetch(`${app.url}/parse/login`, {
      ...elsewhere,
      headers: { ...elsewhere.headers, "content-type": "application/json", "x-parse-application-id": PARSE_APP_ID },
      body: JSON.stringify({ username: erin.account.handle, password: erin.account.password }),
    });
    expect(signedIn.status).toBe(429);
    // Its owner, elsewhere, is not kept out.
    await erin.call("changePassword", { current: erin.account.password, next });
  });
});

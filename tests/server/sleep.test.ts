import { afterAll, beforeAll, expect, it } from "vitest";
import { callFunction } from "../support/accounts.ts";
import { Belongings } from "../support/belongings.ts";
import { LiveDevice } from "../support/live-device.ts";
import { newCallId, type OnlineClient } from "../support/presence-client.ts";
import { startApp, type AppPerson, type TestApp } from "../support/server-app.ts";
import { until } from "../support/until.ts";

const HOUR_MS = 3_600_000;
const AWAKE_WITHIN_MS = 5_000;

const open = new Belongings();
let app: TestApp;
let alice: AppPerson;
let bob: AppPerson;
let carol: AppPerson;
let watcher: OnlineClient;

beforeAll(async () => {
  // A machine that sleeps pings nobody; a long hour is made of short spans.
  app = await startApp({ env: { SETTLE_MS: "1", SILENCE_MS: "3000", GRACE_MS: "500", RING_MS: "3000" } });
  open.add(() => app.close());
  [alice, bob, carol] = await Promise.all([
    app.signUp("Alice Okada"),
    app.signUp("Bob Tanaka"),
    app.signUp("Carol Sato"),
  ]);
  await app.befriend(alice, bob, carol);
  watcher = await carol.connect();
  const pings = setInterval(() => watcher.send({ type: "ping" }), 500);
  open.add(() => {
    clearInterval(pings);
    return Promise.resolve();
  });
});

afterAll(() => open.close());

async function device({ account }: AppPerson): Promise<LiveDevice> {
  const listContacts = async () => (await callFunction(app.url, "listContacts", {}, account.token)).contacts;
  const live = new LiveDevice({ user: account.user, token: account.token, url: app.url, listContacts });
  open.add(() => live.close());
  live.signIn();
  await live.until("contact list", ({ roster }) => roster.known || undefined);
  return live;
}

it.each(["timers", "network"] as const)(
  "[CALL-7] both machines sleep for an hour while it rings (%s first at waking): no stale ring, no replay, online within 5 s",
  async (first) => {
    const [aliceHere, bobHere] = [await device(alice), await device(bob)];
    const call = newCallId();
    aliceHere.dispatch({ type: "place-call", call, user: bob.id, media: "audio" });
    await bobHere.until("ring", ({ call: at }) => at.at === "ringing-in" || undefined);
    await aliceHere.until("answer", ({ call: at }) => at.at === "ringing-out" || undefined);
    aliceHere.sleep();
    bobHere.sleep();
    // Another ring stands in the sleeper's buffer.
    const late = newCallId();
    await watcher.must({ type: "call.invite", call: late, to: bob.id, media: "audio" });
    for (const user of [alice.id, bob.id])
      await watcher.next("presence", (told) => told.user === user && told.availability === "offline");
    await watcher.next("call.ended", (told) => told.call === late);

    const wokeAt = performance.now();
    for (const live of [aliceHere, bobHere]) live.wake(HOUR_MS, first);
    expect(bobHere.call?.at).not.toBe("ringing-in");
    for (const live of [aliceHere, bobHere]) await live.untilOnline(AWAKE_WITHIN_MS);
    console.log(`online ${(performance.now() - wokeAt).toFixed(0)} ms after waking`);
    for (const user of [alice.id, bob.id])
      await watcher.next("presence", (told) => told.user === user && told.availability === "available");
    expect(performance.now() - wokeAt).toBeLessThan(AWAKE_WITHIN_MS);

    expect(bobHere.rings).toEqual([call]);
    await bobHere.until("missed calls", ({ missed }) => missed === 2 || undefined);
    await aliceHere.until("end", ({ call: at }) => at.at === "ended" || at.at === "idle" || undefined);
    const records = await until("records", async () => {
      const { calls } = await bob.call("listCalls", { limit: 2 });
      return calls.length === 2 ? calls : undefined;
    });
    expect(records.map((record) => record.call).sort()).toEqual([call, late].sort());
    expect(records.map(({ outcome }) => outcome)).toEqual(["missed", "missed"]);
    await bob.call("markCallsSeen", {});
    for (const live of [aliceHere, bobHere]) live.dispatch({ type: "sign-out" });
    await watcher.next("presence", (told) => told.user === bob.id && told.availability === "offline");
  },
);

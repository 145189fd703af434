import { setTimeout as pause } from "node:timers/promises";
import { GRACE_MS, SILENCE_MS } from "#protocol";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { callFunction } from "../support/accounts.ts";
import { Belongings } from "../support/belongings.ts";
import { LiveDevice } from "../support/live-device.ts";
import { newCallId, type OnlineClient } from "../support/presence-client.ts";
import { Proxy } from "../support/proxy.ts";
import { startApp, type AppPerson, type TestApp } from "../support/server-app.ts";

/** The length of the cut is what is tested: nothing is there to be waited for meanwhile. */
const SHORT_MS = 5_000;
const LONG_MS = 60_000;
/** The ceiling of the reconnect policy, and what a try may take. */
const BACK_WITHIN_MS = 32_000;

const open = new Belongings();
let app: TestApp;
let way: Proxy;
let alice: AppPerson;
let bob: AppPerson;
let carol: AppPerson;
/** Bob's, behind the proxy. */
let bobHere: LiveDevice;
/** Alice's, which sees what others see of Bob. */
let watcher: OnlineClient;
let pings: NodeJS.Timeout;

beforeAll(async () => {
  app = await startApp({ env: { SETTLE_MS: "1" } });
  open.add(() => app.close());
  way = await Proxy.start();
  open.add(() => way.close());
  way.leadTo(Number(new URL(app.url).port));
  [alice, bob, carol] = await Promise.all([
    app.signUp("Alice Okada"),
    app.signUp("Bob Tanaka"),
    app.signUp("Carol Sato"),
  ]);
  await app.befriend(alice, bob, carol);
});

afterAll(() => open.close());

beforeEach(async () => {
  watcher = await alice.connect();
  pings = setInterval(() => watcher.send({ type: "ping" }), 5_000);
  const { user, token } = bob.account;
  const listContacts = async () => (await callFunction(app.url, "listContacts", {}, token)).contacts;
  bobHere = new LiveDevice({ user, token, url: way.url, listContacts });
  bobHere.signIn();
  await bobsPresence("available");
  await bobHere.until("contact list", ({ roster }) => roster.known || undefined);
});

afterEach(async () => {
  way.mend();
  await bobHere.untilOnline(BACK_WITHIN_MS);
  bobHere.dispatch({ type: "sign-out" });
  await bobsPresence("offline");
  clearInterval(pings);
  await watcher.must({ type: "bye" });
  await bob.call("markCallsSeen", {});
});

async function bobsPresence(availability: string, withinMs?: number): Promise<void> {
  await watcher.next("presence", (told) => told.user === bob.id && told.availability === availability, withinMs);
}

/** Nobody has heard anything of Bob that was not expected. */
async function noFlap(): Promise<void> {
  await watcher.fence();
  expect(watcher.waiting("presence")).toEqual([]);
}

/** Resolves once a new socket of Bob's was welcomed; how long that took, in ms. */
async function bobIsBack(formerSocket: number): Promise<number> {
  const since = performance.now();
  await bobHere.until(
    "new line",
    ({ connection }) => (connection.line.at === "online" && connection.lastSocket > formerSocket) || undefined,
    BACK_WITHIN_MS,
  );
  return performance.now() - since;
}

function bobsSocket(): number {
  return bobHere.state.at === "signed-in" ? bobHere.state.connection.lastSocket : 0;
}

describe("the network is away for 5 s", () => {
  it("[PRES-3] without a word: nobody sees a change, and the socket lives on", async () => {
    const socket = bobsSocket();
    way.hold();
    await pause(SHORT_MS);
    way.mend();
    bobHere.dispatch({ type: "network-online" });
    await watcher.must({ type: "presence.set", text: "still there?" });
    await bobHere.until("news", ({ roster }) => roster.presence[alice.id]?.text === "still there?" || undefined);
    expect(bobsSocket()).toBe(socket);
    await noFlap();
  });

  it("[PRES-3] with all connections broken: nobody sees a change, and the device is back", async () => {
    const socket = bobsSocket();
    way.cut();
    await pause(SHORT_MS);
    way.mend();
    bobHere.dispatch({ type: "network-online" });
    console.log(`back ${(await bobIsBack(socket)).toFixed(0)} ms after the network`);
    await noFlap();
  });

  it("[CALL-12] while it rings: it rings on, once, and can be answered", async () => {
    const call = newCallId();
    await watcher.must({ type: "call.invite", call, to: bob.id, media: "audio" });
    await bobHere.until("ring", ({ call: at }) => at.at === "ringing-in" || undefined);
    await watcher.next("call.ringing");
    const socket = bobsSocket();
    way.cut();
    await pause(SHORT_MS);
    expect(bobHere.call?.at).toBe("ringing-in");
    way.mend();
    bobHere.dispatch({ type: "network-online" });
    await bobIsBack(socket);
    expect(bobHere.call?.at).toBe("ringing-in");
    expect(bobHere.rings).toEqual([call]);
    bobHere.dispatch({ type: "accept-call", call, media: "audio" });
    await watcher.next("call.accepted");
    await watcher.must({ type: "call.hangup", call });
    await bobHere.until("end", ({ call: at }) => at.at === "ended" || at.at === "idle" || undefined);
    await bobsPresence("busy");
    await bobsPresence("available");
    await noFlap();
  });
});

describe("the network is away for 60 s", () => {
  it("[PRES-3] without a word: offline once, online once, and the ring that came meanwhile is a missed call", async () => {
    const cutAt = performance.now();
    way.hold();
    // The server notices by the silence, and waits for the grace. [CONN-2]
    await bobsPresence("offline", SILENCE_MS + GRACE_MS + 5_000);
    console.log(`seen to be gone ${(performance.now() - cutAt).toFixed(0)} ms after the cut`);
    const call = newCallId();
    await watcher.must({ type: "call.invite", call, to: bob.id, media: "video" });
    expect(await watcher.next("call.ended")).toMatchObject({ reason: "unreachable" });
    await pause(Math.max(0, LONG_MS - (performance.now() - cutAt)));
    const mendedAt = performance.now();
    way.mend();
    bobHere.dispatch({ type: "network-online" });
    await bobsPresence("available", BACK_WITHIN_MS);
    console.log(`seen to be back ${(performance.now() - mendedAt).toFixed(0)} ms after the network`);
    await bobHere.until("missed call", ({ missed }) => missed === 1 || undefined);
    expect(bobHere.rings).toEqual([]);
    const { calls } = await bob.call("listCalls", { limit: 1 });
    expect(calls).toMatchObject([{ call, outcome: "missed", seen: false, missedWhile: "offline" }]);
    await noFlap();
  });
});

describe("a half-open socket", () => {
  it("[CONN-2] is noticed by both ends within the silence, and nobody sees a change where the device can come back", async () => {
    const socket = bobsSocket();
    const since = performance.now();
    way.halfOpen();
    await bobHere.until(
      "new line",
      ({ connection }) => (connection.line.at === "online" && connection.lastSocket > socket) || undefined,
      SILENCE_MS + BACK_WITHIN_MS,
    );
    console.log(`noticed and back ${(performance.now() - since).toFixed(0)} ms after it was half open`);
    expect(performance.now() - since).toBeLessThan(SILENCE_MS + GRACE_MS);
    await noFlap();
    // Carol, who comes now, is told the same.
    const atCarol = await carol.connect();
    expect(atCarol.welcome.contacts).toContainEqual(
      expect.objectContaining({ user: bob.id, availability: "available" }),
    );
    await atCarol.must({ type: "bye" });
    await watcher.next("presence", (told) => told.user === carol.id && told.availability === "offline");
    for (const told of watcher.waiting("presence")) await watcher.next("presence", (one) => one === told);
  });
});

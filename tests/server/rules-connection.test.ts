import { once } from "node:events";
import { CloseCode, remedyFor } from "#protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newCallId, newDeviceId, PresenceClient } from "../support/presence-client.ts";
import { startApp, type AppPerson, type TestApp } from "../support/server-app.ts";
import { openTcp } from "../support/sockets.ts";

const HELLO_MS = 800;
const SILENCE_MS = 2_000;
const GRACE_MS = 1_000;

let app: TestApp;
let alice: AppPerson;
let bob: AppPerson;

beforeAll(async () => {
  app = await startApp({
    env: {
      HELLO_MS: String(HELLO_MS),
      SILENCE_MS: String(SILENCE_MS),
      GRACE_MS: String(GRACE_MS),
      SETTLE_MS: "1",
    },
  });
  [alice, bob] = await Promise.all([app.signUp("Alice Okada"), app.signUp("Bob Tanaka")]);
  await app.befriend(alice, bob);
});

afterAll(() => app.close());

describe("[CONN-1] a device is online from its welcome on", () => {
  it("and not from the open socket: before it nobody sees it, and it places no call", async () => {
    const bobAtHome = await bob.connect();
    const early = await PresenceClient.open(app.url);
    early.send({ type: "call.invite", call: newCallId(), to: bob.id, media: "audio", id: 7 });
    expect(await early.next("error")).toMatchObject({ re: 7, code: "unauthorized" });
    expect(await early.closed).toBe(CloseCode.unauthorized);
    await bobAtHome.fence();
    expect(bobAtHome.waiting()).toEqual([]);
    const online = await alice.connect();
    expect(await bobAtHome.next("presence")).toMatchObject({ user: alice.id, availability: "available" });
    await online.must({ type: "bye" });
    await bobAtHome.must({ type: "bye" });
  });

  it("[CONN-1] the welcome answers the hello by its number and is the whole truth", async () => {
    const client = await PresenceClient.open(app.url);
    client.send({ type: "hello", id: 3, token: alice.account.token, device: { id: client.device, name: "laptop" } });
    expect(await client.next("welcome")).toEqual({
      type: "welcome",
      re: 3,
      user: { id: alice.id, handle: "alice", name: "Alice Okada", availability: "available" },
      settings: { showBusy: true, secondCall: "wait" },
      contacts: [expect.objectContaining({ user: bob.id, availability: "offline" })],
      calls: [],
      missed: 0,
      heartbeat: Math.floor((SILENCE_MS * 20) / 45),
      rejoin: app.config.spans.rejoinMs,
    });
    await client.must({ type: "bye" });
  });

  it("[CONN-1] a second hello is a conflict, and the socket lives on", async () => {
    const client = await alice.connect();
    const again = await client.request({
      type: "hello",
      token: alice.account.token,
      device: { id: client.device, name: "again" },
    });
    expect(again).toMatchObject({ type: "error", code: "conflict" });
    await client.fence();
    await client.must({ type: "bye" });
  });

  it("what comes right behind the hello waits for the welcome, and is dealt with in order", async () => {
    const client = await PresenceClient.open(app.url);
    client.hello({ token: alice.account.token });
    client.send({ type: "ping", id: 1 });
    client.send({ type: "presence.set", availability: "away", id: 2 });
    client.send({ type: "ping", id: 3 });
    await client.next("pong", ({ re }) => re === 3);
    const order = client.waiting().map((message) => message.type);
    expect(order[0]).toBe("welcome");
    expect(order).toContain("ok");
    await client.must({ type: "presence.set", availability: "available" });
    await client.must({ type: "bye" });
  });

  it("too much behind a hello is refused", async () => {
    const client = await PresenceClient.open(app.url);
    client.hello({ token: alice.account.token });
    for (let id = 1; id <= 60; id += 1) client.send({ type: "ping", id });
    expect(await client.next("error")).toMatchObject({
      code: "rate_limited",
      retryAfter: expect.any(Number) as number,
    });
    expect(await client.closed).toBe(CloseCode.tooFast);
  });

  it("no hello in time closes the socket with 4408", async () => {
    const client = await PresenceClient.open(app.url);
    const since = performance.now();
    expect(await client.closed).toBe(CloseCode.helloTimeout);
    const took = performance.now() - since;
    expect(took).toBeGreaterThan(HELLO_MS * 0.8);
    expect(took).toBeLessThan(HELLO_MS * 3);
  });
});

describe("[CONN-2] a socket that is silent is cut", () => {
  it("while one that pings lives on, and hears a data frame in answer", async () => {
    const [silent, pinging] = await Promise.all([alice.connect(), bob.connect()]);
    const timer = setInterval(() => pinging.send({ type: "ping" }), pinging.welcome.heartbeat);
    // Cut, not closed: it would not have heard why.
    expect(await silent.closed).toBe(1006);
    expect((await pinging.next("pong")).type).toBe("pong");
    await pinging.fence();
    clearInterval(timer);
    await pinging.must({ type: "bye" });
  });

  it("[CONN-2] also one that is half open and never reads nor answers", async () => {
    const tcp = await openTcp(app.url);
    tcp.write(
      [
        "GET /presence HTTP/1.1",
        "Host: localhost",
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Protocol: beckon.v1",
        "\r\n",
      ].join("\r\n"),
    );
    tcp.resume();
    // It answers no close frame, so the server does not wait for one for long.
    await once(tcp, "close");
  });
});

describe("[CONN-3] a second socket of the same device", () => {
  it("closes the first with 4409, without a change of presence", async () => {
    const watcher = await bob.connect();
    const device = newDeviceId();
    const first = await alice.connect({ device });
    await watcher.next("presence", ({ availability }) => availability === "available");
    const second = await alice.connect({ device });
    expect(await first.closed).toBe(CloseCode.replaced);
    await second.fence();
    await watcher.fence();
    expect(watcher.waiting()).toEqual([]);
    await second.must({ type: "bye" });
    await watcher.must({ type: "bye" });
  });

  it("closes the first, too, where the first says hello after it", async () => {
    const watcher = await bob.connect();
    const device = newDeviceId();
    const first = await PresenceClient.open(app.url, { device });
    const second = await alice.connect({ device });
    await watcher.next("presence", ({ availability }) => availability === "available");
    first.hello({ token: alice.account.token });
    expect(await first.closed).toBe(CloseCode.replaced);
    expect(first.waiting()).toEqual([]);
    await second.fence();
    await watcher.fence();
    expect(watcher.waiting()).toEqual([]);
    await second.must({ type: "bye" });
    await watcher.must({ type: "bye" });
  });
});

describe("[CONN-4] what a client's policy rests on", () => {
  it("a pong answers each ping at once, with its number, and forgives the count", async () => {
    const client = await alice.connect();
    expect(await client.request({ type: "ping" })).toMatchObject({ type: "pong" });
    await client.must({ type: "bye" });
    expect(remedyFor(await client.closed)).toBe("reconnect");
  });
});

describe("[CONN-5] a session that is not valid", () => {
  it("is refused with 4401 when Parse says so", async () => {
    for (const token of ["r:0123456789abcdef0123456789abcdef", "x", '\'; DROP TABLE "_Session"; --', "\u0000"]) {
      const client = await PresenceClient.open(app.url);
      client.hello({ token });
      expect([token, await client.next("error")]).toMatchObject([token, { code: "unauthorized" }]);
      expect(await client.closed).toBe(CloseCode.unauthorized);
    }
  });

  it("[CONN-5] closes within 5 s when it is signed out, the user is offline at once, and other sessions live on", async () => {
    const watcher = await bob.connect();
    const token = await alice.signIn();
    const device = await alice.connect({ token });
    await watcher.next("presence", ({ user, availability }) => user === alice.id && availability === "available");
    const pings = setInterval(() => watcher.send({ type: "ping" }), 500);
    const devicePings = setInterval(() => device.send({ type: "ping" }), 500);
    const since = performance.now();
    await alice.signOut(token);
    expect(await device.closed).toBe(CloseCode.unauthorized);
    expect(performance.now() - since).toBeLessThan(5_000);
    const closedAt = performance.now();
    await watcher.next("presence", ({ user, availability }) => user === alice.id && availability === "offline");
    // A grace would begin with the close, of which the device hears a little later.
    expect(performance.now() - closedAt).toBeLessThan(GRACE_MS * 0.8);
    clearInterval(devicePings);
    clearInterval(pings);
    const again = await alice.connect();
    await again.must({ type: "bye" });
    await watcher.must({ type: "bye" });
  });
});

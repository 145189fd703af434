import { once } from "node:events";
import { CloseCode, MAX_CLIENT_FRAME_BYTES, PRESENCE_PATH, SUBPROTOCOL } from "#protocol";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MAX_CONNECTIONS_PER_USER, MESSAGES_PER_DEVICE } from "../../server/limits.ts";
import { talk } from "../support/calls.ts";
import { PresenceClient, type OnlineClient } from "../support/presence-client.ts";
import { startApp, type AppPerson, type TestApp } from "../support/server-app.ts";
import { closeCode, openSocket, openTcp, tryUpgrade, type Upgrade, type UpgradeOptions } from "../support/sockets.ts";

const PER_ADDRESS = 60;
const WEB_APP = "https://app.example.org";

let app: TestApp;
let alice: AppPerson;
let bob: AppPerson;
let presence: string;

beforeAll(async () => {
  app = await startApp({
    env: { SETTLE_MS: "1", HELLO_MS: "2000", GRACE_MS: "200", ALLOWED_ORIGINS: WEB_APP },
    connectionLimits: {
      total: 10_000,
      perAddress: PER_ADDRESS,
      upgradesPerAddress: { burst: 10_000, perSecond: 10_000 },
    },
  });
  [alice, bob] = await Promise.all([app.signUp("Alice Okada"), app.signUp("Bob Tanaka")]);
  await app.befriend(alice, bob);
  presence = app.url.replace("http", "ws") + PRESENCE_PATH;
});

afterAll(() => app.close());

async function tried(path: string, options: UpgradeOptions = {}): Promise<Upgrade> {
  const upgrade = await tryUpgrade(app.url.replace("http", "ws") + path, { protocols: [SUBPROTOCOL], ...options });
  if (upgrade.opened) upgrade.socket.terminate();
  return upgrade;
}

describe("the upgrade", () => {
  it.each(["/", "/presence/", "/presence2", "/Presence", "/parse", "/peer", "//presence", "/%70resence", "/healthz"])(
    "is refused at %s with 404 and JSON",
    async (path) => {
      expect(await tried(path)).toMatchObject({
        opened: false,
        status: 404,
        contentType: "application/json; charset=utf-8",
        body: { code: "not_found" },
      });
    },
  );

  it("without the subprotocol is refused with 400 and JSON", async () => {
    for (const protocols of [[], ["beckon.v2"], ["beckon.v10", "chat"]])
      expect(await tried("/presence", { protocols })).toMatchObject({ status: 400, body: { code: "bad_message" } });
    const upgrade = await tryUpgrade(presence, { protocols: ["chat", SUBPROTOCOL] });
    expect(upgrade.opened && upgrade.socket.protocol).toBe(SUBPROTOCOL);
    if (upgrade.opened) upgrade.socket.terminate();
  });

  it("is open to extensions, to the operator's origins and to programs, and to no other page", async () => {
    const good = [
      "chrome-extension://abcdefghijklmnopabcdefghijklmnop",
      "moz-extension://5f3a2b1c-0d9e-4f8a-b7c6-1234567890ab",
      WEB_APP,
      undefined,
    ];
    for (const origin of good) expect((await tried("/presence", origin ? { origin } : {})).opened).toBe(true);
    const bad = [
      "https://example.org",
      "null",
      `${WEB_APP}.evil.example`,
      "http://app.example.org",
      "https://chrome-extension://x",
      "chrome-extension://",
      "chrome-extension://a.example.org",
      "http://localhost",
    ];
    for (const origin of bad)
      expect([origin, await tried("/presence", { origin })]).toMatchObject([
        origin,
        { opened: false, status: 403, body: { code: "forbidden" } },
      ]);
  });

  it("with a faulty handshake is refused in JSON, and other protocols are answered in HTTP", async () => {
    const get = async (...headers: string[]) => {
      const tcp = await openTcp(app.url);
      tcp.end(["GET /presence HTTP/1.1", "Host: x", ...headers, "\r\n"].join("\r\n"));
      const chunks: Buffer[] = [];
      tcp.on("data", (chunk: Buffer) => chunks.push(chunk));
      await once(tcp, "close");
      return Buffer.concat(chunks).toString();
    };
    const offer = ["Connection: Upgrade", "Upgrade: websocket", `Sec-WebSocket-Protocol: ${SUBPROTOCOL}`];
    for (const answer of [
      await get(...offer, "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: short"),
      await get(...offer, "Sec-WebSocket-Version: 99", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="),
    ]) {
      expect(answer).toMatch(/^HTTP\/1\.1 400 /);
      expect(answer).toContain('"code":"bad_message"');
    }
    expect(await get("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: x")).toMatch(
      /^HTTP\/1\.1 404 .*"code":"not_found"/s,
    );
  });
});

describe("the number of connections", () => {
  /** A proxy on this machine says whom it speaks for. */
  const from = (address: string): UpgradeOptions => ({ headers: { "x-forwarded-for": address } });

  it("is bounded for each address, and for none by another", async () => {
    const open = await Promise.all(
      Array.from({ length: PER_ADDRESS }, () =>
        openSocket(presence, { protocols: [SUBPROTOCOL], ...from("203.0.113.7") }),
      ),
    );
    expect(await tried("/presence", from("203.0.113.7"))).toMatchObject({
      status: 429,
      body: { code: "rate_limited" },
    });
    expect((await tried("/presence", from("203.0.113.8"))).opened).toBe(true);
    // What a client writes before its proxy does is not believed.
    expect(await tried("/presence", from("203.0.113.9, 203.0.113.7"))).toMatchObject({ status: 429 });
    const [first] = open;
    const gone = closeCode(first!);
    first!.close();
    await gone;
    await expect.poll(async () => (await tried("/presence", from("203.0.113.7"))).opened).toBe(true);
    for (const socket of open) socket.terminate();
  });

  it("counts a household's IPv6 addresses as one", async () => {
    const open = await Promise.all(
      Array.from({ length: PER_ADDRESS }, (_, at) =>
        openSocket(presence, { protocols: [SUBPROTOCOL], ...from(`2001:db8:1:2::${at.toString(16)}`) }),
      ),
    );
    expect(await tried("/presence", from("2001:db8:1:2:ffff::1"))).toMatchObject({ status: 429 });
    expect((await tried("/presence", from("2001:db8:1:3::1"))).opened).toBe(true);
    for (const socket of open) socket.terminate();
  });

  it("of one user is bounded", async () => {
    const online: OnlineClient[] = [];
    for (let count = 0; count < MAX_CONNECTIONS_PER_USER; count += 1) online.push(await alice.connect());
    const client = await PresenceClient.open(app.url);
    client.hello({ token: alice.account.token });
    expect(await client.next("error")).toMatchObject({ code: "rate_limited" });
    expect(await client.closed).toBe(CloseCode.tooFast);
    for (const device of online) await device.must({ type: "bye" });
    const again = await alice.connect();
    await again.must({ type: "bye" });
  });
});

describe("a socket that is never read", () => {
  it("is cut once it is too far behind, and nobody else notices", async () => {
    const [sender, other, stuck] = [await bob.connect(), await bob.connect(), await alice.connect()];
    const { call } = await talk(sender, alice.id, stuck);
    stuck.socket.pause();
    const data = "x".repeat(MAX_CLIENT_FRAME_BYTES - 1_000);
    const before = process.memoryUsage().rss;
    // As fast as one device may.
    const pace = setInterval(
      () => sender.send({ type: "call.signal", call, data }),
      1_000 / MESSAGES_PER_DEVICE.perSecond,
    );
    for (let burst = 0; burst < MESSAGES_PER_DEVICE.burst / 2; burst += 1)
      sender.send({ type: "call.signal", call, data });
    // Cut, its user is soon offline; until then the others are served as ever.
    const offline = other.next("presence", ({ availability }) => availability === "offline", 20_000);
    for (let isCut = false; !isCut;) {
      const since = performance.now();
      await other.fence();
      expect(performance.now() - since).toBeLessThan(1_000);
      isCut = await Promise.race([offline.then(() => true), once(other.socket, "message").then(() => false), pause()]);
    }
    clearInterval(pace);
    expect(process.memoryUsage().rss - before).toBeLessThan(100_000_000);
    stuck.socket.terminate();
    await sender.must({ type: "call.hangup", call });
    for (const device of [sender, other]) await device.must({ type: "bye" });
  });
});

/** Between two looks at how the others are served. */
function pause(): Promise<boolean> {
  return new Promise((resolve) => setTimeout(resolve, 100, false));
}

describe("random frames", () => {
  it("never end the server nor harm others, and every answer is well formed", async () => {
    const bystander = await bob.connect();
    let client = await alice.connect();
    let runs = 0;
    const types = ["hello", "presence.set", "device.idle", "settings.set", "call.invite", "call.alert", "call.accept"];
    const more = [
      "call.decline",
      "call.cancel",
      "call.signal",
      "call.rejoin",
      "call.hangup",
      "ping",
      "bye",
      "nonsense",
    ];
    const value = fc.oneof(
      fc.jsonValue(),
      fc.uuid(),
      fc.constant(bob.id),
      fc.constantFrom("audio", "loud", "available"),
    );
    const names = ["id", "call", "to", "media", "mode", "age", "text", "until", "idle", "data", "token", "device"];
    const message = fc
      .tuple(fc.constantFrom(...types, ...more), fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 6 }))
      .map(([type, fields]) => JSON.stringify({ type, ...fields }));
    const frame = fc.oneof(
      { weight: 6, arbitrary: message },
      { weight: 2, arbitrary: fc.json() },
      { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 300 }) },
      { weight: 1, arbitrary: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(frame, { maxLength: 8 }), fc.boolean(), async (frames, isWelcomed) => {
        // A new device now and then, which may say as much again.
        if (client.socket.readyState !== client.socket.OPEN || (runs += 1) % 10 === 0) {
          client.socket.terminate();
          client = await alice.connect();
        }
        const target = isWelcomed ? client : await PresenceClient.open(app.url);
        // The client throws where a frame of the server is none of the contract.
        for (const one of frames) target.sendRaw(one);
        if (!isWelcomed) target.socket.close();
        bystander.socket.ping();
        await once(bystander.socket, "pong");
      }),
      { numRuns: 200 },
    );
    await bystander.fence();
    expect(bystander.waiting("error")).toEqual([]);
    expect(app.log.filter(({ level }) => level === "error")).toEqual([]);
    await bystander.must({ type: "bye" });
    client.socket.terminate();
  });
});

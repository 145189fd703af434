import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { PEER_KEY, type PeerId } from "#protocol";
import { DEFAULT_CONNECTION_LIMITS } from "../../server/gateway/admission.ts";
import { routeUpgrades } from "../../server/gateway/upgrade.ts";
import { MAX_BUFFERED_BYTES, TICKET_MS } from "../../server/limits.ts";
import { createLogger } from "../../server/logger.ts";
import { createPeerGate, type PeerGate } from "../../server/media/peer-server.ts";
import { createTickets } from "../../server/media/tickets.ts";
import { closeCode, openSocket, tryUpgrade, type UpgradeOptions } from "../support/sockets.ts";

const SILENCE_MS = 1500;
const EXTENSION = { origin: "chrome-extension://abcdefghijklmnopabcdefghijklmnop" };
const tickets = createTickets({ secret: "the server's", iceServers: () => [] });
const foreign = createTickets({ secret: "someone else's", iceServers: () => [] });
const server = createServer();
const stop = new AbortController();
let gate: PeerGate;
let base: string;

beforeAll(async () => {
  const common = { server, now: Date.now };
  gate = createPeerGate({ ...common, tickets, silenceMs: SILENCE_MS, log: createLogger("silent") });
  routeUpgrades({
    ...common,
    presence: (_request, socket) => socket.destroy(),
    peer: (request, socket, head) => gate.upgrade(request, socket, head),
    allowedOrigins: [],
    limits: DEFAULT_CONNECTION_LIMITS,
    signal: stop.signal,
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  base = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  stop.abort();
  gate.close();
  server.close();
});

function pairOfEnds() {
  const [a, b] = [tickets.newPeerId(), tickets.newPeerId()];
  return { alice: { self: a, remote: b }, bob: { self: b, remote: a } };
}

/** The address that PeerJS would open. */
function address(id: string, token: string, more = ""): string {
  return `${base}/peer/peerjs?key=${PEER_KEY}&id=${encodeURIComponent(id)}&token=${token}&version=1.5.5${more}`;
}

/** One side's socket, past PeerServer's OPEN; frames are kept from the first. */
class PeerClient {
  readonly socket: WebSocket;
  readonly frames: Record<string, unknown>[];

  private constructor(socket: WebSocket, frames: Record<string, unknown>[]) {
    this.socket = socket;
    this.frames = frames;
  }

  static async open(ends: { self: PeerId; remote: PeerId }, options: UpgradeOptions = EXTENSION): Promise<PeerClient> {
    const frames: Record<string, unknown>[] = [];
    const onFrame = (frame: string) => void frames.push(JSON.parse(frame) as Record<string, unknown>);
    const url = address(ends.self, tickets.issue(ends, Date.now()).token);
    const client = new PeerClient(await openSocket(url, { ...options, onFrame }), frames);
    await client.next((frame) => frame["type"] === "OPEN");
    return client;
  }

  send(frame: unknown): void {
    this.socket.send(JSON.stringify(frame));
  }

  /** The first frame that fits, sent already or still to come. */
  async next(fits: (frame: Record<string, unknown>) => boolean): Promise<Record<string, unknown>> {
    for (;;) {
      const found = this.frames.find(fits);
      if (found !== undefined) return found;
      await once(this.socket, "message");
    }
  }
}

/** Both sides of a call, each hearing the other. */
async function call(): Promise<{ alice: PeerClient; bob: PeerClient; aliceId: PeerId; bobId: PeerId }> {
  const ends = pairOfEnds();
  const [alice, bob] = await Promise.all([PeerClient.open(ends.alice), PeerClient.open(ends.bob)]);
  return { alice, bob, aliceId: ends.alice.self, bobId: ends.bob.self };
}

let mark = 0;

/** Proves that a frame still goes from one to the other: what was sent before it has been dealt with by then. */
async function stillHear(from: PeerClient, to: PeerClient, dst: PeerId): Promise<void> {
  const payload = `mark ${(mark += 1)}`;
  from.send({ type: "CANDIDATE", dst, payload });
  await to.next((frame) => frame["payload"] === payload);
}

describe("a ticket", () => {
  it("opens PeerServer to its two sides, who hear each other with the sender stamped by the server", async () => {
    const { alice, bob, aliceId, bobId } = await call();
    bob.send({ type: "OFFER", dst: aliceId, src: "someone-else", payload: { sdp: { type: "offer" } } });
    expect(await alice.next((frame) => frame["type"] === "OFFER")).toEqual({
      type: "OFFER",
      src: bobId,
      dst: aliceId,
      payload: { sdp: { type: "offer" } },
    });
    alice.socket.close();
    bob.socket.close();
  });

  it("keeps an early offer for the side that is not there yet", async () => {
    const ends = pairOfEnds();
    const bob = await PeerClient.open(ends.bob);
    bob.send({ type: "OFFER", dst: ends.alice.self, payload: "early" });
    bob.send({ type: "HEARTBEAT" });
    const alice = await PeerClient.open(ends.alice);
    await alice.next((frame) => frame["payload"] === "early");
    alice.socket.close();
    bob.socket.close();
  });

  it("is refused in every forged form with 401 and JSON, before the upgrade", async () => {
    const { alice, bob } = pairOfEnds();
    const now = Date.now();
    const good = tickets.issue(alice, now).token;
    const query = (text: string) => `${base}/peer/peerjs?${text}`;
    const [expiry = "", , signature = ""] = good.split(".");
    const forged: Record<string, string> = {
      missing: query(`key=${PEER_KEY}&id=${alice.self}`),
      empty: address(alice.self, ""),
      "without id": query(`key=${PEER_KEY}&token=${good}`),
      "without key": query(`id=${alice.self}&token=${good}`),
      "of the default key": query(`key=peerjs&id=${alice.self}&token=${good}`),
      foreign: address(alice.self, foreign.issue(alice, now).token),
      swapped: address(bob.self, good),
      "of a chosen id": address("victim", good),
      expired: address(alice.self, tickets.issue(alice, now - TICKET_MS).token),
      "with a later expiry": address(alice.self, good.replace(expiry, String(Number(expiry) + 60_000))),
      "with another remote": address(alice.self, `${expiry}.${tickets.newPeerId()}.${signature}`),
      "with a doubled id": address(alice.self, good, `&id=${bob.self}`),
      "with a doubled token": address(alice.self, good, `&token=${good}`),
      "with a doubled key": address(alice.self, good, `&key=${PEER_KEY}`),
      "with nothing": query(""),
      "on another path": address(alice.self, good).replace("/peerjs?", "/other?"),
      "on a deeper path": address(alice.self, good).replace("/peerjs?", "/peerjs/x?"),
    };
    for (const [what, url] of Object.entries(forged)) {
      const upgrade = await tryUpgrade(url, EXTENSION);
      if (upgrade.opened) upgrade.socket.terminate();
      expect([what, upgrade]).toMatchObject([what, { opened: false, status: 401, body: { code: "unauthorized" } }]);
    }
    const honest = await tryUpgrade(address(alice.self, good), EXTENSION);
    expect(honest.opened).toBe(true);
    if (honest.opened) honest.socket.close();
  });

  it("has one holder at a time: a second use is refused, and the first goes on", async () => {
    const { alice: ends } = pairOfEnds();
    const alice = await PeerClient.open(ends);
    const again = await tryUpgrade(address(ends.self, tickets.issue(ends, Date.now()).token));
    expect(again).toMatchObject({ opened: false, status: 401, body: { code: "unauthorized" } });
    expect(alice.socket.readyState).toBe(WebSocket.OPEN);
    alice.socket.close();
  });

  it("cuts its holder when it is made void, and lets nobody in after that", async () => {
    const { alice: ends } = pairOfEnds();
    const alice = await PeerClient.open(ends);
    const closed = once(alice.socket, "close");
    gate.voidPeers([ends.self]);
    await closed;
    const again = await tryUpgrade(address(ends.self, tickets.issue(ends, Date.now()).token));
    expect(again).toMatchObject({ opened: false, status: 401 });
  });

  it("is of no use to a web page", async () => {
    const { alice } = pairOfEnds();
    const url = address(alice.self, tickets.issue(alice, Date.now()).token);
    const upgrade = await tryUpgrade(url, { origin: "https://example.org" });
    expect(upgrade).toMatchObject({ opened: false, status: 403, body: { code: "forbidden" } });
  });
});

describe("frames to strangers", () => {
  it("are not delivered, whoever they claim to be from and whatever their type", async () => {
    const [one, other] = await Promise.all([call(), call()]);
    for (const type of ["OFFER", "ANSWER", "CANDIDATE", "LEAVE", "EXPIRE", "OPEN", "ERROR", "ID-TAKEN"])
      one.alice.send({ type, dst: other.alice.socket.url, src: other.bobId, payload: "intruder" });
    for (const type of ["OFFER", "ANSWER", "CANDIDATE", "LEAVE", "EXPIRE"])
      one.alice.send({ type, dst: other.aliceId, src: other.bobId, payload: "intruder" });
    await stillHear(one.alice, one.bob, one.bobId);
    await stillHear(other.bob, other.alice, other.aliceId);
    expect(other.alice.frames.filter((frame) => frame["payload"] === "intruder" || frame["type"] === "LEAVE")).toEqual(
      [],
    );
    for (const { socket } of [one.alice, one.bob, other.alice, other.bob]) socket.close();
  });

  it("from the call's other side carry only what browsers say to each other", async () => {
    const { alice, bob, aliceId, bobId } = await call();
    for (const type of ["EXPIRE", "OPEN", "ERROR", "ID-TAKEN", "INVALID-KEY"]) alice.send({ type, dst: bobId });
    alice.send({ type: "LEAVE" });
    await stillHear(alice, bob, bobId);
    expect(bob.frames.map((frame) => frame["type"])).toEqual(["OPEN", "CANDIDATE"]);
    // LEAVE without anyone to leave would have taken the sender's id out of PeerServer's books.
    await stillHear(bob, alice, aliceId);
    alice.socket.close();
    bob.socket.close();
  });

  it("leave nothing in memory", async () => {
    const { alice, bob, bobId } = await call();
    const before = process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed;
    for (let round = 0; round < 200; round += 1) {
      alice.send({ type: "OFFER", dst: `nobody-${round}`, payload: "x".repeat(1000) });
    }
    await stillHear(alice, bob, bobId);
    const after = process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed;
    expect(after - before).toBeLessThan(20_000_000);
    expect(alice.frames.filter((frame) => frame["type"] === "EXPIRE")).toEqual([]);
    alice.socket.close();
    bob.socket.close();
  });
});

describe("bad frames", () => {
  const malformed: [what: string, frame: string | Buffer][] = [
    ["empty", ""],
    ["no JSON", "hello"],
    ["half of an object", '{"type":"OFFER"'],
    ["null", "null"],
    ["a number", "7"],
    ["a text", '"OFFER"'],
    ["a list", "[1,2]"],
    ["no type", "{}"],
    ["a type that is a number", '{"type":7}'],
    ["a type that is an object", '{"type":{"toString":1},"dst":{}}'],
    ["an unknown type", '{"type":"TAKEOVER","dst":"x"}'],
    ["the type of a prototype", '{"type":"__proto__","dst":"constructor"}'],
    ["a destination that is an object", '{"type":"OFFER","dst":{"a":1}}'],
    ["a destination that is a list", '{"type":"OFFER","dst":["x"]}'],
    ["no destination", '{"type":"OFFER"}'],
    ["a prototype of its own", '{"__proto__":{"dst":"x"},"type":"OFFER"}'],
    ["deep nesting", "[".repeat(30_000)],
    ["bytes", Buffer.from([0, 1, 2, 255, 254])],
    ["a nul in the text", '{"type":"OFFER\\u0000","dst":"\\u0000"}'],
  ];

  it.each(malformed)("harm nobody: %s", async (_what, frame) => {
    const { alice, bob, aliceId, bobId } = await call();
    alice.socket.send(frame);
    await stillHear(alice, bob, bobId);
    await stillHear(bob, alice, aliceId);
    alice.socket.close();
    bob.socket.close();
  });

  const fatal: [what: string, code: number, send: (socket: WebSocket) => void][] = [
    ["a frame over 64 KiB", 1009, (socket) => socket.send("x".repeat(64 * 1024 + 1))],
    ["a frame of 5 MB", 1009, (socket) => socket.send(Buffer.alloc(5_000_000))],
    ["text that is not UTF-8", 1007, (socket) => socket.send(Buffer.from([0xff, 0xfe]), { binary: false })],
    [
      "a frame in more pieces than anyone needs",
      1008,
      (socket) => {
        for (let piece = 0; piece < 100; piece += 1) socket.send("x", { fin: false });
      },
    ],
  ];

  it.each(fatal)("close their own socket and no other: %s", async (_what, code, send) => {
    const [{ alice, bob }, other] = await Promise.all([call(), call()]);
    const closed = closeCode(alice.socket);
    send(alice.socket);
    expect(await closed).toBe(code);
    bob.socket.ping();
    await once(bob.socket, "pong");
    await stillHear(other.alice, other.bob, other.bobId);
    for (const { socket } of [bob, other.alice, other.bob]) socket.close();
  });

  it("in a flood close their own socket and no other", async () => {
    const { alice, bob } = await call();
    const closed = closeCode(alice.socket);
    for (let frame = 0; frame < 1000; frame += 1) alice.send({ type: "HEARTBEAT" });
    expect(await closed).toBe(1006);
    expect(bob.socket.readyState).toBe(WebSocket.OPEN);
    bob.socket.close();
  });
});

describe("a socket", () => {
  it("that is silent is cut", async () => {
    const alice = await PeerClient.open(pairOfEnds().alice);
    expect(await closeCode(alice.socket)).toBe(1006);
  });

  it("that is never read fills no memory: its sender runs dry first, or it is cut", async () => {
    const { alice, bob, bobId } = await call();
    bob.socket.pause();
    const closed = once(alice.socket, "close");
    for (let frame = 0; frame < 250; frame += 1)
      alice.send({ type: "CANDIDATE", dst: bobId, payload: "x".repeat(60_000) });
    await closed;
    expect(250 * 60_000).toBeGreaterThan(MAX_BUFFERED_BYTES);
    bob.socket.terminate();
  });
});

describe("the end", () => {
  it("leaves no timer of PeerServer behind", () => {
    const timers = () => process.getActiveResourcesInfo().filter((resource) => resource === "Timeout").length;
    const before = timers();
    const other = createPeerGate({ server, tickets, now: Date.now, silenceMs: 60_000, log: createLogger("silent") });
    expect(timers()).toBeGreaterThan(before);
    other.close();
    expect(timers()).toBe(before);
  });
});

import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { CloseCode, type UserId } from "#protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Accounts, Identity } from "../../server/accounts/accounts.ts";
import { createReferee } from "../../server/core/referee.ts";
import { DEFAULT_CONNECTION_LIMITS } from "../../server/gateway/admission.ts";
import { createGateway, type Gateway } from "../../server/gateway/gateway.ts";
import { routeUpgrades } from "../../server/gateway/upgrade.ts";
import { createLogger } from "../../server/logger.ts";
import { createTickets } from "../../server/media/tickets.ts";
import { PresenceClient } from "../support/presence-client.ts";

/** The faults that no real part shows when asked: bugs in the referee and in the accounts. */
const log: { level: string; msg: string }[] = [];
const sink = { write: (line: string) => void log.push(JSON.parse(line) as { level: string; msg: string }) };
const server = createServer();
const stop = new AbortController();
let gateway: Gateway;
let url: string;

const accounts: Accounts = {
  identify: (token) => {
    if (token === "fault") throw new Error("a fault in the accounts");
    return Promise.resolve({ ok: true, identity: identityOf(token) });
  },
  validSessions: (names) => Promise.resolve(new Set(names)),
  noteUse: () => undefined,
  saveChoice: () => {
    throw new Error("a fault in a save");
  },
  saveSettings: () => undefined,
  saveCall: () => undefined,
  recordCall: () => undefined,
  keptCalls: () => Promise.resolve({ open: [], past: [], blocks: [] }),
  onEvent: () => undefined,
  ready: () => Promise.resolve(true),
};

function identityOf(token: string): Identity {
  return {
    user: { id: token as UserId, handle: token, name: token },
    session: token,
    chosen: { availability: "available" },
    settings: { showBusy: true, secondCall: "wait" },
    contacts: [],
    blocked: [],
    blockedBy: [],
    missed: 0,
  };
}

beforeAll(async () => {
  const tickets = createTickets({ secret: "x", iceServers: () => [] });
  const spans = { ringMs: 1, graceMs: 1, settleMs: 1, abandonMs: 1, rejoinMs: 1, lateRingMs: 1 };
  const referee = createReferee({ spans, startedAt: Date.now(), newPeerId: () => tickets.newPeerId() });
  gateway = createGateway({
    referee: {
      handle: (event) => {
        if (event.type === "joined" && event.user.id === "unlucky") throw new Error("a fault in joining");
        if (event.type === "message" && event.message.type === "device.idle") throw new Error("a fault in the referee");
        return referee.handle(event);
      },
      nextDue: () => referee.nextDue(),
    },
    accounts,
    tickets,
    peers: { voidPeers: () => undefined },
    now: Date.now,
    helloMs: 5_000,
    silenceMs: 20_000,
    log: createLogger("error", sink),
  });
  routeUpgrades({
    server,
    presence: gateway.upgrade,
    peer: (_request, socket) => socket.destroy(),
    allowedOrigins: [],
    limits: DEFAULT_CONNECTION_LIMITS,
    now: Date.now,
    signal: stop.signal,
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
});

afterAll(async () => {
  stop.abort();
  await gateway.close();
  server.close();
});

describe("a fault of ours", () => {
  it("in one message is told to who sent it, logged once, and harms nobody", async () => {
    const [one, other] = await Promise.all([
      PresenceClient.online(url, { token: "one" }),
      PresenceClient.online(url, { token: "other" }),
    ]);
    log.length = 0;
    expect(await one.request({ type: "device.idle", idle: true })).toMatchObject({
      type: "error",
      code: "internal",
      retryAfter: expect.any(Number) as number,
    });
    expect(log).toMatchObject([{ level: "error", msg: "an event could not be handled" }]);
    await Promise.all([one.fence(), other.fence()]);
    expect(other.waiting()).toEqual([]);
  });

  it("in one effect keeps no other effect from being carried out", async () => {
    const [laptop, phone] = await Promise.all([
      PresenceClient.online(url, { token: "someone" }),
      PresenceClient.online(url, { token: "someone" }),
    ]);
    log.length = 0;
    await laptop.must({ type: "presence.set", availability: "dnd" });
    expect(await phone.next("self")).toMatchObject({ availability: "dnd" });
    expect(log).toMatchObject([{ level: "error", msg: "an effect could not be carried out" }]);
  });

  it("in the check of a session, or in joining, signs nobody out", async () => {
    for (const token of ["fault", "unlucky"]) {
      const client = await PresenceClient.open(url);
      client.hello({ token });
      expect(await client.next("error")).toMatchObject({ code: "internal" });
      expect(await client.closed).toBe(CloseCode.tryLater);
    }
    const fine = await PresenceClient.online(url, { token: "fine" });
    await fine.fence();
  });
});

import type { IncomingMessage } from "node:http";
import type { DeviceId, ServerMessageOf, UserId } from "#protocol";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { WebSocket } from "ws";
import type { Accounts, AccountsEvent, Identity } from "../../server/accounts/accounts.ts";
import type { EndedCall, KeptCall } from "../../server/core/events.ts";
import { addressOf } from "../../server/http/address.ts";
import { caughtUp } from "../../server/gateway/catch-up.ts";
import { createClock } from "../../server/gateway/clock.ts";
import { DeviceRates } from "../../server/gateway/device-rates.ts";
import { inServerTime } from "../../server/gateway/kept-time.ts";
import { frameOf, Line } from "../../server/gateway/line.ts";
import { ListNews } from "../../server/gateway/list-news.ts";
import { SlidingWindow } from "../../server/gateway/window.ts";
import { LIST_NEWS } from "../../server/limits.ts";
import { TokenBucket } from "../../server/token-bucket.ts";

const NOW = 1_760_000_000_000;

afterEach(() => vi.useRealTimers());

describe("the clock", () => {
  it("goes on evenly while the machine's is set back or forward", () => {
    vi.useFakeTimers({ now: NOW });
    const { now } = createClock();
    expect(now()).toBe(NOW);
    vi.setSystemTime(NOW - 3_600_000);
    expect(now()).toBe(NOW);
    vi.advanceTimersByTime(5);
    expect(now()).toBe(NOW + 5);
    vi.setSystemTime(NOW + 3_600_000);
    vi.advanceTimersByTime(5);
    expect(now()).toBe(NOW + 10);
  });

  it("is not what is kept: that is told by the machine's clock as it stands", async () => {
    vi.useFakeTimers({ now: NOW });
    const clock = createClock();
    vi.setSystemTime(NOW - 3_600_000);
    const until = NOW - 3_600_000 + 1_000;
    const identity = { chosen: { availability: "dnd", until } };
    const inner = { identify: () => Promise.resolve({ ok: true, identity }), saveChoice: vi.fn(), recordCall: vi.fn() };
    const accounts = inServerTime(inner as unknown as Accounts, clock);
    expect(await accounts.identify("token", "device" as DeviceId)).toEqual({
      ok: true,
      identity: { chosen: { availability: "dnd", until: NOW + 1_000 } },
    });
    accounts.saveChoice("user" as UserId, { availability: "dnd", until: NOW + 1_000 });
    expect(inner.saveChoice).toHaveBeenCalledWith("user", { availability: "dnd", until });
    accounts.recordCall({ startedAt: NOW - 30, acceptedAt: NOW - 20, endedAt: NOW } as EndedCall);
    const [kept] = inner.recordCall.mock.calls[0] as [EndedCall];
    expect([kept.startedAt, kept.acceptedAt, kept.endedAt].map((at) => at! - NOW + 3_600_000)).toEqual([-30, -20, 0]);
  });

  it("[CALL-11] keeps the instants of a call that goes on, and gives them to the next server in its own time", async () => {
    vi.useFakeTimers({ now: NOW });
    const clock = createClock();
    vi.setSystemTime(NOW - 3_600_000);
    const by = -3_600_000;
    const ring = {
      startedAt: NOW - 30,
      phase: { at: "ringing", until: NOW + 15, receipts: [] },
    } as unknown as KeptCall;
    const talk = { startedAt: NOW - 30, phase: { at: "running", since: NOW - 20, rejoinedAt: NOW - 5 } } as KeptCall;
    const kept = [
      { startedAt: NOW - 30 + by, phase: { at: "ringing", until: NOW + 15 + by, receipts: [] } },
      { startedAt: NOW - 30 + by, phase: { at: "running", since: NOW - 20 + by, rejoinedAt: NOW - 5 + by } },
    ];
    const saved: KeptCall[] = [];
    const inner = {
      saveCall: (call: KeptCall) => saved.push(call),
      keptCalls: () => Promise.resolve({ open: kept, past: [] }),
    };
    const accounts = inServerTime(inner as unknown as Accounts, clock);
    for (const call of [ring, talk]) accounts.saveCall(call);
    expect(saved).toEqual(kept);
    expect(await accounts.keptCalls()).toEqual({ open: [ring, talk], past: [] });
  });
});

describe("news of a list of contacts", () => {
  const news = (at?: number): ServerMessageOf<"contacts.changed"> => ({
    type: "contacts.changed",
    ...(at === undefined ? {} : { user: `user${String(at)}` as UserId }),
  });

  /** What a device was sent; the socket behind the line takes everything. */
  function listener() {
    const heard: unknown[] = [];
    const socket = {
      OPEN: 1,
      readyState: 1,
      bufferedAmount: 0,
      send: (frame: Buffer) => heard.push(JSON.parse(String(frame))),
    };
    const list = new ListNews(new Line(socket as unknown as WebSocket), Date.now);
    return {
      heard,
      list,
      tell: (message: ServerMessageOf<"contacts.changed">) => list.tell(message, frameOf(message)),
    };
  }

  it("are told one by one, and in a flood once for many, within a second of the last", () => {
    vi.useFakeTimers({ now: NOW });
    const { heard, tell } = listener();
    for (let at = 0; at < 1_000; at += 1) tell(news(at));
    expect(heard).toEqual(Array.from({ length: LIST_NEWS.burst }, (_, at) => news(at)));
    vi.advanceTimersByTime(1_000);
    expect(heard.splice(0)).toEqual([...Array.from({ length: LIST_NEWS.burst }, (_, at) => news(at)), news()]);
    vi.advanceTimersByTime(60_000);
    expect(heard).toEqual([]);
    for (let at = 0; at < 60; at += 1) {
      for (let more = 0; more < 100; more += 1) tell(news(at));
      vi.advanceTimersByTime(1_000);
    }
    expect(heard.length).toBeLessThan(LIST_NEWS.burst + 60 * LIST_NEWS.perSecond + 2);
    // About one person alone they go on to say whom.
    expect(heard.at(-1)).toEqual(news(59));
  });

  it("are told to nobody who is gone", () => {
    vi.useFakeTimers({ now: NOW });
    const { heard, list, tell } = listener();
    for (let at = 0; at <= LIST_NEWS.burst; at += 1) tell(news(at));
    list.stop();
    vi.advanceTimersByTime(60_000);
    expect(heard).toHaveLength(LIST_NEWS.burst);
  });
});

describe("a token bucket", () => {
  it("gives its burst at once, and then so much per second", () => {
    const bucket = new TokenBucket({ burst: 3, perSecond: 2 }, NOW);
    expect([1, 1, 1, 1].map((amount) => bucket.take(amount, NOW))).toEqual([true, true, true, false]);
    expect(bucket.waitMs(1, NOW)).toBe(500);
    expect(bucket.take(1, NOW + 499)).toBe(false);
    expect(bucket.take(1, NOW + 500)).toBe(true);
    expect(bucket.isFull(NOW + 1_999)).toBe(false);
    expect(bucket.isFull(NOW + 2_000)).toBe(true);
  });

  it("outlasts the socket of its device, and is forgotten when it is full again", () => {
    const rates = new DeviceRates();
    const device = crypto.randomUUID() as DeviceId;
    const bucket = rates.of(device, NOW);
    bucket.take(100, NOW);
    rates.sweep(NOW + 10);
    expect(rates.of(device, NOW + 10)).toBe(bucket);
    rates.sweep(NOW + 60_000);
    expect(rates.of(device, NOW + 60_000)).not.toBe(bucket);
  });
});

describe("a sliding window", () => {
  it("is full only when as many fall within its span", () => {
    const window = new SlidingWindow(3, 1_000);
    expect([0, 400, 1_200, 1_300, 1_399].map((after) => window.note(NOW + after))).toEqual([
      false,
      false,
      false,
      true,
      true,
    ]);
    expect(window.note(NOW + 9_000)).toBe(false);
  });
});

describe("whose address counts", () => {
  const of = (remoteAddress: string, forwarded?: string) =>
    addressOf({ socket: { remoteAddress }, headers: { "x-forwarded-for": forwarded } } as unknown as IncomingMessage);

  it.each([
    ["a direct one", of("203.0.113.5"), "203.0.113.5"],
    ["an IPv4 one as IPv6 sockets write it", of("::ffff:203.0.113.5"), "203.0.113.5"],
    ["the /64 of an IPv6 one", of("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2"],
    ["the /64 of a short one", of("2001:db8::1"), "2001:db8:0:0"],
    ["the client of a proxy on this machine", of("127.0.0.1", "198.51.100.1"), "198.51.100.1"],
    ["the last that the proxy added", of("::1", "1.2.3.4, 198.51.100.1"), "198.51.100.1"],
    ["behind two proxies of this machine", of("127.0.0.1", "198.51.100.1, 127.0.0.1"), "198.51.100.1"],
    ["not what a stranger writes", of("203.0.113.5", "198.51.100.1"), "203.0.113.5"],
    ["loopback itself", of("127.0.0.1"), "127.0.0.1"],
  ])("%s", (_what, address, expected) => expect(address).toBe(expected));
});

describe("what changed while an identity was being read", () => {
  const self = { id: "self" as UserId, name: "Self" };
  const other = { id: "other" as UserId, name: "Other" };
  const third = { id: "third" as UserId, name: "Third" };
  const identity: Identity = {
    user: { ...self, handle: "self" },
    session: "s",
    chosen: { availability: "available" },
    settings: { showBusy: true, secondCall: "wait" },
    contacts: [other],
    blocked: [],
    blockedBy: [third.id],
    missed: 2,
  };

  it("[PRES-5] is in it: contacts made and removed, and the count of missed calls", () => {
    const late = caughtUp(identity, [
      { type: "contact", accepted: true, people: [third, self] },
      { type: "contact", accepted: false, people: [self, other] },
      { type: "missed", of: self.id, count: 3 },
    ]);
    expect(late).toEqual({ ...identity, contacts: [third], missed: 3 });
  });

  it("[PRES-5] is in it: who blocks whom", () => {
    const late = caughtUp(identity, [
      { type: "block", by: self.id, user: other.id, blocked: true },
      { type: "block", by: other.id, user: self.id, blocked: true },
      { type: "block", by: third.id, user: self.id, blocked: false },
    ]);
    expect(late).toEqual({ ...identity, blocked: [other.id], blockedBy: [other.id] });
    const unblocked = caughtUp(late, [{ type: "block", by: self.id, user: other.id, blocked: false, name: "Now" }]);
    expect(unblocked).toEqual({ ...late, blocked: [], contacts: [{ id: other.id, name: "Now" }] });
  });

  it("[PRES-5] is in it: who goes by another name, to themselves and to those who see it", () => {
    const late = caughtUp(identity, [
      { type: "profile", user: { ...self, handle: "me", name: "Me", avatar: "/avatars/x" }, seenBy: [] },
      { type: "profile", user: { ...other, handle: "other", name: "Another" }, seenBy: [self.id] },
    ]);
    expect(late).toEqual({
      ...identity,
      user: { id: self.id, handle: "me", name: "Me", avatar: "/avatars/x" },
      contacts: [{ id: other.id, name: "Another" }],
    });
  });

  it("unless it is about others, or known already", () => {
    const changes: AccountsEvent[] = [
      { type: "block", by: other.id, user: third.id, blocked: true },
      { type: "block", by: third.id, user: self.id, blocked: true },
      { type: "contact", accepted: true, people: [other, third] },
      { type: "contact", accepted: true, people: [self, other] },
      { type: "missed", of: other.id, count: 9 },
      { type: "contacts-changed", of: self.id },
      { type: "profile", user: { ...other, handle: "other", name: "Hidden" }, seenBy: [third.id] },
      { type: "sessions-ended", sessions: ["another"] },
    ];
    expect(caughtUp(identity, changes)).toEqual(identity);
  });
});

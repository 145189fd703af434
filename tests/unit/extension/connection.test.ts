import { describe, expect, it } from "vitest";
import {
  type Connection,
  type ConnectionEffect,
  type ConnectionHappening,
  connectionDue,
  expectAnswer,
  NEW_CONNECTION,
  updateConnection,
} from "../../../extension/core/connection.ts";
import { NOW } from "./given.ts";

const opening: Connection = { line: { at: "opening", socket: 4, until: NOW + 10_000 }, lastSocket: 4, failures: 0 };
const greeting: Connection = { ...opening, line: { at: "greeting", socket: 4, until: NOW + 10_000 } };
const online: Connection & { line: { at: "online" } } = {
  ...opening,
  line: { at: "online", socket: 4, pingEveryMs: 20_000, pingAt: NOW + 20_000, silentAt: NOW + 45_000 },
};
const waiting: Connection = {
  line: { at: "waiting", until: NOW + 25_000, why: "network" },
  lastSocket: 4,
  failures: 3,
  lostAt: NOW - 30_000,
};

interface Row {
  name: string;
  given: Connection;
  when: ConnectionHappening;
  /** Ms after NOW. */
  after?: number;
  watched?: boolean;
  next: Partial<Connection>;
  effects?: ConnectionEffect[];
}

const rows: Row[] = [
  {
    name: "[CONN-2] lets a socket go whose frames are heard only after a sleep: they are as old as that",
    given: online,
    when: { type: "heard", socket: 4, what: { type: "other" } },
    after: 3_600_000,
    next: { lastSocket: 4, failures: 1, line: { at: "waiting", until: NOW + 3_600_750, why: "network" } },
    effects: [{ type: "close", socket: 4 }],
  },
  {
    name: "opens a socket when it begins, with a new number",
    given: { ...NEW_CONNECTION, lastSocket: 4 },
    when: { type: "started" },
    next: { lastSocket: 5, line: { at: "opening", socket: 5, until: NOW + 10_000 } },
    effects: [{ type: "open", socket: 5 }],
  },
  {
    name: "opens anew when the worker died with its socket",
    given: online,
    when: { type: "started" },
    next: { lastSocket: 5, line: { at: "opening", socket: 5, until: NOW + 10_000 } },
    effects: [{ type: "open", socket: 5 }],
  },
  { name: "goes on waiting when the worker woke too early", given: waiting, when: { type: "started" }, next: waiting },
  {
    name: "greets on the open socket",
    given: opening,
    when: { type: "opened", socket: 4 },
    next: greeting,
    effects: [{ type: "greet", socket: 4 }],
  },
  {
    name: "[CONN-1] is online from the welcome on, and pings at once",
    given: greeting,
    when: { type: "heard", socket: 4, what: { type: "welcome", pingEveryMs: 20_000 } },
    next: online,
    effects: [{ type: "ping", socket: 4 }],
  },
  {
    name: "pings as often as the server asks, at least every 20 s",
    given: greeting,
    when: { type: "heard", socket: 4, what: { type: "welcome", pingEveryMs: 3_000 } },
    next: { line: { at: "online", socket: 4, pingEveryMs: 3_000, pingAt: NOW + 3_000, silentAt: NOW + 45_000 } },
    effects: [{ type: "ping", socket: 4 }],
  },
  {
    name: "[CONN-4] does not forgive its failures at the welcome",
    given: { ...greeting, failures: 2, lostAt: NOW - 100 },
    when: { type: "heard", socket: 4, what: { type: "welcome", pingEveryMs: 20_000 } },
    next: { failures: 2, lostAt: NOW - 100 },
    effects: [{ type: "ping", socket: 4 }],
  },
  {
    name: "[CONN-4] forgives its failures at the first pong",
    given: { ...online, failures: 2, lostAt: NOW - 100 },
    when: { type: "heard", socket: 4, what: { type: "pong" } },
    next: online,
  },
  {
    name: "pings every 20 s",
    given: online,
    after: 20_000,
    when: { type: "due" },
    next: { line: { at: "online", socket: 4, pingEveryMs: 20_000, pingAt: NOW + 40_000, silentAt: NOW + 45_000 } },
    effects: [{ type: "ping", socket: 4 }],
  },
  { name: "does nothing before its time", given: online, after: 19_999, when: { type: "due" }, next: online },
  {
    name: "[CONN-2] cuts a socket from which nothing came for 45 s",
    given: online,
    after: 45_000,
    when: { type: "due" },
    next: { failures: 1, lostAt: NOW + 45_000, line: { at: "waiting", until: NOW + 45_750, why: "network" } },
    effects: [{ type: "close", socket: 4 }],
  },
  {
    name: "[CONN-2] cuts at once after a sleep of an hour, and is back soon",
    given: online,
    after: 3_600_000,
    when: { type: "due" },
    next: { line: { at: "waiting", until: NOW + 3_600_750, why: "network" } },
    effects: [{ type: "close", socket: 4 }],
  },
  {
    name: "lets a socket go that does not open",
    given: opening,
    after: 10_000,
    when: { type: "due" },
    next: { failures: 1, line: { at: "waiting", until: NOW + 10_750, why: "network" } },
    effects: [{ type: "close", socket: 4 }],
  },
  {
    name: "lets a socket go that does not answer its hello",
    given: greeting,
    after: 10_000,
    when: { type: "due" },
    next: { failures: 1, line: { at: "waiting", until: NOW + 10_750, why: "network" } },
    effects: [{ type: "close", socket: 4 }],
  },
  {
    name: "tries again when the wait is over",
    given: waiting,
    after: 25_000,
    when: { type: "due" },
    next: { lastSocket: 5, line: { at: "opening", socket: 5, until: NOW + 35_000 } },
    effects: [{ type: "open", socket: 5 }],
  },
  {
    name: "[CONN-4] ignores the end of an older socket",
    given: online,
    when: { type: "closed", socket: 3, code: 4401 },
    next: online,
  },
  {
    name: "[CONN-4] ignores the opening of an older socket",
    given: opening,
    when: { type: "opened", socket: 3 },
    next: opening,
  },
  {
    name: "[CONN-4] ignores the messages of an older socket",
    given: greeting,
    when: { type: "heard", socket: 3, what: { type: "welcome", pingEveryMs: 20_000 } },
    next: greeting,
  },
  {
    name: "comes back spread over 10 s when the server goes away",
    given: online,
    when: { type: "closed", socket: 4, code: 1001 },
    next: { line: { at: "waiting", until: NOW + 5_000, why: "network" } },
  },
  {
    name: "[CONN-5] ends where the session is not valid",
    given: online,
    when: { type: "closed", socket: 4, code: 4401 },
    next: { line: { at: "stopped" } },
    effects: [{ type: "session-ended" }],
  },
  {
    name: "[CONN-5] keeps the session and waits as asked where it cannot be checked",
    given: { ...greeting, notBefore: NOW + 7_000 },
    when: { type: "closed", socket: 4, code: 1013 },
    next: { line: { at: "waiting", until: NOW + 7_750, why: "unchecked" }, lostWhy: "unchecked" },
  },
  {
    name: "remembers a retryAfter",
    given: greeting,
    when: { type: "heard", socket: 4, what: { type: "retry-after", ms: 7_000 } },
    next: { notBefore: NOW + 7_000 },
  },
  {
    name: "believes no endless retryAfter",
    given: greeting,
    when: { type: "heard", socket: 4, what: { type: "retry-after", ms: 10 ** 12 } },
    next: { notBefore: NOW + 120_000 },
  },
  {
    name: "[CONN-3] stands down where a newer socket of the device took over",
    given: { ...online, line: { ...online.line, proven: true } },
    when: { type: "closed", socket: 4, code: 4409 },
    next: { line: { at: "stopped" } },
  },
  {
    name: "[CONN-3] comes back where its own dead socket came in after it [seed 52325]",
    given: online,
    when: { type: "closed", socket: 4, code: 4409 },
    next: { line: { at: "waiting", until: NOW + 750, why: "network" } },
  },
  {
    name: "takes an unknown close code for a lost line",
    given: online,
    when: { type: "closed", socket: 4, code: 4999 },
    next: { line: { at: "waiting", until: NOW + 750, why: "network" } },
  },
  {
    name: "[CONN-4] shortens its wait when the network returns",
    given: waiting,
    when: { type: "network-online" },
    next: { line: { at: "waiting", until: NOW + 500, why: "network" } },
  },
  {
    name: "[CONN-4] shortens its wait when someone begins to look on",
    given: waiting,
    when: { type: "watched" },
    next: { line: { at: "waiting", until: NOW + 5_000, why: "network" } },
  },
  {
    name: "does not shorten what the server asked for",
    given: { ...waiting, line: { at: "waiting", until: NOW + 25_000, why: "server-busy" } },
    when: { type: "network-online" },
    next: { line: { at: "waiting", until: NOW + 25_000, why: "server-busy" } },
  },
  {
    name: "tries the socket of a network that went and returned",
    given: online,
    when: { type: "network-online" },
    next: { line: { at: "online", socket: 4, pingEveryMs: 20_000, pingAt: NOW + 20_000, silentAt: NOW + 5_000 } },
    effects: [{ type: "ping", socket: 4 }],
  },
  {
    name: "[CALL-13] tries the socket of a device whose call broke off",
    given: online,
    when: { type: "doubted" },
    next: { line: { at: "online", socket: 4, pingEveryMs: 20_000, pingAt: NOW + 20_000, silentAt: NOW + 3_000 } },
    effects: [{ type: "ping", socket: 4 }],
  },
  {
    name: "tries at once where a person asks",
    given: waiting,
    when: { type: "retry-now" },
    next: { lastSocket: 5 },
    effects: [{ type: "open", socket: 5 }],
  },
  {
    name: "tries again where a person asks, though another socket took over",
    given: { ...online, line: { at: "stopped" } },
    when: { type: "retry-now" },
    next: { lastSocket: 5 },
    effects: [{ type: "open", socket: 5 }],
  },
];

describe("connection", () => {
  it.each(rows)("$name", ({ given, when, after = 0, watched = false, next, effects = [] }) => {
    const step = updateConnection(given, { ...when, at: NOW + after, random: 0.5, watched });
    expect(step.state).toMatchObject(next);
    expect(step.effects).toEqual(effects);
  });

  it("changes nothing by an event that makes no sense", () => {
    const stopped: Connection = { ...online, line: { at: "stopped" } };
    for (const when of [
      { type: "started" }, // two copies of one profile must not replace each other at each waking of a worker
      { type: "due" },
      { type: "network-online" },
      { type: "watched" },
    ] satisfies ConnectionHappening[])
      expect(updateConnection(stopped, { ...when, at: NOW, random: 0.5, watched: false }).state).toBe(stopped);
    expect(updateConnection(online, { type: "retry-now", at: NOW, random: 0.5, watched: false }).state).toBe(online);
  });

  it("[CONN-2] counts on the answer to a request within 8 s, and on no more once it came", () => {
    const asked = expectAnswer(online, NOW);
    expect(connectionDue(asked)).toBe(NOW + 8_000);
    const heard = { type: "heard", socket: 4, what: { type: "other" } } as const;
    const answered = updateConnection(asked, { ...heard, at: NOW + 100, random: 0.5, watched: true });
    expect(connectionDue(answered.state)).toBe(NOW + 20_000);
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Connection,
  connectionDue,
  type ConnectionEffect,
  type ConnectionEvent,
  type ConnectionHappening,
  expectAnswer,
  NEW_CONNECTION,
  socketOf,
  updateConnection,
} from "../../../extension/core/connection.ts";
import { NOW } from "./given.ts";

const tried = { lastSocket: 4, failures: 2, lostAt: NOW - 60_000 };
const lines = {
  new: NEW_CONNECTION,
  stopped: { ...tried, line: { at: "stopped" } },
  opening: { ...tried, line: { at: "opening", socket: 4, until: NOW + 10_000 } },
  greeting: { ...tried, line: { at: "greeting", socket: 4, until: NOW + 10_000 } },
  online: {
    ...tried,
    line: { at: "online", socket: 4, pingEveryMs: 20_000, pingAt: NOW + 20_000, silentAt: NOW + 45_000 },
  },
  waiting: { ...tried, line: { at: "waiting", until: NOW + 25_000, why: "network" } },
  "waiting for a busy server": { ...tried, line: { at: "waiting", until: NOW + 25_000, why: "server-busy" } },
} satisfies Record<string, Connection>;
type LineName = keyof typeof lines;

const names = Object.keys(lines) as LineName[]; // The keys of a literal are its names.
const withSocket: LineName[] = ["opening", "greeting", "online"];
const waits: LineName[] = ["waiting", "waiting for a busy server"];

/** What happens, at NOW or so many ms later, and the lines that something comes of. */
type Column = [event: string, when: ConnectionHappening, acts: LineName[], after?: number];

const columns: Column[] = [
  ["[CONN-3] the start", { type: "started" }, ["new", ...withSocket]],
  ["an early due", { type: "due" }, ["new"]],
  ["a late due", { type: "due" }, ["new", ...withSocket, ...waits], 3_600_000],
  ["the open socket", { type: "opened", socket: 4 }, ["opening"]],
  ["the end of the socket", { type: "closed", socket: 4, code: 1006 }, withSocket],
  ["a welcome", { type: "heard", socket: 4, what: { type: "welcome", pingEveryMs: 20_000 } }, ["greeting", "online"]],
  ["a pong", { type: "heard", socket: 4, what: { type: "pong" } }, ["online"]],
  ["another message", { type: "heard", socket: 4, what: { type: "other" } }, ["online"]],
  ["a retryAfter", { type: "heard", socket: 4, what: { type: "retry-after", ms: 1_000 } }, withSocket],
  ["the network's return", { type: "network-online" }, ["online", "waiting"]],
  ["a call that broke off", { type: "doubted" }, ["online"]],
  ["someone who looks on", { type: "watched" }, ["waiting"]],
  ["a person's wish", { type: "retry-now" }, ["new", "stopped", ...waits]],
  ...[3, 5].flatMap((socket): Column[] => [
    [`[CONN-4] the opening of socket ${socket}`, { type: "opened", socket }, []],
    [`[CONN-4] the end of socket ${socket}`, { type: "closed", socket, code: 1006 }, []],
    [`[CONN-4] the revoked session of socket ${socket}`, { type: "closed", socket, code: 4401 }, []],
    [`[CONN-4] the successor of socket ${socket}`, { type: "closed", socket, code: 4409 }, []],
    [`[CONN-4] a pong of socket ${socket}`, { type: "heard", socket, what: { type: "pong" } }, []],
    [`[CONN-4] a retryAfter of socket ${socket}`, { type: "heard", socket, what: { type: "retry-after", ms: 9 } }, []],
  ]),
];
const cells = columns.flatMap(([event, when, acts, after = 0]) =>
  names.map((name) => ({ event, when, name, after, acts: acts.includes(name) })),
);

function on(given: Connection, when: ConnectionHappening, change: Partial<ConnectionEvent> = {}) {
  return updateConnection(given, { at: NOW, random: 0.5, watched: false, ...when, ...change } as ConnectionEvent);
}

describe("what a line makes of an event", () => {
  it.each(cells.filter(({ acts }) => !acts))("$event: nothing while $name", ({ when, name, after }) => {
    const { state, effects } = on(lines[name], when, { at: NOW + after });
    expect(state).toBe(lines[name]);
    expect(effects).toEqual([]);
  });

  it.each(cells.filter(({ acts }) => acts))("$event: something while $name", ({ when, name, after }) => {
    expect(on(lines[name], when, { at: NOW + after }).state).not.toBe(lines[name]);
  });

  it.each([
    ["new", 0],
    ["stopped", undefined],
    ["opening", NOW + 10_000],
    ["greeting", NOW + 10_000],
    ["online", NOW + 20_000],
    ["waiting", NOW + 25_000],
  ] as const)("%s is due at %s", (name, at) => {
    expect(connectionDue(lines[name])).toBe(at);
  });

  it("counts on no answer without a line, and on none later than it did", () => {
    for (const name of names.filter((name) => name !== "online"))
      expect(expectAnswer(lines[name], NOW)).toBe(lines[name]);
    const asked = expectAnswer(lines.online, NOW);
    expect(expectAnswer(asked, NOW + 1_000)).toBe(asked);
  });

  it("[CONN-2] takes a retryAfter for a sign of life", () => {
    const { state } = on(expectAnswer(lines.online, NOW), {
      type: "heard",
      socket: 4,
      what: { type: "retry-after", ms: 1_000 },
    });
    expect(state).toEqual({ ...lines.online, notBefore: NOW + 1_000 });
  });

  it("never waits longer for the network's return or for someone who looks on", () => {
    const soon: Connection = { ...lines.waiting, line: { at: "waiting", until: NOW + 100, why: "network" } };
    expect(on(soon, { type: "network-online" }).state).toBe(soon);
    expect(on(soon, { type: "watched" }).state).toBe(soon);
    const silent: Connection = { ...lines.online, line: { ...lines.online.line, silentAt: NOW + 1_000 } };
    expect(on(silent, { type: "network-online" }).state.line).toMatchObject({ silentAt: NOW + 1_000 });
  });

  it("forgets what the server asked for once it has waited", () => {
    const asked: Connection = { ...lines.greeting, notBefore: NOW + 7_000 };
    expect(on(asked, { type: "closed", socket: 4, code: 1013 }).state).not.toHaveProperty("notBefore");
    expect(on({ ...lines.online, notBefore: NOW }, { type: "heard", socket: 4, what: { type: "pong" } }).state).toEqual(
      {
        line: { ...lines.online.line, proven: true },
        lastSocket: 4,
        failures: 0,
      },
    );
  });
});

/** After a third failure of a line lost long ago, with half the luck: 0.5 to 4 s. */
const USUAL = { at: "waiting", until: NOW + 2_250, why: "network" } as const;
const BUSY = { ...USUAL, why: "server-busy" } as const;

interface Remedy {
  code: number;
  line: Connection["line"];
  failures: number;
  told?: Pick<Connection, "lostWhy">;
  effects?: ConnectionEffect[];
}

const remedies: Remedy[] = [
  { code: 1001, line: { at: "waiting", until: NOW + 5_000, why: "network" }, failures: 3 },
  ...[1000, 1006, 1009, 4400, 4408, 4999].map((code) => ({ code, line: USUAL, failures: 3 })),
  { code: 4429, line: BUSY, failures: 3, told: { lostWhy: "server-busy" } },
  { code: 1013, line: { ...USUAL, why: "unchecked" }, failures: 3, told: { lostWhy: "unchecked" } },
  { code: 4401, line: { at: "stopped" }, failures: 2, effects: [{ type: "session-ended" }] },
  // Before its first pong: an older socket of this device, not another copy of the profile, came in later.
  { code: 4409, line: USUAL, failures: 3 },
];

describe("the remedy of a close code", () => {
  it.each(remedies.flatMap((row) => withSocket.map((name) => ({ ...row, name }))))(
    "$code while $name",
    ({ code, name, line, failures, told = {}, effects = [] }) => {
      const next = { line, lastSocket: 4, failures, lostAt: NOW - 60_000, ...told };
      expect(on(lines[name], { type: "closed", socket: 4, code })).toEqual({ state: next, effects });
    },
  );

  it("1001 spreads the return over 10 s", () => {
    const until = (random: number) =>
      connectionDue(on(lines.online, { type: "closed", socket: 4, code: 1001 }, { random }).state);
    expect([until(0), until(0.25), until(0.9999)]).toEqual([NOW, NOW + 2_500, NOW + 9_999]);
  });

  it("[CONN-4] waits up to 30 s, and up to 10 s while watched, after many failures", () => {
    const given = { ...lines.greeting, failures: 12 };
    const until = (watched: boolean, random: number) =>
      connectionDue(on(given, { type: "closed", socket: 4, code: 1006 }, { watched, random }).state);
    expect([until(false, 0), until(false, 0.99999)]).toEqual([NOW + 500, NOW + 30_000]);
    expect([until(true, 0), until(true, 0.99999)]).toEqual([NOW + 500, NOW + 10_000]);
  });
});

const luck = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const moment = fc.record({
  when: fc.constantFrom(...columns.slice(0, 12).map(([, when]) => when)),
  /** Of the present socket, or of one that is dead. */
  ago: fc.constantFrom(0, 0, 0, 1, 2),
  code: fc.constantFrom(1001, 1006, 1013, 4401, 4409, 4429),
  afterMs: fc.nat(50_000),
  random: luck,
  watched: fc.boolean(),
});
const life = fc.array(moment, { maxLength: 60 });

/** Every step of a connection's life: what was given, what happened, and what came of it. */
function lived(moments: typeof life extends fc.Arbitrary<infer Life> ? Life : never) {
  let given: Connection = NEW_CONNECTION;
  let at = NOW;
  return moments.map(({ when, ago, code, afterMs, ...chance }) => {
    at += afterMs;
    const socket = "socket" in when ? { socket: given.lastSocket - ago } : {};
    const happening = { ...when, ...socket, ...(when.type === "closed" ? { code } : {}) };
    const step = { given, happening, chance: { at, ...chance }, ...on(given, happening, { at, ...chance }) };
    given = step.state;
    return step;
  });
}

describe("a line in any life", () => {
  it("[CONN-4] hears nothing of a dead socket", () => {
    fc.assert(
      fc.property(life, (moments) => {
        for (const { given, happening, state, effects } of lived(moments)) {
          if (!("socket" in happening) || happening.socket === socketOf(given.line)) continue;
          expect(state).toBe(given);
          expect(effects).toEqual([]);
        }
      }),
    );
  });

  it("[CONN-4] forgives its failures by a pong alone, and gives no number to two sockets", () => {
    fc.assert(
      fc.property(life, (moments) => {
        for (const { given, happening, state, effects } of lived(moments)) {
          const isPong = happening.type === "heard" && happening.what.type === "pong";
          if (!isPong) expect(state.failures).toBeGreaterThanOrEqual(given.failures);
          const opened = effects.flatMap((effect) => (effect.type === "open" ? [effect.socket] : []));
          expect(state.lastSocket).toBe(opened[0] ?? given.lastSocket);
          for (const socket of opened) expect(socket).toBe(given.lastSocket + 1);
        }
      }),
    );
  });

  it("is never due twice at the same moment, and always due but where it stands down", () => {
    fc.assert(
      fc.property(life, luck, (moments, random) => {
        for (const { state } of lived(moments)) {
          const due = connectionDue(state);
          expect(due === undefined).toBe(state.line.at === "stopped");
          if (due === undefined) continue;
          const next = connectionDue(on(state, { type: "due" }, { at: due, random }).state);
          expect(next).toBeGreaterThan(due);
        }
      }),
    );
  });

  it("is plain data, so that nothing of it is lost when it is written out", () => {
    fc.assert(
      fc.property(life, (moments) => {
        for (const { state } of lived(moments)) expect(JSON.parse(JSON.stringify(state))).toStrictEqual(state);
      }),
    );
  });
});

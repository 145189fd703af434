import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { linkDue, openLink, updateLink } from "../../../extension/core/link.ts";
import type { LinkState } from "../../../extension/core/link-types.ts";
import { NOW } from "./given.ts";
import {
  answer,
  callers,
  first,
  hears,
  type LinkHappening,
  type LinkName,
  links,
  offer,
  second,
  told,
} from "./link-given.ts";

const names = Object.keys(links) as LinkName[]; // The keys of a literal are its names.
const notOver = names.filter((name) => name !== "over");
const going = notOver.filter((name) => name !== "failed");
const up: LinkName[] = ["live", "interrupted"];
const registering: LinkName[] = ["registering", "registering without devices"];
const linking: LinkName[] = ["linking while it rings", "linking"];

interface Column {
  event: string;
  when: LinkHappening;
  /** Ms after NOW. */
  after?: number;
  /** Where the side that answered does something about it. */
  answered: LinkName[];
  /** The same of the side that called, where it differs. */
  called?: LinkName[];
}

const columns: Column[] = [
  { event: "the end of the call", when: told({ over: true }), answered: notOver },
  { event: "registered", when: { type: "registered" }, answered: registering },
  { event: "peer-failed", when: { type: "peer-failed" }, answered: [...registering, ...linking] },
  { event: "the line's return", when: { type: "line-returned" }, answered: ["interrupted"] },
  { event: "connecting", when: { type: "connection", state: "connecting" }, answered: [] },
  { event: "connected", when: { type: "connection", state: "connected" }, answered: [...linking, "interrupted"] },
  { event: "disconnected", when: { type: "connection", state: "disconnected" }, answered: ["live"] },
  { event: "a failed connection", when: { type: "connection", state: "failed" }, answered: [...linking, ...up] },
  { event: "a closed connection", when: { type: "connection", state: "closed" }, answered: ["live"] },
  { event: "described", when: { type: "described", description: offer }, answered: up },
  { event: "restart-please", when: hears({ kind: "restart-please" }), answered: up, called: [] },
  { event: "an offer", when: hears({ kind: "description", ...offer }), answered: [], called: up },
  { event: "an answer", when: hears({ kind: "description", ...answer }), answered: up, called: [] },
  {
    event: "what the other sends",
    when: hears({ kind: "media-state", camera: false, microphone: false }),
    answered: going,
  },
  { event: "a switch to what is so", when: { type: "switch", device: "camera", on: true }, answered: [] },
  { event: "a switch", when: { type: "switch", device: "camera", on: false }, answered: going },
  { event: "a lost device", when: { type: "device-changed", device: "camera", outcome: "missing" }, answered: going },
  { event: "late devices", when: { type: "devices", camera: "on", microphone: "on" }, answered: going },
  { event: "sound", when: { type: "sound", playing: true }, answered: [] },
  { event: "no sound", when: { type: "sound", playing: false }, answered: going },
  { event: "an early due", when: { type: "due" }, answered: [] },
  {
    event: "a late due",
    when: { type: "due" },
    after: 3_600_000,
    answered: [...registering, "unregistered while it rings", "unregistered", "linking", "interrupted"],
  },
  {
    event: "a repeat that it rings",
    when: told({ accepted: false, ticket: first }),
    answered: ["waiting", ...registering, "unregistered"],
  },
  { event: "new ends", when: told({ ticket: second }), answered: notOver },
];

const cells = columns.flatMap(({ event, when, after = 0, answered, called = answered }) =>
  names.flatMap((name) => [
    { event, when, after, side: "answered", name, given: links[name], acts: answered.includes(name) },
    { event, when, after, side: "called", name, given: callers(links[name]), acts: called.includes(name) },
  ]),
);

describe("what a link that is over, or not so far, makes of an event", () => {
  it.each(cells.filter(({ acts }) => !acts))(
    "nothing of $event while $name, on the side that $side",
    ({ given, when, after }) => {
      const { state, effects } = updateLink(given, { ...when, at: NOW + after });
      expect(state).toBe(given);
      expect(effects).toEqual([]);
    },
  );

  it.each(cells.filter(({ acts }) => acts))(
    "something of $event while $name, on the side that $side",
    ({ given, when, after }) => {
      const { state, effects } = updateLink(given, { ...when, at: NOW + after });
      expect(state !== given || effects.length > 0).toBe(true);
    },
  );
});

const ends = {
  none: {},
  first: { ticket: first },
  second: { ticket: second },
  "first, for a while": { ticket: { ...first, iceExpires: 20_000 } },
  "first with other credentials": {
    ticket: {
      ...first,
      iceExpires: 20_000,
      iceServers: [{ urls: ["turn:a.example"], username: "a", credential: "b" }],
    },
  },
};
const media = fc.constantFrom("audio" as const, "video" as const);
const call = fc
  .record({ accepted: fc.boolean(), outgoing: fc.boolean(), media, ends: fc.constantFrom(...Object.values(ends)) })
  .map(({ ends: ticket, ...rest }) => told({ ...rest, ...ticket }));
const happening: fc.Arbitrary<LinkHappening> = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom(...columns.slice(1).map(({ when }) => when)) },
  { weight: 1, arbitrary: call },
);
const life = fc.record({
  begins: call,
  then: fc.array(fc.record({ when: happening, afterMs: fc.nat(12_000) }), { maxLength: 40 }),
});

/** Every step of a life: what was given, what happened, and what came of it. */
function lived({ begins, then }: typeof life extends fc.Arbitrary<infer Life> ? Life : never) {
  let state: LinkState = openLink(begins).state;
  let at = NOW;
  return then.map(({ when, afterMs }) => {
    at += afterMs;
    const given = state;
    const next = updateLink(given, { ...when, at });
    state = next.state;
    return { given, at, ...next };
  });
}

describe("a link in any life", () => {
  it("[CALL-13] restarts ICE only on the side that answered, and asks for it only on the side that called", () => {
    fc.assert(
      fc.property(life, (events) => {
        for (const { given, effects } of lived(events)) {
          for (const effect of effects) {
            if (effect.type === "restart-ice" || effect.type === "dial") expect(given.outgoing).toBe(false);
            if (effect.type === "signal" && effect.signal.kind === "restart-please") expect(given.outgoing).toBe(true);
          }
        }
      }),
    );
  });

  it("is never due twice at the same moment", () => {
    fc.assert(
      fc.property(life, (events) => {
        for (const { state } of lived(events)) {
          const due = linkDue(state);
          if (due === undefined) continue;
          const after = linkDue(updateLink(state, { type: "due", at: due }).state);
          if (after !== undefined) expect(after).toBeGreaterThan(due);
        }
      }),
    );
  });

  it("is plain data, so that nothing of it is lost when it is written out", () => {
    fc.assert(
      fc.property(life, (events) => {
        for (const { state } of lived(events)) expect(JSON.parse(JSON.stringify(state))).toStrictEqual(state);
      }),
    );
  });
});

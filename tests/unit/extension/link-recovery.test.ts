import { describe, expect, it } from "vitest";
import { updateLink } from "../../../extension/core/link.ts";
import type { LinkEffect, LinkState } from "../../../extension/core/link-types.ts";
import { NOW } from "./given.ts";
import {
  answer,
  bothOn,
  callers,
  first,
  hears,
  link,
  type LinkHappening,
  links,
  offer,
  says,
  tells,
} from "./link-given.ts";

interface Row {
  name: string;
  given: LinkState;
  when: LinkHappening;
  /** Ms after NOW. */
  after?: number;
  next: LinkState;
  effects?: LinkEffect[];
}

/** Interrupted at NOW, with the next restart and the end so many ms later. */
function interrupted(restartMs: number, untilMs = 30_000): LinkState {
  const [restartAt, freshAt, until] = [NOW + restartMs, NOW + 15_000, NOW + untilMs];
  return link({ at: "interrupted", ticket: first, restartAt, freshAt, until }, { endsAt: NOW + 35_000 });
}

const please = says({ kind: "restart-please" });

const rows: Row[] = [
  ...(["disconnected", "closed"] as const).map((state) => ({
    name: `gives a connection that is ${state} 2 s to heal by itself`,
    given: links.live,
    when: { type: "connection", state } as const,
    next: interrupted(2_000),
    effects: [tells("media-interrupted")],
  })),
  {
    name: "is live again when the hiccup heals, and says anew what it sends",
    given: links.interrupted,
    when: { type: "connection", state: "connected" },
    next: links.live,
    effects: [tells("media-connected"), says(bothOn)],
  },
  {
    name: "does nothing while the hiccup may heal",
    given: links.interrupted,
    after: 1_999,
    when: { type: "due" },
    next: links.interrupted,
  },
  {
    name: "[CALL-13] restarts ICE after 2 s on the side that answered, and again 5 s later",
    given: links.interrupted,
    after: 2_000,
    when: { type: "due" },
    next: interrupted(7_000),
    effects: [{ type: "restart-ice" }],
  },
  {
    name: "[CALL-13] asks for a restart after 2 s on the side that called, and again 5 s later",
    given: callers(links.interrupted),
    after: 2_000,
    when: { type: "due" },
    next: callers(interrupted(7_000)),
    effects: [please],
  },
  {
    name: "[CALL-13] restarts at once when a live connection fails, on the side that answered",
    given: links.live,
    when: { type: "connection", state: "failed" },
    next: interrupted(5_000),
    effects: [tells("media-interrupted"), { type: "restart-ice" }],
  },
  {
    name: "[CALL-13] asks at once when a live connection fails, on the side that called",
    given: callers(links.live),
    when: { type: "connection", state: "failed" },
    next: callers(interrupted(5_000)),
    effects: [tells("media-interrupted"), please],
  },
  {
    name: "does not wait for the hiccup to heal once the connection failed, and has no more time for it",
    given: links.interrupted,
    after: 1_000,
    when: { type: "connection", state: "failed" },
    next: interrupted(6_000),
    effects: [{ type: "restart-ice" }],
  },
  {
    name: "is lost after 30 s, though a restart is due as well",
    given: interrupted(27_000),
    after: 30_000,
    when: { type: "due" },
    next: link({ at: "failed", why: "lost" }, { endsAt: NOW + 35_000 }),
    effects: [tells("media-failed"), { type: "let-go" }],
  },
  {
    name: "[CALL-13] restarts as soon as the line is back, over which the two find each other",
    given: links.interrupted,
    after: 1_000,
    when: { type: "line-returned" },
    next: interrupted(6_000),
    effects: [{ type: "restart-ice", anew: true }],
  },
  {
    name: "[CALL-13] restarts where the caller asks before this side noticed",
    given: links.live,
    when: hears({ kind: "restart-please" }),
    next: links.live,
    effects: [{ type: "restart-ice" }],
  },
  {
    name: "[CALL-13] restarts where the caller asks, and puts its own restart off",
    given: links.interrupted,
    after: 1_000,
    when: hears({ kind: "restart-please" }),
    next: interrupted(6_000),
    effects: [{ type: "restart-ice" }],
  },
  ...[links.live, links.interrupted].flatMap((given) => [
    {
      name: `[CALL-13] applies the offer on the side that called while ${given.phase.at}`,
      given: callers(given),
      when: hears({ kind: "description", ...offer }),
      next: callers(given),
      effects: [{ type: "apply", description: offer } as const],
    },
    {
      name: `[CALL-13] applies the answer on the side that answered while ${given.phase.at}`,
      given,
      when: hears({ kind: "description", ...answer }),
      next: given,
      effects: [{ type: "apply", description: answer } as const],
    },
    {
      name: `hands its own description over while ${given.phase.at}`,
      given,
      when: { type: "described", description: offer } as const,
      next: given,
      effects: [says({ kind: "description", ...offer })],
    },
  ]),
];

/** In the midst of getting a fresh connection, of a call in which the two have talked. */
const relinking = [links.registering, links.unregistered, links.linking].map((state) => ({ ...state, lived: true }));

const late: Row[] = relinking.flatMap((given) => [
  ...[{ kind: "restart-please" } as const, { kind: "description", ...offer } as const].map((signal) => ({
    name: `[CALL-13] has the fresh ends told once more where ${signal.kind} shows that the other side goes on with the old, ${given.phase.at}`,
    given,
    when: hears(signal),
    next: given,
    effects: [tells("ticket-wanted")],
  })),
  {
    name: `[CALL-13] has nothing told once more for what tells nothing of a connection, ${given.phase.at}`,
    given,
    when: hears(bothOn),
    next: { ...given, remote: { camera: true, microphone: true } },
  },
]);

const early: Row[] = [links.registering, links.unregistered, links.linking].map((given) => ({
  name: `leaves what is said of a connection before there was any, ${given.phase.at}`,
  given,
  when: hears({ kind: "restart-please" }),
  next: given,
}));

/** Both sides of a call, whose signals reach each other at once unless they are lost. */
class Pair {
  readonly done: string[] = [];
  #sides: Record<Side, LinkState>;
  #lines: boolean;

  constructor(given: LinkState, lines = true) {
    this.#sides = { alice: callers(given), bob: given };
    this.#lines = lines;
  }

  get phases() {
    return [this.#sides.alice.phase.at, this.#sides.bob.phase.at];
  }

  on(side: Side, when: LinkHappening, afterMs = 0): void {
    const event = { ...when, at: NOW + afterMs };
    const { state, effects } = updateLink(this.#sides[side], event);
    this.#sides[side] = state;
    for (const effect of effects) this.#carryOut(side, effect, afterMs);
  }

  /** As a browser would: an offer for a restart, an answer for an offer, a connection for an answer. */
  #carryOut(side: Side, effect: LinkEffect, afterMs: number): void {
    const other = side === "alice" ? "bob" : "alice";
    if (effect.type === "signal" && effect.signal.kind !== "media-state") {
      this.done.push(`${side} says ${effect.signal.kind}`);
      if (this.#lines) this.on(other, { type: "signal", signal: effect.signal }, afterMs);
    }
    if (effect.type === "restart-ice") this.on(side, { type: "described", description: offer }, afterMs);
    if (effect.type !== "apply") return;
    if (effect.description.type === "offer") this.on(side, { type: "described", description: answer }, afterMs);
    else
      for (const each of ["alice", "bob"] as const) this.on(each, { type: "connection", state: "connected" }, afterMs);
  }
}

type Side = "alice" | "bob";

describe("a link that is interrupted", () => {
  it.each([...rows, ...late, ...early])("$name", ({ given, when, after = 0, next, effects = [] }) => {
    expect(updateLink(given, { ...when, at: NOW + after })).toEqual({ state: next, effects });
  });

  it("[CALL-13] comes back by one offer where the caller notices first", () => {
    const pair = new Pair(links.live);
    pair.on("alice", { type: "connection", state: "failed" });
    expect(pair.done).toEqual(["alice says restart-please", "bob says description", "alice says description"]);
    expect(pair.phases).toEqual(["live", "live"]);
  });

  it("[CALL-13] comes back by offers of one side alone where both recover at once", () => {
    const pair = new Pair(links.interrupted, false);
    pair.on("alice", { type: "due" }, 2_000);
    pair.on("bob", { type: "due" }, 2_000);
    expect(pair.done).toEqual(["alice says restart-please", "bob says description"]);
    // What crossed on the way arrives: Bob's offer, and Alice's wish for one, which brings one more.
    const crossed = new Pair(links.interrupted);
    crossed.on("bob", { type: "due" }, 2_000);
    crossed.on("bob", hears({ kind: "restart-please" }), 2_000);
    expect(crossed.done.filter((said) => said === "bob says description")).toHaveLength(2);
    expect(crossed.phases).toEqual(["live", "live"]);
  });

  it("tries every 5 s while its signals are lost, and is lost itself after 30 s", () => {
    const pair = new Pair(links.interrupted, false);
    for (let afterMs = 0; afterMs <= 30_000; afterMs += 500) pair.on("alice", { type: "due" }, afterMs);
    // At 2, 7, 12, 17, 22 and 27 s.
    expect(pair.done).toEqual(Array.from({ length: 6 }, () => "alice says restart-please"));
    expect(pair.phases[0]).toBe("failed");
  });
});

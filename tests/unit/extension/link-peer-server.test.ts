import { describe, expect, it } from "vitest";
import { linkDue, updateLink } from "../../../extension/core/link.ts";
import type { LinkEffect, LinkState } from "../../../extension/core/link-types.ts";
import { NOW } from "./given.ts";
import { callers, first, link, type LinkHappening, links, second, tells, told } from "./link-given.ts";

interface Row {
  name: string;
  given: LinkState;
  when: LinkHappening;
  /** Ms after NOW. */
  after?: number;
  next: LinkState;
  effects?: LinkEffect[];
}

const lost = { type: "peer-failed" } as const;
const LET_GO: LinkEffect = { type: "let-go" };
const REGISTER: LinkEffect = { type: "register", ticket: first };
const ringing = callers(link({ at: "registering", ticket: first, accepted: false, until: NOW + 10_000 }));

const rows: Row[] = [
  {
    name: "a caller who lost it while it rings waits 2 s",
    given: callers(links["linking while it rings"]),
    when: lost,
    next: callers(links["unregistered while it rings"]),
  },
  {
    name: "a caller whom it refused while it rings waits as well, and has a fresh ticket asked for",
    given: ringing,
    when: lost,
    next: callers(links["unregistered while it rings"]),
    effects: [tells("ticket-wanted")],
  },
  {
    name: "a caller whom it has not answered for 10 s while it rings tries again",
    given: ringing,
    after: 10_000,
    when: { type: "due" },
    next: callers(link({ at: "unregistered", ticket: first, accepted: false, againAt: NOW + 12_000 })),
    effects: [tells("ticket-wanted")],
  },
  {
    name: "after 2 s it is asked again with the same ticket",
    given: callers(links["unregistered while it rings"]),
    after: 2_000,
    when: { type: "due" },
    next: callers(link({ at: "registering", ticket: first, accepted: false, until: NOW + 12_000 })),
    effects: [REGISTER],
  },
  {
    name: "a fresh ticket is used at once",
    given: callers(links["unregistered while it rings"]),
    after: 500,
    when: told({ outgoing: true, accepted: false, ticket: second }),
    next: callers(link({ at: "registering", ticket: second, accepted: false, until: NOW + 10_500 })),
    effects: [{ type: "register", ticket: second }],
  },
  {
    name: "an accept has it asked at once, and gives it 30 s",
    given: callers(links["unregistered while it rings"]),
    after: 500,
    when: told({ outgoing: true, ticket: first }),
    next: callers(link({ at: "registering", ticket: first, accepted: true, until: NOW + 30_500 })),
    effects: [REGISTER],
  },
  {
    name: "after the accept it is asked again, within the same time",
    given: links.registering,
    when: lost,
    next: links.unregistered,
    effects: [tells("ticket-wanted")],
  },
  {
    name: "lost before the two sides met, it is asked again within the time that they have",
    given: links.linking,
    when: lost,
    next: link({ at: "unregistered", ticket: first, accepted: true, againAt: NOW + 2_000, until: NOW + 30_000 }),
  },
  {
    name: "a new try after the accept has no new time",
    given: links.unregistered,
    after: 2_000,
    when: { type: "due" },
    next: links.registering,
    effects: [REGISTER],
  },
  {
    name: "fresh ends after the accept have no new time",
    given: links.unregistered,
    after: 2_000,
    when: told({ ticket: second }),
    next: link({ at: "registering", ticket: second, accepted: true, until: NOW + 10_000 }),
    effects: [{ type: "register", ticket: second }],
  },
  {
    name: "it fails when that time is over, and everything is let go",
    given: links.unregistered,
    after: 10_000,
    when: { type: "due" },
    next: link({ at: "failed", why: "peer-server" }),
    effects: [tells("media-failed"), LET_GO],
  },
  {
    name: "what it has lost twice is lost once",
    given: links.unregistered,
    when: lost,
    next: links.unregistered,
  },
];

describe("PeerServer that loses a page", () => {
  it.each(rows)("$name", ({ given, when, after = 0, next, effects = [] }) => {
    expect(updateLink(given, { ...when, at: NOW + after })).toEqual({ state: next, effects });
  });

  it.each([
    ["unregistered while it rings", 2_000],
    ["unregistered", 2_000],
  ] as const)("%s is due after %s ms", (name, afterMs) => {
    expect(linkDue(links[name])).toBe(NOW + afterMs);
  });

  it("lets go where the link failed before the word of the accept, and tells of it again then", () => {
    const failed = updateLink(callers(links["linking while it rings"]), {
      type: "connection",
      state: "failed",
      at: NOW,
    });
    expect(failed.effects).toEqual([tells("media-failed"), LET_GO]);
    const accepted = updateLink(failed.state, told({ outgoing: true, ticket: first }));
    expect(accepted.effects).toEqual([tells("media-failed"), LET_GO]);
  });
});

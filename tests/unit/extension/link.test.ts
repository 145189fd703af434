import { describe, expect, it } from "vitest";
import { linkDue, openLink, updateLink } from "../../../extension/core/link.ts";
import type { LinkEffect, LinkState } from "../../../extension/core/link-types.ts";
import { NOW } from "./given.ts";
import {
  bothOn,
  callers,
  first,
  hears,
  link,
  type LinkHappening,
  links,
  says,
  second,
  tells,
  told,
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

const came = { type: "devices", camera: "on", microphone: "on" } as const;
const ringing = link({ at: "registering", ticket: first, accepted: false, until: NOW + 10_000 });

const beginning: Row[] = [
  {
    name: "registers at once with its ticket, whatever becomes of the devices",
    given: links.waiting,
    when: told({ ticket: first }),
    next: links["registering without devices"],
    effects: [{ type: "register", ticket: first }],
  },
  {
    name: "waits for a ticket where the devices came first",
    given: links.waiting,
    when: came,
    next: link({ at: "waiting", accepted: true }),
    effects: [
      { type: "switch-track", device: "camera", on: true },
      { type: "switch-track", device: "microphone", on: true },
    ],
  },
  {
    name: "dials without devices that are still asked for",
    given: links["registering without devices"],
    when: { type: "registered" },
    next: { ...links["registering without devices"], phase: links.linking.phase },
    effects: [{ type: "dial", ticket: first }],
  },
  {
    name: "takes another side and lesser media from a merged call before it registers [CALL-6]",
    given: callers(link({ at: "waiting", accepted: false })),
    when: told({ media: "audio", ticket: second }),
    next: link({ at: "registering", ticket: second, accepted: true, until: NOW + 10_000 }, { media: "audio" }),
    effects: [{ type: "register", ticket: second }],
  },
  {
    name: "takes the ticket of a merged call while it registers with another, which counts no more [CALL-6]",
    given: callers(ringing),
    after: 4_000,
    when: told({ media: "audio", ticket: second }),
    next: link({ at: "registering", ticket: second, accepted: true, until: NOW + 19_000 }, { media: "audio" }),
    effects: [{ type: "register", ticket: second }],
  },
  {
    name: "hears of the accept while it registers",
    given: callers(ringing),
    after: 4_000,
    when: told({ outgoing: true, ticket: first }),
    next: callers(links.registering),
  },
  {
    name: "dials where this side answered",
    given: links.registering,
    when: { type: "registered" },
    next: links.linking,
    effects: [{ type: "dial", ticket: first }],
  },
  {
    name: "is dialled where this side called, and waits without end while it rings",
    given: callers(ringing),
    when: { type: "registered" },
    next: callers(links["linking while it rings"]),
  },
  {
    name: "expects the dial within 30 s of the accept",
    given: callers(links["linking while it rings"]),
    when: told({ outgoing: true, ticket: first }),
    next: callers(links.linking),
  },
  {
    name: "registers anew with fresh ends from a server that was restarted before the two met [CALL-11]",
    given: links.linking,
    when: told({ ticket: second }),
    next: link({ at: "registering", ticket: second, accepted: true, until: NOW + 30_000 }),
    effects: [{ type: "register", ticket: second }],
  },
  {
    name: "is live once it is connected, and says what it sends",
    given: { ...links.linking, camera: "off" },
    when: { type: "connection", state: "connected" },
    next: { ...links.live, camera: "off" },
    effects: [tells("media-connected"), says({ kind: "media-state", camera: false, microphone: true })],
  },
  {
    name: "tells of media that flowed before the accept was known, once it is",
    given: callers(links.live),
    when: told({ outgoing: true, ticket: first }),
    next: callers(links.live),
    effects: [tells("media-connected"), says(bothOn)],
  },
];

const relayed = { ...first, iceServers: [{ urls: ["stun:a.example", "turn:a.example"] }] };

const ending: Row[] = [
  {
    name: "fails when PeerServer has not taken it after 10 s",
    given: links.registering,
    after: 10_000,
    when: { type: "due" },
    next: link({ at: "failed", why: "peer-server" }),
    effects: [tells("media-failed"), { type: "let-go" }],
  },
  {
    name: "fails when nothing flows 30 s after the accept",
    given: links.linking,
    after: 30_000,
    when: { type: "due" },
    next: link({ at: "failed", why: "no-relay" }),
    effects: [tells("media-failed"), { type: "let-go" }],
  },
  {
    name: "fails when the first connection fails",
    given: links.linking,
    when: { type: "connection", state: "failed" },
    next: link({ at: "failed", why: "no-relay" }),
    effects: [tells("media-failed"), { type: "let-go" }],
  },
  {
    name: "fails for the network alone where there was a relay that could have helped",
    given: link({ at: "linking", ticket: relayed, accepted: true, until: NOW + 30_000 }),
    when: { type: "connection", state: "failed" },
    next: link({ at: "failed", why: "no-connection" }),
    effects: [tells("media-failed"), { type: "let-go" }],
  },
  {
    name: "tells of a failure while it rang again once it is accepted",
    given: callers(links.failed),
    when: told({ outgoing: true, ticket: first }),
    next: callers(links.failed),
    effects: [tells("media-failed"), { type: "let-go" }],
  },
  {
    name: "hears what the other side sends",
    given: links.live,
    when: hears({ kind: "media-state", camera: false, microphone: true }),
    next: { ...links.live, remote: { camera: false, microphone: true } },
  },
];

describe("a link", () => {
  it.each([...beginning, ...ending])("$name", ({ given, when, after = 0, next, effects = [] }) => {
    expect(updateLink(given, { ...when, at: NOW + after })).toEqual({ state: next, effects });
  });

  it.each([
    ["video", "asking"],
    ["audio", "unwanted"],
  ] as const)("opens with the devices of %s: the camera is %s", (media, camera) => {
    expect(openLink(told({ media, accepted: false, outgoing: true }))).toEqual({
      state: link(
        { at: "waiting", accepted: false },
        {
          outgoing: true,
          media,
          camera,
          microphone: "asking",
          remote: { camera: media === "video", microphone: true },
        },
      ),
      effects: [{ type: "open-devices", media }],
    });
  });

  it("opens with a ticket that is there already, and registers while the devices open", () => {
    expect(openLink(told({ ticket: first }))).toEqual({
      state: links["registering without devices"],
      effects: [
        { type: "open-devices", media: "video" },
        { type: "register", ticket: first },
      ],
    });
  });

  it.each([
    ["fails at once where there is none", first, { at: "failed", why: "relay-missing" }],
    [
      "registers where there is one",
      relayed,
      { at: "registering", ticket: relayed, accepted: true, until: NOW + 10_000 },
    ],
  ] as const)("of somebody who wants a relay alone %s", (_, given, phase) => {
    const { state, effects } = openLink(told({ ticket: given }), undefined, true);
    expect(state.phase).toEqual(phase);
    const failed = phase.at === "failed";
    expect(effects.at(-1)).toEqual(failed ? { type: "let-go" } : { type: "register", ticket: given });
    expect(effects.some((effect) => effect.type === "tell")).toBe(failed);
  });

  it("tells of a relay that is missing while it rings, and lets go of all devices then", () => {
    const placed = openLink(told({ outgoing: true, accepted: false }), undefined, true);
    const rings = updateLink(placed.state, told({ outgoing: true, accepted: false, ticket: first }));
    expect(rings.state.phase).toEqual({ at: "failed", why: "relay-missing" });
    expect(rings.effects).toEqual([tells("media-failed"), { type: "let-go" }]);
  });

  it("asks for no device where the call is over when the page opens", () => {
    const opened = openLink(told({ over: true }));
    expect(opened.state.phase).toEqual({ at: "over" });
    expect(opened.effects).toEqual([]);
  });

  it.each([
    ["waiting", undefined],
    ["registering", 10_000],
    ["linking while it rings", undefined],
    ["linking", 30_000],
    ["live", undefined],
    ["interrupted", 2_000],
    ["failed", undefined],
    ["over", undefined],
  ] as const)("%s is due after %s ms", (name, afterMs) => {
    expect(linkDue(links[name])).toBe(afterMs === undefined ? undefined : NOW + afterMs);
  });

  it("is due by its end where that comes before the next restart", () => {
    const late = link({ at: "interrupted", ticket: first, restartAt: NOW + 5_000, until: NOW + 1_000 });
    expect(linkDue(late)).toBe(NOW + 1_000);
  });
});

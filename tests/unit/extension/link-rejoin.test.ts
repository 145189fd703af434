import { describe, expect, it } from "vitest";
import { devicesAtFirst, wishesOf } from "../../../extension/core/link-devices.ts";
import { linkDue, openLink, updateLink } from "../../../extension/core/link.ts";
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

/** The latest end of what broke off at NOW. */
const ENDS = { endsAt: NOW + 35_000 };
const LIVED = { lived: true, ...ENDS };
const REGISTER: LinkEffect = { type: "register", ticket: second };

function registering(untilMs: number, change: Partial<LinkState> = LIVED): LinkState {
  return link({ at: "registering", ticket: second, accepted: true, until: NOW + untilMs }, change);
}

const fresh = told({ ticket: second, lived: true });

const rows: Row[] = [
  {
    name: "drops a connection that flows, and has 30 s for the new one",
    given: links.live,
    when: fresh,
    next: registering(30_000),
    effects: [REGISTER],
  },
  {
    name: "has what is left of the 30 s where it was interrupted",
    given: links.interrupted,
    after: 8_000,
    when: fresh,
    next: registering(30_000),
    effects: [REGISTER],
  },
  {
    name: "has 15 s at least, so that a page that came back at the last moment still connects",
    given: links.interrupted,
    after: 19_900,
    when: fresh,
    next: registering(34_900),
    effects: [REGISTER],
  },
  {
    name: "changes nothing where the ends are those in use",
    given: links.interrupted,
    when: told({ ticket: first, lived: true }),
    next: links.interrupted,
  },
  {
    name: "is not lost where the new connection fails as well: the other page may be loaded once more",
    given: link({ at: "linking", ticket: first, accepted: true, until: NOW + 20_000 }, LIVED),
    after: 1_000,
    when: { type: "connection", state: "failed" },
    next: link({ at: "interrupted", ticket: first, restartAt: NOW + 3_000, until: NOW + 20_000 }, ENDS),
    effects: [tells("ticket-wanted")],
  },
  {
    name: "is lost 35 s after it broke off, however often fresh ends come",
    given: link({ at: "linking", ticket: first, accepted: true, until: NOW + 34_900 }, LIVED),
    after: 34_800,
    when: fresh,
    next: registering(35_000),
    effects: [REGISTER],
  },
  {
    name: "has what is left of its time once PeerServer took it, and no more",
    given: registering(30_000),
    after: 16_000,
    when: { type: "registered" },
    next: link({ at: "linking", ticket: second, accepted: true, until: NOW + 30_000, freshAt: NOW + 24_000 }, LIVED),
    effects: [{ type: "dial", ticket: second }],
  },
  {
    name: "asks for others, once, where they bring nothing for 8 s: the other side may wait by those that a page before this used",
    given: link({ at: "linking", ticket: second, accepted: true, until: NOW + 30_000, freshAt: NOW + 8_000 }, LIVED),
    after: 8_000,
    when: { type: "due" },
    next: link({ at: "linking", ticket: second, accepted: true, until: NOW + 30_000 }, LIVED),
    effects: [tells("ticket-wanted")],
  },
  {
    name: "asks for no others once it connects, however slowly",
    given: link({ at: "linking", ticket: second, accepted: true, until: NOW + 30_000, freshAt: NOW + 8_000 }, LIVED),
    after: 4_000,
    when: { type: "connection", state: "connecting" },
    next: link({ at: "linking", ticket: second, accepted: true, until: NOW + 30_000 }, LIVED),
  },
  {
    name: "asks for no others where they would come in its last seconds",
    given: registering(30_000),
    after: 17_001,
    when: { type: "registered" },
    next: link({ at: "linking", ticket: second, accepted: true, until: NOW + 30_000 }, LIVED),
    effects: [{ type: "dial", ticket: second }],
  },
  {
    name: "waits by them until then",
    given: link({ at: "linking", ticket: second, accepted: true, until: NOW + 30_000, freshAt: NOW + 8_000 }, LIVED),
    after: 7_999,
    when: { type: "due" },
    next: link({ at: "linking", ticket: second, accepted: true, until: NOW + 30_000, freshAt: NOW + 8_000 }, LIVED),
  },
  {
    name: "asks for no other fresh ends in its last seconds",
    given: link({ at: "linking", ticket: first, accepted: true, until: NOW + 30_000 }, LIVED),
    after: 25_001,
    when: { type: "connection", state: "failed" },
    next: link({ at: "interrupted", ticket: first, restartAt: NOW + 27_001, until: NOW + 30_000 }, LIVED),
  },
  {
    name: "says that it was lost where PeerServer is away as well",
    given: registering(30_000),
    after: 30_000,
    when: { type: "due" },
    next: link({ at: "failed", why: "lost" }, LIVED),
    effects: [tells("media-failed"), { type: "let-go" }],
  },
  {
    name: "says that it was lost, and not that the network lets nothing through, where it had flowed",
    given: link({ at: "linking", ticket: first, accepted: true, until: NOW + 34_900 }, LIVED),
    after: 34_900,
    when: { type: "due" },
    next: link({ at: "failed", why: "lost" }, LIVED),
    effects: [tells("media-failed"), { type: "let-go" }],
  },
  {
    name: "asks for a fresh connection after 15 s, once",
    given: link({
      at: "interrupted",
      ticket: first,
      restartAt: NOW + 17_000,
      freshAt: NOW + 15_000,
      until: NOW + 30_000,
    }),
    after: 15_000,
    when: { type: "due" },
    next: link({ at: "interrupted", ticket: first, restartAt: NOW + 17_000, until: NOW + 30_000 }),
    effects: [tells("ticket-wanted")],
  },
];

describe("[CALL-13] a link with fresh ends", () => {
  it.each(rows)("$name", ({ given, when, after = 0, next, effects = [] }) => {
    expect(updateLink(given, { ...when, at: NOW + after })).toEqual({ state: next, effects });
  });

  it("is dialled by the side that accepted, as the first was", () => {
    const accepted = updateLink(registering(30_000), { type: "registered", at: NOW });
    expect(accepted.effects).toEqual([{ type: "dial", ticket: second }]);
    const called = updateLink(callers(registering(30_000)), { type: "registered", at: NOW });
    expect(called.effects).toEqual([]);
  });

  it("does not die of the lost connection while the other page has its 20 s, and connects after", () => {
    let state: LinkState = callers(links.live);
    const at = (ms: number, when: LinkHappening) => {
      state = updateLink(state, { ...when, at: NOW + ms }).state;
    };
    at(0, { type: "connection", state: "disconnected" });
    for (let ms = 500; ms <= 19_500; ms += 500)
      at(ms, ms === 10_000 ? { type: "connection", state: "failed" } : { type: "due" });
    at(20_000, told({ outgoing: true, ticket: second, lived: true }));
    at(20_500, { type: "registered" });
    for (let ms = 21_000; ms <= 34_000; ms += 500) at(ms, { type: "due" });
    at(34_000, { type: "connection", state: "connected" });
    expect(state.phase.at).toBe("live");
  });

  it("is over 30 s after the interruption where nothing helps", () => {
    let state: LinkState = callers(links.live);
    state = updateLink(state, { type: "connection", state: "failed", at: NOW }).state;
    const told: LinkEffect[] = [];
    for (let due = linkDue(state); due !== undefined; due = linkDue(state)) {
      const next = updateLink(state, { type: "due", at: due });
      told.push(...next.effects.filter(({ type }) => type === "tell"));
      state = next.state;
      if (state.phase.at === "failed") expect(due).toBe(NOW + 30_000);
    }
    expect(told).toEqual([tells("ticket-wanted"), tells("media-failed")]);
  });
});

describe("[CALL-13] a page that is loaded again", () => {
  it.each([
    ["video", { camera: true, microphone: true }, { camera: "asking", microphone: "asking" }],
    ["video", { camera: false, microphone: true }, { camera: "off", microphone: "asking" }],
    ["video", { camera: true, microphone: false }, { camera: "asking", microphone: "withdrawn" }],
    ["audio", { camera: false, microphone: true }, { camera: "unwanted", microphone: "asking" }],
    ["audio", { camera: true, microphone: true }, { camera: "asking", microphone: "asking" }],
    ["video", undefined, { camera: "asking", microphone: "asking" }],
    ["audio", undefined, { camera: "unwanted", microphone: "asking" }],
  ] as const)("has the devices of a %s call as they were wished: %o", (media, wishes, devices) => {
    expect(devicesAtFirst(media, wishes)).toEqual(devices);
    const opened = openLink(told({ media }), wishes);
    const asked = devices.camera === "asking" ? "video" : "audio";
    expect(opened.effects).toEqual([{ type: "open-devices", media: asked }]);
    if (wishes !== undefined) expect(wishesOf(opened.state)).toEqual(wishes);
  });

  it("is muted from the first moment on where it was", () => {
    const opened = openLink(told({ lived: true }), { camera: false, microphone: false });
    const came = updateLink(opened.state, { type: "devices", camera: "unwanted", microphone: "on", at: NOW });
    expect(came.state).toMatchObject({ camera: "off", microphone: "off" });
    expect(came.effects).toEqual([{ type: "switch-track", device: "microphone", on: false }]);
  });

  it("asks again for a device that could not be had, since nobody switched it off", () => {
    expect(wishesOf(link({ at: "live", ticket: first }, { camera: "busy", microphone: "refused" }))).toEqual({
      camera: true,
      microphone: true,
    });
  });
});

import type { CallSignal } from "#protocol";
import type { LinkEffect, LinkEvent, LinkPhase, LinkState } from "../../../extension/core/link-types.ts";
import { NOW, ticket } from "./given.ts";

/** Given states and events for the tables of the link. */
export const first = ticket("first");
export const second = ticket("second");

/** An event before its time is added. */
export type LinkHappening = LinkEvent extends infer E ? (E extends LinkEvent ? Omit<E, "at"> : never) : never;

/** Bob's side of a video call, who answered, with both devices on; `change` is what else is so. */
export function link(phase: LinkPhase, change: Partial<LinkState> = {}): LinkState {
  return {
    outgoing: false,
    media: "video",
    camera: "on",
    microphone: "on",
    held: false,
    screen: { at: "off" },
    theirScreen: false,
    remote: { camera: true, microphone: true },
    needsClick: false,
    lived: phase.at === "live" || phase.at === "interrupted" || (phase.at === "failed" && phase.why === "lost"),
    phase,
    ...change,
  };
}

/** The same of Alice, who called. */
export function callers(state: LinkState): LinkState {
  return { ...state, outgoing: true };
}

const asked = { camera: "asking", microphone: "asking" } as const;

/** A link in each of its phases, by the phase's name. */
export const links = {
  waiting: link({ at: "waiting", accepted: true }, asked),
  "registering without devices": link({ at: "registering", ticket: first, accepted: true, until: NOW + 10_000 }, asked),
  registering: link({ at: "registering", ticket: first, accepted: true, until: NOW + 10_000 }),
  "unregistered while it rings": link({ at: "unregistered", ticket: first, accepted: false, againAt: NOW + 2_000 }),
  unregistered: link({ at: "unregistered", ticket: first, accepted: true, againAt: NOW + 2_000, until: NOW + 10_000 }),
  "linking while it rings": link({ at: "linking", ticket: first, accepted: false }),
  linking: link({ at: "linking", ticket: first, accepted: true, until: NOW + 30_000 }),
  live: link({ at: "live", ticket: first }),
  interrupted: link(
    { at: "interrupted", ticket: first, restartAt: NOW + 2_000, freshAt: NOW + 15_000, until: NOW + 30_000 },
    { endsAt: NOW + 35_000 },
  ),
  failed: link({ at: "failed", why: "lost" }),
  over: link({ at: "over" }),
} as const;

export type LinkName = keyof typeof links;

/** What the background says of the call: a video call that runs, as Bob's page hears it. */
export function told(change: Partial<Extract<LinkEvent, { type: "call" }>> = {}) {
  const call = { type: "call", accepted: true, over: false, lived: false, media: "video", outgoing: false } as const;
  return { ...call, at: NOW, ...change };
}

export function says(signal: CallSignal): LinkEffect {
  return { type: "signal", signal };
}

export function hears(signal: CallSignal): LinkHappening {
  return { type: "signal", signal };
}

export function tells(what: Extract<LinkEffect, { type: "tell" }>["what"]): LinkEffect {
  return { type: "tell", what };
}

export const bothOn: CallSignal = { kind: "media-state", camera: true, microphone: true };
export const offer = { type: "offer", sdp: "v=0 offer" } as const;
export const answer = { type: "answer", sdp: "v=0 answer" } as const;

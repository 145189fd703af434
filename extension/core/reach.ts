import type { Choice } from "#protocol";

/*
 * "Can people reach me?" tries each part of the way that a call takes, with what it would really use. Here is what each trial
 * means; the trials themselves are the background's and the page's.
 */

/** In the order in which they are tried, which is also what is mended first. */
export const REACH_CHECKS = [
  "session",
  "server",
  "availability",
  "notification",
  "ring",
  "badge",
  "microphone",
  "camera",
  "stun",
  "turn",
] as const;
export type ReachCheckName = (typeof REACH_CHECKS)[number];

/** What a ring to oneself tries; without an account there is no line that it could come by. */
export const RING_CHECKS = ["session", "server", "availability", "notification", "ring", "badge"] as const;
export const SIGNED_OUT_RING_CHECKS = ["notification", "ring", "badge"] as const;

/** What keeps people from being reached; each has a sentence that says what to do. */
export type ReachProblem =
  | "signed-out"
  | "no-line"
  | "no-answer"
  | "notification-denied"
  | "notification-lost"
  | "ring-blocked"
  | "ring-busy"
  | "badge-lost"
  | `${"camera" | "microphone"}-${"refused" | "missing" | "busy" | "stopped"}`
  | "microphone-silent"
  | "ice-unknown"
  | "stun-unreachable"
  | "turn-unreachable"
  | "relay-missing";

/** What is no fault, and worth knowing. */
export type ReachNote =
  | "invisible"
  | "do-not-disturb"
  | "ring-silent"
  | "ring-quiet-hours"
  | "ring-muted"
  | "ringer-gone"
  | "badge-hidden"
  | "stun-none"
  | "turn-none"
  | "same-network";

export type ReachOutcome = { at: "passed"; note?: ReachNote } | { at: "off"; why: ReachNote } | Failed;
type Failed = { at: "failed"; why: ReachProblem };

/** Each check: not tried yet, being tried, or what came of it. */
export type Reach = Record<ReachCheckName, { at: "waiting" } | { at: "running" } | ReachOutcome>;

/** The one sentence above all. */
export type ReachVerdict =
  { at: "running" } | { at: "good" } | { at: "noted"; why: ReachNote } | { at: "failed"; why: ReachProblem };

const PASSED: ReachOutcome = { at: "passed" };

export function newReach(): Reach {
  const waiting = { at: "waiting" } as const;
  return {
    session: waiting,
    server: waiting,
    availability: waiting,
    notification: waiting,
    ring: waiting,
    badge: waiting,
    microphone: waiting,
    camera: waiting,
    stun: waiting,
    turn: waiting,
  };
}

/** Of all checks, or of some. Without a session or a line the rest of the way leads nowhere: what hangs on it is not tried. */
export function verdictOf(reach: Reach, checks: readonly ReachCheckName[] = REACH_CHECKS): ReachVerdict {
  const all = checks.map((name) => reach[name]);
  const failed = all.find((one): one is Failed => one.at === "failed");
  if (all.some(({ at }) => at === "running")) return { at: "running" };
  if (failed !== undefined) return failed;
  if (all.some(({ at }) => at === "waiting")) return { at: "running" };
  // Both are the person's own choice: whom nobody can call is told that before how calls would sound.
  const chosen = [reach.availability, reach.ring].find((one) => one.at === "off");
  if (chosen !== undefined) return { at: "noted", why: chosen.why };
  const isAtHomeAlone = checks.includes("turn") && reach.stun.at === "off" && reach.turn.at === "off";
  return isAtHomeAlone ? { at: "noted", why: "same-network" } : { at: "good" };
}

/** Whether the person is signed in decides whether there is a server to ask. */
export function sessionOutcome(isSignedIn: boolean): ReachOutcome {
  return isSignedIn ? PASSED : { at: "failed", why: "signed-out" };
}

/** `offline`: there is no line; `silent`: there is one, and nothing came back on it. */
export function serverOutcome(line: "answered" | "offline" | "silent"): ReachOutcome {
  if (line === "answered") return PASSED;
  return { at: "failed", why: line === "offline" ? "no-line" : "no-answer" };
}

/** Whom one's own choice lets call: nobody, or contacts of do not disturb's list alone. [CALL-8] */
export function availabilityOutcome(chosen: Choice): ReachOutcome {
  if (chosen === "invisible") return { at: "off", why: "invisible" };
  return chosen === "dnd" ? { at: "off", why: "do-not-disturb" } : PASSED;
}

export function notificationOutcome({ allowed, shown }: { allowed: boolean; shown: boolean }): ReachOutcome {
  if (!allowed) return { at: "failed", why: "notification-denied" };
  return shown ? PASSED : { at: "failed", why: "notification-lost" };
}

/** What the person chose of their rings here, and how the ring to oneself sounded; undefined where it could not be tried. */
export interface RingTrial {
  heard: { sounds: boolean; onRinger: boolean } | undefined;
  ringSilently: boolean;
  isQuietHour: boolean;
  volume: number;
}

export function ringOutcome({ heard, ringSilently, isQuietHour, volume }: RingTrial): ReachOutcome {
  if (heard === undefined) return { at: "failed", why: "ring-busy" };
  if (!heard.sounds) return { at: "failed", why: "ring-blocked" };
  if (ringSilently) return { at: "off", why: "ring-silent" };
  if (isQuietHour) return { at: "off", why: "ring-quiet-hours" };
  if (volume === 0) return { at: "off", why: "ring-muted" };
  return heard.onRinger ? PASSED : { at: "passed", note: "ringer-gone" };
}

/** `shown`: the toolbar's button said that it rings; `isPinned`: the person sees it, where the browser tells. */
export function badgeOutcome({ shown, isPinned }: { shown: boolean; isPinned: boolean | undefined }): ReachOutcome {
  if (!shown) return { at: "failed", why: "badge-lost" };
  return isPinned === false ? { at: "passed", note: "badge-hidden" } : PASSED;
}

export type DeviceTrial = "live" | "refused" | "missing" | "busy" | "stopped" | "silent";

export function deviceOutcome(device: "camera" | "microphone", trial: DeviceTrial): ReachOutcome {
  if (trial === "live") return PASSED;
  if (trial === "silent") return device === "camera" ? PASSED : { at: "failed", why: "microphone-silent" };
  return { at: "failed", why: `${device}-${trial}` };
}

/** What gathering brought of one kind of server. */
export interface IceTrial {
  /** Undefined where the server of ours could not be asked. */
  isConfigured: boolean | undefined;
  /** A candidate of that kind came. */
  arrived: boolean;
  /** The browser said that it got no answer of it. */
  failed: boolean;
}

/**
 * A browser at its own public address throws away what STUN tells it, being nothing new: no candidate, and no failure either,
 * is an answer as well.
 */
export function stunOutcome({ isConfigured, arrived, failed }: IceTrial): ReachOutcome {
  if (isConfigured === undefined) return { at: "failed", why: "ice-unknown" };
  if (!isConfigured) return { at: "off", why: "stun-none" };
  return arrived || !failed ? PASSED : { at: "failed", why: "stun-unreachable" };
}

/** Whoever wants relays alone cannot be reached without one. */
export function turnOutcome({ isConfigured, arrived }: IceTrial, relayOnly: boolean): ReachOutcome {
  if (isConfigured === undefined) return { at: "failed", why: "ice-unknown" };
  if (!isConfigured) return relayOnly ? { at: "failed", why: "relay-missing" } : { at: "off", why: "turn-none" };
  return arrived ? PASSED : { at: "failed", why: "turn-unreachable" };
}

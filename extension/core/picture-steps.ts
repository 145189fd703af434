import type { Evidence } from "./gauge.ts";

/** How the own picture is sent, from the best down. */
export const PICTURE_STEPS = ["full", "smaller", "smallest", "paused"] as const;
export type PictureStep = (typeof PICTURE_STEPS)[number];

/** What the own picture is of. */
export type PictureOf = "camera" | "screen";

/** How a picture is sent; what is missing is not limited. */
export interface PictureLimits {
  active: boolean;
  /** By how much each side of it is divided. */
  scaleResolutionDownBy?: number;
  maxFramerate?: number;
  /** In bits per second. */
  maxBitrate?: number;
}

/** A face is known by its movement and a screen by its letters: the one becomes smaller, the other slower. */
const LIMITS: Record<PictureOf, Record<PictureStep, PictureLimits>> = {
  camera: {
    full: { active: true, scaleResolutionDownBy: 1 },
    smaller: { active: true, scaleResolutionDownBy: 2, maxBitrate: 400_000 },
    smallest: { active: true, scaleResolutionDownBy: 4, maxBitrate: 130_000 },
    paused: { active: false },
  },
  screen: {
    full: { active: true, scaleResolutionDownBy: 1 },
    smaller: { active: true, scaleResolutionDownBy: 1, maxFramerate: 8, maxBitrate: 500_000 },
    smallest: { active: true, scaleResolutionDownBy: 1, maxFramerate: 2, maxBitrate: 200_000 },
    paused: { active: false },
  },
};

/** With less room than this, in bits per second, the picture at this step takes it from the sound. */
export const NEEDED_BPS: Record<PictureStep, number> = { full: 160_000, smaller: 100_000, smallest: 70_000, paused: 0 };
/** So much more than is needed is well. */
export const AMPLE = 1.2;

export function limitsOf(picture: PictureOf, step: PictureStep): PictureLimits {
  return LIMITS[picture][step];
}

/** Where the own picture stands. Goes down soon where the line is bad, and up after it was fine for a while. */
export interface PictureLadder {
  step: PictureStep;
  since: number;
  badSince?: number | undefined;
  fineSince?: number | undefined;
  /** How long the line must be fine before the next larger step is tried; it grows with each try that failed. */
  patienceMs: number;
  /** This step was reached from below and has not proven itself yet. */
  isTrial: boolean;
}

const DOWN_AFTER_MS = 4_000;
/** What is tried at the cost of the sound is given up sooner. */
const TRIAL_DOWN_AFTER_MS = 2_000;
/** After a change of step the line needs a moment to show how it does with it. */
const SETTLE_MS = 3_000;
const PROVEN_AFTER_MS = 20_000;
const FIRST_PATIENCE_MS = 15_000;
const LAST_PATIENCE_MS = 240_000;
/** So much longer where there seems to be no room: a browser that sends little cannot know how much it might. */
const DOUBT = 8;
const LAST_DOUBT_MS = 600_000;
/** And no longer than this where there is room, however often it failed before. */
const LAST_SURE_MS = 60_000;

export function newLadder(at: number): PictureLadder {
  return { step: "full", since: at, patienceMs: FIRST_PATIENCE_MS, isTrial: false };
}

interface Moment {
  at: number;
  isBad: Evidence;
  /** Whether there is a picture at all; without one nothing is gained by going down. */
  isSent: boolean;
  /** Missing where the browser does not tell. */
  roomBps?: number | undefined;
}

export function moveLadder(ladder: PictureLadder, { at, isBad, isSent, roomBps }: Moment): PictureLadder {
  if (at - ladder.since < SETTLE_MS) return ladder;
  const now: PictureLadder = {
    ...ladder,
    badSince: isBad === true && isSent ? (ladder.badSince ?? at) : undefined,
    fineSince: isBad === false ? (ladder.fineSince ?? at) : undefined,
  };
  const downAfterMs = now.isTrial ? TRIAL_DOWN_AFTER_MS : DOWN_AFTER_MS;
  if (now.badSince !== undefined && at - now.badSince >= downAfterMs) return down(now, at, roomBps);
  if (now.fineSince !== undefined && at - Math.max(now.fineSince, now.since) >= patienceOf(now, roomBps))
    return up(now, at);
  const isProven = now.isTrial && now.badSince === undefined && at - now.since >= PROVEN_AFTER_MS;
  return isProven ? { ...now, isTrial: false, patienceMs: Math.max(FIRST_PATIENCE_MS, now.patienceMs / 2) } : now;
}

/** To the next step that there is room for, and that is smaller. */
function down(ladder: PictureLadder, at: number, roomBps = Number.POSITIVE_INFINITY): PictureLadder {
  const smaller = PICTURE_STEPS.slice(PICTURE_STEPS.indexOf(ladder.step) + 1);
  const step = smaller.find((one) => NEEDED_BPS[one] <= roomBps);
  if (step === undefined) return ladder;
  const { isTrial, patienceMs } = ladder;
  return {
    step,
    since: at,
    isTrial: false,
    patienceMs: isTrial ? Math.min(LAST_PATIENCE_MS, patienceMs * 2) : patienceMs,
  };
}

function up(ladder: PictureLadder, at: number): PictureLadder {
  const step = largerThan(ladder.step);
  return step === undefined ? ladder : { step, since: at, isTrial: true, patienceMs: ladder.patienceMs };
}

function patienceOf({ step, patienceMs }: PictureLadder, roomBps: number | undefined): number {
  const next = largerThan(step);
  if (next === undefined || roomBps === undefined) return patienceMs;
  // Of sound alone the browser's figure grows no further, however wide the line is.
  const enough = NEEDED_BPS[next] * (step === "paused" ? 1 : AMPLE);
  return roomBps < enough ? Math.min(LAST_DOUBT_MS, patienceMs * DOUBT) : Math.min(LAST_SURE_MS, patienceMs);
}

function largerThan(step: PictureStep): PictureStep | undefined {
  return PICTURE_STEPS[PICTURE_STEPS.indexOf(step) - 1];
}

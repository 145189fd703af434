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
/** After a change of step the line needs a moment to show how it does with it; longer where more is sent. */
const SETTLE_DOWN_MS = 3_000;
const SETTLE_UP_MS = 6_000;
const PROVEN_AFTER_MS = 20_000;
const FIRST_PATIENCE_MS = 15_000;
const LAST_PATIENCE_MS = 240_000;

export function newLadder(at: number): PictureLadder {
  return { step: "full", since: at, patienceMs: FIRST_PATIENCE_MS, isTrial: false };
}

/** `isSent`: whether there is a picture at all; without one nothing is gained by going down. */
export function moveLadder(
  ladder: PictureLadder,
  { at, isBad, isSent }: { at: number; isBad: Evidence; isSent: boolean },
): PictureLadder {
  if (at - ladder.since < (ladder.isTrial ? SETTLE_UP_MS : SETTLE_DOWN_MS)) return ladder;
  const now: PictureLadder = {
    ...ladder,
    badSince: isBad === true && isSent ? (ladder.badSince ?? at) : undefined,
    fineSince: isBad === false ? (ladder.fineSince ?? at) : undefined,
  };
  if (now.badSince !== undefined && at - now.badSince >= DOWN_AFTER_MS) return down(now, at);
  if (now.fineSince !== undefined && at - Math.max(now.fineSince, now.since) >= now.patienceMs) return up(now, at);
  const isProven = now.isTrial && now.badSince === undefined && at - now.since >= PROVEN_AFTER_MS;
  return isProven ? { ...now, isTrial: false, patienceMs: Math.max(FIRST_PATIENCE_MS, now.patienceMs / 2) } : now;
}

function down(ladder: PictureLadder, at: number): PictureLadder {
  const step = stepAt(ladder.step, 1);
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
  const step = stepAt(ladder.step, -1);
  return step === undefined ? ladder : { step, since: at, isTrial: true, patienceMs: ladder.patienceMs };
}

function stepAt(step: PictureStep, further: 1 | -1): PictureStep | undefined {
  return PICTURE_STEPS[PICTURE_STEPS.indexOf(step) + further];
}

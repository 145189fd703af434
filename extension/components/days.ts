const MORNING_HOUR = 8;
/** A morning that is nearer than this is not the one that "until tomorrow" means. */
const NIGHT_MS = 4 * 3_600_000;

/** The next morning where this machine is, of the next day unless the night has begun. In ms since 1970. */
export function morningAfter(now: number): number {
  const today = new Date(now).setHours(MORNING_HOUR, 0, 0, 0);
  // By the calendar and not by 24 h, since the clocks may change in between.
  return today - now >= NIGHT_MS ? today : new Date(now).setHours(24 + MORNING_HOUR, 0, 0, 0);
}

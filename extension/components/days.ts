import { isQuietAt, type QuietHours } from "../core/device-settings.ts";

const MORNING_HOUR = 8;
/** A morning that is nearer than this is not the one that "until tomorrow" means. */
const NIGHT_MS = 4 * 3_600_000;

/** The next morning where this machine is, of the next day unless the night has begun. In ms since 1970. */
export function morningAfter(now: number): number {
  const today = new Date(now).setHours(MORNING_HOUR, 0, 0, 0);
  // By the calendar and not by 24 h, since the clocks may change in between.
  return today - now >= NIGHT_MS ? today : new Date(now).setHours(24 + MORNING_HOUR, 0, 0, 0);
}

/** When the quiet hours that are now come to their end; undefined where they are not, "never" where they are the whole day. */
export function quietUntil(hours: QuietHours | undefined, now: number): number | "never" | undefined {
  const today = new Date(now);
  if (hours === undefined || !isQuietAt(hours, today.getHours() * 60 + today.getMinutes())) return undefined;
  if (hours.from === hours.to) return "never";
  const end = new Date(now).setHours(0, hours.to, 0, 0);
  return end > now ? end : new Date(now).setHours(24, hours.to, 0, 0);
}

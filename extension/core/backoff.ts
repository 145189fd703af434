import { RECONNECT_CEILING_MS, RECONNECT_CEILING_WATCHED_MS, RECONNECT_FLOOR_MS } from "#protocol";

/**
 * For this long after the line was lost the ceiling is the low one, so that an outage of up to 10 s is over for everyone
 * within 15 s of the server's return, however many quick tries it took.
 */
const FRESH_OUTAGE_MS = 15_000;

export interface Outage {
  /** Tries that failed, this one included: at least 1. */
  failures: number;
  sinceLostMs: number;
  /** Whether contacts are shown or a call lives. */
  watched: boolean;
  /** At least 0 and below 1. */
  random: number;
}

/** How long to wait before the next try, in ms: full jitter up to a ceiling that doubles. [CONN-4] */
export function backoffMs({ failures, sinceLostMs, watched, random }: Outage): number {
  const highest = watched || sinceLostMs < FRESH_OUTAGE_MS ? RECONNECT_CEILING_WATCHED_MS : RECONNECT_CEILING_MS;
  const ceiling = Math.min(highest, RECONNECT_FLOOR_MS * 2 ** failures);
  return Math.round(RECONNECT_FLOOR_MS + random * (ceiling - RECONNECT_FLOOR_MS));
}

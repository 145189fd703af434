import { setTimeout as pause } from "node:timers/promises";

const WAIT_MS = 20_000;
const LOOK_EVERY_MS = 10;

/** Looks again and again until there is something, and returns it; throws with `what` where it does not come. */
export async function until<T>(what: string, look: () => Promise<T | undefined>, withinMs = WAIT_MS): Promise<T> {
  const since = Date.now();
  for (;;) {
    const seen = await look();
    if (seen !== undefined) return seen;
    if (Date.now() - since > withinMs) throw new Error(`There was no ${what} within ${String(withinMs / 1000)} s.`);
    await pause(LOOK_EVERY_MS);
  }
}

/** For acts whose order is told by their instant alone. */
export function nextMillisecond(): Promise<true> {
  const now = Date.now();
  return until("the next millisecond", () => Promise.resolve(Date.now() > now ? true : undefined));
}

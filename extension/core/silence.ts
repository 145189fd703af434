import type { LineCounters } from "./quality-types.ts";

/** So many looks without anything, one a second: a browser that is sure itself says so after 5 to 7 s. */
const SILENT_LOOKS = 6;
/** So many where the other side's page is gone besides, as its channels tell at once. */
const SILENT_LOOKS_ALONE = 1;
/** One look without anything may be a slow machine's. */
const MISSED_LOOKS = 2;

/** How many packets had come by a connection, and for how many looks not one more. */
export interface Silence {
  packets: number | undefined;
  looks: number;
}

export const NO_SILENCE: Silence = { packets: undefined, looks: 0 };

/**
 * After one more look. Sound flows also where nobody speaks, and something in the place of a device that is not there. That
 * the browsers find each other says nothing: they were seen to do so for 20 s by a way that carried no media.
 */
export function silenceAfter(before: Silence, { arriving }: Pick<LineCounters, "arriving">): Silence {
  const packets = (arriving.sound?.packets ?? 0) + (arriving.picture?.packets ?? 0);
  return { packets, looks: packets === before.packets ? before.looks + 1 : 0 };
}

/** True at the look at which something comes again, where it was missed before. */
export function isOver(before: Silence, now: Silence): boolean {
  return before.looks >= MISSED_LOOKS && now.looks === 0;
}

/** True from the look on that makes it one. */
export function isSilent({ looks }: Silence, isLeft: boolean): boolean {
  return looks >= (isLeft ? SILENT_LOOKS_ALONE : SILENT_LOOKS);
}

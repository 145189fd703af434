import type { LineCounters } from "./quality-types.ts";

/** So many looks without anything, one a second: a browser that is sure itself says so after 5 to 7 s. */
const SILENT_LOOKS = 6;
/** So many where the other side's page is gone besides, as its channels tell at once. */
const SILENT_LOOKS_ALONE = 1;
/** One look without anything may be a slow machine's. */
const MISSED_LOOKS = 2;

/** What had come by a connection, and for how many looks nothing more. */
export interface Silence {
  came: number | undefined;
  looks: number;
}

export const NO_SILENCE: Silence = { came: undefined, looks: 0 };

/**
 * After one more look. Of a side whose devices give nothing, its reports on what it receives still come. That the browsers find
 * each other says nothing: they were seen to do so for 20 s by a way that carried none of this.
 */
export function silenceAfter(before: Silence, now: Pick<LineCounters, "arriving" | "bytesArrived">): Silence {
  const { arriving, bytesArrived = 0 } = now;
  const came = (arriving.sound?.packets ?? 0) + (arriving.picture?.packets ?? 0) + bytesArrived;
  return { came, looks: came === before.came ? before.looks + 1 : 0 };
}

/** True at the look at which something comes again, where it was missed before. */
export function isOver(before: Silence, now: Silence): boolean {
  return before.looks >= MISSED_LOOKS && now.looks === 0;
}

/** What is known of the other side besides. */
export interface Expected {
  /** Its page is gone from this connection. */
  isLeft: boolean;
  /** It says that its camera or microphone is on. Of who has neither some browsers send nothing. */
  isSending: boolean;
}

/** True from the look on that makes it one. */
export function isSilent({ looks }: Silence, { isLeft, isSending }: Expected): boolean {
  if (isLeft) return looks >= SILENT_LOOKS_ALONE;
  return isSending && looks >= SILENT_LOOKS;
}

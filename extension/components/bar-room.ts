/** Hanging up is a wider button. */
const HANG_UP_IN_BUTTONS = 4.75 / 3.25;
/** The microphone and the camera never hide. */
const LEAST_IN_BAR = 2;

/**
 * How many of so many controls stand in the bar of a call, besides the two that always do: the menu's own and hanging up.
 * All in px.
 */
export function fitting(count: number, { room, button, gap }: { room: number; button: number; gap: number }): number {
  const left = room - button * HANG_UP_IN_BUTTONS - (button + gap);
  return Math.max(LEAST_IN_BAR, Math.min(count, Math.floor(left / (button + gap))));
}

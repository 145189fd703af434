/** The midnight with which the person's day ends, where this machine is. In ms since 1970. */
export function endOfDay(at: number): number {
  // By the calendar and not by 24 h: a day on which the clocks change has 23 or 25.
  return new Date(at).setHours(24, 0, 0, 0);
}

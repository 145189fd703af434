/** The midnight with which the person's day ends, where this machine is. In ms since 1970. */
export function endOfDay(at: number): number {
  // By the calendar and not by 24 h: a day on which the clocks change has 23 or 25.
  return new Date(at).setHours(24, 0, 0, 0);
}

/** The minute of the person's day by the clock on their wall, from 0 to 1439. */
export function minuteOfDay(now: Date): number {
  return now.getHours() * 60 + now.getMinutes();
}

const DAY = 24 * 60;
const STEP = 15;

/** The minutes of the day to choose from: every quarter of an hour, and the present one where it is another. */
export function minutesWith(present: number): number[] {
  const all = Array.from({ length: DAY / STEP }, (_, at) => at * STEP);
  return all.includes(present) ? all : [...all, present].sort((one, other) => one - other);
}

/** A minute of the day as every time is written here, whatever clock the browser's own fields show: "7:05". */
export function clockOf(minute: number): string {
  return `${String(Math.floor(minute / 60))}:${String(minute % 60).padStart(2, "0")}`;
}

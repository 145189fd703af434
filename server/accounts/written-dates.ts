/** What an instant in ms since 1970 is called in an export. */
const INSTANTS: ReadonlySet<string> = new Set(["since", "at", "lastUsed", "made", "expires", "used", "until"]);

/** The same with each instant once more beside itself, as people read it: `at: 0, atIso: "1970-01-01T00:00:00.000Z"`. */
export function withWrittenDates(value: object): object;
export function withWrittenDates(value: unknown): unknown;
export function withWrittenDates(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((one) => withWrittenDates(one));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, held]) => {
      const date = INSTANTS.has(name) && typeof held === "number" ? new Date(held) : undefined;
      const isDate = date !== undefined && !Number.isNaN(date.getTime());
      return [[name, withWrittenDates(held)], ...(isDate ? [[`${name}Iso`, date.toISOString()]] : [])];
    }),
  );
}

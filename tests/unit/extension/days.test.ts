import { describe, expect, it } from "vitest";
import { morningAfter, quietUntil } from "../../../extension/components/days.ts";
import { endOfDay } from "../../../extension/shell/day.ts";

/** An instant of October 2026 where this machine is. */
function on(day: number, hour: number, minute = 0): number {
  return new Date(2026, 9, day, hour, minute).getTime();
}

describe("the end of the day", () => {
  it.each([
    [on(13, 0), on(14, 0)],
    [on(13, 10, 42), on(14, 0)],
    [on(13, 23, 59), on(14, 0)],
    [on(31, 12), on(32, 0)],
  ])("at %i", (now, midnight) => {
    expect(endOfDay(now)).toBe(midnight);
  });
});

describe("the next morning", () => {
  it.each([
    ["by day", on(13, 10, 42), on(14, 8)],
    ["late in the evening", on(13, 23, 30), on(14, 8)],
    ["in the night, which still belongs to the day before", on(14, 2), on(14, 8)],
    ["early in the morning, which does not", on(14, 6), on(15, 8)],
  ])("%s", (_name, now, morning) => {
    expect(morningAfter(now)).toBe(morning);
  });
});

describe("the end of the quiet hours", () => {
  const night = { from: 22 * 60, to: 7 * 60 };
  const noon = { from: 12 * 60, to: 12 * 60 + 45 };

  it.each([
    ["before midnight", night, on(13, 23, 30), on(14, 7)],
    ["at their first minute", night, on(13, 22), on(14, 7)],
    ["after midnight", night, on(14, 2), on(14, 7)],
    ["over", night, on(14, 7), undefined],
    ["within a day", noon, on(13, 12, 20), on(13, 12, 45)],
    ["not begun", noon, on(13, 11, 59), undefined],
    ["the whole day", { from: 60, to: 60 }, on(13, 12), "never"],
    ["none", undefined, on(13, 12), undefined],
  ] as const)("%s", (_name, hours, now, end) => {
    expect(quietUntil(hours, now)).toBe(end);
  });
});

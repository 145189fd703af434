import { describe, expect, it } from "vitest";
import { partAt } from "../../../extension/components/settings-place.ts";
import type { SettingsPartId } from "../../../extension/components/settings-parts.ts";

/** A page of parts with these heights, looked at through a window of 600 px. */
const HEIGHTS: readonly (readonly [SettingsPartId, number])[] = [
  ["account", 900],
  ["devices", 500],
  ["privacy", 700],
  ["language", 120],
  ["server", 150],
  ["shortcuts", 90],
  ["data", 200],
];
const HEIGHT = 600;
const LONGEST = HEIGHTS.reduce((sum, [, height]) => sum + height, 0) - HEIGHT;

function seen(scrolled: number): SettingsPartId | undefined {
  let top = -scrolled;
  const parts = HEIGHTS.map(([id, height]) => {
    const part = { id, top };
    top += height;
    return part;
  });
  return partAt(parts, { scrolled, longest: LONGEST, height: HEIGHT });
}

describe("where one is in the settings", () => {
  it("is the first part at the page's beginning, and the last at its end", () => {
    expect([seen(0), seen(LONGEST)]).toEqual(["account", "data"]);
    // Pulled beyond its ends, as touch does.
    expect([seen(-40), seen(LONGEST + 40)]).toEqual(["account", "data"]);
  });

  it("comes to every part in its order, also to short ones at the end that never reach the window's top", () => {
    const order: (string | undefined)[] = [];
    for (let scrolled = 0; scrolled <= LONGEST; scrolled += 5) {
      const part = seen(scrolled);
      if (order.at(-1) !== part) order.push(part);
    }
    expect(order).toEqual(HEIGHTS.map(([id]) => id));
  });

  it("is always a part that is seen", () => {
    for (let scrolled = 0; scrolled <= LONGEST; scrolled += 5) {
      const part = seen(scrolled);
      const at = HEIGHTS.findIndex(([id]) => id === part);
      const top = HEIGHTS.slice(0, at).reduce((sum, [, height]) => sum + height, 0) - scrolled;
      expect(top).toBeLessThan(HEIGHT);
      expect(top + (HEIGHTS[at]?.[1] ?? 0)).toBeGreaterThan(0);
    }
  });

  it("is the first where all fits into the window, and nowhere without parts", () => {
    const parts = [
      { id: "devices", top: 40 },
      { id: "steps", top: 300 },
    ] as const;
    expect(partAt(parts, { scrolled: 0, longest: 0, height: HEIGHT })).toBe("devices");
    expect(partAt([], { scrolled: 0, longest: 0, height: HEIGHT })).toBeUndefined();
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { backoffMs } from "../../../extension/core/backoff.ts";

describe("backoff", () => {
  it.each([
    [{ failures: 1, sinceLostMs: 0, watched: false, random: 0 }, 500],
    [{ failures: 1, sinceLostMs: 0, watched: false, random: 0.5 }, 750],
    [{ failures: 3, sinceLostMs: 0, watched: false, random: 0.5 }, 2_250],
    [{ failures: 20, sinceLostMs: 60_000, watched: false, random: 0.5 }, 15_250],
    [{ failures: 20, sinceLostMs: 60_000, watched: true, random: 0.5 }, 5_250],
    [{ failures: 20, sinceLostMs: 9_000, watched: false, random: 0.5 }, 5_250],
  ])("[CONN-4] waits for %o: %d ms", (outage, expected) => {
    expect(backoffMs(outage)).toBe(expected);
  });

  it("[CONN-4] waits at least 0.5 s, at most 30 s, and at most 10 s where someone looks on or the outage is fresh", () => {
    const outage = fc.record({
      failures: fc.integer({ min: 1, max: 2_000 }),
      sinceLostMs: fc.integer({ min: 0, max: 10 ** 9 }),
      watched: fc.boolean(),
      random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    });
    fc.assert(
      fc.property(outage, (given) => {
        const wait = backoffMs(given);
        const ceiling = given.watched || given.sinceLostMs < 15_000 ? 10_000 : 30_000;
        expect(wait).toBeGreaterThanOrEqual(500);
        expect(wait).toBeLessThanOrEqual(ceiling);
      }),
    );
  });

  it("[CONN-4] is back within 15 s of the server's return from any outage of up to 10 s", () => {
    const luck = fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), {
      minLength: 40,
      maxLength: 40,
    });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000 }), luck, (returnsAt, randoms) => {
        let at = 0;
        for (let failures = 1; at < returnsAt || failures === 1; failures += 1)
          at += backoffMs({ failures, sinceLostMs: at, watched: false, random: randoms[failures] ?? 0.99 });
        expect(at - returnsAt).toBeLessThanOrEqual(15_000);
      }),
    );
  });

  it.each([1, 2, 3, 4, 5, 6, 7])(
    "[CONN-4] jitters in full after failure %i, up to a ceiling that doubles",
    (failures) => {
      const outage = { failures, sinceLostMs: 60_000, watched: false };
      const ceiling = Math.min(30_000, 500 * 2 ** failures);
      expect(backoffMs({ ...outage, random: 0 })).toBe(500);
      expect(backoffMs({ ...outage, random: 0.999_999_9 })).toBe(ceiling);
      expect(backoffMs({ ...outage, watched: true, random: 0.999_999_9 })).toBe(Math.min(10_000, ceiling));
    },
  );

  it("[CONN-4] takes an outage for fresh until 15 s", () => {
    const outage = { failures: 20, watched: false, random: 0.999_999_9 };
    expect(backoffMs({ ...outage, sinceLostMs: 14_999 })).toBe(10_000);
    expect(backoffMs({ ...outage, sinceLostMs: 15_000 })).toBe(30_000);
  });
});

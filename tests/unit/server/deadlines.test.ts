import fc from "fast-check";
import { expect, test } from "vitest";
import { Deadlines } from "../../../server/core/deadlines.ts";
import { call } from "./stage.ts";

const ring = (name: number) => ({ type: "ring", call: call(`call-${String(name)}`) }) as const;
/** Sets the deadline of a call, or clears it where no instant is given. */
const change = fc.record({ name: fc.nat(40), at: fc.option(fc.nat(1_000), { nil: undefined }) });

test("deadlines fall due in their order, each once, and no cleared one does", () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 300, size: "max" }), fc.nat(1_000), (changes, now) => {
      const deadlines = new Deadlines();
      const expected = new Map<number, number>();
      for (const { name, at } of changes) {
        expected.delete(name);
        if (at === undefined) deadlines.clear(ring(name));
        else deadlines.set(ring(name), at);
        if (at !== undefined) expected.set(name, at);
        expect(deadlines.has(ring(name))).toBe(at !== undefined);
        expect(deadlines.next()).toBe(expected.size === 0 ? undefined : Math.min(...expected.values()));
      }
      const due = [...expected].filter(([, at]) => at <= now).sort(([, one], [, other]) => one - other);
      for (const [name] of due) expect(deadlines.take(now)).toEqual(ring(name));
      expect(deadlines.take(now)).toBeUndefined();
    }),
  );
});

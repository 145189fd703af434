import type { UserId } from "#protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { everyRow, rowsInTurn } from "../../../extension/components/rows-in-turn.ts";
import type { ContactView } from "../../../extension/core/view.ts";

function people(count: number, from = 0): ContactView[] {
  return Array.from({ length: count }, (_, index) => {
    const name = `p${String(from + index)}`;
    return { user: name as UserId, handle: name, name, state: "accepted", availability: "available" };
  });
}

const NONE: ReadonlySet<string> = new Set();

/** Asks until nothing more comes; answers with how many rows were there each time. */
function steps(groups: Record<string, ContactView[]>, drawn = NONE, wanted: UserId[] = []): number[] {
  const turn = rowsInTurn(groups, drawn, wanted);
  const count = Object.values(turn.rows).flat().length;
  return turn.drawn === drawn ? [count] : [count, ...steps(groups, turn.drawn, wanted)];
}

describe("the rows of a long list", () => {
  const groups = { online: people(60), offline: people(40, 60) };

  it("are drawn a few at a time, from the top, until all are there", () => {
    expect(steps(groups)).toEqual([20, 40, 60, 80, 100, 100]);
    expect(rowsInTurn(groups, NONE, []).rows.online).toEqual(people(20));
  });

  it("are drawn at once where one is wanted, wherever it stands", () => {
    const { rows } = rowsInTurn(groups, NONE, [undefined, "p99" as UserId]);
    expect(rows.offline.map(({ user }) => user)).toEqual(["p99"]);
  });

  it("stay where they are drawn, and are drawn anew in their turn where they come into another group", () => {
    const moved = { online: people(60).slice(30), offline: [...people(30), ...people(40, 60)] };
    const { rows, drawn } = rowsInTurn(moved, everyRow(groups), []);
    expect(rows.online).toEqual(moved.online);
    expect(rows.offline).toEqual([...people(20), ...people(40, 60)]);
    expect(drawn.has("online p0")).toBe(false);
  });

  it("that went away are not taken for drawn when they come back", () => {
    const { drawn } = rowsInTurn({ online: people(5) }, everyRow({ online: people(100) }), []);
    expect(drawn).toEqual(everyRow({ online: people(5) }));
    expect(rowsInTurn({ online: people(100) }, drawn, []).rows.online).toHaveLength(25);
  });

  it("come to all of them, whatever was drawn before", () => {
    const sizes = fc.tuple(fc.nat(120), fc.nat(120), fc.nat(120), fc.nat(120));
    fc.assert(
      fc.property(sizes, ([online, offline, before, after]) => {
        const now = { online: people(online), offline: people(offline, online) };
        const was = everyRow({ online: people(before), offline: people(after, before) });
        expect(steps(now, was).at(-1)).toBe(online + offline);
      }),
    );
  });
});

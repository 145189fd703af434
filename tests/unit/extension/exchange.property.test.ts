import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BLOCK, ExchangePair } from "./exchange-pair.ts";

const name = fc.constantFrom("alice" as const, "bob" as const);
const which = fc.nat({ max: 3 });

const act = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant("deliver" as const), name }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("write" as const), name }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("hand-over" as const), name, size: fc.nat({ max: 9 * BLOCK }) }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constantFrom("accept" as const, "accept" as const, "cancel" as const), name, which }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("decline" as const), name, which }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("line" as const), open: fc.boolean() }) },
);

describe("two exchanges, over channels that break at any moment", () => {
  it("agree once they have a line: every text came once, and every accepted file whole or is over on both sides", () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 100, size: "max" }), (acts) => {
        const pair = new ExchangePair();
        const files: string[] = [];
        pair.line(true);
        for (const one of acts) {
          if (one.do === "line") {
            if (one.open !== pair.isOpen) pair.line(one.open);
          } else if (one.do === "deliver") pair.deliver(one.name);
          else if (one.do === "write") pair.happen(one.name, { type: "write", id: pair.newId(), at: 0, text: "hello" });
          else if (one.do === "hand-over") {
            const id = pair.newId();
            files.push(id);
            pair.happen(one.name, { type: "hand-over", id, at: 0, name: "a.txt", size: one.size });
          } else {
            const id = files[one.which];
            if (id !== undefined) pair.happen(one.name, { type: one.do, id });
          }
        }
        pair.line(!pair.isOpen);
        if (!pair.isOpen) pair.line(true);
        pair.settle();

        const texts = (side: "alice" | "bob") =>
          pair.sides[side].state.entries.filter(({ kind }) => kind === "text").map(({ id, mine }) => [id, mine]);
        const mirrored = texts("bob").map(([id, mine]) => [id, mine !== true]);
        expect(new Set(texts("alice").map(String))).toEqual(new Set(mirrored.map(String)));
        expect(texts("alice").length).toBe(texts("bob").length);
        for (const entry of pair.sides.alice.state.entries) {
          if (entry.kind === "text") expect(entry.delivered).toBe(true);
        }
        for (const id of files) agreesOn(pair, id);
      }),
      { numRuns: 1_000 },
    );
  });
});

function agreesOn(pair: ExchangePair, id: string): void {
  const [alice, bob] = [pair.file("alice", id), pair.file("bob", id)];
  const receiver = alice?.mine === true ? bob : alice;
  const sender = alice?.mine === true ? alice : bob;
  expect(sender).toBeDefined();
  // Cancelled before the other side ever heard of it.
  if (receiver === undefined) {
    expect(sender?.state.at).toBe("cancelled");
    return;
  }
  // Two words that cross may each end it, in their own way; and who cancels may be too late.
  const isOver = (at: string | undefined) => at === "cancelled" || at === "declined";
  if (receiver.state.at === "offered") expect(["offered", "cancelled"]).toContain(sender?.state.at);
  else if (isOver(receiver.state.at)) expect(isOver(sender?.state.at)).toBe(true);
  else if (receiver.state.at === "done") expect(["done", "cancelled"]).toContain(sender?.state.at);
  else expect(receiver.state.at).toBe(sender?.state.at);
  expect(receiver.state.at).not.toBe("failed");
  const saved = pair.sides[alice?.mine === true ? "bob" : "alice"].saved.filter((one) => one === id);
  expect(saved.length).toBe(receiver.state.at === "done" ? 1 : 0);
  if (receiver.state.at === "done") expect(receiver.kept).toBe(receiver.size);
}

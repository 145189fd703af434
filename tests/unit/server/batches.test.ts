import { describe, expect, it } from "vitest";
import { Batches } from "../../../server/accounts/batches.ts";

/** Questions that are answered when the test says so. */
function asked({ size = 3, atOnce = 1 } = {}) {
  const questions: { keys: string[]; answer: (known: Record<string, number>) => void; fail: () => void }[] = [];
  const ask = (keys: string[]) =>
    new Promise<Map<string, number>>((resolve, reject) => {
      questions.push({
        keys,
        answer: (known) => resolve(new Map(Object.entries(known))),
        fail: () => reject(new Error("away")),
      });
    });
  return { questions, batches: new Batches<number>({ ask, size, atOnce }) };
}

describe("questions for many things", () => {
  it("are asked at once for one, and together for what comes meanwhile, so many in one question", async () => {
    const { questions, batches } = asked();
    const all = Promise.all(["a", "b", "c", "b", "d", "e"].map((key) => batches.get(key)));
    expect(questions.map(({ keys }) => keys)).toEqual([["a"]]);
    questions[0]!.answer({ a: 1 });
    await expect.poll(() => questions.length).toBe(2);
    expect(questions[1]!.keys).toEqual(["b", "c", "d"]);
    questions[1]!.answer({ b: 2, d: 4 });
    await expect.poll(() => questions.length).toBe(3);
    questions[2]!.answer({ e: 5 });
    expect(await all).toEqual([1, 2, undefined, 2, 4, 5]);
  });

  it("are asked anew for a key that is being asked for: the answer under way may be older", async () => {
    const { questions, batches } = asked();
    const [first, second] = [batches.get("a"), batches.get("a")];
    questions[0]!.answer({ a: 1 });
    expect(await first).toBe(1);
    await expect.poll(() => questions.length).toBe(2);
    questions[1]!.answer({ a: 2 });
    expect(await second).toBe(2);
  });

  it("fail for everyone who waits, and are asked again by whoever comes later", async () => {
    const { questions, batches } = asked({ size: 1, atOnce: 2 });
    const all = Promise.allSettled(["a", "b", "c", "d"].map((key) => batches.get(key)));
    expect(questions).toHaveLength(2);
    questions[0]!.fail();
    questions[1]!.answer({ b: 2 });
    expect((await all).map(({ status }) => status)).toEqual(["rejected", "fulfilled", "rejected", "rejected"]);
    const later = batches.get("e");
    questions[2]!.answer({ e: 5 });
    expect(await later).toBe(5);
    expect(questions).toHaveLength(3);
  });
});

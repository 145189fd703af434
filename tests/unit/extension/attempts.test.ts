import { describe, expect, it } from "vitest";
import { Attempts } from "../../../extension/shell/attempts.ts";

/** An attempt that ends when it is told to. */
function attempt() {
  const { promise, resolve } = Promise.withResolvers<string>();
  const signals: AbortSignal[] = [];
  const act = (signal: AbortSignal) => {
    signals.push(signal);
    return promise;
  };
  return { act, end: resolve, signals };
}

describe("attempts at one thing", () => {
  it("are joined by the same attempt while it runs, and begun anew after it", async () => {
    const attempts = new Attempts<string>();
    const first = attempt();
    const [one, other] = [attempts.begin("form", "a", first.act), attempts.begin("form", "a", first.act)];
    expect(first.signals).toHaveLength(1);
    first.end("done");
    expect(await Promise.all([one, other])).toEqual(["done", "done"]);
    await attempts.begin("form", "a", first.act);
    expect(first.signals).toHaveLength(2);
  });

  it("do not wait for an older one, which is given up", async () => {
    const attempts = new Attempts<string>();
    const [older, newer] = [attempt(), attempt()];
    const given = attempts.begin("form", "a", older.act);
    const wanted = attempts.begin("form", "b", newer.act);
    expect(older.signals[0]?.aborted).toBe(true);
    newer.end("newer");
    expect(await wanted).toBe("newer");
    older.end("older");
    expect(await given).toBe("older");
  });

  it("are still joined after an older one has ended", async () => {
    const attempts = new Attempts<string>();
    const [older, newer] = [attempt(), attempt()];
    const given = attempts.begin("form", "a", older.act);
    void attempts.begin("form", "b", newer.act);
    older.end("older");
    await given;
    void attempts.begin("form", "b", newer.act);
    expect(newer.signals).toHaveLength(1);
  });

  it("run beside each other on two ways, and the first to win gives the other up", () => {
    const attempts = new Attempts<string>();
    const [form, provider] = [attempt(), attempt()];
    void attempts.begin("provider", "a", provider.act);
    void attempts.begin("form", "b", form.act);
    const [first, second] = [form.signals[0]!, provider.signals[0]!];
    expect(second.aborted).toBe(false);
    expect(attempts.win(first)).toBe(true);
    expect(attempts.win(second)).toBe(false);
    expect(attempts.win(first)).toBe(true);
  });
});

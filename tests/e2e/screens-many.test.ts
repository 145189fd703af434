import type { CDPSession } from "playwright-core";
import { expect, test } from "vitest";
import { visitGallery } from "../support/gallery/visit.ts";

const { page, open } = visitGallery();

/** Of the page's own thread, so that whatever else this machine does counts for nothing; the gallery is no build for people. */
const SLOW_MS = 1_000;

/** How long the page works until it is drawn anew after the act, in ms. */
async function work(session: CDPSession, act: { scene: string } | { search: string }, rows: number): Promise<number> {
  const before = await taskMs(session);
  await page().evaluate(
    async ([wanted, count]) => {
      if ("scene" in wanted) location.hash = wanted.scene;
      else {
        const input = document.querySelector<HTMLInputElement>(".search input");
        if (input === null) throw new Error("There is no search");
        input.value = wanted.search;
        input.dispatchEvent(new Event("input", { bubbles: true }));
      }
      while (document.querySelectorAll("[data-row]").length !== count) await new Promise(requestAnimationFrame);
      // A frame begins, and what it draws is there when the next task runs.
      await new Promise(requestAnimationFrame);
      await new Promise((resolve) => setTimeout(resolve));
    },
    [act, rows] as const,
  );
  return (await taskMs(session)) - before;
}

async function taskMs(session: CDPSession): Promise<number> {
  const { metrics } = await session.send("Performance.getMetrics");
  return (metrics.find(({ name }) => name === "TaskDuration")?.value ?? 0) * 1000;
}

test("500 contacts are there, found and changed without lag", async () => {
  const session = await page().context().newCDPSession(page());
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  await open("many-none");
  const first = await work(session, { scene: "many" }, 500);
  const strokes: number[] = [];
  for (const [search, rows] of [
    ["p", 250],
    ["pe", 250],
    ["person 49", 5],
    ["ぺるそな", 250],
    ["", 500],
  ] as const)
    strokes.push(await work(session, { search }, rows));
  const flood = await work(session, { scene: "many-moved" }, 500);
  const figures = { first, stroke: Math.max(...strokes), flood };
  console.log(
    "500 contacts, in ms:",
    JSON.stringify(figures, (_key, ms: unknown) => (typeof ms === "number" ? Math.round(ms) : ms)),
  );
  for (const [what, ms] of Object.entries(figures)) expect(ms, what).toBeLessThan(SLOW_MS);
});

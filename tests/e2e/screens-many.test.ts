import { expect, test } from "vitest";
import { visitGallery } from "../support/gallery/visit.ts";
import { until } from "../support/until.ts";

const { page, open, become, row, focused } = visitGallery();

const rows = () => page().locator("[data-row]");

function untilRows(count: number): Promise<unknown> {
  return until(`list of ${String(count)}`, async () => ((await rows().count()) === count ? true : undefined));
}

test("500 contacts are all there, in their order, found and changed", async () => {
  await open("many-none");
  await become("many");
  await untilRows(500);
  const names = await page().locator("[data-row] .name").allTextContents();
  const { compare } = new Intl.Collator("en", { sensitivity: "base", numeric: true });
  // Those who are there stand before those who are not.
  const online = names.findIndex((name, place) => place > 0 && compare(names[place - 1]!, name) > 0);
  expect(names.slice(0, online)).toEqual(names.slice(0, online).toSorted(compare));
  expect(names.slice(online)).toEqual(names.slice(online).toSorted(compare));
  expect(new Set(names).size).toBe(500);

  const field = page().locator(".search input");
  for (const [search, count] of [
    ["p", 250],
    ["pe", 250],
    ["person 49", 5],
    ["ぺるそな", 250],
    ["", 500],
  ] as const) {
    await field.fill(search);
    await untilRows(count);
  }
  await become("many-moved");
  await until("everyone's change", async () =>
    (await row("Person 0").first().textContent())?.includes("Away") === true ? true : undefined,
  );
  await untilRows(500);
});

test("the keys reach what is not drawn yet: End goes to the last of all, and the down arrow on and on", async () => {
  await open("many-none");
  const reached = await page().evaluate(async () => {
    const all = () => document.querySelectorAll<HTMLElement>("[data-row]");
    const press = (key: string) =>
      document.activeElement?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
    location.hash = "many";
    while (all().length === 0) await new Promise((resolve) => setTimeout(resolve));
    all()[0]?.focus();
    const drawnAtFirst = all().length;
    for (let step = 0; step < drawnAtFirst + 5; step += 1) press("ArrowDown");
    const afterSteps = document.activeElement?.textContent;
    press("End");
    return {
      drawnAtFirst,
      steps: drawnAtFirst + 5,
      afterSteps,
      drawn: all().length,
      atEnd: document.activeElement?.textContent,
    };
  });
  expect(reached.drawnAtFirst).toBeLessThan(500);
  expect(reached.drawn).toBe(500);
  const texts = await rows().allTextContents();
  expect(reached.afterSteps).toBe(texts[reached.steps]);
  expect(reached.atEnd).toBe(texts.at(-1));
  expect(await focused()).toBe(texts.at(-1)?.trim());
});

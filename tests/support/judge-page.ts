import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type axe from "axe-core";
import type { Page } from "playwright-core";

const AXE = readFile(fileURLToPath(import.meta.resolve("axe-core/axe.min.js")), "utf8");

interface JudgedWindow {
  axe?: typeof axe;
}

/** What axe finds serious or worse, with the elements concerned. A page that is judged again keeps axe from before. */
export async function seriousOn(page: Page, rules?: readonly string[]): Promise<string[]> {
  const isThere = await page.evaluate(() => (window as JudgedWindow).axe !== undefined);
  if (!isThere) await page.evaluate(await AXE);
  return page.evaluate(async (ids) => {
    // Put there above.
    const { axe } = window as unknown as Required<JudgedWindow>;
    const only = ids === undefined ? {} : { runOnly: [...ids] };
    // What else axe would tell, the elements of every rule that holds, takes as long again.
    const { violations } = await axe.run(document, { resultTypes: ["violations"], ...only });
    return violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .flatMap(({ id, nodes }) =>
        nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 120)} ${failureSummary ?? ""}`),
      );
  }, rules);
}

/** Nothing may stick out of the screen sideways. */
export async function overflowing(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    Array.from(document.querySelectorAll("main, main *"))
      .filter((element) => element.checkVisibility() && element.getBoundingClientRect().right > innerWidth + 1)
      .map((element) => element.outerHTML.slice(0, 120)),
  );
}

/** What is to be read aloud once it says something must stand there before: a hidden one is commonly not heard. */
export async function unheard(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    Array.from(document.querySelectorAll("[role=status]"))
      .filter((element) => element.textContent.trim() === "" && !element.checkVisibility())
      .map((element) => element.outerHTML.slice(0, 120)),
  );
}

import { AxeBuilder } from "@axe-core/playwright";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { POPUP_SIZE } from "../../scripts/picture.ts";
import { ROOT } from "../../scripts/setup/command.ts";
import { ACTS } from "../support/gallery/acts.ts";
import { openBrowser } from "../support/gallery/open.ts";
import { SCENES } from "../support/gallery/scenes.ts";
import { serveGallery } from "../support/gallery/server.ts";

/** Where each picture is left, to be looked at. */
const PICTURES = join(ROOT, ".cache", "gallery", "pictures");

const LOCALES = ["en", "ja"] as const;
/** What axe judges in the scheme: all, and where only the colours are others, those. */
const SCHEMES = [
  { colorScheme: "light", rules: undefined },
  { colorScheme: "dark", rules: ["color-contrast"] },
] as const;

/** The popup where the person has text twice as large: as wide as it grows, as high as browsers draw one. */
const LARGE_POPUP_SIZE = { width: 720, height: 590 } as const;
const PAGE_SIZE = { width: 960, height: 600 } as const;

let browser: Browser;
let gallery: Awaited<ReturnType<typeof serveGallery>>;

beforeAll(async () => {
  await mkdir(PICTURES, { recursive: true });
  gallery = await serveGallery();
  browser = await openBrowser();
});

afterAll(async () => {
  await browser.close();
  await gallery.close();
});

describe.each(LOCALES)("every screen in %s, light and dark, and with text twice as large", (locale) => {
  let page: Page;

  beforeAll(async () => {
    const context = await browser.newContext({ locale, reducedMotion: "reduce", deviceScaleFactor: 2 });
    page = await context.newPage();
  });

  afterAll(async () => {
    await page.context().close();
  });

  test.each(Object.keys(SCENES))("%s", async (name) => {
    const problems: string[] = [];
    const note = (error: Error) => problems.push(error.message);
    page.on("pageerror", note);
    await page.setViewportSize(SCENES[name]?.screen === "popup" ? POPUP_SIZE : PAGE_SIZE);
    // A blank page between, since a change of the part after # alone would not load anew.
    await page.goto("about:blank");
    await page.goto(`${gallery.url}?locale=${locale}#${name}`);
    await page.locator("main").waitFor();
    await ACTS[name]?.(page);
    for (const { colorScheme, rules } of SCHEMES) {
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: join(PICTURES, `${name}.${locale}.${colorScheme}.png`) });
      expect(await seriousOn(page, rules), colorScheme).toEqual([]);
    }
    expect(await overflowing(page)).toEqual([]);
    if (SCENES[name]?.screen === "popup") await page.setViewportSize(LARGE_POPUP_SIZE);
    await page.evaluate(() => (document.documentElement.style.fontSize = "200%"));
    await page.screenshot({ path: join(PICTURES, `${name}.${locale}.large.png`) });
    expect(await overflowing(page), "at twice the text size").toEqual([]);
    expect(problems).toEqual([]);
    page.off("pageerror", note);
  });
});

/** What axe finds serious or worse, with the elements concerned. */
async function seriousOn(page: Page, rules: readonly string[] | undefined): Promise<string[]> {
  // The other mode opens a page more each time, for frames; there are none.
  const axe = new AxeBuilder({ page }).setLegacyMode(true);
  const { violations } = await (rules === undefined ? axe : axe.withRules([...rules])).analyze();
  return violations
    .filter((violation) => violation.impact === "serious" || violation.impact === "critical")
    .flatMap((violation) =>
      violation.nodes.map((node) => `${violation.id}: ${node.html.slice(0, 120)} ${node.failureSummary ?? ""}`),
    );
}

/** Nothing may stick out of the screen sideways. */
async function overflowing(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    Array.from(document.querySelectorAll("main, main *"))
      .filter((element) => element.checkVisibility() && element.getBoundingClientRect().right > innerWidth + 1)
      .map((element) => element.outerHTML.slice(0, 120)),
  );
}

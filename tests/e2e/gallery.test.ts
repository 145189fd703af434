import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { draw, enlarge } from "../support/gallery/draw.ts";
import { openBrowser } from "../support/gallery/open.ts";
import { SCENES } from "../support/gallery/scenes.ts";
import { serveGallery } from "../support/gallery/server.ts";
import { overflowing, seriousOn } from "../support/judge-page.ts";

const LOCALES = ["en", "ja"] as const;
/** What axe judges in the scheme: all, and where only the colours are others, those. */
const SCHEMES = [
  { colorScheme: "light", rules: undefined },
  { colorScheme: "dark", rules: ["color-contrast"] },
] as const;

let browser: Browser;
let gallery: Awaited<ReturnType<typeof serveGallery>>;

beforeAll(async () => {
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
    const context = await browser.newContext({ locale, reducedMotion: "reduce" });
    page = await context.newPage();
  });

  afterAll(async () => {
    await page.context().close();
  });

  test.each(Object.keys(SCENES))("%s", async (name) => {
    const problems: string[] = [];
    const note = (error: Error) => problems.push(error.message);
    page.on("pageerror", note);
    await draw(page, gallery.url, locale, name);
    for (const { colorScheme, rules } of SCHEMES) {
      await page.emulateMedia({ colorScheme });
      expect(await seriousOn(page, rules), colorScheme).toEqual([]);
    }
    expect(await overflowing(page)).toEqual([]);
    await enlarge(page, name);
    expect(await overflowing(page), "at twice the text size").toEqual([]);
    expect(problems).toEqual([]);
    page.off("pageerror", note);
  });
});

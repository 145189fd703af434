import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { draw, enlarge } from "../support/gallery/draw.ts";
import { openBrowser } from "../support/gallery/open.ts";
import { SCENES } from "../support/gallery/scenes.ts";
import { serveGallery } from "../support/gallery/server.ts";
import { overflowing, seriousOn, unheard } from "../support/judge-page.ts";

const LOCALES = ["en", "ja"] as const;
/** What axe judges in the scheme: all, and where only the colours are others, those. */
const SCHEMES = [
  { colorScheme: "light", rules: undefined },
  { colorScheme: "dark", rules: ["color-contrast"] },
] as const;

let browser: Browser;
let gallery: Awaited<ReturnType<typeof serveGallery>>;
let pages: readonly { page: Page; locale: (typeof LOCALES)[number] }[];

beforeAll(async () => {
  [gallery, browser] = await Promise.all([serveGallery(), openBrowser()]);
  pages = await Promise.all(
    LOCALES.map(async (locale) => {
      const context = await browser.newContext({ locale, reducedMotion: "reduce" });
      return { page: await context.newPage(), locale };
    }),
  );
});

afterAll(async () => {
  await browser.close();
  await gallery.close();
});

describe("every screen in English and Japanese, light and dark, and with text twice as large", () => {
  test.each(Object.keys(SCENES))("%s", async (name) => {
    // Each language in a page of its own, which is a process of its own: both at once.
    const judged = await Promise.all(pages.map(({ page, locale }) => judge(page, locale, name)));
    expect(judged.flat()).toEqual([]);
  });
});

test.each([320, 420])("the settings fit a page of %i px", async (width) => {
  for (const { page, locale } of pages) {
    await draw(page, gallery.url, locale, "settings");
    await page.setViewportSize({ width, height: 600 });
    expect(await overflowing(page)).toEqual([]);
  }
});

/** What is wrong with a scene, and where. */
async function judge(page: Page, locale: (typeof LOCALES)[number], name: string): Promise<string[]> {
  const problems: string[] = [];
  const note = (how: string, found: readonly string[]) =>
    problems.push(...found.map((problem) => `${locale}, ${how}: ${problem}`));
  const noteError = (error: Error) => note("an error", [error.message]);
  page.on("pageerror", noteError);
  await draw(page, gallery.url, locale, name);
  for (const { colorScheme, rules } of SCHEMES) {
    await page.emulateMedia({ colorScheme });
    note(colorScheme, await seriousOn(page, rules));
  }
  note("unheard", await unheard(page));
  note("too wide", await overflowing(page));
  await enlarge(page, name);
  note("too wide at twice the text size", await overflowing(page));
  page.off("pageerror", noteError);
  return problems;
}

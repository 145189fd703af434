import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { draw, enlarge } from "./draw.ts";
import { openBrowser } from "./open.ts";
import { serveGallery } from "./server.ts";
import { overflowing, seriousOn, unheard } from "../judge-page.ts";

import { SCENES } from "./scenes.ts";
const LOCALES = ["en", "ja"] as const;
/** What axe judges in the scheme: all, and where only the colours are others, those. */
const SCHEMES = [
  { colorScheme: "light", rules: undefined },
  { colorScheme: "dark", rules: ["color-contrast"] },
] as const;

/** Opens the gallery for the tests of this file, in a page for each language, which is a process of its own. */
export function setGallery() {
  const opened = {} as { url: string; pages: readonly { page: Page; locale: (typeof LOCALES)[number] }[] };
  let browser: Browser;
  let gallery: Awaited<ReturnType<typeof serveGallery>>;

  beforeAll(async () => {
    [gallery, browser] = await Promise.all([serveGallery(), openBrowser()]);
    opened.url = gallery.url;
    opened.pages = await Promise.all(
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

  return opened;
}

/** Tries those screens that are asked for. */
export function tryScreens(opened: ReturnType<typeof setGallery>, isAsked: (name: string) => boolean): void {
  describe("every screen in English and Japanese, light and dark, and with text twice as large", () => {
    test.each(Object.keys(SCENES).filter(isAsked))("%s", async (name) => {
      const { url, pages } = opened;
      const judged = await Promise.all(pages.map(({ page, locale }) => judge(page, url, locale, name)));
      expect(judged.flat()).toEqual([]);
    });
  });
}

/** A screen of the call's tab. The others and these are tried beside each other, in files of their own. */
export function isOfCall(name: string): boolean {
  return name.startsWith("call-");
}

/** What is wrong with a scene, and where. */
async function judge(page: Page, url: string, locale: (typeof LOCALES)[number], name: string): Promise<string[]> {
  const problems: string[] = [];
  const note = (how: string, found: readonly string[]) =>
    problems.push(...found.map((problem) => `${locale}, ${how}: ${problem}`));
  const noteError = (error: Error) => note("an error", [error.message]);
  page.on("pageerror", noteError);
  await draw(page, url, locale, name);
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

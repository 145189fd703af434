import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";
import { openBrowser } from "./open.ts";
import { serveGallery } from "./server.ts";

/** A page of the gallery for each test of the file, in English and as large as the popup. `page()` is that page. */
export function visitGallery() {
  let browser: Awaited<ReturnType<typeof openBrowser>>;
  let gallery: Awaited<ReturnType<typeof serveGallery>>;
  let page: Page;

  beforeAll(async () => {
    gallery = await serveGallery();
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser.close();
    await gallery.close();
  });
  beforeEach(async () => {
    page = await browser.newPage({ viewport: { width: 360, height: 560 } });
  });
  afterEach(() => page.close());

  return {
    page: () => page,
    open: async (scene: string): Promise<void> => {
      await page.goto(`${gallery.url}?locale=en#${scene}`);
      await page.locator("main").waitFor();
    },
    /** Changes the scene in place, as news from the background would. */
    become: (scene: string) => page.evaluate((name) => void (location.hash = name), scene),
    /** What the person asked for so far. */
    asked: async (): Promise<string[]> => {
      const names = await page.locator("body").getAttribute("data-asked");
      return (names ?? "").split(" ").filter((name) => name !== "");
    },
    /** What has the focus, by its label, its name as a field, or its words. */
    focused: () => page.evaluate(nameOfFocused),
    row: (name: string) => page.locator("[data-row]", { hasText: name }),
    button: (name: string) => page.getByRole("button", { name, exact: true }),
  };
}

function nameOfFocused(): string {
  const { activeElement } = document;
  if (activeElement === null || activeElement === document.body) return "nothing";
  const named = activeElement.getAttribute("aria-label") ?? activeElement.getAttribute("name");
  return named ?? activeElement.textContent.trim();
}

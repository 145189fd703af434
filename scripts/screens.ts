import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import sharp from "sharp";
import { draw } from "../tests/support/gallery/draw.ts";
import { openBrowser } from "../tests/support/gallery/open.ts";
import { SCENES } from "../tests/support/gallery/scenes.ts";
import { drawServerPage, SERVER_PAGES } from "../tests/support/gallery/server-pages.ts";
import { serveGallery } from "../tests/support/gallery/server.ts";
import { ROOT } from "./setup/command.ts";

const SCREENS = join(ROOT, "docs", "screens");
const LOCALES = ["en", "ja"] as const;
const SCHEMES = ["light", "dark"] as const;
/** Between the four pictures of one sheet, in pixels. */
const GAP = 8;

/** Draws every screen in each of its states, in both languages and schemes, one sheet a state, and an index of them. */
export async function screens(signal: AbortSignal): Promise<number> {
  const gallery = await serveGallery();
  const browser = await openBrowser();
  const closeNow = () => void browser.close();
  signal.addEventListener("abort", closeNow, { once: true });
  try {
    await rm(SCREENS, { recursive: true, force: true });
    await mkdir(SCREENS, { recursive: true });
    const pages = await Promise.all(LOCALES.map((locale) => openPage(browser, locale)));
    const names = [...Object.keys(SCENES), ...Object.keys(SERVER_PAGES)];
    for (const name of names) {
      const pictures = await Promise.all(pages.map(({ page, locale }) => take(page, gallery.url, locale, name)));
      await writeSheet(pictures, join(SCREENS, `${name}.webp`));
    }
    await writeFile(join(SCREENS, "README.md"), indexOf(names));
    console.log(`${String(names.length)} sheets are in docs/screens.`);
  } finally {
    signal.removeEventListener("abort", closeNow);
    await browser.close();
    await gallery.close();
  }
  return 0;
}

async function openPage(browser: Browser, locale: (typeof LOCALES)[number]) {
  const context = await browser.newContext({ locale, reducedMotion: "reduce" });
  return { page: await context.newPage(), locale };
}

async function take(page: Page, url: string, locale: (typeof LOCALES)[number], name: string): Promise<Buffer[]> {
  const written = SERVER_PAGES[name]?.(locale);
  if (written === undefined) await draw(page, url, locale, name);
  else await drawServerPage(page, written);
  const pictures: Buffer[] = [];
  for (const colorScheme of SCHEMES) {
    await page.emulateMedia({ colorScheme });
    pictures.push(await page.screenshot());
  }
  return pictures;
}

/** A row for each language, a column for each scheme. */
async function writeSheet(rows: readonly Buffer[][], file: string): Promise<void> {
  const { width, height } = await sharp(rows[0]?.[0]).metadata();
  const [stepX, stepY] = [width + GAP, height + GAP];
  await sharp({
    create: { width: 2 * stepX - GAP, height: 2 * stepY - GAP, channels: 3, background: "#808080" },
  })
    .composite(rows.flatMap((row, y) => row.map((input, x) => ({ input, left: x * stepX, top: y * stepY }))))
    .webp({ quality: 80, effort: 5 })
    .toFile(file);
}

function indexOf(names: readonly string[]): string {
  const sheets = names.map((name) => `## ${name}\n\n![${name}](${name}.webp)\n`);
  return [
    "# Every screen, in each of its states",
    "",
    "English above, Japanese below; light at the left, dark at the right. `npm run screens` draws them anew, from the",
    "components themselves and the scenes in `tests/support/gallery/`.",
    "",
    ...sheets,
  ].join("\n");
}

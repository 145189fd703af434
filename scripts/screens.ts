import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import sharp from "sharp";
import { draw, enlarge, hasMoreBelow } from "../tests/support/gallery/draw.ts";
import { openBrowser } from "../tests/support/gallery/open.ts";
import { SCENES } from "../tests/support/gallery/scenes.ts";
import { drawServerPage, SERVER_PAGES } from "../tests/support/gallery/server-pages.ts";
import { serveGallery } from "../tests/support/gallery/server.ts";
import { ROOT } from "./setup/command.ts";

const SCREENS = join(ROOT, "docs", "screens");
const LOCALES = ["en", "ja"] as const;
const SCHEMES = ["light", "dark"] as const;
/** Between the pictures of one sheet, in pixels. */
const GAP = 8;

/** Draws every screen in each of its states, in both languages and schemes and with large text, one sheet a state, and an index of them. */
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
  const fullPage = hasMoreBelow(name);
  for (const colorScheme of SCHEMES) {
    await page.emulateMedia({ colorScheme });
    pictures.push(await page.screenshot({ fullPage }));
  }
  await page.emulateMedia({ colorScheme: "light" });
  await enlarge(page, name);
  // As much of a long page as the others show: twice that for two languages is more than WebP holds.
  const { width, height } = await sharp(pictures[0]).metadata();
  pictures.push(await page.screenshot(fullPage ? { fullPage, clip: { x: 0, y: 0, width, height } } : {}));
  return pictures;
}

/** A row for each language, a column for each scheme and one for large text. */
async function writeSheet(rows: readonly Buffer[][], file: string): Promise<void> {
  const sizes = await Promise.all(rows.map((row) => Promise.all(row.map((picture) => sharp(picture).metadata()))));
  const widths = (sizes[0] ?? []).map((_, x) => Math.max(...sizes.map((row) => row[x]?.width ?? 0)));
  const heights = sizes.map((row) => Math.max(...row.map(({ height }) => height)));
  await sharp({
    create: {
      width: placeOf(widths.length, widths) - GAP,
      height: placeOf(2, heights) - GAP,
      channels: 3,
      background: "#808080",
    },
  })
    .composite(
      rows.flatMap((row, y) => row.map((input, x) => ({ input, left: placeOf(x, widths), top: placeOf(y, heights) }))),
    )
    .webp({ quality: 50, effort: 5 })
    .toFile(file);
}

/** Where the picture of this number begins, behind those before it. */
function placeOf(n: number, lengths: readonly number[]): number {
  return lengths.slice(0, n).reduce((sum, length) => sum + length + GAP, 0);
}

function indexOf(names: readonly string[]): string {
  const sheets = names.map((name) => `## ${name}\n\n![${name}](${name}.webp)\n`);
  return [
    "# Every screen, in each of its states",
    "",
    "English above, Japanese below; light at the left, dark beside it, and text twice as large at the right. `npm run screens` draws them anew, from the",
    "components themselves and the scenes in `tests/support/gallery/`.",
    "",
    ...sheets,
  ].join("\n");
}

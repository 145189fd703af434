import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { findChromium } from "./setup/browsers.ts";
import { ROOT } from "./setup/command.ts";

/**
 * Draws the icons of the extension from `mark.svg`: `node scripts/icons.ts`. What it writes is committed; run it again
 * after a change of the mark.
 */
const FOLDER = join(ROOT, "extension", "public", "icons");

/**
 * The toolbar's sizes stand to the left and to the top, since the browser lays the badge over the lower right of the icon
 * and the badge must never cover the dot. The others are in the middle.
 */
const ICONS = [
  { size: 16, viewBox: "3 4 32 32" },
  { size: 32, viewBox: "3 4 32 32" },
  { size: 48, viewBox: "-1 -1 34 34" },
  { size: 128, viewBox: "-3 -3 38 38" },
];

const mark = await readFile(join(FOLDER, "mark.svg"), "utf8");
const executablePath = findChromium();
if (executablePath === undefined) throw new Error("There is no Chromium here: run npm run demo or npm test first.");
const browser = await chromium.launch({ executablePath });
try {
  for (const { size, viewBox } of ICONS) {
    const page = await browser.newPage({ viewport: { width: size, height: size } });
    const drawing = mark.replace(/viewBox="[^"]*"/, `viewBox="${viewBox}" width="${size}" height="${size}"`);
    await page.setContent(`<style>body{margin:0}svg{display:block}</style>${drawing}`);
    await writeFile(join(FOLDER, `${String(size)}.png`), await page.screenshot({ omitBackground: true }));
    await page.close();
  }
} finally {
  await browser.close();
}

import type { Page } from "playwright-core";
import { POPUP_SIZE } from "../../../scripts/picture.ts";
import { ACTS } from "./acts.ts";
import { SCENES } from "./scenes.ts";

const PAGE_SIZE = { width: 960, height: 600 } as const;
/** The popup where the person has text twice as large: as wide as it grows, as high as browsers draw one. */
const LARGE_POPUP_SIZE = { width: 720, height: 590 } as const;

/** What the gallery's page offers besides the scene of its address. */
interface GalleryWindow {
  openAnew: (scene: string) => Promise<void>;
}

/** Draws a scene of the gallery at `url`, as it is after what a person does in it. */
export async function draw(page: Page, url: string, locale: "en" | "ja", name: string): Promise<void> {
  await page.setViewportSize(SCENES[name]?.screen === "popup" ? POPUP_SIZE : PAGE_SIZE);
  const gallery = `${url}?locale=${locale}`;
  if (!page.url().startsWith(gallery)) await page.goto(gallery);
  await page.evaluate((scene) => (window as unknown as GalleryWindow).openAnew(scene), name);
  await page.locator("main").waitFor();
  await ACTS[name]?.(page);
}

/** Whether a scene is of the whole page of the settings, which is longer than its window. */
export function hasMoreBelow(name: string): boolean {
  return name.startsWith("settings") && ACTS[name] === undefined;
}

/** Draws what stands there with text twice as large, as a person may choose in the browser's settings. */
export async function enlarge(page: Page, name: string): Promise<void> {
  if (SCENES[name]?.screen === "popup") await page.setViewportSize(LARGE_POPUP_SIZE);
  await page.evaluate(async () => {
    document.documentElement.style.fontSize = "200%";
    // What floats finds its place by the frame behind the one in which it grew.
    for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame);
  });
}

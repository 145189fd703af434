import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";

/** The popup as the browsers draw it. */
export const POPUP_SIZE = { width: 360, height: 560 } as const;

/** Saves what a page shows in `folder`, once its fonts, pictures and videos are really drawn. */
export async function takePicture(page: Page, folder: string, name: string): Promise<void> {
  await page.bringToFront();
  await page.evaluate(async () => {
    await document.fonts.ready;
    await Promise.all([...document.images].map((image) => image.decode()));
    const shown = [...document.querySelectorAll("video")].filter((video) => video.checkVisibility() && video.srcObject);
    await Promise.all(shown.map((video) => new Promise((resolve) => video.requestVideoFrameCallback(resolve))));
    const ending = document.getAnimations().filter((animation) => !isEndless(animation));
    await Promise.all(ending.map((animation) => animation.finished));
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));

    function isEndless(animation: Animation): boolean {
      return animation.effect?.getComputedTiming().iterations === Infinity;
    }
  });
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`) });
}

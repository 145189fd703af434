import type { Page } from "playwright-core";

interface Noted {
  longestFreezeMs: number;
  /** When a picture was last shown, in ms since 1970. */
  pictureAt: number;
}

/** From now on the pictures of the other side are watched in the call's tab, over a fresh connection too. */
export async function noteFrozenPictures(call: Page): Promise<void> {
  await call.evaluate(() => {
    const noted = globalThis as unknown as Noted;
    noted.longestFreezeMs = 0;
    noted.pictureAt = Date.now();
    let watched: HTMLVideoElement | undefined;
    const look = (video: HTMLVideoElement) => {
      video.requestVideoFrameCallback(() => {
        const now = Date.now();
        noted.longestFreezeMs = Math.max(noted.longestFreezeMs, now - noted.pictureAt);
        noted.pictureAt = now;
        if (video === watched) look(video);
      });
    };
    // A fresh connection may have an element of its own.
    const find = () => {
      requestAnimationFrame(find);
      const shown = document.querySelector<HTMLVideoElement>('video[aria-label^="Picture of"]') ?? undefined;
      if (shown === watched) return;
      watched = shown;
      if (shown !== undefined) look(shown);
    };
    find();
  });
}

/** The longest time between two pictures since they are watched, in ms. */
export async function longestFreezeMs(call: Page): Promise<number> {
  const ms = await call.evaluate(() => (globalThis as unknown as Noted).longestFreezeMs);
  if (ms === 0) throw new Error("No picture came since the pictures were watched.");
  return ms;
}

/** When a picture was first shown after `since`, in ms since 1970; waits for it. The pictures must be watched. */
export async function pictureAfter(call: Page, since: number, withinMs = 60_000): Promise<number> {
  const read = (after: number) => {
    const { pictureAt } = globalThis as unknown as Noted;
    return pictureAt > after ? pictureAt : undefined;
  };
  const handle = await call.waitForFunction(read, since, { polling: 20, timeout: withinMs });
  // waitForFunction ends with the first value that is not undefined.
  return (await handle.jsonValue())!;
}

import type { Page } from "puppeteer-core";

/** The part of the browser that the page of a call asks for a small window. */
interface Pictures {
  documentPictureInPicture: { window: Window | null };
}

/** Whether the page of this call has its small window open. */
export function hasSmallWindow(call: Page): Promise<boolean> {
  return call.evaluate(() => (globalThis as unknown as Pictures).documentPictureInPicture.window !== null);
}

/** Waits until the other person moves in the small window; returns the names of its buttons. */
export function untilPictured(call: Page): Promise<string[]> {
  return call.evaluate(async () => {
    const pictures = (globalThis as unknown as Pictures).documentPictureInPicture;
    const small = pictures.window;
    const at = () => {
      if (small === null || pictures.window !== small) throw new Error("There is no such small window.");
      return small.document.querySelector("video")?.currentTime ?? 0;
    };
    while (at() === 0) await new Promise((resolve) => setTimeout(resolve, 50));
    const since = at();
    while (at() <= since) await new Promise((resolve) => setTimeout(resolve, 50));
    return [...small!.document.querySelectorAll("button")].map((button) => button.getAttribute("aria-label") ?? "");
  });
}

/** Waits until the browser holds no click or key of the person's in this page any more, for which it would open a window. */
export function untilNoGesture(call: Page): Promise<void> {
  return call.evaluate(async () => {
    // Its end has no event.
    while (navigator.userActivation.isActive) await new Promise((resolve) => setTimeout(resolve, 100));
  });
}

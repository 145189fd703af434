import { browser } from "wxt/browser";

const RING_MS = 2_000;

/** Lets the ring be heard in this page. */
export function ringForAMoment(): void {
  const audio = new Audio(browser.runtime.getURL("/sounds/ring.wav"));
  audio.loop = true;
  // After a click no browser holds a sound back; where one does, there is nothing to be heard and nothing to stop.
  void audio.play().catch(() => undefined);
  setTimeout(() => audio.pause(), RING_MS);
}

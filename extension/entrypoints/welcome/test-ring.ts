import { browser } from "wxt/browser";
import type { Text } from "../../locales/text.ts";

const RING_MS = 2_000;
const SHOWN_MS = 6_000;
const NOTIFICATION = "test";

/** Lets the ring be heard, and shows a notification as a call does; tells whether the browser may show one. */
export async function testRing({ t }: Text): Promise<"shown" | "denied"> {
  const audio = new Audio(browser.runtime.getURL("/sounds/marimba.wav"));
  audio.loop = true;
  // After a click no browser holds a sound back; where one does, there is nothing to be heard and nothing to stop.
  void audio.play().catch(() => undefined);
  setTimeout(() => audio.pause(), RING_MS);
  const isAllowed = import.meta.env.FIREFOX || (await browser.notifications.getPermissionLevel()) === "granted";
  if (!isAllowed) return "denied";
  const iconUrl = browser.runtime.getURL("/icons/128.png");
  const shown = { type: "basic", iconUrl, title: t("app.name"), message: t("welcome.ring-notification") } as const;
  await browser.notifications.create(NOTIFICATION, shown);
  setTimeout(() => void browser.notifications.clear(NOTIFICATION), SHOWN_MS);
  return "shown";
}

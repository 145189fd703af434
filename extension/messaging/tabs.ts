import { browser } from "wxt/browser";
import { invitePageUrl, settingsPageUrl, welcomePageUrl } from "./pages.ts";

/** Opens the welcome page again, at a step of it where one is named. */
export function openWelcome(step?: string): void {
  void browser.tabs.create({ url: welcomePageUrl(step) });
}

/** Opens the settings, at a part of them where one is named. */
export function openSettings(part?: string): void {
  // The browser shows them where they are open already; it knows no parts.
  if (part === undefined) void browser.runtime.openOptionsPage();
  else void browser.tabs.create({ url: settingsPageUrl(part) });
}

/** Opens the page that asks about the invite that waits. */
export function openInvitePage(): void {
  void browser.tabs.create({ url: invitePageUrl() });
}

/** Brings the tab of this page before the person. */
export async function showOwnTab(): Promise<void> {
  const own = await browser.tabs.getCurrent();
  if (own?.id === undefined) return;
  await browser.tabs.update(own.id, { active: true });
  await browser.windows.update(own.windowId, { focused: true });
}

/** Closes the tab of this page. The window stays: without another tab it gets an empty one. */
export async function closeOwnTab(): Promise<void> {
  const own = await browser.tabs.getCurrent();
  if (own?.id === undefined) return;
  const beside = await browser.tabs.query({ windowId: own.windowId });
  if (beside.length <= 1) await browser.tabs.create({ windowId: own.windowId });
  await browser.tabs.remove(own.id);
}

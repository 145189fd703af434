import { browser } from "wxt/browser";
import { invitePageUrl, welcomePageUrl } from "./pages.ts";

/** Opens the welcome page again. */
export function openWelcome(): void {
  void browser.tabs.create({ url: welcomePageUrl() });
}

/** Opens the page that asks about the invite that waits. */
export function openInvitePage(): void {
  void browser.tabs.create({ url: invitePageUrl() });
}

/** Closes the tab of this page. The window stays: without another tab it gets an empty one. */
export async function closeOwnTab(): Promise<void> {
  const own = await browser.tabs.getCurrent();
  if (own?.id === undefined) return;
  const beside = await browser.tabs.query({ windowId: own.windowId });
  if (beside.length <= 1) await browser.tabs.create({ windowId: own.windowId });
  await browser.tabs.remove(own.id);
}

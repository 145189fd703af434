import { browser } from "wxt/browser";
import { welcomePageUrl } from "../messaging/pages.ts";
import { createLogger, errorName } from "./logger.ts";

const log = createLogger("welcome");

/** Opens the welcome page after the installation: once, and not after updates. Call it on the first turn. */
export function welcomeOnce(): void {
  browser.runtime.onInstalled.addListener(({ reason }) => {
    if (reason !== "install") return;
    open().catch((caught: unknown) => log.warn("the welcome page was not opened", { why: errorName(caught) }));
  });
}

async function open(): Promise<void> {
  const { welcomed } = await browser.storage.local.get("welcomed");
  if (welcomed === true) return;
  await browser.storage.local.set({ welcomed: true });
  await browser.tabs.create({ url: welcomePageUrl() });
}

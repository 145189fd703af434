import type { CallId } from "#protocol";
import { browser } from "wxt/browser";

/** The name of the port that a page holds while it shows contacts. */
export const CONTACTS_PORT = "contacts";

/** The name of the port that a page holds while it shows the history. */
export const HISTORY_PORT = "history";

/** The address of a call's page. */
export function callPageUrl(call: CallId): string {
  return browser.runtime.getURL(`/call.html?call=${call}`);
}

/** The address of the page that asks about an invite. It names no code: that is in the background's state alone. */
export function invitePageUrl(): string {
  return browser.runtime.getURL("/invite.html");
}

export function welcomePageUrl(step?: string): string {
  return browser.runtime.getURL("/welcome.html") + (step === undefined ? "" : `#${step}`);
}

export function settingsPageUrl(part: string): string {
  return `${browser.runtime.getURL("/options.html")}#${part}`;
}

/** Whether a message or port comes from a page of ours. A content script's sender has the address of the web page. */
export function isOwnPage(sender: { id?: string | undefined; url?: string | undefined } | undefined): boolean {
  return sender?.id === browser.runtime.id && sender.url?.startsWith(browser.runtime.getURL("/")) === true;
}

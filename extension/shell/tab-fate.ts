import type { CallId } from "#protocol";
import { type Browser, browser } from "wxt/browser";
import { callPageUrl } from "../messaging/pages.ts";

/** Where a page that is loaded again is not seen by then, nothing is said of its tab. */
const LOOK_FOR_MS = 5_000;
const LOOK_EVERY_MS = 200;
const NO_TAB = -1;

type Fate = "closed" | "crashed";

/**
 * What became of the tab of a call page that is gone: `closed`, also where it shows something else, or `crashed`. Undefined
 * where the page is back, or where the browser does not tell.
 */
export async function fateOf(call: CallId, tab: number, isBack: () => boolean): Promise<Fate | undefined> {
  let before: Fate | undefined;
  for (let waited = 0; waited < LOOK_FOR_MS && !isBack(); waited += LOOK_EVERY_MS) {
    const found = await browser.tabs.get(tab).catch(() => undefined);
    if (found === undefined) return "closed";
    // Twice, since between the last moment of a page and the first of the next there is neither.
    const seen = await withoutPage(call, found);
    if (seen !== undefined && seen === before) return seen;
    before = seen;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  return undefined;
}

/** How a tab that has loaded stands, where the call's page is not in it. */
async function withoutPage(call: CallId, tab: Browser.tabs.Tab): Promise<Fate | undefined> {
  // In Firefox extension pages crash with the whole extension, and it does not list them.
  if (tab.status === "loading" || import.meta.env.FIREFOX) return undefined;
  const contexts = await browser.runtime.getContexts({ contextTypes: ["TAB"], tabIds: [tab.id ?? NO_TAB] });
  if (contexts.some(({ documentUrl }) => documentUrl === callPageUrl(call))) return undefined;
  // The address of a page of our own is told without a permission; a crashed page keeps it.
  return tab.url === callPageUrl(call) ? "crashed" : "closed";
}

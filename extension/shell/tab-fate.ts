import type { CallId } from "#protocol";
import { browser } from "wxt/browser";
import { callPageUrl } from "../messaging/pages.ts";

/** Where a page that is loaded again is not seen by then, nothing is said of its tab. */
const LOOK_FOR_MS = 5_000;
const LOOK_EVERY_MS = 200;

/**
 * What became of the tab of a call page that is gone: `closed`, also where it shows something else, or `crashed`. Undefined
 * where the page is back, or where the browser does not tell.
 */
export async function fateOf(
  call: CallId,
  tab: number,
  isBack: () => boolean,
): Promise<"closed" | "crashed" | undefined> {
  let isElsewhere = false;
  for (let waited = 0; waited < LOOK_FOR_MS && !isBack(); waited += LOOK_EVERY_MS) {
    const seen = await look(call, tab);
    if (seen === "closed" || seen === "crashed") return seen;
    // Twice, since the last moment of a page and the first of the next may look like another page.
    if (seen === "elsewhere" && isElsewhere) return "closed";
    isElsewhere = seen === "elsewhere";
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  return undefined;
}

async function look(call: CallId, tab: number): Promise<"closed" | "crashed" | "elsewhere" | "loading"> {
  const found = await browser.tabs.get(tab).catch(() => undefined);
  if (found === undefined) return "closed";
  // Chrome's word for a tab without a process. In Firefox extension pages crash with the whole extension.
  if (found.status === "unloaded") return "crashed";
  if (found.status !== "complete" || import.meta.env.FIREFOX) return "loading";
  const contexts = await browser.runtime.getContexts({ contextTypes: ["TAB"], tabIds: [tab] });
  return contexts.some(({ documentUrl }) => documentUrl === callPageUrl(call)) ? "loading" : "elsewhere";
}

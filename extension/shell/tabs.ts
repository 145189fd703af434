import type { CallId } from "#protocol";
import { browser } from "wxt/browser";
import { callPageUrl } from "../messaging/pages.ts";
import { createLogger, errorName } from "./logger.ts";

const log = createLogger("tabs");

/** The tabs of calls. They outlive the background, so a tab is found again by its address. */
export class CallTabs {
  /** Tabs by call, as far as this run opened or met them. */
  readonly #known = new Map<CallId, number>();

  /** A call page of this tab made itself known. */
  met(call: CallId, tab: number | undefined): void {
    if (tab !== undefined) this.#known.set(call, tab);
  }

  /** The call's page is closed, or its tab shows something else now. */
  left(call: CallId): void {
    this.#known.delete(call);
  }

  /** Loads the crashed page in this tab anew. */
  async reload(tab: number): Promise<void> {
    try {
      await browser.tabs.reload(tab);
    } catch (caught) {
      log.warn("the crashed call tab could not be loaded again", { why: errorName(caught) });
    }
  }

  /** Makes sure that a tab shows this call; the tab of `replacing`, where it is still open, is used for it. */
  async open(call: CallId, replacing: CallId | undefined): Promise<void> {
    try {
      if (await this.#show(call)) return;
      const spare = replacing === undefined ? undefined : await this.#find(replacing);
      const tab = spare === undefined ? await this.#create(call) : await navigate(spare, call);
      this.met(call, tab?.id);
      if (spare !== undefined) await focusTab(spare);
    } catch (caught) {
      log.error("the call tab could not be opened", { call, why: errorName(caught) });
    }
  }

  /** The tab of `from` shows `to` from now on. */
  async goOn(from: CallId, to: CallId): Promise<void> {
    this.met(to, this.#known.get(from));
    this.left(from);
    await this.focus(to);
  }

  /** Brings the call's tab to the front, and opens it where there is none. */
  async focus(call: CallId): Promise<void> {
    await this.open(call, undefined);
  }

  async #show(call: CallId): Promise<boolean> {
    const tab = await this.#find(call);
    return tab !== undefined && (await focusTab(tab));
  }

  async #find(call: CallId): Promise<number | undefined> {
    const known = this.#known.get(call);
    if (known !== undefined || import.meta.env.FIREFOX) return known;
    const contexts = await browser.runtime.getContexts({ contextTypes: ["TAB"] });
    return contexts.find((context) => context.documentUrl === callPageUrl(call))?.tabId;
  }

  async #create(call: CallId): Promise<{ id?: number | undefined } | undefined> {
    const url = callPageUrl(call);
    try {
      return await browser.tabs.create({ url, active: true });
    } catch {
      // No window is open: a browser may live on in the background.
      const opened = await browser.windows.create({ url, focused: true });
      return opened?.tabs?.[0];
    }
  }
}

async function navigate(tab: number, call: CallId): Promise<{ id?: number | undefined } | undefined> {
  return browser.tabs.update(tab, { url: callPageUrl(call), active: true });
}

/** False where the tab is gone. */
async function focusTab(tab: number): Promise<boolean> {
  try {
    const { windowId } = await browser.tabs.get(tab);
    await browser.tabs.update(tab, { active: true });
    await browser.windows.update(windowId, { focused: true });
    return true;
  } catch {
    return false;
  }
}

/** Shows the popup's card after a click on a notification: as the popup where the browser lets us, else in a window. */
export async function openCard(): Promise<void> {
  try {
    // Chrome has it from 127 on, and both refuse it where no window of theirs has the focus.
    if (import.meta.env.FIREFOX) throw new Error("Firefox opens the popup for a click in its own window only");
    await browser.action.openPopup();
  } catch {
    await browser.windows.create({
      url: browser.runtime.getURL("/popup.html"),
      type: "popup",
      width: 400,
      height: 640,
    });
  }
}

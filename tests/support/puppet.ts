import { rm } from "node:fs/promises";
import type { Browser, Page } from "puppeteer-core";
import type { Account } from "./accounts.ts";
import { say } from "./people.ts";
import { until } from "./until.ts";

/**
 * A person at a browser that Puppeteer drives, with the popup open in a tab. Tabs that are left are hidden here, as a
 * person's are: Playwright has all its pages believe that they are seen.
 */
export class Puppet {
  protected readonly browser: Browser;
  /** Of the built extension's copy. */
  protected readonly folder: string;
  protected shown: Page;

  protected constructor(browser: Browser, folder: string, popup: Page) {
    this.browser = browser;
    this.folder = folder;
    this.shown = popup;
  }

  get popup(): Page {
    return this.shown;
  }

  async signIn(server: string, { handle, password }: Account): Promise<void> {
    await this.fill(say("sign.server"), server);
    await this.click(say("sign.continue"));
    await this.fill(say("sign.handle"), handle);
    await this.fill(say("sign.password"), password);
    await this.click(say("sign.in"));
  }

  /** Fills in a field of the popup, or of another page, by its label. */
  async fill(label: string, value: string, page = this.shown): Promise<void> {
    // Firefox gives a password field no role to find it by: it is found by its label, as the others are.
    await page.locator(`::-p-xpath(//input[@id=//label[normalize-space()="${label}"]/@for])`).fill(value);
  }

  /** What the popup says. */
  text(): Promise<string> {
    return this.shown.evaluate(() => document.body.innerText);
  }

  /** Clicks on a button of the popup, or of another page, by its words or its label. */
  async click(name: string, page = this.shown): Promise<void> {
    // Not by its role: for that Firefox starts its accessibility service, which may halt the page for half a minute.
    await page
      .locator(`::-p-xpath(//button[not(@role="tab")][normalize-space()="${name}" or @aria-label="${name}"])`)
      .filter(takesClicks)
      .click();
  }

  /** The tab of a call, once there is one and its page runs. */
  async callPage(): Promise<Page> {
    let seen: string[] = [];
    const look = async () => {
      const pages = await this.browser.pages();
      seen = await Promise.all(pages.map(placeOf));
      return pages[seen.indexOf(CALL_PAGE)];
    };
    return until("call tab", look, CALL_TAB_MS).catch((error: unknown) => {
      throw new Error(`The tabs that the driver sees: ${seen.join(", ")}.`, { cause: error });
    });
  }

  async close(): Promise<void> {
    await this.browser.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}

const CALL_PAGE = "/call.html, watched";
/** A page that connects pictures without a graphics card may be long in answering. */
const CALL_TAB_MS = 60_000;

/** Asks the page itself: of a tab that the add-on opened the driver of Firefox never learns its address. */
function placeOf(page: Page): Promise<string> {
  return page
    .evaluate(() => location.pathname + ("beckonWatch" in globalThis ? ", watched" : ""))
    .catch((error: unknown) => String(error)); // One that is just being opened cannot be asked.
}

/**
 * Whether a click in the middle of it reaches it, once it is scrolled to. The driver does not ask, unlike Playwright, and a card that has just come
 * takes no click for its first moment. Runs in the page, and must stand alone.
 */
function takesClicks(button: Element): boolean {
  button.scrollIntoView({ block: "nearest" });
  const { x, y, width, height } = button.getBoundingClientRect();
  return button.contains(document.elementFromPoint(x + width / 2, y + height / 2));
}

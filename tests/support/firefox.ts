import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { launch, type Browser, type Page } from "puppeteer-core";
import { findFirefox } from "../../scripts/setup/browsers.ts";
import { say } from "./people.ts";
import type { Account } from "./accounts.ts";
import { until } from "./until.ts";
import { copyWatchedBuild } from "./watched-build.ts";

/** The add-on's id in its manifest, and the host that we give its pages, which is random otherwise. */
const ADD_ON = "beckon@beckon.extension";
const HOST = "6b3a1f5e-2c84-4d6f-9a0b-7e1d5c2f8a94";

/** How long Firefox gets to open a page of the add-on: it never tells that such a page has loaded. */
const OPEN_MS = 700;

/** Whether there is a Firefox to test with. */
export const hasFirefox = findFirefox() !== undefined;

/** One person's Firefox with the built add-on, in a temporary profile, and the popup open in a tab. */
export class PersonFirefox {
  readonly #browser: Browser;
  readonly #folder: string;
  readonly #popup: Page;

  private constructor(browser: Browser, folder: string, popup: Page) {
    this.#browser = browser;
    this.#folder = folder;
    this.#popup = popup;
  }

  static async launch(): Promise<PersonFirefox> {
    const executablePath = findFirefox();
    if (executablePath === undefined)
      throw new Error("There is no Firefox here: install it, or name it in BECKON_FIREFOX.");
    const folder = await mkdtemp(join(tmpdir(), "beckon-add-on-"));
    await copyWatchedBuild("firefox", folder);
    const browser = await launch({
      browser: "firefox",
      executablePath,
      // Without it the pages of add-ons cannot be opened.
      args: ["--remote-allow-system-access"],
      extraPrefsFirefox: {
        "extensions.webextensions.uuids": JSON.stringify({ [ADD_ON]: HOST }),
        "intl.locale.requested": "en-US",
        "media.navigator.streams.fake": true,
        "media.navigator.permission.disabled": true,
        // What an add-on asks for later is given with the click, without the browser's question.
        "extensions.webextOptionalPermissionPrompts": false,
      },
    });
    await browser.installExtension(folder);
    // A page behind another tab is not drawn, and nothing in it can be clicked.
    await closeWelcome(browser);
    return new PersonFirefox(browser, folder, await openOwn(browser, "popup.html"));
  }

  async signIn(server: string, { handle, password }: Account): Promise<void> {
    await this.#fill(say("sign.server"), server);
    await this.click(say("sign.continue"));
    await this.#fill(say("sign.handle"), handle);
    await this.#fill(say("sign.password"), password);
    await this.click(say("sign.in"));
  }

  /** What the popup says. */
  text(): Promise<string> {
    return this.#popup.evaluate(() => document.body.innerText);
  }

  /** Clicks on a button of the popup, or of another page, by its words or its label. */
  async click(name: string, page = this.#popup): Promise<void> {
    // Not by its role: for that Firefox starts its accessibility service, which may halt the page for half a minute.
    await page
      .locator(`::-p-xpath(//button[not(@role="tab")][normalize-space()="${name}" or @aria-label="${name}"])`)
      .filter(takesClicks)
      .click();
  }

  /** The page that asks about an invite, in a tab. */
  openInvitePage(): Promise<Page> {
    return openOwn(this.#browser, "invite.html");
  }

  /** Goes to an address in a tab of its own, as from a mail; another page may take the tab while it still loads. */
  async follow(address: string): Promise<Page> {
    const page = await this.#browser.newPage();
    await page.goto(address, { timeout: OPEN_MS }).catch(() => undefined);
    return page;
  }

  /** The tab of a call, once there is one and its page runs. */
  callPage(): Promise<Page> {
    return until("call tab in Firefox", async () => {
      for (const page of await this.#browser.pages()) if (await isCallPage(page)) return page;
      return undefined;
    });
  }

  async close(): Promise<void> {
    await this.#browser.close();
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #fill(label: string, value: string): Promise<void> {
    // Firefox gives a password field no role to find it by: it is found by its label, as the others are.
    const field = `::-p-xpath(//input[@id=//label[normalize-space()="${label}"]/@for])`;
    await this.#popup.locator(field).fill(value);
  }
}

/** Closes the tab that the installation opens. */
async function closeWelcome(browser: Browser): Promise<void> {
  const isWelcome = (page: Page) => page.evaluate(() => location.pathname === "/welcome.html").catch(() => false);
  const welcome = await until("welcome page in Firefox", async () => {
    for (const page of await browser.pages()) if (await isWelcome(page)) return page;
    return undefined;
  });
  await welcome.close();
}

/** Asks the page itself: of a tab that the add-on opened the driver never learns its address. */
function isCallPage(page: Page): Promise<boolean> {
  // A page that is just being opened cannot be asked.
  return page.evaluate(() => location.pathname === "/call.html" && "beckonWatch" in globalThis).catch(() => false);
}

/**
 * Whether a click in the middle of it reaches it. The driver does not ask, unlike Playwright, and a card that has just come
 * takes no click for its first moment. Runs in the page, and must stand alone.
 */
function takesClicks(button: Element): boolean {
  const { x, y, width, height } = button.getBoundingClientRect();
  return button.contains(document.elementFromPoint(x + width / 2, y + height / 2));
}

async function openOwn(browser: Browser, path: string): Promise<Page> {
  const page = await browser.newPage();
  await page.goto(`moz-extension://${HOST}/${path}`, { timeout: OPEN_MS }).catch((error: unknown) => {
    if (!(error instanceof Error) || error.name !== "TimeoutError") throw error;
  });
  return page;
}

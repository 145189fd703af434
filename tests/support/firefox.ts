import { launch, type Browser, type Page } from "puppeteer-core";
import { findFirefox } from "../../scripts/setup/browsers.ts";
import { extensionFolder } from "../../scripts/setup/extension.ts";

/** The add-on's id in its manifest, and the host that we give its pages, which is random otherwise. */
const ADD_ON = "beckon@beckon.extension";
const HOST = "6b3a1f5e-2c84-4d6f-9a0b-7e1d5c2f8a94";

/** How long Firefox gets to open a page of the add-on: it never tells that such a page has loaded. */
const OPEN_MS = 700;

/** Whether there is a Firefox to test with. */
export const hasFirefox = findFirefox() !== undefined;

/** One person's Firefox with the built add-on, in a temporary profile. */
export class PersonFirefox {
  readonly #browser: Browser;

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  static async launch(): Promise<PersonFirefox> {
    const executablePath = findFirefox();
    if (executablePath === undefined)
      throw new Error("There is no Firefox here: install it, or name it in BECKON_FIREFOX.");
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
      },
    });
    await browser.installExtension(extensionFolder("firefox"));
    return new PersonFirefox(browser);
  }

  /** The popup, in a tab. */
  async openPopup(): Promise<Page> {
    const page = await this.#browser.newPage();
    await page.goto(`moz-extension://${HOST}/popup.html`, { timeout: OPEN_MS }).catch((error: unknown) => {
      if (!(error instanceof Error) || error.name !== "TimeoutError") throw error;
    });
    return page;
  }

  async close(): Promise<void> {
    await this.#browser.close();
  }
}

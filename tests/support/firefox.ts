import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { launch, type Browser, type Page } from "puppeteer-core";
import { findFirefox } from "../../scripts/setup/browsers.ts";
import { Puppet } from "./puppet.ts";
import { until } from "./until.ts";
import { copyWatchedBuild } from "./watched-build.ts";

/** The add-on's id in its manifest, and the host that we give its pages, which is random otherwise. */
const ADD_ON = "beckon@beckon.extension";
const HOST = "6b3a1f5e-2c84-4d6f-9a0b-7e1d5c2f8a94";

/** How long Firefox gets to open a page of the add-on: it never tells that such a page has loaded. */
const OPEN_MS = 700;

/** Why there is no Firefox to test with, where there is none. */
export const whyNoFirefox = findFirefox() === undefined ? "there is no Firefox" : undefined;

/** One person's Firefox with the built add-on, in a temporary profile, and the popup open in a tab. */
export class PersonFirefox extends Puppet {
  /**
   * `welcomed` leaves the tab open that the installation opens; else it is closed. It is shown on the screen that `display`
   * names, or on none. With `sound`, the address of a sound system, its microphones and speakers are the browser's, and nothing is
   * pretended.
   */
  static async launch({
    welcomed = false,
    display,
    sound,
  }: { welcomed?: boolean; display?: string; sound?: string } = {}): Promise<PersonFirefox> {
    const executablePath = findFirefox();
    if (executablePath === undefined)
      throw new Error("There is no Firefox here: install it, or name it in BECKON_FIREFOX.");
    const folder = await mkdtemp(join(tmpdir(), "beckon-add-on-"));
    await copyWatchedBuild("firefox", folder);
    const browser = await launch({
      browser: "firefox",
      executablePath,
      headless: display === undefined,
      env: { ...process.env, DISPLAY: display, ...(sound === undefined ? {} : { PULSE_SERVER: sound }) },
      // Without it the pages of add-ons cannot be opened.
      args: ["--remote-allow-system-access"],
      extraPrefsFirefox: {
        "extensions.webextensions.uuids": JSON.stringify({ [ADD_ON]: HOST }),
        "intl.locale.requested": "en-US",
        "media.navigator.streams.fake": sound === undefined,
        "media.navigator.permission.disabled": true,
        // It draws notifications by itself: a machine without a desktop has nobody else who would.
        "alerts.useSystemBackend": false,
        // What an add-on asks for later is given with the click, without the browser's question.
        "extensions.webextOptionalPermissionPrompts": false,
      },
    });
    await browser.installExtension(folder);
    const welcome = await ownPage(browser, "/welcome.html");
    const popup = await openOwn(browser, "popup.html");
    // A page behind another tab is not drawn, and nothing in it can be clicked.
    if (welcomed) await welcome.bringToFront();
    else await welcome.close();
    return new PersonFirefox(browser, folder, popup);
  }

  /** The tab that shows a page of the add-on, once there is one. */
  ownPage(path: "/welcome.html" | "/options.html"): Promise<Page> {
    return ownPage(this.browser, path);
  }

  /** How many tabs show it. */
  async count(path: "/welcome.html"): Promise<number> {
    return (await ownPages(this.browser, path)).length;
  }

  /** Installs the add-on over itself, as an update does, which closes its tabs; then the popup is opened anew. */
  async update(): Promise<void> {
    await this.browser.installExtension(this.folder);
    this.shown = await openOwn(this.browser, "popup.html");
  }

  /** The page that asks about an invite, in a tab. */
  openInvitePage(): Promise<Page> {
    return openOwn(this.browser, "invite.html");
  }

  /** Goes to an address in a tab of its own, as from a mail; another page may take the tab while it still loads. */
  async follow(address: string): Promise<Page> {
    const page = await this.browser.newPage();
    await page.goto(address, { timeout: OPEN_MS }).catch(() => undefined);
    return page;
  }
}

/** The tabs that show a page of the add-on. */
async function ownPages(browser: Browser, path: string): Promise<Page[]> {
  // Asked of the page itself: of a tab that the add-on opened the driver never learns its address.
  const shows = (page: Page) => page.evaluate((wanted) => location.pathname === wanted, path).catch(() => false);
  const pages = await browser.pages();
  const found = await Promise.all(pages.map(shows));
  return pages.filter((_, index) => found[index]);
}

/** The tab that shows a page of the add-on, once there is one. */
function ownPage(browser: Browser, path: string): Promise<Page> {
  return until(`${path} in Firefox`, async () => (await ownPages(browser, path))[0]);
}

async function openOwn(browser: Browser, path: string): Promise<Page> {
  const page = await browser.newPage();
  await page.goto(`moz-extension://${HOST}/${path}`, { timeout: OPEN_MS }).catch((error: unknown) => {
    if (!(error instanceof Error) || error.name !== "TimeoutError") throw error;
  });
  return page;
}

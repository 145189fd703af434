import { mkdtemp, realpath } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { launch, TargetType } from "puppeteer-core";
import { findChromium } from "../../scripts/setup/browsers.ts";
import { argumentsFor } from "./chromium-options.ts";
import { idOf } from "./chromium-profile.ts";
import { Puppet } from "./puppet.ts";
import { until } from "./until.ts";
import { copyWatchedBuild } from "./watched-build.ts";

/** One person's Chromium with the built extension, whose tabs are hidden where another one is before them. */
export class ChromiumPuppet extends Puppet {
  /** On the screen of that name, or on none. */
  static async launch({ display }: { display?: string } = {}): Promise<ChromiumPuppet> {
    const executablePath = findChromium();
    if (executablePath === undefined) throw new Error("There is no Chromium here: run npm run demo or npm test.");
    const folder = await realpath(await mkdtemp(join(tmpdir(), "beckon-puppet-")));
    await copyWatchedBuild("chrome", folder);
    const browser = await launch({
      executablePath,
      args: [...argumentsFor(folder, {}), "--no-sandbox"],
      enableExtensions: true,
      headless: display === undefined,
      env: { ...process.env, DISPLAY: display },
    });
    const address = `chrome-extension://${idOf(folder)}`;
    // Its pages cannot be opened until it is there.
    const welcome = await browser.waitForTarget((target) => target.url() === `${address}/welcome.html`);
    const [popup = await browser.newPage()] = await browser.pages();
    await popup.goto(`${address}/popup.html`);
    await (await welcome.page())?.close();
    return new ChromiumPuppet(browser, folder, popup);
  }

  /** The small window, once there is one. Its page is not asked, and neither is the call's: that counts as a click there. */
  async untilSmallWindow(): Promise<void> {
    await until("small window", () => Promise.resolve(this.#smallWindows() > 0 ? true : undefined));
  }

  async untilNoSmallWindow(): Promise<void> {
    await until("end of the small window", () => Promise.resolve(this.#smallWindows() === 0 ? true : undefined));
  }

  #smallWindows(): number {
    return this.browser
      .targets()
      .filter((target) => target.type() === TargetType.PAGE && target.url() === "about:blank").length;
  }
}

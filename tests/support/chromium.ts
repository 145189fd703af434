import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type BrowserContext, type Page, type Worker } from "playwright-core";
import { findChromium } from "../../scripts/setup/browsers.ts";
import { argumentsFor, type ChromiumOptions, microphoneFile } from "./chromium-options.ts";
import { idOf, switchOffNotifications } from "./chromium-profile.ts";
import { writeMicrophoneSound } from "./microphone-sound.ts";
import { untilWatched } from "./page-watch.ts";
import { until } from "./until.ts";
import { hasRunningWorker, stopWorkers } from "./worker-status.ts";
import { askForOrigins, copyWatchedBuild, grantOrigins, runFirst } from "./watched-build.ts";

/** The part of the extension API that tests ask for what a person would see outside of pages. */
declare const chrome: {
  alarms: {
    getAll: () => Promise<{ name: string; periodInMinutes?: number }[]>;
    create: (name: string, info: { when: number; periodInMinutes: number }) => Promise<void>;
  };
  action: { getBadgeText: (details: object) => Promise<string> };
  commands: { onCommand: Event };
  idle: { onStateChanged: Event };
  notifications: {
    getAll: () => Promise<Record<string, true>>;
    clear: (id: string) => Promise<boolean>;
    onButtonClicked: Event;
    onClosed: Event;
  };
  runtime: {
    getContexts: (filter: { contextTypes: string[] }) => Promise<{ contextId: string; documentUrl: string }[]>;
  };
};

/** Events of the extension API can be raised from within, as the browser does on a click. */
interface Event {
  dispatch: (...args: unknown[]) => void;
  hasListeners: () => boolean;
}

type RaisedEvent = "command" | "idle" | "button-clicked" | "notification-closed";

/** One person's Chromium with the built extension, in a profile of its own that is removed with it. */
export class PersonBrowser {
  #context: BrowserContext;
  readonly #extension: string;
  readonly #folder: string;
  readonly #profile: string;
  readonly #options: ChromiumOptions;
  #alone: ChildProcess | undefined;
  /** The empty page that a browser begins with, until it is used. */
  #empty: Page | undefined;
  #probe: Promise<Page> | undefined;
  #isClosed = false;

  private constructor(context: BrowserContext, folder: string, profile: string, options: ChromiumOptions) {
    this.#context = context;
    this.#folder = folder;
    this.#extension = `chrome-extension://${idOf(folder)}/`;
    this.#profile = profile;
    this.#options = options;
    this.#begin(context);
  }

  static async launch(options: ChromiumOptions = {}): Promise<PersonBrowser> {
    const profile = await realpath(await mkdtemp(join(tmpdir(), "beckon-profile-")));
    const folder = join(profile, "extension");
    try {
      await copyWatchedBuild("chrome", folder, options.build);
      if (options.seesLinks === true) await grantOrigins(folder);
      if (options.notifications === "off") await switchOffNotifications(profile, idOf(folder));
      if (options.microphone !== undefined) await writeMicrophoneSound(microphoneFile(folder), options.microphone);
      const browser = new PersonBrowser(await start(profile, folder, options), folder, profile, options);
      // It runs before the extension is there, whose pages cannot be opened until then.
      await browser.worker();
      if (options.welcomed !== true) await (await browser.welcomePage()).close();
      return browser;
    } catch (error) {
      await rm(profile, { recursive: true, force: true });
      throw error;
    }
  }

  get context(): BrowserContext {
    return this.#context;
  }

  /** Ends the browser and starts it again on the same profile. None of its former pages can be used on. */
  async restart(): Promise<void> {
    await this.#context.close();
    this.#context = await start(this.#profile, this.#folder, this.#options);
    this.#begin(this.#context);
    await this.worker();
  }

  /**
   * Starts the browser anew with the extension as people have it, which may only ask for the origins of servers. What its
   * manifest had before is given to it still, as if the person had been asked, and can be taken from it.
   */
  async restartAsking(): Promise<void> {
    await askForOrigins(this.#folder);
    await this.restart();
  }

  #begin(context: BrowserContext): void {
    this.#isClosed = false;
    this.#probe = undefined;
    this.#empty = context.pages()[0];
    context.on("close", () => (this.#isClosed = true));
  }

  /** As {@link runFirst}, for the pages of this browser's extension. */
  runFirst(script: (given: string) => void, given?: string): Promise<() => Promise<void>> {
    return runFirst(this.#folder, script, given);
  }

  /** The popup, in a tab: Playwright does not see the one that the toolbar opens. */
  async openPopup(): Promise<Page> {
    const page = this.#empty ?? (await this.context.newPage());
    this.#empty = undefined;
    await page.goto(`${this.#extension}popup.html`);
    return page;
  }

  /** The tab that the installation opens, once it is there. */
  welcomePage(): Promise<Page> {
    const isWelcome = (page: Page) => page.url() === `${this.#extension}welcome.html`;
    return until("welcome page", () => Promise.resolve(this.context.pages().find(isWelcome)));
  }

  /** The tab of a call, once there is one and its page runs; another one than `former`, where that is given. */
  async callPage(former?: Page): Promise<Page> {
    // A new tab gets its address some time after it appears, so the tabs are looked at and not their appearance.
    const look = () => Promise.resolve(this.#callPages().find((page) => page !== former));
    const page = await until("call tab", look);
    await untilWatched(page);
    return page;
  }

  /** Closes the tabs of calls, as a person may at any time. */
  async closeCallPages(): Promise<void> {
    await Promise.all(this.#callPages().map((page) => page.close()));
  }

  /** The number of tabs that show a call, as the browser counts them. */
  async callTabs(): Promise<number> {
    const page = await this.#api();
    const tabs = await page.evaluate(() => chrome.runtime.getContexts({ contextTypes: ["TAB"] }));
    return tabs.filter(({ documentUrl }) => documentUrl.startsWith(`${this.#extension}call.html`)).length;
  }

  /** Whether anything of a ring is here: its notification, or the document that plays its sound. */
  async isRinging(): Promise<boolean> {
    const page = await this.#api();
    const sounds = await page.evaluate(() => chrome.runtime.getContexts({ contextTypes: ["OFFSCREEN_DOCUMENT"] }));
    return sounds.length > 0 || (await this.notifies("incoming:"));
  }

  /** Has the page crash, and with it all of the extension, which is one process. None of its present pages can be used on. */
  async crash(page: Page): Promise<void> {
    const session = await this.context.newCDPSession(page);
    const crashed = page.waitForEvent("crash");
    // Nobody is left to answer.
    session.send("Page.crash").catch(() => undefined);
    await crashed;
  }

  /** Closes every page of the extension; an empty one stays, without which the browser would end. */
  async closePages(): Promise<void> {
    const pages = this.context.pages();
    await this.context.newPage();
    await Promise.all(pages.map((page) => page.close()));
  }

  /** The text on the toolbar's icon. */
  async badge(): Promise<string> {
    return (await this.#api()).evaluate(() => chrome.action.getBadgeText({}));
  }

  /** Waits until the toolbar's icon shows this text. */
  async untilBadge(text: string): Promise<void> {
    await until(`badge "${text}"`, async () => ((await this.badge()) === text ? true : undefined));
  }

  /** The ids of the notifications that are shown. */
  async notifications(): Promise<string[]> {
    return Object.keys(await (await this.#api()).evaluate(() => chrome.notifications.getAll()));
  }

  /** Waits for the notification of an incoming call; returns its id and the instant, in ms since 1970. */
  async ringingNotification(): Promise<{ id: string; at: number }> {
    return { id: await this.untilNotifies("incoming:"), at: Date.now() };
  }

  /** Names the document that makes the ring heard; each one has a name of its own. */
  async ringDocument(): Promise<string> {
    const page = await this.#api();
    return until("document that rings", () =>
      page.evaluate(async () => {
        const [found] = await chrome.runtime.getContexts({ contextTypes: ["OFFSCREEN_DOCUMENT"] });
        return found?.contextId;
      }),
    );
  }

  /** Waits until no notification of an incoming call is shown. */
  untilNotRinging(): Promise<void> {
    return this.untilNotifiesNot("incoming:");
  }

  /** Waits for a notification whose id begins so, and returns the id. */
  async untilNotifies(kind: string): Promise<string> {
    return until(`notification "${kind}"`, async () => (await this.notifications()).find((id) => id.startsWith(kind)));
  }

  async notifies(kind: string): Promise<boolean> {
    return (await this.notifications()).some((id) => id.startsWith(kind));
  }

  /** Waits until no notification is shown whose id begins so. */
  async untilNotifiesNot(kind: string): Promise<void> {
    await until(`end of the notification "${kind}"`, async () => ((await this.notifies(kind)) ? undefined : true));
  }

  /** The machine was left, or somebody is back at it, as the browser tells the extension. */
  setIdle(state: "active" | "idle" | "locked"): Promise<void> {
    return this.#raise("idle", state);
  }

  /** A key of the extension was pressed somewhere in the browser: a program's keys reach pages alone. */
  pressShortcut(command: string): Promise<void> {
    return this.#raise("command", command);
  }

  /** The page of the settings, in a tab. */
  async openSettings(): Promise<Page> {
    const page = await this.context.newPage();
    await page.goto(`${this.#extension}options.html`);
    return page;
  }

  /** Clicks a button of a notification, as far as the extension can tell. */
  clickNotificationButton(id: string, button: number): Promise<void> {
    return this.#raise("button-clicked", id, button);
  }

  /** Closes a notification, as a person does; by the API alone it would be the extension that closed it. */
  async closeNotification(id: string): Promise<void> {
    await (await this.#api()).evaluate((name) => chrome.notifications.clear(name), id);
    await this.#raise("notification-closed", id, true);
  }

  /** The background's worker, while it runs. */
  async worker(): Promise<Worker> {
    return this.context.serviceWorkers()[0] ?? (await this.context.waitForEvent("serviceworker"));
  }

  /** Ends the background's worker, as the browser does when it likes. */
  async stopWorker(): Promise<void> {
    await stopWorkers(await this.#api());
  }

  /** Whether the background's worker runs, as the browser knows it. */
  async isAwake(): Promise<boolean> {
    return hasRunningWorker(await this.#api());
  }

  /**
   * Has the alarm come at once that the extension has set. By itself it comes within 30 s of the worker's end, which
   * the long tests wait for.
   */
  async hastenAlarm(): Promise<void> {
    const set = await (
      await this.#api()
    ).evaluate(async () => {
      const alarms = await chrome.alarms.getAll();
      for (const { name, periodInMinutes = Infinity } of alarms)
        await chrome.alarms.create(name, { when: Date.now(), periodInMinutes });
      return alarms;
    });
    if (set.length !== 1 || set[0]?.periodInMinutes !== 0.5) throw new Error(`Set is ${JSON.stringify(set)}.`);
  }

  /** Resolves when the person has closed the last window. */
  whenClosed(): Promise<void> {
    return new Promise((resolve) => {
      const check = () => {
        if (this.context.pages().length === 0) resolve();
      };
      const watch = (page: Page) => page.on("close", check);
      this.context.pages().forEach(watch);
      this.context.on("page", watch);
      this.context.on("close", () => {
        resolve();
      });
    });
  }

  /**
   * Ends the browser and starts it again on the same profile, as a person's own: with no program attached, since one
   * that is attached keeps workers alive. Of this object only {@link close} is left.
   */
  async leaveAlone(): Promise<void> {
    await this.context.close();
    const args = [...argumentsFor(this.#folder, {}), "--headless", "--no-sandbox", `--user-data-dir=${this.#profile}`];
    this.#alone = spawn(findChromium()!, [...args, "about:blank"], { stdio: "ignore" });
  }

  /** Harmless where the person has closed the browser already. */
  async close(): Promise<void> {
    await this.context.close().catch((error: unknown) => {
      if (!this.#isClosed) throw error;
    });
    if (this.#alone?.exitCode === null) {
      const gone = once(this.#alone, "exit");
      this.#alone.kill("SIGTERM");
      await gone;
    }
    await rm(this.#profile, { recursive: true, force: true, maxRetries: 5 });
  }

  /** Raises an event of the extension API in the background, as the browser does, once somebody listens there. */
  async #raise(event: RaisedEvent, ...details: unknown[]): Promise<void> {
    const worker = await this.worker();
    const raise = async () => {
      const isHeard = await worker.evaluate(
        ([name, given]) => {
          const { commands, idle, notifications } = chrome;
          const raised = {
            command: commands.onCommand,
            idle: idle.onStateChanged,
            "button-clicked": notifications.onButtonClicked,
            "notification-closed": notifications.onClosed,
          }[name];
          const isHeard = raised.hasListeners();
          if (isHeard) raised.dispatch(...given);
          return isHeard;
        },
        [event, details] as const,
      );
      return isHeard ? true : undefined;
    };
    await until("background that listens", raise);
  }

  #callPages(): Page[] {
    return this.context.pages().filter((page) => page.url().startsWith(`${this.#extension}call.html`));
  }

  /** A page of the extension that runs none of its code: for asking the API, also while the worker sleeps. */
  async #api(): Promise<Page> {
    const page = await (this.#probe ??= this.#openProbe());
    if (!page.isClosed()) return page;
    this.#probe = this.#openProbe();
    return this.#probe;
  }

  async #openProbe(): Promise<Page> {
    const page = await this.context.newPage();
    await page.goto(`${this.#extension}manifest.json`);
    page.once("crash", () => (this.#probe = undefined));
    return page;
  }
}

function start(profile: string, folder: string, options: ChromiumOptions): Promise<BrowserContext> {
  const executablePath = options.program ?? findChromium();
  if (executablePath === undefined) throw new Error("There is no Chromium here: run npm run demo or npm test.");
  const { headless = true, sound, diesOfSignals = true } = options;
  return chromium.launchPersistentContext(profile, {
    executablePath,
    headless,
    args: argumentsFor(folder, options),
    ignoreDefaultArgs: [...(headless ? [] : ["--enable-automation"]), ...(sound === undefined ? [] : ["--mute-audio"])],
    viewport: headless ? { width: 1000, height: 700 } : null,
    locale: "en-US",
    // What it leaves in the temporary folder goes with the profile.
    env: { ...process.env, TMPDIR: profile, ...(sound === undefined ? {} : { PULSE_SERVER: sound }) },
    handleSIGINT: diesOfSignals,
    handleSIGTERM: diesOfSignals,
    handleSIGHUP: diesOfSignals,
  });
}

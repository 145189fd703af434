import type { CallId } from "#protocol";
import type { Client } from "./client.ts";
import { Links, type Page } from "./media-link.ts";
import type { Setting } from "./setting.ts";

/** A page that was loaded again flows by then where nothing else breaks: a rejoin may have to wait for 5 s. [CALL-13] */
const FLOWS_AGAIN_MS = 12_000;

/** Call pages and the media between them: two pages that hold the two ends of one call's tickets find each other. */
export class MediaWorld {
  readonly #setting: Setting;
  readonly #pages = new Set<Page>();
  readonly #links: Links;
  /** What became of the tabs of pages that are gone and do not come back by themselves, by the tab's number. */
  readonly #fates = new Map<number, "tab-closed" | "page-crashed">();
  #lastTab = 0;

  constructor(setting: Setting) {
    this.#setting = setting;
    this.#links = new Links(
      setting,
      () => this.#pages,
      (page) => this.#pages.has(page),
    );
  }

  /** Whether the two sides of this call can never be connected. */
  isHopeless(call: CallId): boolean {
    return this.#links.hopeless.has(call);
  }

  /** The device at the other end of this device's media, where it flows; `none` where it has none, or more than one. */
  partnerOf(client: Client): Client | "none" {
    const links = this.#of(client).flatMap(({ link }) => (link && link.brokenSince === undefined ? [link] : []));
    const [link] = links;
    if (!link || links.length > 1) return "none";
    return link.pages.find((page) => page.client !== client)?.client ?? "none";
  }

  /** Whether a page of this call lives on this device. */
  hasPage(client: Client, call: CallId): boolean {
    return this.#pageOf(client, call) !== undefined;
  }

  /** A tab is opened, by the background or by the person. */
  open(client: Client, call: CallId, replacing?: CallId): void {
    const old = this.#pageOf(client, replacing);
    if (this.#pageOf(client, call)) return;
    if (old) this.#remove(old);
    this.#load(client, call, this.#setting.random.between(30, 400));
  }

  /** The background looks what became of a tab. */
  watch(client: Client, call: CallId, tab: number): void {
    const { random, schedule } = this.#setting;
    schedule.after(random.between(0, 400), () => {
      const fate = this.#fates.get(tab);
      if (fate !== undefined && client.isAwake && !this.#pageOf(client, call)) client.dispatch({ type: fate, call });
    });
  }

  /** The crashed page is loaded again by the background. */
  reload(client: Client, call: CallId): void {
    if (!this.#pageOf(client, call)) this.#load(client, call, this.#setting.random.between(100, 2_000));
  }

  /** The person closes the page. */
  close(client: Client): CallId | undefined {
    const { random, schedule } = this.#setting;
    const page = this.#of(client).find(({ isHere }) => isHere);
    if (!page) return undefined;
    this.#setting.note(client.name, "closes the call page");
    const { call } = page;
    this.#remove(page);
    this.#fates.set(page.tab, "tab-closed");
    schedule.after(random.between(0, 100), () => client.dispatch({ type: "page-gone", call }));
    return call;
  }

  /** The person loads the page again. Where the new one is here first, the browser's port tells nothing of the old. */
  reloadByPerson(client: Client): void {
    const { random, schedule } = this.#setting;
    const page = this.#of(client).find(({ isHere }) => isHere);
    if (!page) return;
    this.#setting.note(client.name, "loads the call page again");
    this.#remove(page);
    const afterMs = random.chance(0.9) ? random.between(80, 3_000) : random.between(3_000, 12_000);
    const isHeard = random.chance(0.8);
    if (isHeard) schedule.after(0, () => client.dispatch({ type: "page-gone", call: page.call }));
    this.#load(client, page.call, afterMs);
  }

  /** The page crashes; its tab stays. */
  crash(client: Client): void {
    const { random, weather } = this.#setting;
    const page = this.#of(client).find(({ isHere }) => isHere);
    if (!page) return;
    this.#setting.note(client.name, "has its call page crash");
    this.#remove(page);
    this.#fates.set(page.tab, "page-crashed");
    // All pages of an extension may be one process with its worker.
    if (weather !== "calm" && random.chance(0.5)) client.die();
    else client.dispatch({ type: "page-gone", call: page.call });
  }

  /** Every page of this device is gone, and no worker was there to hear of it. */
  closeUnheard(client: Client): void {
    for (const page of this.#of(client)) {
      this.#fates.set(page.tab, "tab-closed");
      this.#remove(page);
    }
  }

  /** The port of each page died with the worker; opening it anew wakes the worker. */
  workerDied(client: Client): void {
    for (const page of this.#of(client)) if (page.isHere) this.#setting.schedule.after(20, () => client.wake());
  }

  workerWoke(client: Client): void {
    for (const page of this.#of(client)) {
      this.#setting.schedule.after(this.#setting.random.between(1, 50), () => {
        if (!this.#pages.has(page) || !page.isHere) return;
        client.dispatch({ type: "page-here", call: page.call, fresh: page.isFresh, tab: page.tab });
        // What was told to the worker as it died was never heard.
        if (page.told) client.dispatch({ type: page.told, call: page.call });
      });
    }
  }

  viewChanged(client: Client): void {
    for (const page of this.#of(client)) {
      if (!page.isHere) continue;
      const view = client.pageView(page.call);
      if (view === undefined || view.state === "ended") {
        this.#isOver(page);
        continue;
      }
      page.isFresh = false;
      if (view.ticket) this.#links.take(page, view.ticket);
    }
  }

  networkChanged(client: Client): void {
    for (const { link } of this.#of(client)) if (link) this.#links.networkChanged(link);
  }

  #load(client: Client, call: CallId, afterMs: number): void {
    this.#lastTab += 1;
    const page: Page = { client, call, tab: this.#lastTab, isHere: false, isFresh: true };
    this.#pages.add(page);
    this.#setting.schedule.after(afterMs, () => {
      if (!this.#pages.has(page)) return;
      page.isHere = true;
      page.hereAt = this.#setting.now;
      client.dispatch({ type: "page-here", call, fresh: true, tab: page.tab });
      this.#expectFlow(page);
    });
  }

  /** A call whose page is back in time flows again. [CALL-13] */
  #expectFlow(page: Page): void {
    const setting = this.#setting;
    const { client, call } = page;
    const state = client.pageView(call)?.state;
    if (setting.weather !== "calm" || state !== "reconnecting") return;
    const hereAt = setting.now;
    setting.schedule.after(FLOWS_AGAIN_MS, () => {
      const view = this.#pages.has(page) ? client.pageView(call) : undefined;
      const other = page.link?.pages.find((one) => one !== page);
      // The other side's page may be away as well.
      const isMet = other?.hereAt !== undefined && this.#pages.has(other) && other.hereAt <= hereAt;
      if (view?.state === "reconnecting" && isMet) setting.problem(`${client.name} does not flow again [CALL-13]`);
    });
  }

  /** The call is over on this side: its media stops, and the other side notices. */
  #isOver(page: Page): void {
    this.#links.drop(page);
    const { random, schedule } = this.#setting;
    if (!random.chance(0.5)) return;
    schedule.after(random.between(500, 20_000), () => {
      if (!this.#pages.has(page)) return;
      this.#remove(page);
      page.client.dispatch({ type: "page-gone", call: page.call });
    });
  }

  #remove(page: Page): void {
    this.#pages.delete(page);
    this.#links.drop(page);
  }

  #pageOf(client: Client, call: CallId | undefined): Page | undefined {
    return this.#of(client).find((page) => page.call === call);
  }

  #of(client: Client): Page[] {
    return [...this.#pages].filter((page) => page.client === client);
  }
}

import type { CallId } from "#protocol";
import type { Client } from "./client.ts";
import type { Setting } from "./setting.ts";

/** One call page: it lives on while its worker is dead. */
interface Page {
  client: Client;
  call: CallId;
  isHere: boolean;
  link?: Link;
  /** What it told its background last of the media. */
  told?: "media-connected" | "media-interrupted" | "media-failed";
}

/** The media between two pages. */
interface Link {
  pages: [Page, Page];
  isBroken: boolean;
}

const INTERRUPTED_AFTER_MS = 5_000;
const FAILED_AFTER_MS = 35_000;

/** Call pages and the media between them: two pages that hold the two ends of one call's tickets find each other. */
export class MediaWorld {
  readonly #setting: Setting;
  readonly #pages = new Set<Page>();

  constructor(setting: Setting) {
    this.#setting = setting;
  }

  open(client: Client, call: CallId, replacing: CallId | undefined): void {
    const { random, schedule } = this.#setting;
    const old = this.#pageOf(client, replacing);
    if (this.#pageOf(client, call)) return;
    if (old) this.#remove(old);
    const page: Page = { client, call, isHere: false };
    this.#pages.add(page);
    schedule.after(random.between(30, 400), () => {
      if (!this.#pages.has(page)) return;
      page.isHere = true;
      client.dispatch({ type: "page-here", call });
    });
  }

  /** The person closes the page. */
  close(client: Client): void {
    for (const page of this.#of(client)) {
      if (!page.isHere) continue;
      this.#setting.note(client.name, "closes the call page");
      this.#remove(page);
      client.dispatch({ type: "page-gone", call: page.call });
    }
  }

  /** Every page of this device is gone, and no worker was there to hear of it. */
  closeUnheard(client: Client): void {
    for (const page of this.#of(client)) this.#remove(page);
  }

  /** The port of each page died with the worker; opening it anew wakes the worker. */
  workerDied(client: Client): void {
    for (const page of this.#of(client)) if (page.isHere) this.#setting.schedule.after(20, () => client.wake());
  }

  workerWoke(client: Client): void {
    for (const page of this.#of(client)) {
      this.#setting.schedule.after(this.#setting.random.between(1, 50), () => {
        if (!this.#pages.has(page) || !page.isHere) return;
        client.dispatch({ type: "page-here", call: page.call });
        // What was told to the worker as it died was never heard.
        if (page.told) client.dispatch({ type: page.told, call: page.call });
      });
    }
  }

  viewChanged(client: Client): void {
    for (const page of this.#of(client)) {
      if (!page.isHere) continue;
      const view = client.pageView(page.call);
      if (view === undefined || view.state === "ended") this.#isOver(page);
      else if (view.state === "joining" && !page.link) this.#join(page);
    }
  }

  networkChanged(client: Client): void {
    for (const page of this.#of(client)) {
      const { link } = page;
      if (link) this.#networkChanged(link);
    }
  }

  #networkChanged(link: Link): void {
    const { schedule, random } = this.#setting;
    if (isUp(link)) {
      schedule.after(random.between(100, 1_000), () => {
        if (isUp(link) && link.isBroken) this.#tellBoth(link, "media-connected", false);
      });
      return;
    }
    schedule.after(INTERRUPTED_AFTER_MS, () => {
      if (!isUp(link)) this.#tellBoth(link, "media-interrupted", true);
    });
    schedule.after(FAILED_AFTER_MS, () => {
      if (!isUp(link)) this.#tellBoth(link, "media-failed", true);
    });
  }

  #join(page: Page): void {
    const ticket = page.client.pageView(page.call)?.ticket;
    if (!ticket) return;
    const other = [...this.#pages].find((candidate) => {
      const theirs = candidate.isHere && !candidate.link ? candidate.client.pageView(candidate.call) : undefined;
      return (
        theirs?.state === "joining" && theirs.ticket?.self === ticket.remote && theirs.ticket.remote === ticket.self
      );
    });
    if (!other) return;
    const link: Link = { pages: [page, other], isBroken: false };
    page.link = link;
    other.link = link;
    const { random, schedule } = this.#setting;
    const isHopeless = random.chance(0.03);
    schedule.after(isHopeless ? 30_000 : random.between(80, 600), () => {
      this.#tellBoth(link, isHopeless ? "media-failed" : "media-connected", isHopeless);
    });
  }

  #tellBoth(link: Link, what: NonNullable<Page["told"]>, isBroken: boolean): void {
    link.isBroken = isBroken;
    for (const page of link.pages) {
      if (!this.#pages.has(page) || page.link !== link) continue;
      page.told = what;
      page.client.dispatch({ type: what, call: page.call });
    }
  }

  /** The call is over on this side: its media stops, and the other side notices. */
  #isOver(page: Page): void {
    this.#unlink(page);
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
    this.#unlink(page);
  }

  #unlink(page: Page): void {
    const { link } = page;
    if (!link) return;
    delete page.link;
    delete page.told;
    const { schedule } = this.#setting;
    const other = link.pages.find((one) => one !== page);
    for (const [ms, what] of [
      [INTERRUPTED_AFTER_MS, "media-interrupted"],
      [FAILED_AFTER_MS, "media-failed"],
    ] as const) {
      schedule.after(ms, () => {
        if (!other || other.link !== link || !this.#pages.has(other)) return;
        other.told = what;
        other.client.dispatch({ type: what, call: other.call });
      });
    }
  }

  #pageOf(client: Client, call: CallId | undefined): Page | undefined {
    return this.#of(client).find((page) => page.call === call);
  }

  #of(client: Client): Page[] {
    return [...this.#pages].filter((page) => page.client === client);
  }
}

function isUp(link: Link): boolean {
  return link.pages.every((page) => page.client.isOnNetwork);
}

import type { CallId, PeerId, Ticket } from "#protocol";
import type { Client } from "./client.ts";
import type { Setting } from "./setting.ts";

export type MediaNews = "media-connected" | "media-interrupted" | "media-failed";

/** One call page: it lives on while its worker is dead. */
export interface Page {
  client: Client;
  call: CallId;
  tab: number;
  isHere: boolean;
  hereAt?: number;
  /** It was just loaded, and knows nothing of the call yet. */
  isFresh: boolean;
  /** With whose ends it becomes known to PeerServer, and whether it is. */
  ends?: { self: PeerId; remote: PeerId; isKnown: boolean };
  link?: Link;
  /** What it told its background last of the media. */
  told?: MediaNews;
}

/** The media between two pages. */
export interface Link {
  pages: [Page, Page];
  /** Nothing flows since then. */
  brokenSince?: number;
  /** No restart of ICE brings it back, but a fresh connection would. */
  isBeyondRepair: boolean;
}

const INTERRUPTED_AFTER_MS = 5_000;
/** As long after the interruption as the link of a real page. */
const WANTED_AFTER_MS = INTERRUPTED_AFTER_MS + 15_000;
const FAILED_AFTER_MS = INTERRUPTED_AFTER_MS + 30_000;
/** A page that has no connection with its ends by then gives up. */
const LINKING_MS = 30_000;
const REGISTER_AGAIN_MS = 2_000;

/** What the link's machine does in a real page, as far as the background hears of it. */
export class Links {
  readonly #setting: Setting;
  readonly #isOpen: (page: Page) => boolean;
  readonly #pages: () => Iterable<Page>;
  /** The ends of pages that are gone: of no use to another. */
  readonly #spent = new Set<PeerId>();
  /** The calls whose two sides can never be connected. */
  readonly hopeless = new Set<CallId>();

  constructor(setting: Setting, pages: () => Iterable<Page>, isOpen: (page: Page) => boolean) {
    this.#setting = setting;
    this.#pages = pages;
    this.#isOpen = isOpen;
  }

  /** The page was given these ends: what it had by others is dropped. */
  take(page: Page, ticket: Ticket): void {
    if (page.ends?.self === ticket.self) return;
    this.drop(page);
    page.ends = { self: ticket.self, remote: ticket.remote, isKnown: false };
    const { ends } = page;
    this.#register(page);
    this.#setting.schedule.after(LINKING_MS, () => {
      const isAccepted = page.client.pageView(page.call)?.state !== "ringing-out";
      if (page.ends === ends && !page.link && isAccepted) this.#tell(page, "media-failed");
    });
  }

  /** The page lets go of its connection; the other side notices. */
  drop(page: Page): void {
    const { link, ends } = page;
    if (ends) this.#spent.add(ends.self);
    delete page.ends;
    delete page.told;
    delete page.link;
    if (!link) return;
    link.isBeyondRepair = true;
    this.#breaks(link);
  }

  networkChanged(link: Link): void {
    if (!link.pages.every(({ client }) => client.isOnNetwork)) {
      this.#breaks(link);
      return;
    }
    const { random, schedule } = this.#setting;
    schedule.after(random.between(100, 1_000), () => {
      const isUp = link.pages.every((page) => page.client.isOnNetwork && page.link === link);
      if (isUp && link.brokenSince !== undefined && !link.isBeyondRepair) this.#connected(link);
    });
  }

  #register(page: Page): void {
    const { random, schedule } = this.#setting;
    const { ends } = page;
    schedule.after(random.between(30, 300), () => {
      if (!ends || page.ends !== ends || !this.#isOpen(page)) return;
      if (this.#spent.has(ends.self)) {
        const { state } = page.client.pageView(page.call) ?? {};
        if (this.#setting.weather === "calm" && (state === "live" || state === "reconnecting"))
          this.#setting.problem(`${page.client.name} has a page with the ends of one that is gone [CALL-13]`);
        page.client.dispatch({ type: "ticket-wanted", call: page.call });
        schedule.after(REGISTER_AGAIN_MS, () => this.#register(page));
        return;
      }
      ends.isKnown = true;
      this.#meet(page);
    });
  }

  #meet(page: Page): void {
    const other = [...this.#pages()].find(
      ({ ends, link }) =>
        !link && ends?.isKnown === true && ends.self === page.ends?.remote && ends.remote === page.ends.self,
    );
    if (!other) return;
    const { random, schedule } = this.#setting;
    const isFirst = [page, other].every(({ client, call }) => client.pageView(call)?.since === undefined);
    // After glare the two pages may know the call by different ids.
    if (isFirst && random.chance(0.03)) this.hopeless.add(page.call).add(other.call);
    const link: Link = { pages: [page, other], isBeyondRepair: random.chance(0.2) };
    page.link = link;
    other.link = link;
    if (this.hopeless.has(page.call) || this.hopeless.has(other.call)) {
      schedule.after(LINKING_MS, () => this.#tellAll(link, "media-failed"));
      return;
    }
    schedule.after(random.between(80, 600), () => {
      if (link.pages.every(({ client }) => client.isOnNetwork)) this.#connected(link);
      else this.#breaks(link);
    });
  }

  #connected(link: Link): void {
    if (!link.pages.every((page) => page.link === link)) return;
    delete link.brokenSince;
    this.#tellAll(link, "media-connected");
    for (const page of link.pages) this.#outlasts(link, page);
  }

  /** The talk outlasts what the relay takes, here and there: the same ticket comes once more, and nothing else. [DEC-56] */
  #outlasts(link: Link, page: Page): void {
    const { random, schedule } = this.#setting;
    if (!random.chance(0.2)) return;
    schedule.after(random.between(1_000, 20_000), () => {
      if (page.link === link && this.#isOpen(page)) page.client.dispatch({ type: "ice-wanted", call: page.call });
    });
  }

  #breaks(link: Link): void {
    if (link.brokenSince !== undefined) return;
    const { schedule, random, now } = this.#setting;
    // The instant names this break among the link's others.
    const since = now;
    link.brokenSince = since;
    const unlessMended = (ms: number, then: () => void): void =>
      schedule.after(ms, () => {
        if (link.brokenSince === since) then();
      });
    unlessMended(INTERRUPTED_AFTER_MS, () => this.#tellAll(link, "media-interrupted"));
    // Often both sides ask in the same instant.
    const asks = random.chance(0.5) ? [0, 0] : [random.between(0, 5_500), random.between(0, 5_500)];
    for (const [index, page] of link.pages.entries())
      unlessMended(WANTED_AFTER_MS + (asks[index] ?? 0), () => {
        if (page.link === link && this.#isOpen(page)) page.client.dispatch({ type: "ticket-wanted", call: page.call });
      });
    unlessMended(FAILED_AFTER_MS, () => this.#tellAll(link, "media-failed"));
  }

  #tellAll(link: Link, what: MediaNews): void {
    for (const page of link.pages) if (page.link === link) this.#tell(page, what);
  }

  #tell(page: Page, what: MediaNews): void {
    if (!this.#isOpen(page)) return;
    page.told = what;
    page.client.dispatch({ type: what, call: page.call });
  }
}

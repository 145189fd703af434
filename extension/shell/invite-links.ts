import * as v from "valibot";
import { browser } from "wxt/browser";
import { originPattern, readInvite } from "../core/invite-link.ts";
import type { PendingInvite } from "../core/view.ts";
import { invitePageUrl } from "../messaging/pages.ts";
import { createLogger, errorName } from "./logger.ts";
import type { Runtime } from "./runtime.ts";

const log = createLogger("invite-links");

/**
 * The link that each tab showed last: going back to it must not lead forward again. Kept in `storage.session`, since tabs outlive
 * the background's worker.
 */
class ShownLinks {
  #shown: Promise<Map<string, string>> | undefined;

  async has(tab: number, code: string): Promise<boolean> {
    return (await this.#all()).get(String(tab)) === code;
  }

  async add(tab: number, code: string): Promise<void> {
    const all = await this.#all();
    all.set(String(tab), code);
    await this.#write(all);
  }

  async drop(tab: number): Promise<void> {
    const all = await this.#all();
    if (all.delete(String(tab))) await this.#write(all);
  }

  #all(): Promise<Map<string, string>> {
    return (this.#shown ??= browser.storage.session.get("shownLinks").then(({ shownLinks }) => {
      const read = v.safeParse(v.record(v.string(), v.string()), shownLinks);
      return new Map(Object.entries(read.success ? read.output : {}));
    }));
  }

  async #write(all: Map<string, string>): Promise<void> {
    await browser.storage.session.set({ shownLinks: Object.fromEntries(all) });
  }
}

/**
 * Opens our page in place of a tab that shows an invite link of the server. The browser tells the address only where the
 * person allowed that for the server's origin; without it nothing is seen. Call it on the first turn.
 */
export function watchInviteLinks(runtime: Runtime): void {
  const shown = new ShownLinks();
  const onRemoved = (tab: number) => handled(shown.drop(tab));
  const onUpdated = (tab: number, { url }: { url?: string }) => {
    const invite = url === undefined ? undefined : readInvite(url);
    if (invite?.server !== undefined) handled(meet(runtime, shown, invite, tab));
  };
  // On the first turn, in case one of them woke the worker. Without the permission each page that loads anywhere would wake
  // it for nothing: then they are taken back, of which the browser thinks while the worker sleeps.
  watch(onRemoved, onUpdated);
  // An answer of before a later change says nothing any more.
  let latest: object;
  const heed = () => {
    const asked = (latest = {});
    handled(stopWithout(onRemoved, onUpdated, () => asked === latest));
  };
  browser.permissions.onAdded.addListener(() => {
    // At once: the person's next step may be the link.
    watch(onRemoved, onUpdated);
    heed();
  });
  browser.permissions.onRemoved.addListener(heed);
  heed();
}

type OnRemoved = (tab: number) => void;
type OnUpdated = (tab: number, change: { url?: string }) => void;

/** To add a listener that is there already changes nothing. */
function watch(onRemoved: OnRemoved, onUpdated: OnUpdated): void {
  browser.tabs.onRemoved.addListener(onRemoved);
  browser.tabs.onUpdated.addListener(onUpdated);
}

/** Takes the listeners back where no server's links may be seen. */
async function stopWithout(onRemoved: OnRemoved, onUpdated: OnUpdated, counts: () => boolean): Promise<void> {
  const { origins = [] } = await browser.permissions.getAll();
  if (origins.length > 0 || !counts()) return;
  browser.tabs.onRemoved.removeListener(onRemoved);
  browser.tabs.onUpdated.removeListener(onUpdated);
}

/** Takes back what the person allowed for a server's links. Never rejects. */
export async function forgetLinks(server: string): Promise<void> {
  const pattern = originPattern(server);
  if (pattern !== undefined) await browser.permissions.remove({ origins: [pattern] }).catch(() => false);
}

async function meet(runtime: Runtime, shown: ShownLinks, invite: PendingInvite, tab: number): Promise<void> {
  await runtime.started;
  if (invite.server !== serverOf(runtime) || (await shown.has(tab, invite.code))) return;
  await shown.add(tab, invite.code);
  runtime.dispatch({ type: "open-invite", invite });
  await browser.tabs.update(tab, { url: invitePageUrl() });
}

/** Nothing waits for it. */
function handled(done: Promise<void>): void {
  done.catch((caught: unknown) => log.warn("an invite link was not followed", { why: errorName(caught) }));
}

/** The server of the session, or the one last used. */
function serverOf({ state }: Runtime): string | undefined {
  return state.at === "signed-in" ? state.session.server.origin : state.server;
}

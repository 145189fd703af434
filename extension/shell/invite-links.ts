import { browser } from "wxt/browser";
import { readInvite } from "../core/invite-link.ts";
import type { PendingInvite } from "../core/view.ts";
import { invitePageUrl } from "../messaging/pages.ts";
import { createLogger, errorName } from "./logger.ts";
import type { Runtime } from "./runtime.ts";

const log = createLogger("invite-links");

/**
 * Opens our page in place of a tab that shows an invite link of the server. The browser tells the address only where the
 * person allowed that for the server's origin; without it nothing is seen. Call it on the first turn.
 */
export function watchInviteLinks(runtime: Runtime): void {
  /** The link that each tab showed last: going back to it must not lead forward again. */
  const shown = new Map<number, string>();
  browser.tabs.onRemoved.addListener((tab) => void shown.delete(tab));
  browser.tabs.onUpdated.addListener((tab, { url }) => {
    const invite = url === undefined ? undefined : readInvite(url);
    if (invite?.server === undefined || shown.get(tab) === invite.code) return;
    void runtime.started.then(() => {
      if (invite.server !== serverOf(runtime)) return;
      shown.set(tab, invite.code);
      return open(runtime, invite, tab);
    });
  });
}

/** Handles its own failures. */
async function open(runtime: Runtime, invite: PendingInvite, tab: number): Promise<void> {
  runtime.dispatch({ type: "open-invite", invite });
  try {
    await browser.tabs.update(tab, { url: invitePageUrl() });
  } catch (caught) {
    log.warn("the page of an invite could not be opened", { why: errorName(caught) });
  }
}

/** The server of the session, or the one last used. */
function serverOf({ state }: Runtime): string | undefined {
  return state.at === "signed-in" ? state.session.server.origin : state.server;
}

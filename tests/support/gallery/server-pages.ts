import type { Page } from "playwright-core";
import { textsIn, type Language, type Translate } from "../../../server/locales/text.ts";
import { addressBack, addressForm, addressStale } from "../../../server/pages/address.ts";
import { invitePage, inviteStale } from "../../../server/pages/invite.ts";
import { writePage, type Page as ServerPage } from "../../../server/pages/page.ts";
import { resetDone, resetForm, resetStale } from "../../../server/pages/reset.ts";
import { verifyDone, verifyForm } from "../../../server/pages/verify.ts";

const STORES = { chrome: "https://chrome.example", firefox: "https://firefox.example" };
const EXPIRES = Date.UTC(2026, 11, 2);

/** The server's own pages, written as they are sent, in each of their states. */
export const SERVER_PAGES: Record<string, (language: Language) => string> = {
  "server-invite": written((t, language) => invitation(t, language, STORES)),
  "server-invite-no-stores": written((t, language) =>
    invitation(t, language, { chrome: undefined, firefox: undefined }),
  ),
  "server-invite-ended": written(inviteStale),
  "server-verify": written((t) => verifyForm(t, "token")),
  "server-verify-done": written((t) => verifyDone(t, true)),
  "server-verify-stale": written((t) => verifyDone(t, false)),
  "server-address": written((t) => addressForm(t, "token", "alice@example.org")),
  "server-address-back": written((t) => addressBack(t, "token")),
  "server-address-stale": written(addressStale),
  "server-reset": written((t) => resetForm(t, "token", "alice")),
  "server-reset-differ": written((t) => resetForm(t, "token", "alice", "differ")),
  "server-reset-done": written(resetDone),
  "server-reset-stale": written(resetStale),
};

export async function drawServerPage(page: Page, text: string): Promise<void> {
  await page.setViewportSize({ width: 960, height: 720 });
  await page.goto("about:blank");
  await page.setContent(text);
}

function written(draw: (t: Translate, language: Language) => ServerPage): (language: Language) => string {
  return (language) => writePage(language, draw(textsIn(language), language));
}

function invitation(t: Translate, language: Language, stores: Parameters<typeof invitePage>[0]["stores"]): ServerPage {
  const invite = { name: "Alice Okada", expires: EXPIRES };
  const code = "K7QM-2XPA-9D30-41VB";
  return invitePage({ t, language, invite, code, server: "https://beckon.example.org", stores, inFirefox: false });
}

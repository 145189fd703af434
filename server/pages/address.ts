import type { Translate } from "../locales/text.ts";
import { html } from "../markup.ts";
import { notice, type Page } from "./page.ts";

/** Only the click takes it back: programs that look into mails follow links too, but press no buttons. */
export function addressForm(t: Translate, token: string, email: string): Page {
  return {
    title: t("address.title"),
    body: html`<p>${t("address.why", { email })}</p>
      <form method="post" action="address">
        <input type="hidden" name="token" value="${token}" />
        <button type="submit">${t("address.button")}</button>
      </form>`,
  };
}

/** `token` chooses a new password, where the person wants one. */
export function addressBack(t: Translate, token: string): Page {
  return {
    title: t("address.done-title"),
    body: html`<p>${t("address.done")}</p>
      <p><a class="button" href="reset?token=${token}">${t("reset.title")}</a></p>`,
  };
}

export function addressStale(t: Translate): Page {
  return notice(t("page.stale-title"), t("address.stale"), 410);
}

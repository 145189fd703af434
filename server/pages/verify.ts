import type { Translate } from "../locales/text.ts";
import { html } from "../markup.ts";
import { notice, type Page } from "./page.ts";

/** Only the click confirms: programs that look into mails follow links too, but press no buttons. */
export function verifyForm(t: Translate, token: string): Page {
  return {
    title: t("verify.title"),
    body: html`<p>${t("verify.why")}</p>
      <form method="post" action="verify">
        <input type="hidden" name="token" value="${token}" />
        <button type="submit">${t("verify.button")}</button>
      </form>`,
  };
}

export function verifyDone(t: Translate, isConfirmed: boolean): Page {
  if (isConfirmed) return notice(t("verify.done-title"), t("verify.done"));
  return notice(t("page.stale-title"), t("verify.stale"), 410);
}

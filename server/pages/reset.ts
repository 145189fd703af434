import type { ResetOutcome } from "../accounts/account-links.ts";
import type { MessageKey, Translate } from "../locales/text.ts";
import { html } from "../markup.ts";
import { notice, type Page } from "./page.ts";

/** What is wrong with what was typed; the form is shown again with it. */
export type ResetProblem = Exclude<ResetOutcome, "done" | "stale"> | "differ";

const PROBLEMS: Record<ResetProblem, MessageKey> = {
  differ: "reset.differ",
  "wrong-length": "reset.length",
  "holds-account": "reset.holds",
};

/** The form for a new password, which is typed twice: nothing here could show it without a script. */
export function resetForm(t: Translate, token: string, handle: string, problem?: ResetProblem): Page {
  const invalid = problem === undefined ? "false" : "true";
  return {
    title: t("reset.title"),
    status: problem === undefined ? 200 : 422,
    body: html`<p>${t("reset.for", { handle })}</p>
      <form method="post" action="reset">
        <input type="hidden" name="token" value="${token}" />
        <input type="text" name="account" value="${handle}" autocomplete="username" readonly hidden />
        <div class="field">
          <label for="password">${t("reset.password")}</label>
          <input
            id="password"
            type="password"
            name="password"
            autocomplete="new-password"
            required
            autofocus
            aria-invalid="${invalid}"
            aria-describedby="note"
          />
          ${
            problem === undefined
              ? html`<p id="note" class="note">${t("reset.policy")}</p>`
              : html`<p id="note" class="problem" role="alert">${t(PROBLEMS[problem])}</p>`
          }
        </div>
        <div class="field">
          <label for="again">${t("reset.again")}</label>
          <input
            id="again"
            type="password"
            name="again"
            autocomplete="new-password"
            required
            aria-invalid="${invalid}"
          />
        </div>
        <button type="submit">${t("reset.button")}</button>
      </form>`,
  };
}

export function resetDone(t: Translate): Page {
  return notice(t("reset.done-title"), t("reset.done"));
}

export function resetStale(t: Translate): Page {
  return notice(t("page.stale-title"), t("reset.stale"), 410);
}

import type { ShownInvite } from "../accounts/account-links.ts";
import type { Config } from "../config.ts";
import type { Language, Translate } from "../locales/text.ts";
import { html, type Markup } from "../markup.ts";
import { notice, type Page } from "./page.ts";

export interface InvitePageParts {
  t: Translate;
  language: Language;
  invite: ShownInvite;
  code: string;
  /** The server as its clients give it. */
  server: string;
  stores: Config["stores"];
  /** Whether the page is looked at in a Firefox. */
  inFirefox: boolean;
}

/** Who invites, and how to go on with Beckon and without. */
export function invitePage(parts: InvitePageParts): Page {
  const { t, invite, code, server } = parts;
  const { name } = invite;
  return {
    title: name === undefined ? t("invite.title-operator") : t("invite.title", { name: isolated(name) }),
    body: html`<p>${t("invite.what")}</p>
      <section>
        <h2>${t("invite.have-title")}</h2>
        <p>${t(name === undefined ? "invite.have-operator" : "invite.have")}</p>
        <textarea class="code" aria-label="${t("invite.code")}" rows="1" readonly>${code}</textarea>
        <p class="note">${t("invite.select")}</p>
      </section>
      <section>
        <h2>${t("invite.new-title")}</h2>
        <ol>
          <li>${wayToExtension(parts)}</li>
          <li>
            ${t("invite.server")}
            <b>${server}</b>
          </li>
          <li>${t("invite.back")}</li>
        </ol>
      </section>
      <p class="note">${t("invite.until", { day: dayOf(parts) })}</p>`,
  };
}

export function inviteStale(t: Translate): Page {
  return notice(t("invite.stale-title"), t("invite.stale"), 404);
}

function wayToExtension({ t, invite: { name }, stores, inFirefox }: InvitePageParts): Markup {
  if (stores.chrome === undefined && stores.firefox === undefined) {
    return html`${name === undefined ? t("invite.ask-operator") : t("invite.ask", { name: isolated(name) })}`;
  }
  const button = (href: string | undefined, words: string, isOwn: boolean) =>
    href !== undefined && html`<a class="button ${isOwn ? "" : "plain"}" href="${href}">${words}</a>`;
  return html`${t("invite.add")}
    <div class="buttons">
      ${button(stores.chrome, t("invite.chrome"), !inFirefox)} ${button(stores.firefox, t("invite.firefox"), inFirefox)}
    </div>`;
}

/** Nobody knows the reader's time zone, so that there is a day and no hour. */
function dayOf({ language, invite }: InvitePageParts): string {
  return new Intl.DateTimeFormat(language, { dateStyle: "long", timeZone: "UTC" }).format(invite.expires);
}

/** A name runs in its own direction, whatever stands around it. */
function isolated(name: string): string {
  return `\u2068${name}\u2069`;
}

import { textsIn, type Language, type MessageKey } from "../locales/text.ts";
import { html } from "../markup.ts";

export type LetterKind = "verify" | "reset" | "changed" | "held";

/** A mail as it is sent. */
export interface Letter {
  subject: string;
  text: string;
  html: string;
}

// What mail programs show of a style: inline, and no more than this.
const BODY = "margin:0;padding:24px;background:#faf9f7;color:#1d1e24;font:16px/1.5 system-ui,sans-serif";
const CARD = "max-width:480px;margin:0 auto;padding:24px;background:#fff;border:1px solid #e4e2de;border-radius:14px";
const BUTTON =
  "display:inline-block;padding:10px 18px;border-radius:10px;background:#4b45c6;color:#fff;text-decoration:none";

/**
 * No word in it is of a stranger's choosing: anybody may give anybody's address, and must not speak to them through us.
 * Only the link holds a secret.
 */
export function writeLetter(kind: LetterKind, language: Language, server: string, link?: string): Letter {
  const t = textsIn(language);
  const say = (part: "subject" | "why" | "end") => t(`mail.${kind}-${part}` satisfies MessageKey, { server });
  const button = kind === "changed" || link === undefined ? undefined : { words: t(`mail.${kind}-button`), link };
  return {
    subject: say("subject"),
    text: [say("why"), button?.link, say("end")].filter((part) => part !== undefined).join("\n\n") + "\n",
    html: html`<!doctype html>
      <html lang="${language}">
        <body style="${BODY}">
          <div style="${CARD}">
            <p>${say("why")}</p>
            ${button !== undefined && html`<p><a href="${button.link}" style="${BUTTON}">${button.words}</a></p>`}
            ${button !== undefined && html`<p style="color:#5d606c;word-break:break-all">${button.link}</p>`}
            <p style="color:#5d606c">${say("end")}</p>
          </div>
        </body>
      </html>`.text,
  };
}

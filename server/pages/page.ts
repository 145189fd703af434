import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Response } from "express";
import { textsIn, type Language } from "../locales/text.ts";
import { html, Markup } from "../markup.ts";

const style = readFileSync(new URL("style.css", import.meta.url), "utf8");
// To the letter, since the policy knows it by its hash.
const STYLE = new Markup(`<style>${style}</style>`);

/** Nothing runs and nothing is loaded: our own style alone, known by its hash, and forms that come back to us. */
const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash("sha256").update(style).digest("base64")}'`,
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** A page for a person, with everything that is on it. */
export interface Page {
  title: string;
  /** What stands below the title. */
  body: Markup;
  status?: number;
}

/** A page of a title and a sentence. */
export function notice(title: string, sentence: string, status = 200): Page {
  return { title, body: html`<p>${sentence}</p>`, status };
}

export function sendPage(response: Response, language: Language, page: Page): void {
  response
    .status(page.status ?? 200)
    .set({ "Content-Security-Policy": POLICY, "Content-Language": language, Vary: "Accept-Language" })
    .type("html")
    .send(writePage(language, page));
}

/** The whole document. */
export function writePage(language: Language, { title, body }: Page): string {
  return html`<!doctype html>
    <html lang="${language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <meta name="robots" content="noindex" />
        <title>${textsIn(language)("page.title", { title })}</title>
        ${STYLE}
      </head>
      <body>
        <main>
          <svg viewBox="0 0 32 32" aria-hidden="true">
            <circle cx="16" cy="21" r="8" fill="currentcolor" />
            <path
              d="M4.5 13.5a13 13 0 0 1 23 0"
              fill="none"
              stroke="currentcolor"
              stroke-width="3.5"
              stroke-linecap="round"
            />
          </svg>
          <h1>${title}</h1>
          ${body}
        </main>
      </body>
    </html> `.text;
}

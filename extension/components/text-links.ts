import { find } from "linkifyjs";

/** A part of a text; with `href` where it is an address. */
export interface TextPart {
  text: string;
  href?: string;
}

/** What turns the order of letters, so that an address reads as another. */
const TURNS = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;

/** Splits what somebody wrote into words and addresses of the web: those alone that say so themselves, by `https:` or `http:`. */
export function partsOf(text: string): TextPart[] {
  const parts: TextPart[] = [];
  let at = 0;
  for (const { start, end, value, href } of find(text, "url", { validate: isAddress })) {
    if (start > at) parts.push({ text: text.slice(at, start) });
    parts.push({ text: value, href });
    at = end;
  }
  if (at < text.length) parts.push({ text: text.slice(at) });
  return parts;
}

/** Before the host there is no name, which would read as the host. */
function isAddress(value: string): boolean {
  if (!/^https?:\/\//iu.test(value) || TURNS.test(value) || !URL.canParse(value)) return false;
  return new URL(value).username === "";
}

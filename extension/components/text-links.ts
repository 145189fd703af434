import { find } from "linkifyjs";

/** A part of a text; with `href` where it is an address. */
export interface TextPart {
  text: string;
  href?: string;
}

/** Splits what somebody wrote into words and addresses of the web: those alone that say so themselves, by `https:` or `http:`. */
export function partsOf(text: string): TextPart[] {
  const parts: TextPart[] = [];
  let at = 0;
  const validate = (value: string) => /^https?:\/\//iu.test(value);
  for (const { start, end, value, href } of find(text, "url", { validate })) {
    if (start > at) parts.push({ text: text.slice(at, start) });
    parts.push({ text: value, href });
    at = end;
  }
  if (at < text.length) parts.push({ text: text.slice(at) });
  return parts;
}

import { IntlMessageFormat } from "intl-messageformat";
import en from "./en.json" with { type: "json" };
import ja from "./ja.json" with { type: "json" };

/** The languages that the server writes to people in. */
export const LANGUAGES = ["en", "ja"] as const;
export type Language = (typeof LANGUAGES)[number];

/** The name of a message; `en.json` lists them all. */
export type MessageKey = keyof typeof en;

/** A message in ICU MessageFormat, filled in. Throws where a value that it names is missing: a bug. */
export type Translate = (key: MessageKey, values?: Record<string, string | number>) => string;

const messages: Record<Language, Record<MessageKey, string>> = { en, ja };
const parsed = new Map<string, IntlMessageFormat>();

export function textsIn(language: Language): Translate {
  return (key, values) => {
    const name = `${language} ${key}`;
    const message = parsed.get(name) ?? new IntlMessageFormat(messages[language][key], language);
    parsed.set(name, message);
    return String(message.format(values));
  };
}

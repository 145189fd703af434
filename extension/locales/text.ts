import { IntlMessageFormat } from "intl-messageformat";
import en from "./en.json" with { type: "json" };
import ja from "./ja.json" with { type: "json" };

/** The languages that we speak. */
export type Locale = "en" | "ja";

/** The name of a message; `en.json` lists them all. */
export type MessageKey = keyof typeof en;

export type Values = Record<string, string | number>;

const messages: Record<Locale, Record<MessageKey, string>> = { en, ja };

const DAY_MS = 24 * 3_600_000;

/** As exact as the size of a file is told. */
const SIZE_DIGITS = 3;

/** Texts and times in one language. All instants in ms since 1970. */
export interface Text {
  locale: Locale;
  /** The message in ICU MessageFormat, filled in. Throws where a value that it names is missing: a bug. */
  t: (key: MessageKey, values?: Values) => string;
  /** The time of day, with the day where it is not today: "9:40", "yesterday 18:05", "12 Nov, 9:40", and with the year where it is another. */
  instant: (at: number, now: number) => string;
  /** A length in whole minutes, for what is younger than an hour: "12 minutes". */
  minutes: (ms: number) => string;
  /** The length of a talk as a clock shows it: "0:07", "12:04", "1:00:09". */
  clock: (ms: number) => string;
  /** The length of a talk in words: "12 minutes 4 seconds". */
  length: (seconds: number) => string;
  /** The size of a file: "11 bytes", "1.2 MB". */
  bytes: (bytes: number) => string;
  /** For sorting names. */
  compare: (a: string, b: string) => number;
}

/** The language of ours that is nearest to the browser's, such as `ja-JP`. */
export function localeOf(uiLanguage: string): Locale {
  return /^ja\b/i.test(uiLanguage) ? "ja" : "en";
}

/** Texts in `locale`. Parsed messages are kept, so make one and hand it on. */
export function createText(locale: Locale): Text {
  const parsed = new Map<MessageKey, IntlMessageFormat>();
  const t = (key: MessageKey, values?: Values): string => {
    const known = parsed.get(key) ?? new IntlMessageFormat(messages[locale][key], locale);
    parsed.set(key, known);
    return String(known.format(values));
  };
  const collator = new Intl.Collator(locale, { sensitivity: "base", numeric: true });
  return {
    locale,
    t,
    instant: instantIn(locale, t),
    minutes: (ms) => unit(locale, "minute", Math.max(1, Math.floor(ms / 60_000))),
    clock,
    length: (seconds) => lengthIn(locale, seconds),
    bytes: (bytes) => bytesIn(locale, bytes),
    compare: (a, b) => collator.compare(a, b),
  };
}

function instantIn(locale: Locale, t: Text["t"]): Text["instant"] {
  const time = new Intl.DateTimeFormat(locale, { hour: "numeric", minute: "2-digit", hourCycle: "h23" });
  const day = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short" });
  const dayOfYear = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", year: "numeric" });
  // Some languages write the hour of a 24-hour clock with two digits, whatever was asked for.
  const timeOf = (at: number): string => time.format(at).replace(/^0(?=\d)/, "");
  return (at, now) => {
    const days = Math.round((midnight(now) - midnight(at)) / DAY_MS);
    if (days === 0) return timeOf(at);
    if (days === 1) return t("time.yesterday", { time: timeOf(at) });
    if (days === -1) return t("time.tomorrow", { time: timeOf(at) });
    const isThisYear = new Date(at).getFullYear() === new Date(now).getFullYear();
    return t("time.other-day", { day: (isThisYear ? day : dayOfYear).format(at), time: timeOf(at) });
  };
}

function midnight(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0);
}

function unit(locale: Locale, name: "hour" | "minute" | "second" | "byte", value: number): string {
  const shown = new Intl.NumberFormat(locale, { style: "unit", unit: name, unitDisplay: "long" }).format(value);
  // CLDR sets a space between number and unit in Japanese; running text there has none.
  return locale === "ja" ? shown.replaceAll(/\s/g, "") : shown;
}

function clock(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const two = (value: number): string => String(value).padStart(2, "0");
  const minutes = Math.floor(seconds / 60);
  const tail = two(seconds % 60);
  return minutes < 60
    ? `${String(minutes)}:${tail}`
    : `${String(Math.floor(minutes / 60))}:${two(minutes % 60)}:${tail}`;
}

function bytesIn(locale: Locale, bytes: number): string {
  // Rounded as it is shown, so that nothing is 1000 kB.
  const power = Math.min(4, Math.floor(Math.log10(Math.max(1, Number(bytes.toPrecision(SIZE_DIGITS)))) / 3));
  const name = (["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const)[power];
  if (name === "byte") return unit(locale, name, bytes);
  const format = { style: "unit", unit: name, unitDisplay: "short", maximumSignificantDigits: SIZE_DIGITS } as const;
  return new Intl.NumberFormat(locale, format).format(bytes / 1000 ** power);
}

function lengthIn(locale: Locale, seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const parts = [
    { name: "hour", value: Math.floor(whole / 3600) },
    { name: "minute", value: Math.floor((whole % 3600) / 60) },
    { name: "second", value: whole % 60 },
  ] as const;
  const shown = parts.filter((part) => part.value > 0).slice(0, 2);
  return (shown.length > 0 ? shown : [parts[2]])
    .map((part) => unit(locale, part.name, part.value))
    .join(locale === "ja" ? "" : " ");
}

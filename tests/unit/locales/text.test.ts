import { EndReason } from "#protocol";
import { IntlMessageFormat } from "intl-messageformat";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import en from "../../../extension/locales/en.json" with { type: "json" };
import ja from "../../../extension/locales/ja.json" with { type: "json" };
import { createText, localeOf, type MessageKey } from "../../../extension/locales/text.ts";
import { Problem } from "../../../extension/messaging/commands.ts";

const EXTENSION = join(import.meta.dirname, "..", "..", "..", "extension");
const KEYS = Object.keys(en) as MessageKey[]; // the type is made of this very object
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe("the message files", () => {
  test("have the same messages in the same order", () => {
    expect(Object.keys(ja)).toEqual(Object.keys(en));
  });

  test("name the same values in each message", () => {
    const differing = KEYS.filter((key) => valuesOf(en[key], "en").join() !== valuesOf(ja[key], "ja").join());
    expect(differing).toEqual([]);
  });

  test("hold no message that nothing shows", () => {
    const source = sourceOf(EXTENSION);
    // `availability.${choice}` and the like stand for every message of that shape.
    const shapes = Array.from(source.matchAll(/`([a-z]+\.[a-z.-]*\$\{[^`]*)`/g), ([, shape = ""]) => shapeOf(shape));
    const unused = KEYS.filter((key) => !source.includes(`"${key}"`) && !shapes.some((shape) => shape.test(key)));
    expect(unused).toEqual([]);
  });

  test("are calm: no exclamation marks, no three full stops", () => {
    const loud = [...Object.values(en), ...Object.values(ja)].filter((message) => /[!！]|\.\.\./.test(message));
    expect(loud).toEqual([]);
  });

  test.each(["en", "ja"] as const)("say in sentences what went wrong and why a call ended, in %s", (locale) => {
    const { t } = createText(locale);
    const ends = [...EndReason.options, "not-contact", "too-many-calls", "not-begun", "lost"] as const;
    const sentences = [
      ...Problem.options.map((problem) => t(`problem.${problem}`, { field: "other" })),
      ...ends.flatMap((end) => [t(`ended.caller.${end}`, { name: "Bob" }), t(`ended.callee.${end}`, { name: "Bob" })]),
    ];
    expect(sentences.filter((sentence) => !/[.。]$/.test(sentence))).toEqual([]);
  });
});

describe("texts", () => {
  const now = new Date(2026, 9, 13, 10, 42).getTime();

  test("follow the browser's language, and are English where we do not speak it", () => {
    expect(["ja", "ja-JP", "en-GB", "fr", "jam"].map(localeOf)).toEqual(["ja", "ja", "en", "en", "en"]);
  });

  test("count in the language's own way", () => {
    const text = createText("en");
    expect(text.t("call.ringing", { devices: 1 })).toBe("Ringing on 1 device");
    expect(text.t("call.ringing", { devices: 2 })).toBe("Ringing on 2 devices");
    expect(createText("ja").t("missed.count", { count: 2 })).toBe("不在着信 2件");
  });

  test.each([
    { at: now - HOUR - 2 * MINUTE, en: "9:40", ja: "9:40" },
    { at: now + 198 * MINUTE, en: "14:00", ja: "14:00" },
    { at: now - 24 * HOUR, en: "yesterday 10:42", ja: "昨日 10:42" },
    { at: now + 24 * HOUR, en: "tomorrow 10:42", ja: "明日 10:42" },
    { at: now - 40 * 24 * HOUR, en: "Sep 3, 10:42", ja: "9月3日 10:42" },
    { at: now - 365 * 24 * HOUR, en: "Oct 13, 2025, 10:42", ja: "2025年10月13日 10:42" },
  ])("name an instant: $en", ({ at, en, ja }) => {
    expect(createText("en").instant(at, now)).toBe(en);
    expect(createText("ja").instant(at, now)).toBe(ja);
  });

  test.each([
    { ms: 7_000, clock: "0:07", en: "7 seconds", ja: "7秒" },
    { ms: 724_000, clock: "12:04", en: "12 minutes 4 seconds", ja: "12分4秒" },
    { ms: 3_609_000, clock: "1:00:09", en: "1 hour 9 seconds", ja: "1時間9秒" },
    { ms: 0, clock: "0:00", en: "0 seconds", ja: "0秒" },
  ])("tell a length: $clock", ({ ms, clock, en, ja }) => {
    expect(createText("en").clock(ms)).toBe(clock);
    expect(createText("en").length(ms / 1000)).toBe(en);
    expect(createText("ja").length(ms / 1000)).toBe(ja);
  });

  test.each([
    { bytes: 0, en: "0 bytes", ja: "0バイト" },
    { bytes: 1, en: "1 byte", ja: "1バイト" },
    { bytes: 11, en: "11 bytes", ja: "11バイト" },
    { bytes: 999, en: "999 bytes", ja: "999バイト" },
    { bytes: 1_000, en: "1 kB", ja: "1 KB" },
    { bytes: 999_499, en: "999 kB", ja: "999 KB" },
    { bytes: 999_500, en: "1 MB", ja: "1 MB" },
    { bytes: 1_234_567, en: "1.23 MB", ja: "1.23 MB" },
    { bytes: 2 ** 40, en: "1.1 TB", ja: "1.1 TB" },
  ])("tell the size of a file: $en", ({ bytes, en, ja }) => {
    expect(createText("en").bytes(bytes)).toBe(en);
    expect(createText("ja").bytes(bytes)).toBe(ja);
  });
});

/** As much of a parsed message as tells the values that it names. */
interface Part {
  type: number;
  value?: string;
  options?: Record<string, { value: Part[] }>;
}

/** The parser's mark of plain text, beside which every part names a value. */
const PLAIN_TEXT = 0;

function valuesOf(message: string, locale: string): string[] {
  return Array.from(new Set(namesIn(new IntlMessageFormat(message, locale).getAst()))).toSorted();
}

function namesIn(parts: readonly Part[]): string[] {
  return parts.flatMap(({ type, value, options }) => {
    const own = value === undefined || type === PLAIN_TEXT ? [] : [value];
    return [...own, ...Object.values(options ?? {}).flatMap((option) => namesIn(option.value))];
  });
}

function shapeOf(template: string): RegExp {
  const literal = template.replaceAll(/\$\{[^}]*\}/g, "*").replaceAll(".", "\\.");
  return new RegExp(`^${literal.replaceAll("*", "[a-z-]+")}$`);
}

function sourceOf(folder: string): string {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => /\.(ts|svelte)$/.test(path))
    .map((path) => readFileSync(join(folder, path), "utf8"))
    .join("\n");
}

import { DisplayName } from "#protocol";
import fc from "fast-check";
import * as v from "valibot";
import { describe, expect, it } from "vitest";

describe("a name", () => {
  it.each([
    "Alice Okada",
    "岡田　愛理",
    "渡邉\u{e0100}さん",
    "Αλίκη",
    "Алиса",
    "Алиса Smith",
    "نازی\u200cفر",
    "क\u094d\u200dष",
    "Zoë O'Neil-Ōba",
    "D’Arcy (Bob) 2nd",
    "Fam 👨‍👩‍👧‍👦",
    "Flag 🏴󠁧󠁢󠁥󠁮󠁧󠁿 ❤️ ❤‍🔥 1️⃣ 👍🏽",
    "Nguyễn Thị Ánh",
    "שרה",
    "محمد",
  ])("may be '%s'", (name) => {
    expect(v.safeParse(DisplayName, name).issues).toBeUndefined();
  });

  it.each([
    ["a control character", "Al\u0007ice"],
    ["a line's end", "Alice\nBob"],
    ["a mark that turns the text round", "Alice\u202eecilA"],
    ["an isolate", "Alice\u2066"],
    ["a space of no width", "Al\u200bice"],
    ["a joiner between Latin letters", "Al\u200dice"],
    ["a soft hyphen", "Al\u00adice"],
    ["a byte order mark", "\ufeffAlice"],
    ["a filler that is a letter", "\u3164"],
    ["an empty Braille cell", "\u2800"],
    ["tags behind a letter", "Alice\u{e0041}"],
    ["a variant of a letter that has none", "Alice\ufe0f"],
    ["a picture with tags that are no flag", "👍\u{e0041}"],
    ["a private character", "Alice\uf8ff"],
    ["half a character", "Alice\ud83d"],
    ["marks in a stack", `A${"\u0301\u0316".repeat(4)}lice`],
    ["a Cyrillic letter among Latin ones", "\u0410lice"],
    ["a Greek letter among Latin ones", "B\u03bfb"],
  ])("does not hold %s", (_what, name) => {
    expect(v.is(DisplayName, name)).toBe(false);
  });

  it("is kept in one form, however it was typed", () => {
    expect(v.parse(DisplayName, "Zoe\u0308")).toBe("Zo\u00eb");
  });

  it("takes no invisible mark, wherever it stands", () => {
    const invisible = fc.constantFrom("\u200b", "\u2060", "\u00ad", "\u202e", "\u034f", "\u{e0061}", "\u061c");
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 20 }), invisible, fc.nat(20), (text, mark, at) => {
        const characters = Array.from(text);
        expect(v.is(DisplayName, [...characters.slice(0, at), mark, ...characters.slice(at)].join(""))).toBe(false);
      }),
    );
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { partsOf } from "../../../extension/components/text-links.ts";

describe("addresses in what somebody wrote", () => {
  it.each([
    ["nothing but words", "see you at 10:30, or later", []],
    ["one alone", "https://example.org/a?b=c#d", ["https://example.org/a?b=c#d"]],
    [
      "several between words",
      "http://a.example.org and https://b.example.org/x",
      ["http://a.example.org", "https://b.example.org/x"],
    ],
    ["without the full stop of the sentence", "It is at https://example.org/page.", ["https://example.org/page"]],
    ["without the brackets around it", "(https://example.org/page)", ["https://example.org/page"]],
    ["beside Japanese", "ここです：https://example.org/ご案内 見てね", ["https://example.org/ご案内"]],
  ])("%s", (_, text, links) => {
    expect(partsOf(text).flatMap(({ href }) => href ?? [])).toEqual(links);
  });

  it.each([
    "example.org",
    "me@example.org",
    "javascript://example.org/%0aalert(1)",
    "ftp://example.org/a",
    "https://bank.example.com@example.org/login",
    "https://example.org/\u202Emoc.elpmaxe",
    "file:///etc/passwd",
    "data:text/html,x",
  ])("%s is none", (text) => {
    expect(partsOf(text)).toEqual([{ text }]);
  });

  it("leave every letter where it was, and lead to the web alone", () => {
    const piece = fc.oneof(
      fc.string({ unit: "grapheme" }),
      fc.constantFrom("https://example.org/a", "http://", "https://", "javascript:", " ", ".", "://", "b.example.org"),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const text = pieces.join("");
        const parts = partsOf(text);
        expect(parts.map((part) => part.text).join("")).toBe(text);
        for (const { text: shown, href } of parts)
          if (href !== undefined) for (const address of [shown, href]) expect(address).toMatch(/^https?:\/\//iu);
      }),
    );
  });
});

import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import own from "../../../extension/locales/en.json" with { type: "json" };
import en from "../../../server/locales/en.json" with { type: "json" };
import ja from "../../../server/locales/ja.json" with { type: "json" };

const ROOT = join(import.meta.dirname, "..", "..", "..");
const KEYS = Object.keys(en) as (keyof typeof en)[]; // the type is made of this very object

/** The values that a message names. */
const valuesOf = (text: string) => [...new Set([...text.matchAll(/\{(\w+)[,}]/g)].map(([, name]) => name))].sort();

describe("what the server writes to people", () => {
  it("stands in both languages, in one order, with the same values", () => {
    expect(Object.keys(ja)).toEqual(KEYS);
    expect(KEYS.filter((key) => valuesOf(en[key]).join() !== valuesOf(ja[key]).join())).toEqual([]);
  });

  it("holds no message that nothing shows, and is calm", () => {
    const source = globSync("server/**/*.ts", { cwd: ROOT }).map((file) => readFileSync(join(ROOT, file), "utf8"));
    // Mails take theirs by kind and part.
    const isShown = (key: string) => key.startsWith("mail.") || source.some((text) => text.includes(`"${key}"`));
    expect(KEYS.filter((key) => !isShown(key))).toEqual([]);
    expect([...Object.values(en), ...Object.values(ja)].filter((text) => /[!！]|\.\.\./.test(text))).toEqual([]);
  });
});

it("a new password is asked for in the same words wherever it is chosen", () => {
  const hint = own["sign.password-hint"];
  expect(own["account.password-policy"]).toContain(hint);
  expect(en["reset.policy"].replaceAll("\u2011", "-")).toBe(hint);
});

describe("the server's pages", () => {
  it("break no line within a word that has a hyphen", () => {
    const shown = KEYS.filter((key) => !key.startsWith("mail.")).map((key) => en[key]);
    expect(shown.filter((text) => /\p{L}-\p{L}/u.test(text))).toEqual([]);
  });

  /** The custom properties of a style, light and dark. */
  function tokensOf(...path: string[]): Map<string, string>[] {
    const schemes = readFileSync(join(ROOT, ...path), "utf8").split("prefers-color-scheme: dark");
    return schemes.map(
      // The pattern has two groups.
      (part) => new Map([...part.matchAll(/(--[\w-]+):\s*([^;]+);/g)].map(([, name, value]) => [name!, value!])),
    );
  }

  it("look like the extension: what both name is the same", () => {
    const extension = tokensOf("extension", "components", "tokens.css");
    for (const [at, tokens] of tokensOf("server", "pages", "style.css").entries()) {
      expect(tokens.size).toBeGreaterThan(9);
      for (const [name, value] of tokens) expect([name, value]).toEqual([name, extension[at]!.get(name)]);
    }
  });
});

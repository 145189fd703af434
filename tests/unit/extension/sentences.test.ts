import { describe, expect, it } from "vitest";
import { handleSentence } from "../../../extension/components/sentences.ts";
import { createText } from "../../../extension/locales/text.ts";

const text = createText("en");

describe("what is wrong with a handle to sign in by", () => {
  it.each([
    ["noah@example.org", "sign.handle-not-email"],
    [" noah@example.org", "sign.handle-not-email"],
    ["@noah", "sign.handle-wrong"],
    ["no", "sign.handle-wrong"],
  ] as const)("%s", (typed, key) => {
    expect(handleSentence(text, typed)).toBe(text.t(key));
  });
});

import { describe, expect, it } from "vitest";
import { passwordRefusal } from "../../../extension/components/account-words.ts";
import { createText } from "../../../extension/locales/text.ts";

const text = createText("en");

describe("a password that was refused", () => {
  it.each([
    ["wrong-password", { current: text.t("account.password-current-wrong") }],
    ["not-found", { current: text.t("account.password-current-wrong") }],
    ["bad-input", { next: text.t("account.password-refused") }],
    ["too-many", { form: text.t("problem.too-many") }],
    ["offline", { form: text.t("problem.offline") }],
  ] as const)("for %s is said where it has to be mended", (problem, words) => {
    expect(passwordRefusal(text, { ok: false, problem })).toEqual(words);
  });
});

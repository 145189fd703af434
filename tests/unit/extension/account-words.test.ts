import { describe, expect, it } from "vitest";
import { deviceWords, passwordRefusal } from "../../../extension/components/account-words.ts";
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

describe("a device in the list of one's own", () => {
  it.each([
    ["Chrome on Linux", "Chrome on Linux", "LinuxのChrome"],
    ["Firefox on macOS", "Firefox on macOS", "macOSのFirefox"],
    ["Edge", "Edge", "Edge"],
    ["a phone on the way", "a phone on the way", "a phone on the way"],
    ["", "A device without a name", "名前のない端末"],
  ])("that calls itself %j is called so in the person's language", (device, en, ja) => {
    expect(deviceWords(text, device)).toBe(en);
    expect(deviceWords(createText("ja"), device)).toBe(ja);
  });
});

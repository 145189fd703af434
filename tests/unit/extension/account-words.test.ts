import { describe, expect, it } from "vitest";
import {
  deviceWords,
  firstPasswordRefusal,
  passwordRefusal,
  proofSentence,
} from "../../../extension/components/account-words.ts";
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

describe("[DEC-60] an act for which somebody was to sign in at the provider anew", () => {
  const name = "Example Club";

  it.each([
    [{ problem: "provider-closed" }, text.t("proof.closed", { name })],
    [{ problem: "provider-away" }, text.t("proof.away", { name })],
    [{ problem: "provider-failed" }, text.t("proof.failed", { name })],
    [{ problem: "bad-input" }, text.t("proof.failed", { name })],
    [{ problem: "not-found" }, text.t("proof.other", { name })],
    [{ problem: "too-many" }, text.t("problem.too-many")],
  ] as const)("says of %j what to do, and asks for no password of theirs", (refused, sentence) => {
    expect(proofSentence(text, name, { ok: false, ...refused })).toBe(sentence);
    // The one that a link would give them is spoken of where there is no other way.
    const isWithout = sentence.replace(/set a password by a link .*$/, "");
    expect(isWithout).not.toMatch(/password/i);
    expect(isWithout === sentence).toBe(!["provider-away", "provider-failed", "bad-input"].includes(refused.problem));
    expect(firstPasswordRefusal(text, name, { ok: false, ...refused })).toEqual({ form: sentence });
  });

  it("says of a first password that was refused so at its field", () => {
    const refused = { ok: false, problem: "bad-input", field: "password" } as const;
    expect(firstPasswordRefusal(text, name, refused)).toEqual({ next: text.t("account.password-refused") });
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

import type { Text } from "../locales/text.ts";
import type { Refused } from "./account-props.ts";
import { problemSentence } from "./sentences.ts";

/** Where the sentence about a password that was refused stands. */
export interface PasswordRefusal {
  current?: string;
  next?: string;
  form?: string;
}

/** Why a password was not changed, at the field that has to be. */
export function passwordRefusal(text: Text, refused: Refused): PasswordRefusal {
  if (refused.problem === "not-found" || refused.problem === "wrong-password")
    return { current: text.t("account.password-current-wrong") };
  if (refused.problem === "bad-input") return { next: text.t("account.password-refused") };
  return { form: problemSentence(text, refused) };
}

/** What a device is called by the name that it gave itself, in the words of `shell/device-name.ts`; others are left as they are. */
export function deviceWords(text: Text, device: string): string {
  if (device === "") return text.t("account.device-unnamed");
  const [, browser, system] = /^(Chrome|Edge|Firefox) on (\w+)$/.exec(device) ?? [];
  return browser === undefined || system === undefined ? device : text.t("account.device-on", { browser, system });
}

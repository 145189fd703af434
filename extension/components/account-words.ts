import type { Text } from "../locales/text.ts";
import type { Refused } from "../messaging/commands.ts";
import { problemSentence } from "./sentences.ts";

/** Where the sentence about a password that was refused stands. */
export interface PasswordRefusal {
  current?: string;
  next?: string;
  form?: string;
}

/** Why an act led to nothing for which a person was to show at the provider that it is them. */
export function proofSentence(text: Text, name: string, refused: Refused): string {
  switch (refused.problem) {
    case "provider-closed":
      return text.t("proof.closed", { name });
    case "provider-away":
      return text.t("proof.away", { name });
    case "provider-failed":
      return text.t("proof.failed", { name });
    case "not-found":
    case "wrong-password":
      return text.t("proof.other", { name });
    case "bad-input":
      // What the server did not take is the proof: too much time went by.
      return refused.field === undefined ? text.t("proof.failed", { name }) : problemSentence(text, refused);
    default:
      return problemSentence(text, refused);
  }
}

/** Why the first password was not set, at the field where that has to be mended. */
export function firstPasswordRefusal(text: Text, name: string, refused: Refused): PasswordRefusal {
  if (refused.field === "password") return { next: text.t("account.password-refused") };
  return { form: proofSentence(text, name, refused) };
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

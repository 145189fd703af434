import { tick } from "svelte";
import type { Text } from "../locales/text.ts";
import type { FormField, Problem, Refused } from "../messaging/commands.ts";
import { problemSentence } from "./sentences.ts";

/** The fields of the forms about an account. */
export type AccountField = Exclude<FormField, "text">;

/** A refusal, and what stood in the form when it was asked for. */
export interface RefusedForm<Field extends AccountField> {
  answer: Refused;
  typed: Readonly<Record<Field, string>>;
}

/** What some refusals are about, whatever was asked. */
const ABOUT: { [problem in Problem]?: FormField } = {
  "handle-taken": "handle",
  "email-taken": "email",
  "not-found": "current",
  "wrong-password": "current",
};

/** Which of a form's fields a refusal is about; undefined where it is about none of them. */
export function refusedField<Field extends FormField>(
  { problem, field }: Refused,
  fields: readonly Field[],
): Field | undefined {
  const about = problem === "bad-input" ? field : ABOUT[problem];
  return fields.find((one) => one === about);
}

/**
 * What stands under a field: what is wrong with what is typed, or why it was refused, for as long as it is as it was then.
 */
export function fieldProblem<Field extends AccountField>(
  text: Text,
  field: Field,
  {
    typed,
    isWrong,
    refused,
  }: { typed: Record<Field, string>; isWrong: boolean; refused?: RefusedForm<Field> | undefined },
): string | undefined {
  if (isWrong) return wrongSentence(text, field, typed[field]);
  if (refused === undefined || refusedField(refused.answer, [field]) === undefined) return undefined;
  if (refused.typed[field] !== typed[field]) return undefined;
  return field === "current" ? text.t("account.password-current-wrong") : problemSentence(text, refused.answer);
}

function wrongSentence(text: Text, field: AccountField, typed: string): string {
  if (field === "current") return text.t("sign.password-empty");
  return text.t(field === "name" && typed.trim() === "" ? "sign.name-empty" : `sign.${field}-wrong`);
}

/** Leads to the first field that has to be changed. */
export async function focusWrong(form: HTMLFormElement | undefined): Promise<void> {
  await tick();
  form?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
}

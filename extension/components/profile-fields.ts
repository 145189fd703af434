import { DisplayName, Email, Handle } from "#protocol";
import * as v from "valibot";
import type { Refused } from "./account-props.ts";

export const PROFILE_FIELDS = ["name", "handle", "email"] as const;
/** A field of the form; `current` is the present password. */
export type ProfileField = (typeof PROFILE_FIELDS)[number] | "current";

export const PROFILE_SCHEMAS = {
  name: v.pipe(v.string(), v.trim(), v.minLength(1), DisplayName),
  handle: Handle,
  email: Email,
};

/** Where the sentence about a refusal stands. */
export function refusedField({ problem, detail = "" }: Refused): ProfileField | "form" {
  if (problem === "handle-taken") return "handle";
  if (problem === "email-taken") return "email";
  if (problem === "not-found" || problem === "wrong-password") return "current";
  const named = detail.includes("'username'")
    ? "handle"
    : PROFILE_FIELDS.find((field) => detail.includes(`'${field}'`));
  return (problem === "bad-input" ? named : undefined) ?? "form";
}

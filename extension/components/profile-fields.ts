import { DisplayName, Email, Handle } from "#protocol";
import * as v from "valibot";

/** What the form shows of the profile, and changes. */
export const PROFILE_FIELDS = ["name", "handle", "email"] as const;
/** The fields of the form; `current` is the present password. */
export const PROFILE_FORM = [...PROFILE_FIELDS, "current"] as const;
export type ProfileField = (typeof PROFILE_FORM)[number];

export const PROFILE_SCHEMAS = {
  name: v.pipe(v.string(), v.trim(), v.minLength(1), DisplayName),
  handle: Handle,
  email: Email,
};

import { DisplayName, Email, Handle, handleOf } from "#protocol";
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

/** A handle for whoever is called so; empty where some of the name's letters could not stand in it. */
export function proposedHandle(name: string): string {
  const letters = name.normalize("NFKD").replace(/[^\p{L}\p{N}]/gu, "");
  const handle = handleOf(name);
  return /^[a-z0-9]*$/i.test(letters) && v.is(Handle, handle) ? handle : "";
}

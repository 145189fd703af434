import * as v from "valibot";
import { MAX_EMAIL, MAX_HANDLE, MAX_PASSWORD_BYTES, MIN_HANDLE, MIN_PASSWORD_BYTES } from "./limits.ts";

/** The length of a text in UTF-8, in bytes; surrogate halves that stand alone count as U+FFFD, as encoders write them. */
export function utf8Bytes(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}

/** A handle: the name by which a person is found. Upper case is taken as lower case. */
export const Handle = v.pipe(
  v.string("must be text"),
  v.trim(),
  v.toLowerCase(),
  v.regex(
    new RegExp(`^[a-z0-9_.-]{${String(MIN_HANDLE)},${String(MAX_HANDLE)}}$`),
    `must be ${String(MIN_HANDLE)} to ${String(MAX_HANDLE)} characters of a–z, 0–9, _ . and -`,
  ),
);

/** What of a name can stand in a handle, which may be too short for one; of an e-mail address, its first part alone. */
export function handleOf(name: string): string {
  return name
    .split("@", 1)
    .join("")
    .normalize("NFKD")
    .toLowerCase()
    .trim()
    .replace(/\s+/g, ".")
    .replace(/[^a-z0-9_.-]/g, "")
    .replace(/^[_.-]+|[_.-]+$/g, "")
    .slice(0, MAX_HANDLE);
}

export const Password = v.pipe(
  v.string("must be text"),
  v.check(
    (text) => utf8Bytes(text) >= MIN_PASSWORD_BYTES && utf8Bytes(text) <= MAX_PASSWORD_BYTES,
    `must be ${String(MIN_PASSWORD_BYTES)} to ${String(MAX_PASSWORD_BYTES)} bytes long`,
  ),
);

export const Email = v.pipe(
  v.string("must be text"),
  v.trim(),
  v.toLowerCase(),
  v.maxLength(MAX_EMAIL, "is too long"),
  v.rfcEmail("must be an e-mail address"),
);

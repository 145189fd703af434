import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Chromium makes the id of an unpacked extension of its folder's name: 32 hex digits of its hash, written a to p. */
export function idOf(folder: string): string {
  const digits = createHash("sha256").update(folder).digest("hex").slice(0, 32);
  return digits.replace(/./g, (digit) => String.fromCharCode("a".charCodeAt(0) + Number.parseInt(digit, 16)));
}

/** The notifications of an extension, as a new profile remembers that the person does not want them. */
export async function switchOffNotifications(profile: string, extension: string): Promise<void> {
  await mkdir(join(profile, "Default"));
  const preferences = { message_center: { disabled_extension_ids: [extension] } };
  await writeFile(join(profile, "Default", "Preferences"), JSON.stringify(preferences));
}

import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { ROOT } from "./command.ts";

/** The hash of files, and of all below folders, of the project, and of what else counts: as long as it stays, nothing has changed. */
export async function hashOfSources(sources: readonly string[], ...besides: readonly string[]): Promise<string> {
  const hash = createHash("sha256");
  for (const text of besides) hash.update(text);
  for (const source of sources) {
    for (const path of await filesUnder(join(ROOT, source))) hash.update(path).update(await readFile(path));
  }
  return hash.digest("hex");
}

async function filesUnder(path: string): Promise<string[]> {
  if (!existsSync(path)) return [];
  const entries = await readdir(path, { recursive: true, withFileTypes: true }).catch(() => undefined);
  if (entries === undefined) return [path];
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

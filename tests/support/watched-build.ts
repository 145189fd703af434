import { appendFile, cp, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { type Browser, extensionFolder } from "../../scripts/setup/extension.ts";
import { watchPage } from "./page-watch.ts";

/** Firefox needs no page for the ring. */
const PAGES = ["popup.html", "call.html", "invite.html", "welcome.html", "offscreen.html"];
const SCRIPT = "watch.js";

/**
 * Copies the built extension into `folder`, with a script of ours ahead of each page's own code. A script that the
 * browser's driver adds comes too late now and then for a tab that the extension opens by itself.
 */
export async function copyWatchedBuild(
  browser: Browser,
  folder: string,
  build = extensionFolder(browser),
): Promise<void> {
  await cp(build, folder, { recursive: true });
  await runFirst(folder, watchPage);
  const built = await readdir(folder);
  for (const page of PAGES.filter((name) => built.includes(name))) {
    const html = await readFile(join(folder, page), "utf8");
    await writeFile(join(folder, page), html.replace("<head>", `<head><script src="/${SCRIPT}"></script>`));
  }
}

/**
 * From now on every page of the copy runs this before its own code, until what is returned is called. It must stand
 * alone, and is given `given`.
 */
export async function runFirst(
  folder: string,
  script: (given: string) => void,
  given = "",
): Promise<() => Promise<void>> {
  const file = join(folder, SCRIPT);
  const code = `(${script.toString()})(${JSON.stringify(given)});\n`;
  await appendFile(file, code);
  return async () => {
    await writeFile(file, (await readFile(file, "utf8")).replace(code, ""));
  };
}

/** Gives the copy what its manifest only may ask for: the origins whose invite links it sees. */
export function grantOrigins(folder: string): Promise<void> {
  return changeManifest(folder, ({ optional_host_permissions, ...manifest }) => ({
    ...manifest,
    host_permissions: optional_host_permissions,
  }));
}

/** Has the copy's manifest only ask for them again. */
export function askForOrigins(folder: string): Promise<void> {
  return changeManifest(folder, ({ host_permissions, ...manifest }) => ({
    ...manifest,
    optional_host_permissions: host_permissions,
  }));
}

const Manifest = v.record(v.string(), v.unknown());

async function changeManifest(
  folder: string,
  change: (manifest: v.InferOutput<typeof Manifest>) => object,
): Promise<void> {
  const file = join(folder, "manifest.json");
  const manifest = v.parse(Manifest, JSON.parse(await readFile(file, "utf8")));
  await writeFile(file, JSON.stringify(change(manifest)));
}

import { appendFile, cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { type Browser, extensionFolder } from "../../scripts/setup/extension.ts";
import { watchPage } from "./page-watch.ts";

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
  for (const page of PAGES) {
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
export async function grantOrigins(folder: string): Promise<void> {
  const file = join(folder, "manifest.json");
  const { optional_host_permissions, ...manifest } = v.parse(
    v.looseObject({ optional_host_permissions: v.array(v.string()) }),
    JSON.parse(await readFile(file, "utf8")),
  );
  await writeFile(file, JSON.stringify({ ...manifest, host_permissions: optional_host_permissions }));
}

import { appendFile, cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { extensionFolder } from "../../scripts/setup/extension.ts";
import { watchPage } from "./page-watch.ts";

const PAGES = ["popup.html", "call.html"];
const SCRIPT = "watch.js";

/**
 * Copies the built extension into `folder`, with a script of ours ahead of each page's own code. A script that the
 * browser's driver adds comes too late now and then for a tab that the extension opens by itself.
 */
export async function copyWatchedBuild(folder: string): Promise<void> {
  await cp(extensionFolder("chrome"), folder, { recursive: true });
  await runFirst(folder, watchPage);
  for (const page of PAGES) {
    const html = await readFile(join(folder, page), "utf8");
    await writeFile(join(folder, page), html.replace("<head>", `<head><script src="/${SCRIPT}"></script>`));
  }
}

/** From now on every page of the copy runs this before its own code. It must stand alone. */
export async function runFirst(folder: string, script: () => void): Promise<void> {
  await appendFile(join(folder, SCRIPT), `(${script.toString()})();\n`);
}

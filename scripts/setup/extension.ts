import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { lastLines, ROOT, runCommand, SetupFailure } from "./command.ts";
import { step } from "./progress.ts";
import { hashOfSources } from "./sources.ts";

/** The builds of the extension: the folder under .output, what to call it, and how to ask WXT for it. */
const BUILDS = {
  chrome: { folder: "chrome-mv3", title: "Building the extension", args: ["build", "--browser", "chrome"] },
  firefox: {
    folder: "firefox-mv2",
    title: "Building the extension for Firefox",
    args: ["build", "--browser", "firefox", "--mv2"],
  },
} as const;

export type Browser = keyof typeof BUILDS;

const SOURCES = ["extension", "protocol", "package-lock.json", "tsconfig.json", "wxt.config.ts"];

/** The folder of the built extension, to load into a browser. */
export function extensionFolder(browser: Browser): string {
  return join(ROOT, ".output", BUILDS[browser].folder);
}

/** Builds the extension, unless it stands there built from just these sources. It offers `server` at first, where one is given. */
export async function setUpExtension(browser: Browser, signal: AbortSignal, server = ""): Promise<void> {
  const { folder, title, args } = BUILDS[browser];
  const stamp = join(ROOT, ".cache", `${folder}.sha256`);
  const hash = await hashOfSources(SOURCES, server);
  const isBuilt = existsSync(join(extensionFolder(browser), "manifest.json"));
  if (isBuilt && existsSync(stamp) && (await readFile(stamp, "utf8")) === hash) return;

  const build = async () => {
    const wxt = join(ROOT, "node_modules", "wxt", "bin", "wxt.mjs");
    const { code, output } = await runCommand(process.execPath, [wxt, ...args], {
      signal,
      env: { ...process.env, BECKON_SERVER: server },
    });
    if (code !== 0) throw new SetupFailure(`The extension could not be built:\n${lastLines(output, 30)}`);
    await mkdir(join(ROOT, ".cache"), { recursive: true });
    await writeFile(stamp, hash);
  };
  await step(title, build, signal);
}

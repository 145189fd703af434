import { accessSync, constants, realpathSync } from "node:fs";
import { delimiter, join } from "node:path";
import { chromium } from "playwright-core";
import { lastLines, ROOT, runCommand, SetupFailure } from "./command.ts";
import { installFromDebian, isDebianRoot } from "./debian.ts";
import { step } from "./progress.ts";

/** Where to look for a browser that people have installed, beside PATH. Branded Chrome ignores `--load-extension`. */
const CHROMIUM = ["chromium", "chromium-browser", "/Applications/Chromium.app/Contents/MacOS/Chromium"];
const FIREFOX = ["firefox-esr", "firefox", "/Applications/Firefox.app/Contents/MacOS/firefox"];

/** The path of a Chromium that loads unpacked extensions: `BECKON_CHROMIUM`, Playwright's, or the system's. */
export function findChromium(): string | undefined {
  return fromEnvironment("BECKON_CHROMIUM") ?? firstOf([chromium.executablePath(), ...CHROMIUM]);
}

/** The path of a Firefox: `BECKON_FIREFOX`, or the system's. */
export function findFirefox(): string | undefined {
  return fromEnvironment("BECKON_FIREFOX") ?? firstOf(FIREFOX);
}

/** Finds a Chromium, or installs one. */
export async function setUpChromium(signal: AbortSignal): Promise<void> {
  if (findChromium() !== undefined) return;
  await step("Installing Chromium", () => installChromium(signal), signal);
}

async function installChromium(signal: AbortSignal): Promise<void> {
  const problems = [
    await installFromDebian(["chromium", "fonts-dejavu-core"], signal),
    findChromium() ?? (await installFromPlaywright(signal)),
  ];
  if (findChromium() !== undefined) return;
  throw new SetupFailure(
    `${problems.filter((text) => text !== undefined).join("\n")}\n` +
      "There is no Chromium here, and none could be installed. Install Chromium (Google Chrome does not load " +
      "unpacked extensions from a command line), or name one in the environment variable BECKON_CHROMIUM.",
  );
}

/** Finds a Firefox, or installs one where that is one command. Without one its tests say that they were skipped. */
export async function setUpFirefox(signal: AbortSignal): Promise<void> {
  if (findFirefox() !== undefined || !isDebianRoot()) return;
  await step("Installing Firefox", () => installFromDebian(["firefox-esr"], signal), signal);
}

function fromEnvironment(name: string): string | undefined {
  const path = process.env[name];
  if (path === undefined || path === "") return undefined;
  if (isProgram(path)) return path;
  throw new SetupFailure(`${name} names ${path}, which is not a program: correct it, or unset it.`);
}

function firstOf(names: readonly string[]): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const paths = names.flatMap((name) => (name.includes("/") ? [name] : folders.map((folder) => join(folder, name))));
  return paths.find((path) => isProgram(path) && !isSnap(path));
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** A snap sees neither our temporary profiles nor hidden folders. */
function isSnap(path: string): boolean {
  return path.startsWith("/snap/") || realpathSync(path) === "/usr/bin/snap";
}

async function installFromPlaywright(signal: AbortSignal): Promise<string | undefined> {
  const cli = join(ROOT, "node_modules", "playwright-core", "cli.js");
  const { code, output } = await runCommand(process.execPath, [cli, "install", "chromium"], { signal });
  return code === 0 ? undefined : lastLines(output);
}

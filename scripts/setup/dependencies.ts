import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { ROOT, runCommand, SetupFailure } from "./command.ts";
import { step } from "./progress.ts";

interface LockedPackage {
  readonly version?: string;
  readonly optional?: boolean;
}

type Lock = Record<string, LockedPackage>;

/** npm undoes what it began, which may take long; the next install begins anew by itself. */
const STOP_WITHIN_MS = 1_000;

/** Installs what the lockfile names, where that is not installed yet. */
export async function setUpDependencies(signal: AbortSignal): Promise<void> {
  if (await areInstalled()) return;
  await step("Installing dependencies", () => install(signal), signal);
}

async function install(signal: AbortSignal): Promise<void> {
  // The tools that build the extension count as dev dependencies: an operator needs them as well.
  const args = ["ci", "--include=dev", "--include=optional", "--no-audit", "--no-fund", "--loglevel=error"];
  const npm = await runCommand("npm", args, { signal, stopWithinMs: STOP_WITHIN_MS });
  if (npm.code === 0) return;
  throw new SetupFailure(
    `npm could not install the dependencies:\n${firstLines(npm.output)}\n` +
      "Check the network and the space on the disk, then run the same command again.",
  );
}

/** What npm says first is what went wrong; below it stands how it is used. */
function firstLines(output: string): string {
  return output.trim().split("\n").slice(0, 15).join("\n");
}

/** Compares the lockfile with the one that npm keeps of what it installed, and writes when it is done. */
async function areInstalled(): Promise<boolean> {
  const wanted = await readLock(join(ROOT, "package-lock.json"));
  const present = await readLock(join(ROOT, "node_modules", ".package-lock.json"));
  if (wanted === undefined) throw new SetupFailure("package-lock.json is missing: restore it from git.");
  if (present === undefined) return false;
  return Object.entries(wanted).every(([path, { version, optional }]) => {
    if (path === "") return true;
    const installed = present[path];
    // Optional packages of other platforms are left out.
    return installed === undefined ? optional === true : installed.version === version;
  });
}

async function readLock(path: string): Promise<Lock | undefined> {
  try {
    // npm wrote both files; one that is damaged otherwise is installed anew.
    return (JSON.parse(await readFile(path, "utf8")) as { packages: Lock }).packages;
  } catch {
    return undefined;
  }
}

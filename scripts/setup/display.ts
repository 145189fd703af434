import { execFileSync } from "node:child_process";
import { installFromDebian, isDebianRoot } from "./debian.ts";
import { step } from "./progress.ts";

/** What draws screens that nobody sees and presses keys on them, and the Debian package of each. */
const TOOLS = { Xvfb: "xvfb", xdotool: "xdotool" } as const;

/** Why no browser can be shown on a screen of its own here, or undefined where it can. */
export function whyNoDisplay(): string | undefined {
  if (process.platform !== "linux") return "only Linux has screens for programs alone";
  const missing = missingPackages();
  return missing.length > 0 ? `${missing.join(" and ")} must be installed` : undefined;
}

/** Installs what is missing where that is one command. Without it the tests say that they were skipped. */
export async function setUpDisplay(signal: AbortSignal): Promise<void> {
  const missing = missingPackages();
  if (missing.length === 0 || !isDebianRoot()) return;
  await step(`Installing ${missing.join(" and ")}`, () => installFromDebian(missing, signal), signal);
}

function missingPackages(): string[] {
  return Object.entries(TOOLS).flatMap(([tool, name]) => (isThere(tool) ? [] : [name]));
}

function isThere(tool: string): boolean {
  try {
    execFileSync("sh", ["-c", `command -v ${tool}`], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

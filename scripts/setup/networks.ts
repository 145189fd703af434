import { execFileSync } from "node:child_process";
import { hasProgram } from "./command.ts";
import { installFromDebian, isDebianRoot } from "./debian.ts";
import { step } from "./progress.ts";

/** What the tests of a network that goes away or is narrow need, and the Debian package of each. */
const TOOLS = { ip: "iproute2", tc: "iproute2", openssl: "openssl" } as const;

/** Why a program cannot be given a network of its own here, or undefined where it can. */
export function whyNoNetworks(): string | undefined {
  if (process.platform !== "linux") return "only Linux has network namespaces";
  if (process.getuid?.() !== 0) return "only root may make network namespaces";
  const missing = missingPackages();
  return missing.length > 0 ? `${missing.join(" and ")} must be installed` : undefined;
}

/** Why the line of such a network cannot be made narrow here, or undefined where it can. */
export function whyNoNarrowLines(): string | undefined {
  return whyNoNetworks() ?? (canBeNarrow() ? undefined : "its kernel cannot make a line narrow (tc has no tbf)");
}

/** Installs what is missing where that is one command. Without it the tests say that they were skipped. */
export async function setUpNetworks(signal: AbortSignal): Promise<void> {
  const missing = missingPackages();
  if (missing.length === 0 || !isDebianRoot()) return;
  await step(`Installing ${missing.join(" and ")}`, () => installFromDebian(missing, signal), signal);
}

function missingPackages(): string[] {
  const missing = Object.entries(TOOLS).flatMap(([tool, name]) => (hasProgram(tool) ? [] : [name]));
  return [...new Set(missing)];
}

/** Tried in a network that goes with the program. */
function canBeNarrow(): boolean {
  const tbf = ["tbf", "rate", "1mbit", "burst", "5kb", "latency", "50ms"];
  try {
    execFileSync("unshare", ["--net", "tc", "qdisc", "add", "dev", "lo", "root", ...tbf], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

import { execFileSync } from "node:child_process";
import { installMissing, whyMissing } from "./tools.ts";

/** What the tests of a network that goes away or is narrow need. */
const TOOLS = { ip: "iproute2", tc: "iproute2", openssl: "openssl" } as const;

/** Why a program cannot be given a network of its own here, or undefined where it can. */
export function whyNoNetworks(): string | undefined {
  if (process.platform !== "linux") return "only Linux has network namespaces";
  if (process.getuid?.() !== 0) return "only root may make network namespaces";
  return whyMissing(TOOLS);
}

/** Why the line of such a network cannot be made narrow here, or undefined where it can. */
export function whyNoNarrowLines(): string | undefined {
  return whyNoNetworks() ?? (canBeNarrow() ? undefined : "its kernel cannot make a line narrow (tc has no tbf)");
}

/** So that tests can give a program a network of its own. */
export function setUpNetworks(signal: AbortSignal): Promise<void> {
  return installMissing(TOOLS, signal);
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

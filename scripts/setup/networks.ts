import { hasProgram } from "./command.ts";
import { installFromDebian, isDebianRoot } from "./debian.ts";
import { step } from "./progress.ts";

/** What the tests of a network that goes away need, and the Debian package of each. */
const TOOLS = { ip: "iproute2", openssl: "openssl" } as const;

/** Why a program cannot be given a network of its own here, or undefined where it can. */
export function whyNoNetworks(): string | undefined {
  if (process.platform !== "linux") return "only Linux has network namespaces";
  if (process.getuid?.() !== 0) return "only root may make network namespaces";
  const missing = missingPackages();
  return missing.length > 0 ? `${missing.join(" and ")} must be installed` : undefined;
}

/** Installs what is missing where that is one command. Without it the tests say that they were skipped. */
export async function setUpNetworks(signal: AbortSignal): Promise<void> {
  const missing = missingPackages();
  if (missing.length === 0 || !isDebianRoot()) return;
  await step(`Installing ${missing.join(" and ")}`, () => installFromDebian(missing, signal), signal);
}

function missingPackages(): string[] {
  return Object.entries(TOOLS).flatMap(([tool, name]) => (hasProgram(tool) ? [] : [name]));
}

import { hasProgram } from "./command.ts";
import { installFromDebian, isDebianRoot } from "./debian.ts";
import { step } from "./progress.ts";

/** Programs that some tests need, and the Debian package of each. */
export type Tools = Readonly<Record<string, string>>;

/** What must be installed for these, or undefined where all are there. */
export function whyMissing(tools: Tools): string | undefined {
  const missing = missingPackages(tools);
  return missing.length > 0 ? `${missing.join(" and ")} must be installed` : undefined;
}

/** Installs what is missing where that is one command. Without it the tests say that they were skipped. */
export async function installMissing(tools: Tools, signal: AbortSignal): Promise<void> {
  const missing = missingPackages(tools);
  if (missing.length === 0 || !isDebianRoot()) return;
  await step(`Installing ${missing.join(" and ")}`, () => installFromDebian(missing, signal), signal);
}

function missingPackages(tools: Tools): string[] {
  const missing = Object.entries(tools).flatMap(([program, name]) => (hasProgram(program) ? [] : [name]));
  return [...new Set(missing)];
}

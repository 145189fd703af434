import { hasProgram } from "./command.ts";
import { installFromDebian, isDebianRoot } from "./debian.ts";
import { step } from "./progress.ts";

/** What the tests of real microphones and speakers need, and the Debian package of each. */
const TOOLS = { pulseaudio: "pulseaudio", pactl: "pulseaudio-utils" } as const;

/** Why no sound system of a test's own can run here, or undefined where one can. */
export function whyNoSound(): string | undefined {
  if (process.platform !== "linux") return "only Linux has sound systems of a program's own";
  const missing = missingPackages();
  return missing.length > 0 ? `${missing.join(" and ")} must be installed` : undefined;
}

/** Installs PulseAudio where that is one command. Without it the tests say that they were skipped. */
export async function setUpSound(signal: AbortSignal): Promise<void> {
  const missing = missingPackages();
  if (missing.length === 0 || !isDebianRoot()) return;
  await step(`Installing ${missing.join(" and ")}`, () => installFromDebian(missing, signal), signal);
}

function missingPackages(): string[] {
  return Object.entries(TOOLS).flatMap(([program, name]) => (hasProgram(program) ? [] : [name]));
}

import { hasProgram } from "./command.ts";
import { installFromDebian, isDebianRoot } from "./debian.ts";
import { step } from "./progress.ts";

/** coturn's program, and Debian's package of it. */
const PROGRAM = "turnserver";
const PACKAGE = "coturn";

/** Why no real relay can run here, or undefined where one can. */
export function whyNoRelay(): string | undefined {
  return hasProgram(PROGRAM) ? undefined : `${PACKAGE} must be installed`;
}

/** Installs coturn where that is one command. Without it the tests say that they were skipped. */
export async function setUpRelay(signal: AbortSignal): Promise<void> {
  if (whyNoRelay() === undefined || !isDebianRoot()) return;
  await step(`Installing ${PACKAGE}`, () => installFromDebian([PACKAGE], signal), signal);
}

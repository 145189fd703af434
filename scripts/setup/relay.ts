import { installMissing, whyMissing } from "./tools.ts";

/** coturn's program. */
const TOOLS = { turnserver: "coturn" } as const;

/** Why no real relay can run here, or undefined where one can. */
export function whyNoRelay(): string | undefined {
  return whyMissing(TOOLS);
}

/** So that tests have a real relay. */
export function setUpRelay(signal: AbortSignal): Promise<void> {
  return installMissing(TOOLS, signal);
}

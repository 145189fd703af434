import { installMissing, whyMissing } from "./tools.ts";

/** What the tests of real microphones and speakers need. */
const TOOLS = { pulseaudio: "pulseaudio", pactl: "pulseaudio-utils" } as const;

/** Why no sound system of a test's own can run here, or undefined where one can. */
export function whyNoSound(): string | undefined {
  return process.platform === "linux" ? whyMissing(TOOLS) : "only Linux has sound systems of a program's own";
}

/** So that tests have a sound system of their own. */
export function setUpSound(signal: AbortSignal): Promise<void> {
  return installMissing(TOOLS, signal);
}

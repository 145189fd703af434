import { installMissing, whyMissing } from "./tools.ts";

/** What draws screens that nobody sees, and what presses keys on them. */
const TOOLS = { Xvfb: "xvfb", xdotool: "xdotool" } as const;

/** Why no browser can be shown on a screen of its own here, or undefined where it can. */
export function whyNoDisplay(): string | undefined {
  return process.platform === "linux" ? whyMissing(TOOLS) : "only Linux has screens for programs alone";
}

/** So that browsers can show themselves to tests. */
export function setUpDisplay(signal: AbortSignal): Promise<void> {
  return installMissing(TOOLS, signal);
}

import type { ReachNote, ReachProblem } from "../core/reach.ts";
import type { Text } from "../locales/text.ts";
import { joined } from "./sentences.ts";

const SILENT: readonly (ReachNote | ReachProblem)[] = ["ring-silent", "ring-quiet-hours", "ring-muted"];

/** Whether people can reach one, and why not or not quite. That calls make no sound does not say yet that they come. */
export function reachSentence(text: Text, why: ReachNote | ReachProblem): string {
  const reason = text.t(`reach.${why}`);
  return SILENT.includes(why) ? joined(text, [text.t("reach.comes-silently"), reason]) : reason;
}

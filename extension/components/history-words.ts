import type { CallRecord } from "#protocol";
import type { Text } from "../locales/text.ts";

/** Who called whom, and with what: "Incoming video call". */
export function directionWords(text: Text, { direction, media }: CallRecord): string {
  return text.t(`history.${direction}-${media}`);
}

/** How it ended: its length where there was a talk, or why there was none. */
export function outcomeWords(text: Text, record: CallRecord): string {
  const { direction, outcome, seconds, missedWhile } = record;
  if (outcome === "answered") return text.length(seconds);
  if (direction === "out") return text.t(`history.out-${outcome === "missed" ? "no-answer" : outcome}`);
  if (outcome === "declined" || outcome === "failed") return text.t(`history.in-${outcome}`);
  return missedWhile === undefined ? text.t("history.in-missed") : text.t(`history.in-missed-${missedWhile}`);
}

/** Whether one was called and did not answer. */
export function isMissed({ direction, outcome }: CallRecord): boolean {
  return direction === "in" && outcome !== "answered" && outcome !== "declined" && outcome !== "failed";
}

import { type EndReason, type Outcome, unreachable } from "#protocol";

/** Why a whole call ends; the other reasons are those of a device, or of a call that lives on in another. */
export type CallEndReason = Exclude<EndReason, "answered-elsewhere" | "declined-elsewhere" | "merged">;

/** How a call that ended for this reason ended for each of its two people. [CALL-14] */
export function outcomesOf(reason: CallEndReason): { caller: Outcome; callee: Outcome } {
  switch (reason) {
    case "hangup":
      return { caller: "answered", callee: "answered" };
    case "declined":
    case "failed":
      return { caller: reason, callee: reason };
    // Whoever was not reached has missed a call, for whatever reason. [CALL-7] [CALL-8]
    case "cancelled":
    case "no-answer":
    case "busy":
    case "unreachable":
    case "unavailable":
      return { caller: reason, callee: "missed" };
    default:
      return unreachable(reason);
  }
}

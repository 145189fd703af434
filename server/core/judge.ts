import { unreachable } from "#protocol";
import type { Side } from "./calls.ts";
import type { CallEndReason } from "./outcomes.ts";

/** A request about a call that exists and is the sender's own. */
export type CallRequest =
  "call.alert" | "call.accept" | "call.decline" | "call.cancel" | "call.signal" | "call.rejoin" | "call.hangup";

/** How the sender stands to the call. */
export interface Standing {
  at: "ringing" | "running" | "over";
  /** `either` where nobody knows who called whom. [CALL-11] */
  side: Side | "either";
  /** Whether the sender's device has the call. */
  here: boolean;
}

export type Verdict =
  /** As asked. */
  | { do: "proceed" }
  | { do: "end"; reason: CallEndReason }
  /** Nothing is left to do, which is harmless. [CALL-10] */
  | { do: "nothing" }
  /** The sender is told how the call ended for its device. */
  | { do: "tell-end" }
  /** `conflict`, with one sentence that says what to do. */
  | { do: "refuse"; message: string };

const refuse = (message: string): Verdict => ({ do: "refuse", message });
const PROCEED: Verdict = { do: "proceed" };
const NOTHING: Verdict = { do: "nothing" };
const TELL_END: Verdict = { do: "tell-end" };
const DECLINE: Verdict = { do: "end", reason: "declined" };

const CALLER_ONLY = refuse("Only the caller can cancel this call; decline it or hang up instead.");
const CALLEE_ONLY = refuse("Only the callee can answer this call; cancel it or hang up instead.");
const ELSEWHERE = refuse("This call is on another of your devices; act on it there.");
const NOT_ANSWERED = refuse("This call is not answered yet; wait for call.accepted.");
const OVER = refuse("This call is over; place a new one.");
const ANSWERED_HERE = refuse("This device has answered the call; hang up instead of declining it.");

/** What becomes of a request about a call. [CALL-4] [CALL-5] [CALL-10] */
export function judge(request: CallRequest, standing: Standing): Verdict {
  const { at, side } = standing;
  switch (request) {
    case "call.alert":
      if (side === "caller") return CALLEE_ONLY;
      return at === "ringing" ? PROCEED : NOTHING;
    case "call.accept":
      return side === "caller" ? CALLEE_ONLY : judgeAccept(standing);
    case "call.decline":
      return side === "caller" ? CALLEE_ONLY : judgeDecline(standing);
    case "call.cancel":
      return side === "callee" ? CALLER_ONLY : judgeLeaving(standing);
    case "call.hangup":
      return at === "ringing" && side === "callee" ? DECLINE : judgeLeaving(standing);
    case "call.signal":
      return at === "ringing" ? NOT_ANSWERED : judgeTalk(standing);
    case "call.rejoin":
      return at === "ringing" && side === "callee" ? NOT_ANSWERED : judgeTalk(standing);
    default:
      return unreachable(request);
  }
}

/** The winner's repeated accept proceeds too: it is answered as the first was. */
function judgeAccept({ at, here }: Standing): Verdict {
  return at === "ringing" || (at === "running" && here) ? PROCEED : TELL_END;
}

function judgeDecline({ at, here }: Standing): Verdict {
  if (at === "ringing") return DECLINE;
  return at === "running" && here ? ANSWERED_HERE : NOTHING;
}

function judgeLeaving({ at, here }: Standing): Verdict {
  if (at === "over") return NOTHING;
  if (!here) return ELSEWHERE;
  return { do: "end", reason: at === "ringing" ? "cancelled" : "hangup" };
}

function judgeTalk({ at, here }: Standing): Verdict {
  if (at === "over") return OVER;
  return here ? PROCEED : ELSEWHERE;
}

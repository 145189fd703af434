import type { MissedWhile } from "#protocol";
import type { Call } from "./calls.ts";
import type { CallEndReason } from "./outcomes.ts";
import { heard } from "./receipts.ts";
import type { World } from "./world.ts";

/**
 * What the callee's devices were doing when a call was missed, for the callee's own history. What they said of
 * themselves comes first: a device that rang aloud did so, however the ring ended. [CALL-14]
 */
export function missedWhile(world: World, call: Call, reason: CallEndReason): MissedWhile {
  const mode = call.phase.at === "ringing" ? heard(call.phase.receipts)?.mode : undefined;
  if (mode === "loud") return "ringing";
  if (mode === "silent") return "silent";
  if (mode === "waiting" || reason === "busy") return "in-call";
  if (reason === "unavailable") return "dnd";
  const { user } = call.callee;
  // Who is invisible is offline to everyone, and wished to be.
  const isHidden = world.users.get(user)?.chosen.availability === "invisible";
  if (isHidden || world.users.connectionsOf(user).length === 0) return "offline";
  // A device was there, and none has said that it rang: nothing was heard.
  return world.calls.isTalking(user) ? "in-call" : "silent";
}

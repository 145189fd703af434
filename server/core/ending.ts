import type { CallId } from "#protocol";
import type { Call, Party, PastCall } from "./calls.ts";
import type { ConnectionId, RefereeEffect } from "./events.ts";
import { missedWhile } from "./missed-while.ts";
import { outcomesOf, type CallEndReason } from "./outcomes.ts";
import type { Turn, World } from "./world.ts";

/** Ends a call for everyone concerned, the one who asked for it too. [CALL-1] [CALL-14] */
export function endCall(world: World, turn: Turn, call: Call, reason: CallEndReason): void {
  const answered = call.phase.at !== "ringing";
  tellEnd(world, turn, call, reason);
  if (call.ends !== undefined) turn.emit({ type: "void-peers", peers: [call.ends.caller, call.ends.callee] });
  const record = recordOf(world, call, reason, turn.at);
  const past: PastCall = {
    caller: call.caller.user,
    callee: call.callee.user,
    reason,
    answered,
    adopted: call.adopted,
    ...(call.callee.device === undefined ? {} : { device: call.callee.device }),
    ...(call.phase.at === "claimed" ? { unproven: record } : {}),
  };
  // One side's word writes nothing into the other's history. [CALL-11]
  if (past.unproven === undefined) turn.emit(record);
  world.calls.remove(call, past);
  for (const type of ["ring", "settled", "claim", "abandon"] as const) world.deadlines.clear({ type, call: call.id });
  count(world, turn, call, reason);
  if (answered) turn.touched.add(call.caller.user).add(call.callee.user);
}

/** Tells these devices that a call is over for them, and that there is no more to tell. */
export function tellDevices(world: World, turn: Turn, party: Party, id: CallId, reason: PastCall["reason"]): void {
  turn.send(takeKnowing(world, party), { type: "call.ended", call: id, reason });
}

function tellEnd(world: World, turn: Turn, call: Call, reason: CallEndReason): void {
  const { caller, callee, id } = call;
  const decliner = reason === "declined" ? world.users.connectionOf(callee.user, callee.device) : undefined;
  const callees = takeKnowing(world, callee);
  const others = decliner === undefined ? [] : callees.filter((connection) => connection !== decliner);
  const told = [...takeKnowing(world, caller), ...callees].filter((connection) => !others.includes(connection));
  turn.send(told, { type: "call.ended", call: id, reason });
  turn.send(others, { type: "call.ended", call: id, reason: "declined-elsewhere" });
}

function takeKnowing(world: World, party: Party): ConnectionId[] {
  const connections = world.users.connectionsOf(party.user, party.knowing);
  party.knowing.clear();
  return connections;
}

function recordOf(world: World, call: Call, reason: CallEndReason, at: number): RefereeEffect {
  const outcomes = outcomesOf(reason);
  return {
    type: "record",
    call: call.id,
    caller: call.caller.user,
    callee: call.callee.user,
    media: call.media,
    startedAt: call.startedAt,
    ...(call.phase.at === "ringing" ? {} : { acceptedAt: call.phase.since }),
    endedAt: at,
    reason,
    outcomes,
    ...(outcomes.callee === "missed" ? { missedWhile: missedWhile(world, call, reason) } : {}),
  };
}

function count({ limits }: World, { at }: Turn, { caller, callee }: Call, reason: CallEndReason): void {
  if (reason === "no-answer" || reason === "cancelled") limits.unanswered(caller.user, callee.user, at);
  if (reason === "declined") limits.heard(caller.user, callee.user);
}

import { type CallId, talkedSeconds } from "#protocol";
import { otherSide, type Call, type Party, type PastCall } from "./calls.ts";
import type { ConnectionId, RefereeEffect } from "./events.ts";
import { missedWhile } from "./missed-while.ts";
import { outcomesOf, type CallEndReason } from "./outcomes.ts";
import type { Turn, World } from "./world.ts";

/** Ends a call for everyone concerned, the one who asked for it too. [CALL-1] [CALL-14] */
export function endCall(world: World, turn: Turn, call: Call, reason: CallEndReason): PastCall {
  const answered = call.phase.at !== "ringing";
  if (call.restored) oweEndings(world, call);
  tellEnd(world, turn, call, reason);
  if (call.ends !== undefined) turn.emit({ type: "void-peers", peers: [call.ends.caller, call.ends.callee] });
  const unproven = unprovenOf(world, call, reason, turn.at);
  const past: PastCall = {
    caller: call.caller.user,
    callee: call.callee.user,
    reason,
    answered,
    ...lengthOf(call, turn.at),
    adopted: call.adopted,
    ...(isHidden(world, call) ? { hidden: true } : {}),
    ...(call.callee.device === undefined ? {} : { device: call.callee.device }),
    ...(unproven === undefined ? {} : { unproven }),
  };
  // One side's word writes nothing into the other's history. [CALL-11]
  if (call.phase.at !== "claimed") turn.emit(recordOf(world, call, reason, turn.at));
  world.calls.remove(call, past);
  for (const type of ["ring", "settled", "claim", "abandon"] as const) world.deadlines.clear({ type, call: call.id });
  count(world, turn, call, reason);
  if (answered || unproven !== undefined) turn.touched.add(call.caller.user).add(call.callee.user);
  return past;
}

/** Whether this rings somebody who blocks the caller: to them it is nothing, and nobody has missed a call. [PRES-5] */
export function isHidden({ users }: World, { phase, callee, caller }: Call): boolean {
  return phase.at === "ringing" && users.blocks(callee.user, caller.user);
}

/** Tells these devices that a call is over for them, and that there is no more to tell. */
export function tellDevices(world: World, turn: Turn, party: Party, id: CallId, reason: PastCall["reason"]): void {
  turn.send(takeKnowing(world, party), { type: "call.ended", call: id, reason });
}

/** Which devices were told of the call, and are not back yet since the server started. [DEC-11] */
function oweEndings(world: World, call: Call): void {
  for (const { user, knowing } of [call.caller, call.callee]) {
    for (const device of knowing)
      if (world.users.connectionOf(user, device) === undefined) world.calls.oweEnding(device, call);
  }
}

/** What is written once the other side says that they talked, too. [CALL-11] */
function unprovenOf(world: World, call: Call, reason: CallEndReason, at: number): PastCall["unproven"] {
  const { phase } = call;
  if (phase.at === "claimed") return { record: recordOf(world, call, reason, at), by: call[otherSide(phase.by)].user };
  if (phase.at !== "ringing" || phase.answeredAt === undefined) return undefined;
  const talk: Call = { ...call, phase: { at: "running", since: phase.answeredAt }, corrects: true };
  const record = recordOf(world, talk, reason === "cancelled" ? "hangup" : "failed", at);
  return { record, by: call.callee.user };
}

function tellEnd(world: World, turn: Turn, call: Call, reason: CallEndReason): void {
  const { caller, callee, id } = call;
  const hidden = isHidden(world, call);
  const decliner = reason === "declined" ? world.users.connectionOf(callee.user, callee.device) : undefined;
  const callees = takeKnowing(world, callee);
  const others = decliner === undefined && !hidden ? [] : callees.filter((connection) => connection !== decliner);
  const told = [...takeKnowing(world, caller), ...callees].filter((connection) => !others.includes(connection));
  turn.send(told, { type: "call.ended", call: id, reason, ...lengthOf(call, turn.at) });
  turn.send(others, { type: "call.ended", call: id, reason: "declined-elsewhere" });
}

function lengthOf({ phase }: Call, at: number): Pick<PastCall, "seconds"> {
  return phase.at === "running" ? { seconds: talkedSeconds(phase.since, at) } : {};
}

function takeKnowing(world: World, party: Party): ConnectionId[] {
  const connections = world.users.connectionsOf(party.user, party.knowing);
  party.knowing.clear();
  return connections;
}

function recordOf(world: World, call: Call, reason: CallEndReason, at: number): RefereeEffect {
  const { caller, callee } = outcomesOf(reason);
  const outcomes = isHidden(world, call) ? { caller } : { caller, callee };
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
    ...(call.callee.device === undefined ? {} : { device: call.callee.device }),
    ...(call.merged.length === 0 ? {} : { merged: [...call.merged] }),
    ...(call.adopted ? { adopted: true } : {}),
    ...(call.corrects === undefined ? {} : { corrects: true }),
  };
}

function count({ limits }: World, { at }: Turn, { caller, callee }: Call, reason: CallEndReason): void {
  if (reason === "no-answer" || reason === "cancelled") limits.unanswered(caller.user, callee.user, at);
  if (reason === "declined") limits.heard(caller.user, callee.user);
}

import type { Call, Party, PastCall, Phase } from "./calls.ts";
import type { KeptCall, KeptCalls, KeptParty, KeptPast, RefereeEffect } from "./events.ts";
import { settledAt, showsBusy } from "./ringing.ts";
import { watchSockets } from "./talking.ts";
import type { Turn, World } from "./world.ts";

/** Has the calls written down that changed in this turn and are not over. One side's word is not written. [CALL-11] */
export function keepChanges(world: World, turn: Turn): void {
  for (const call of turn.changed) {
    const kept = world.calls.find(call.id)?.call === call ? keptOf(world, call) : undefined;
    if (kept !== undefined) turn.emit(kept);
  }
  turn.changed.clear();
}

/**
 * Takes up what an earlier server wrote: a ring's clock and a talk's length go on. Whoever was there counts as in the
 * grace while the server settles. [CALL-8] [CALL-11]
 */
export function restoreCalls(world: World, turn: Turn, { open, past, blocks }: KeptCalls): void {
  for (const { by, user } of blocks) world.users.noteBlock(by, user);
  for (const one of past) world.calls.remember(one.call, one.merged, pastOf(one));
  for (const kept of open) {
    const call = callOf(world, turn, kept);
    world.calls.add(call);
    watchSockets(world, turn, call);
    if (call.phase.at !== "ringing") continue;
    world.deadlines.set({ type: "ring", call: call.id }, call.phase.until);
    world.deadlines.set({ type: "settled", call: call.id }, settledAt(world));
  }
}

function keptOf(world: World, call: Call): RefereeEffect | undefined {
  const phase = keptPhaseOf(call.phase);
  if (phase === undefined) return undefined;
  return {
    type: "save-call",
    call: call.id,
    merged: [...call.merged],
    media: call.media,
    startedAt: call.startedAt,
    caller: keptPartyOf(call.caller),
    callee: keptPartyOf(call.callee),
    phase,
    ...(call.ends === undefined ? {} : { ends: call.ends }),
    calleeShowsBusy: showsBusy(world, call),
    adopted: call.adopted,
    ...(call.corrects === undefined ? {} : { corrects: call.corrects }),
  };
}

function keptPhaseOf(phase: Phase): KeptCall["phase"] | undefined {
  if (phase.at === "claimed") return undefined;
  if (phase.at === "running") return { ...phase };
  const receipts = [...phase.receipts].map(([device, receipt]) => ({ device, ...receipt }));
  return { at: "ringing", until: phase.until, receipts };
}

function keptPartyOf({ user, name, device, owed }: Party): KeptParty {
  return { user, name, ...(device === undefined ? {} : { device }), ...(owed === undefined ? {} : { owed }) };
}

/** The machine's clock may have been set meanwhile: nothing began later than now, or rings longer than a ring may. */
function callOf(world: World, { at }: Turn, kept: KeptCall): Call {
  const { call: id, merged, media, caller, callee, ends, calleeShowsBusy, adopted, corrects } = kept;
  const startedAt = Math.min(kept.startedAt, at);
  const phase = phaseOf(world, at, kept.phase);
  const ringing = phase.at === "ringing" ? [...phase.receipts.keys()] : [];
  return {
    id,
    merged: [...merged],
    media,
    startedAt,
    caller: partyOf(caller, []),
    callee: partyOf(callee, ringing),
    phase,
    ...(ends === undefined ? {} : { ends }),
    adopted,
    restored: true,
    calleeShowsBusy,
    ...(corrects === undefined ? {} : { corrects }),
  };
}

function phaseOf({ spans }: World, at: number, phase: KeptCall["phase"]): Phase {
  if (phase.at === "running") return { ...phase, since: Math.min(phase.since, at) };
  const receipts = new Map(phase.receipts.map(({ device, ...receipt }) => [device, receipt]));
  return { at: "ringing", until: Math.min(phase.until, at + spans.ringMs), receipts };
}

function partyOf(kept: KeptParty, ringing: Party["device"][]): Party {
  const knowing = new Set([kept.device, ...ringing].filter((device) => device !== undefined));
  return { ...kept, knowing };
}

function pastOf({ caller, callee, reason, answered, seconds, device, adopted }: KeptPast): PastCall {
  return {
    caller,
    callee,
    reason,
    answered,
    ...(seconds === undefined ? {} : { seconds }),
    adopted,
    ...(device === undefined ? {} : { device }),
  };
}

import type { ActiveCall, CallId } from "#protocol";
import { engages, otherSide, sideOf, type Call, type PastCall, type Side } from "./calls.ts";
import { endCall } from "./ending.ts";
import { settledAt } from "./ringing.ts";
import { take, tellAccepted, watchSockets } from "./talking.ts";
import type { Device, User } from "./users.ts";
import type { Turn, World } from "./world.ts";

/** A device that is just joining, and the calls that it says still talk on it. */
interface Claimant {
  user: User;
  device: Device;
  active: ActiveCall[];
}

/**
 * Takes up the calls that a device says still talk on it, after the server was restarted. What the rows tell is known
 * already; this is for what was not written in time. [CALL-11]
 */
export function takeUpCalls(world: World, turn: Turn, claimant: Claimant): void {
  for (const claim of claimant.active) {
    const found = world.calls.find(claim.call);
    const past = found === undefined ? world.calls.findPast(claim.call)?.past : undefined;
    if (found !== undefined) confirm(world, turn, claimant, claim, found.call);
    else if (past?.lapsed !== undefined) revive(world, turn, claimant, claim, past.lapsed);
    else if (past !== undefined) prove(turn, claimant, claim, past);
    else adopt(world, turn, claimant, claim);
  }
}

function confirm(world: World, turn: Turn, claimant: Claimant, claim: ActiveCall, call: Call): void {
  const side = sideOf(call, claimant.user.id);
  if (side === undefined || call[otherSide(side)].user !== claim.with) return;
  const { phase } = call;
  // It has heard of the answer.
  if (phase.at === "running" && call.restored && call[side].owed === "call.accepted") delete call[side].owed;
  if (phase.at === "claimed" && phase.by !== side && makesRoom(world, turn, claimant))
    runFrom(world, turn, call, claimant, { side, since: Math.max(phase.since, turn.at - claim.age) });
  if (phase.at !== "ringing" || !call.restored || turn.at >= claimsEndAt(world)) return;
  if (side === "caller") noteAnswer(world, turn, call, claimant, claim);
  else answer(world, turn, call, claimant, claim);
}

/** The other side names the call too: it runs for both. */
function runFrom(
  world: World,
  turn: Turn,
  call: Call,
  { user, device }: Claimant,
  { side, since }: { side: Side; since: number },
): void {
  call[side].device = device.id;
  // The later of the two beginnings, so that neither side alone can stretch the talk.
  call.phase = { at: "running", since };
  if (call.adopted) call.startedAt = since;
  world.deadlines.clear({ type: "claim", call: call.id });
  watchSockets(world, turn, call);
  turn.changed.add(call);
  turn.touched.add(user.id);
}

/** The caller knows of an answer that was not written in time. The ring goes on until the device that answered is back. */
function noteAnswer(world: World, turn: Turn, call: Call, { user, device }: Claimant, { age }: ActiveCall): void {
  if (call.phase.at !== "ringing" || call.caller.device !== device.id) return;
  call.phase.answeredAt ??= Math.max(call.startedAt, turn.at - age);
  world.deadlines.clear({ type: "settled", call: call.id });
  world.deadlines.set({ type: "ring", call: call.id }, Math.max(call.phase.until, claimsEndAt(world)));
  turn.touched.add(user.id);
}

/** This device has answered, and that was not written in time. */
function answer(world: World, turn: Turn, call: Call, { user, device }: Claimant, { age }: ActiveCall): void {
  const known = call.phase.at === "ringing" ? call.phase.answeredAt : undefined;
  take(world, turn, call, { user, device }, undefined);
  call.phase = { at: "running", since: Math.max(known ?? call.startedAt, turn.at - age) };
  if (known === undefined) tellAccepted(world, turn, call, "caller");
  watchSockets(world, turn, call);
}

/** The ring had ended by its time before those who talk in it were back: it counts for this user until the other names it. */
function revive(world: World, turn: Turn, claimant: Claimant, claim: ActiveCall, call: Call): void {
  const { user, device } = claimant;
  const side = sideOf(call, user.id);
  const isTheirs = side !== undefined && call[otherSide(side)].user === claim.with;
  if (!isTheirs || (side === "caller" && call.caller.device !== device.id)) return;
  if (turn.at >= claimsEndAt(world) || !makesRoom(world, turn, claimant)) return;
  call[side].device = device.id;
  call.corrects = true;
  // Its tickets were made void when it ended.
  delete call.ends;
  world.calls.revive(call);
  claimFor(world, turn, call, side, Math.max(call.startedAt, turn.at - claim.age));
}

/** The other side ended the call before this one was back: only now is its record more than one side's word. */
function prove(turn: Turn, { user }: Claimant, claim: ActiveCall, past: PastCall): void {
  if (past.unproven === undefined || past.unproven.by !== user.id) return;
  if (past.caller !== claim.with && past.callee !== claim.with) return;
  turn.emit(past.unproven.record);
  delete past.unproven;
}

/** Nobody wrote of it: it counts for this user alone until the other side names it too. */
function adopt(world: World, turn: Turn, claimant: Claimant, claim: ActiveCall): void {
  const { user, device } = claimant;
  const isAllowed = turn.at < claimsEndAt(world) && world.users.areContacts(user, claim.with);
  if (!isAllowed || !makesRoom(world, turn, claimant)) return;
  const since = turn.at - claim.age;
  const call: Call = {
    id: claim.call,
    merged: [],
    media: "video",
    startedAt: since,
    caller: { user: user.id, name: user.name, device: device.id, knowing: new Set([device.id]) },
    callee: { user: claim.with, name: user.contacts.get(claim.with) ?? "", knowing: new Set() },
    phase: { at: "claimed", since, by: "caller" },
    adopted: true,
    restored: false,
  };
  world.calls.add(call);
  claimFor(world, turn, call, "caller", since);
}

function claimFor(world: World, turn: Turn, call: Call, by: Side, since: number): void {
  call.phase = { at: "claimed", since, by };
  world.deadlines.set({ type: "claim", call: call.id }, claimsEndAt(world));
  watchSockets(world, turn, call);
  turn.touched.add(call[by].user);
}

/** The other side did not name the call in time. */
export function endClaim(world: World, turn: Turn, id: CallId): void {
  const call = world.calls.find(id)?.call;
  if (call?.phase.at === "claimed") endCall(world, turn, call, "failed");
}

/** Who was there before the restart is back by then, or out of their grace. */
function claimsEndAt(world: World): number {
  return settledAt(world) + world.spans.graceMs;
}

/** A device that is in one call has left any other that the rows still tell of. Answers whether the user is free then. */
function makesRoom(world: World, turn: Turn, { user, device, active }: Claimant): boolean {
  const engaging = () => world.calls.of(user.id).filter((call) => engages(call, user.id));
  for (const call of engaging()) {
    const own = call.caller.user === user.id ? call.caller : call.callee;
    const isNamed = active.some((claim) => claim.call === call.id);
    if (call.restored && own.device === device.id && !isNamed)
      endCall(world, turn, call, call.phase.at === "ringing" ? "cancelled" : "hangup");
  }
  return engaging().length === 0;
}

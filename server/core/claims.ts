import type { ActiveCall, CallId } from "#protocol";
import { engages, type Call } from "./calls.ts";
import { endCall } from "./ending.ts";
import { settledAt } from "./ringing.ts";
import { watchSockets } from "./talking.ts";
import type { Device, User } from "./users.ts";
import type { Turn, World } from "./world.ts";

/** Takes up the calls that a device says still talk on it, after the server was restarted. [CALL-11] */
export function takeUpCalls(world: World, turn: Turn, user: User, device: Device, active: ActiveCall[]): void {
  for (const claim of active) {
    const found = world.calls.find(claim.call);
    if (found !== undefined) confirm(world, turn, found.call, user, device, claim);
    else if (world.calls.findPast(claim.call) !== undefined) prove(world, turn, user, claim);
    else adopt(world, turn, user, device, claim);
  }
}

/** The other side names the call too: it runs for both. */
function confirm(world: World, turn: Turn, call: Call, user: User, device: Device, claim: ActiveCall): void {
  const isOther = call.caller.user === claim.with && call.callee.user === user.id;
  if (call.phase.at !== "claimed" || !isOther || isEngaged(world, user)) return;
  call.callee.device = device.id;
  // The later of the two beginnings, so that neither side alone can stretch the talk.
  call.phase = { at: "running", since: Math.max(call.phase.since, turn.at - claim.age) };
  call.startedAt = call.phase.since;
  world.deadlines.clear({ type: "claim", call: call.id });
  watchSockets(world, turn, call);
  turn.touched.add(user.id);
}

/** The other side ended the call before this one was back: only now is its record more than one side's word. */
function prove(world: World, turn: Turn, user: User, claim: ActiveCall): void {
  const past = world.calls.findPast(claim.call)?.past;
  if (past?.unproven === undefined || past.callee !== user.id || past.caller !== claim.with) return;
  turn.emit(past.unproven);
  delete past.unproven;
}

/** It counts for this user alone until the other side names it too. */
function adopt(world: World, turn: Turn, user: User, device: Device, claim: ActiveCall): void {
  const until = claimsEndAt(world);
  if (turn.at >= until || !world.users.areContacts(user, claim.with) || isEngaged(world, user)) return;
  const since = turn.at - claim.age;
  const call: Call = {
    id: claim.call,
    media: "video",
    startedAt: since,
    caller: { user: user.id, name: user.name, device: device.id, knowing: new Set([device.id]) },
    callee: { user: claim.with, name: user.contacts.get(claim.with) ?? "", knowing: new Set() },
    phase: { at: "claimed", since },
    adopted: true,
  };
  world.calls.add(call);
  world.deadlines.set({ type: "claim", call: call.id }, until);
  watchSockets(world, turn, call);
  turn.touched.add(user.id);
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

function isEngaged(world: World, user: User): boolean {
  return world.calls.of(user.id).some((call) => engages(call, user.id));
}

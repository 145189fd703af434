import type { AlertMode, DeviceId, UserId } from "#protocol";
import { loudest, endsFor, type Call, type Phase, type Side } from "./calls.ts";
import { endCall } from "./ending.ts";
import { shownOf } from "./presence.ts";
import type { Device } from "./users.ts";
import type { Turn, World } from "./world.ts";

/**
 * How a user is reached by a ring: `wait` where they may still come back. It follows from nothing but what others
 * see, so that who is invisible cannot be told from who is away. [CALL-8] [PRES-4]
 */
export type Reach = "ring" | "wait" | "unreachable" | "unavailable" | "busy";

export function reachOf(world: World, user: UserId, at: number): Reach {
  const here = world.users.get(user);
  const inCall = world.calls.isTalking(user);
  const shown = here === undefined ? "offline" : shownOf({ ...here, inCall }).availability;
  if (shown === "offline") {
    // Nobody was told anything of them since the server started: they may be among those still coming back. [CALL-11]
    const isSettling = at < settledAt(world);
    return isSettling && world.users.told(user).since === undefined ? "wait" : "unreachable";
  }
  if (shown === "dnd") return "unavailable";
  return inCall ? "busy" : "ring";
}

/** The instant at which everyone who was there before the server's start should be back. */
export function settledAt(world: World): number {
  return world.startedAt + world.spans.settleMs;
}

/** Whether a device rings for this call, or goes on ringing. [CALL-3] */
export function mayRing(world: World, phase: Phase & { at: "ringing" }, device: DeviceId, at: number): boolean {
  return phase.alerts.has(device) || phase.until - at >= world.spans.lateRingMs;
}

/** Rings every device of the callee that is online and does not yet know. [CALL-3] */
export function ringDevices(world: World, turn: Turn, call: Call): void {
  const { phase, callee, caller } = call;
  if (phase.at !== "ringing") return;
  const devices = new Set<DeviceId>();
  for (const device of world.users.get(callee.user)?.devices.values() ?? []) {
    if (isNew(device) && mayRing(world, phase, device.id, turn.at)) devices.add(device.id);
  }
  for (const device of devices) callee.knowing.add(device);
  turn.send(world.users.connectionsOf(callee.user, devices), {
    type: "call.incoming",
    call: call.id,
    from: { user: caller.user, name: caller.name },
    media: call.media,
    remaining: phase.until - turn.at,
  });

  function isNew(device: Device): boolean {
    return device.connection !== undefined && !callee.knowing.has(device.id);
  }
}

/** After a change of a user's devices or choice: ends the rings that no longer reach them, and rings where they do. */
export function reviewRings(world: World, turn: Turn, user: UserId): void {
  for (const call of world.calls.of(user)) {
    if (call.phase.at !== "ringing" || call.callee.user !== user) continue;
    const reach = reachOf(world, user, turn.at);
    if (reach === "unreachable" || reach === "unavailable") endCall(world, turn, call, reach);
    else if (reach === "ring") ringDevices(world, turn, call);
  }
}

/** A device has begun to ring: counted once. */
export function alert(world: World, turn: Turn, call: Call, device: DeviceId, mode: AlertMode): void {
  if (call.phase.at !== "ringing" || call.phase.alerts.get(device) === mode) return;
  call.phase.alerts.set(device, mode);
  tellRinging(world, turn, call);
}

/** Tells the caller how many devices ring, if any does. */
export function tellRinging(world: World, turn: Turn, call: Call): void {
  if (call.phase.at !== "ringing") return;
  const mode = loudest(call.phase.alerts.values());
  const to = world.users.connectionOf(call.caller.user, call.caller.device);
  if (mode === undefined) return;
  const ends = endsOf(world, call);
  if (to === undefined) return;
  const devices = call.phase.alerts.size;
  turn.sendTicketed(to, { type: "call.ringing", call: call.id, devices, mode }, endsFor(ends, "caller"));
}

/** The ends of the call's media, made when they are first needed. */
export function endsOf(world: World, call: Call): Record<Side, ReturnType<World["newPeerId"]>> {
  call.ends ??= { caller: world.newPeerId(), callee: world.newPeerId() };
  return call.ends;
}

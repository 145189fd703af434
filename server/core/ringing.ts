import type { AlertMode, DeviceId, Settings, UserId } from "#protocol";
import { endsFor, type Call, type Phase, type Side } from "./calls.ts";
import { endCall } from "./ending.ts";
import { shownOf } from "./presence.ts";
import { heardByCaller, note, type Heard } from "./receipts.ts";
import type { Device } from "./users.ts";
import type { Turn, World } from "./world.ts";

/**
 * How a user is reached by one caller's ring: aloud; quietly, since they are in a call; `settling` where they may still
 * come back. The rest is why they are not.
 */
export type Reach = "ring" | "waiting" | "settling" | Unreached;
type Unreached = "unreachable" | "unavailable" | "busy";

/**
 * Whether a user is there follows from nothing but what the caller sees, so that who is invisible, or blocks them, cannot
 * be told from who is away. [CALL-8] [CALL-9] [PRES-4] [PRES-5]
 */
export function reachOf(world: World, user: UserId, caller: UserId, at: number): Reach {
  const here = world.users.blocks(user, caller) ? undefined : world.users.get(user);
  const inCall = world.calls.isTalking(user);
  const shown = here === undefined ? "offline" : shownOf({ ...here, inCall }).availability;
  if (here === undefined || shown === "offline") {
    // The caller was told nothing of them since the server started: they may be among those still coming back. [CALL-11]
    const isSettling = at < settledAt(world);
    return isSettling && world.users.toldTo(caller, user).since === undefined ? "settling" : "unreachable";
  }
  const { letThrough = [], secondCall } = here.settings;
  if (shown === "dnd" && !letThrough.includes(caller)) return "unavailable";
  if (!inCall) return "ring";
  return secondCall === "wait" ? "waiting" : "busy";
}

/** Whether a ring that reaches its callee like this is over. */
export function endsRing(reach: Reach): reach is Unreached {
  return reach === "unreachable" || reach === "unavailable" || reach === "busy";
}

/** The instant at which everyone who was there before the server's start should be back. */
export function settledAt(world: World): number {
  return world.startedAt + world.spans.settleMs;
}

/** Whether a device rings for this call, or goes on ringing. [CALL-3] */
export function mayRing(world: World, phase: Phase & { at: "ringing" }, device: DeviceId, at: number): boolean {
  const remaining = phase.until - at;
  return phase.receipts.has(device) ? remaining > 0 : remaining >= world.spans.lateRingMs;
}

/** Rings every device of the callee that is online and does not yet know, quietly where they are in a call. [CALL-3] [CALL-9] */
export function ringDevices(world: World, turn: Turn, call: Call, reach: "ring" | "waiting"): void {
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
    ...(reach === "waiting" ? { waiting: true } : {}),
  });

  function isNew(device: Device): boolean {
    return device.connection !== undefined && !callee.knowing.has(device.id);
  }
}

/**
 * After a change of a user's devices, choice, settings or calls: ends the rings that no longer reach them, and rings
 * where they do.
 */
export function reviewRings(world: World, turn: Turn, user: UserId): void {
  for (const call of ringsOf(world, user)) {
    const reach = reachOf(world, user, call.caller.user, turn.at);
    if (endsRing(reach)) endCall(world, turn, call, reach);
    else if (reach !== "settling") ringDevices(world, turn, call, reach);
  }
}

/** What a setting lets the callers know may have changed: whoever knows otherwise is told. */
export function retellRings(world: World, turn: Turn, user: UserId, before: Settings): void {
  for (const call of ringsOf(world, user)) {
    const { phase } = call;
    turn.changed.add(call);
    if (phase.at === "ringing" && toldOf(world, call)?.mode !== heardByCaller(phase.receipts, before)?.mode)
      tellRinging(world, turn, call);
  }
}

function ringsOf(world: World, user: UserId): Call[] {
  return world.calls.of(user).filter((call) => call.phase.at === "ringing" && call.callee.user === user);
}

/** A device has begun to ring, or rings otherwise: told where it makes a difference to the caller. */
export function alert(world: World, turn: Turn, call: Call, device: DeviceId, mode: AlertMode): void {
  const { phase } = call;
  if (phase.at !== "ringing" || phase.receipts.get(device)?.latest === mode) return;
  const before = toldOf(world, call);
  note(phase.receipts, device, mode);
  turn.changed.add(call);
  const now = toldOf(world, call);
  if (now?.devices !== before?.devices || now?.mode !== before?.mode) tellRinging(world, turn, call);
}

/** What the caller may know of the ringing: how many devices have begun, and the loudest of their modes. */
export function toldOf(world: World, call: Call): Heard | undefined {
  if (call.phase.at !== "ringing") return undefined;
  return heardByCaller(call.phase.receipts, { showBusy: showsBusy(world, call) });
}

/** Whether the callee lets callers know of their talks; where they are not back yet, as an earlier server knew it. */
export function showsBusy(world: World, { callee, calleeShowsBusy }: Call): boolean {
  return world.users.get(callee.user)?.settings.showBusy ?? calleeShowsBusy ?? true;
}

/** Tells the caller how many devices ring, if any does. */
export function tellRinging(world: World, turn: Turn, call: Call): void {
  const told = toldOf(world, call);
  const to = world.users.connectionOf(call.caller.user, call.caller.device);
  if (told === undefined) return;
  const ends = endsOf(world, turn, call);
  if (to !== undefined)
    turn.sendTicketed(to, { type: "call.ringing", call: call.id, ...told }, endsFor(ends, "caller"));
}

/** The ends of the call's media, made when they are first needed. */
export function endsOf(world: World, turn: Turn, call: Call): Record<Side, ReturnType<World["newPeerId"]>> {
  if (call.ends !== undefined) return call.ends;
  turn.changed.add(call);
  call.ends = { caller: world.newPeerId(), callee: world.newPeerId() };
  return call.ends;
}

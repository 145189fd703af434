import { CloseCode, type DeviceId, type UserId } from "#protocol";
import type { ConnectionId, RefereeEvent } from "./events.ts";
import { endCall } from "./ending.ts";
import { reviewRings } from "./ringing.ts";
import { callsOn, watchSockets } from "./talking.ts";
import type { Device, Speaker, User } from "./users.ts";
import type { Turn, World } from "./world.ts";

type Joined = Extract<RefereeEvent, { type: "joined" }>;

/** Whether a newer socket of this device said hello before this one did. [CONN-3] */
export function isOutrun(world: World, { user, device, opened }: Joined): boolean {
  const here = world.users.get(user.id)?.devices.get(device);
  return here?.connection !== undefined && here.opened > opened;
}

/** The device that joins, without a connection yet; an older socket of its own is replaced. [CONN-3] */
export function arrive(world: World, turn: Turn, user: User, { device: id, idle, opened }: Joined): Device {
  const device: Device = user.devices.get(id) ?? { id, idle, opened };
  if (device.connection !== undefined)
    turn.emit({ type: "close", connection: device.connection, code: CloseCode.replaced });
  world.users.disconnect(device);
  device.idle = idle;
  device.opened = opened;
  user.devices.set(id, device);
  world.deadlines.clear({ type: "grace", user: user.id, device: id });
  turn.touched.add(user.id);
  return device;
}

/** The socket is gone: the device stays as it was for the grace. [PRES-3] */
export function lose(world: World, turn: Turn, { user, device }: Speaker): void {
  world.users.disconnect(device);
  world.deadlines.set({ type: "grace", user: user.id, device: device.id }, turn.at + world.spans.graceMs);
  for (const { call } of callsOn(world, { user, device })) watchSockets(world, turn, call);
}

/** The device is gone for good: what it talks in ends, and so does its own ringing. */
export function leave(world: World, turn: Turn, { user, device }: Speaker): void {
  for (const { call } of callsOn(world, { user, device }))
    endCall(world, turn, call, call.phase.at === "ringing" ? "cancelled" : "hangup");
  remove(world, turn, user, device);
}

/** The session is not valid any more: as if the device had left, and it hears why. [CONN-5] */
export function revoke(world: World, turn: Turn, speaker: Speaker): void {
  const connection: ConnectionId = speaker.connection;
  leave(world, turn, speaker);
  turn.emit({ type: "close", connection, code: CloseCode.unauthorized });
}

/** The device did not come back in time. Its own ringing ends; a talk goes on between the two pages. [CALL-13] */
export function endGrace(world: World, turn: Turn, userId: UserId, deviceId: DeviceId): void {
  const user = world.users.get(userId);
  const device = user?.devices.get(deviceId);
  if (user === undefined || device === undefined) return;
  for (const { call } of callsOn(world, { user, device }))
    if (call.phase.at === "ringing") endCall(world, turn, call, "cancelled");
  remove(world, turn, user, device);
}

function remove(world: World, turn: Turn, user: User, device: Device): void {
  world.users.disconnect(device);
  world.deadlines.clear({ type: "grace", user: user.id, device: device.id });
  user.devices.delete(device.id);
  turn.touched.add(user.id);
  // While a ring still waits for its last device, a user without any is out of reach. [CALL-8]
  reviewRings(world, turn, user.id);
}

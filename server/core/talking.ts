import { REJOIN_REPEAT_MS, type Media, type UserId, lesserMedia } from "#protocol";
import { endsFor, engages, otherSide, type Call, type Party, type Side } from "./calls.ts";
import { endCall, tellDevices } from "./ending.ts";
import { endsOf, reviewRings } from "./ringing.ts";
import type { Speaker } from "./users.ts";
import { numbered, type Request, type Turn, type World } from "./world.ts";

/** This device has the call; everyone else's ringing ends, and so does what else the callee was in. [CALL-4] [CALL-9] */
export function accept(
  world: World,
  turn: Turn,
  call: Call,
  callee: Pick<Speaker, "user" | "device">,
  media: Media | undefined,
): void {
  take(world, turn, call, callee, media);
  tellAccepted(world, turn, call, "caller");
}

/** As {@link accept}, where the caller has heard of it already. */
export function take(
  world: World,
  turn: Turn,
  call: Call,
  { user, device }: Pick<Speaker, "user" | "device">,
  media: Media | undefined,
): void {
  // Told first, so that the ring is over where the talk that ends is: it must not sound there in its place.
  call.callee.device = device.id;
  call.callee.knowing.delete(device.id);
  tellDevices(world, turn, call.callee, call.id, "answered-elsewhere");
  call.callee.knowing.add(device.id);
  for (const other of world.calls.of(user.id)) {
    if (other !== call && engages(other, user.id))
      endCall(world, turn, other, other.phase.at === "ringing" ? "cancelled" : "hangup");
  }
  call.media = lesserMedia(call.media, media ?? call.media);
  call.phase = { at: "running", since: turn.at };
  world.deadlines.clear({ type: "ring", call: call.id });
  world.deadlines.clear({ type: "settled", call: call.id });
  world.limits.heard(call.caller.user, call.callee.user);
  turn.touched.add(call.caller.user).add(call.callee.user);
  // Whoever else rings either of them rings someone in a call from now on. [CALL-9]
  for (const party of [call.callee, call.caller]) reviewRings(world, turn, party.user);
  turn.changed.add(call);
}

/** Tells one side's device that the call runs, with its ticket; where it has no socket, once it is back. [CALL-12] */
export function tellAccepted(world: World, turn: Turn, call: Call, side: Side, re?: number): void {
  const message = { type: "call.accepted", ...numbered(re), call: call.id, media: call.media } as const;
  tellTicketed(world, turn, call, side, message);
}

/** Answers a repeated invite or accept as the first was; a call that outlasted the server has no ends to repeat. */
export function tellAcceptedAgain(world: World, turn: Turn, call: Call, side: Side, re?: number): void {
  const isFresh = call.ends === undefined;
  tellAccepted(world, turn, call, side, re);
  if (isFresh) tellTicketed(world, turn, call, otherSide(side), { type: "call.rejoined", call: call.id });
}

function tellTicketed(
  world: World,
  turn: Turn,
  call: Call,
  side: Side,
  message: Parameters<Turn["sendTicketed"]>[1] & { type: "call.accepted" | "call.rejoined" },
): void {
  const party = call[side];
  const to = world.users.connectionOf(party.user, party.device);
  if (to === undefined) {
    party.owed = message.type;
    turn.changed.add(call);
    return;
  }
  if (party.owed !== undefined) turn.changed.add(call);
  delete party.owed;
  turn.sendTicketed(to, message, endsFor(endsOf(world, turn, call), side));
}

/** Tells a device that is back what it missed of its call. */
export function tellOwed(world: World, turn: Turn, call: Call, side: Side): void {
  const { owed } = call[side];
  if (owed === "call.accepted") tellAccepted(world, turn, call, side);
  if (owed === "call.rejoined") tellTicketed(world, turn, call, side, { type: "call.rejoined", call: call.id });
}

/** Fresh ends for both, or for the caller alone while it rings; asked for again at once, the same. [CALL-13] */
export function rejoin(world: World, turn: Turn, call: Call, side: Side, re: number | undefined): void {
  const { phase } = call;
  const answer = { type: "call.rejoined", ...numbered(re), call: call.id } as const;
  if (phase.at !== "ringing" && phase.rejoinedAt !== undefined && turn.at - phase.rejoinedAt < REJOIN_REPEAT_MS) {
    tellTicketed(world, turn, call, side, answer);
    return;
  }
  if (call.ends !== undefined) turn.emit({ type: "void-peers", peers: [call.ends.caller, call.ends.callee] });
  delete call.ends;
  tellTicketed(world, turn, call, side, answer);
  if (phase.at === "ringing") return;
  phase.rejoinedAt = turn.at;
  if (phase.at === "running") turn.changed.add(call);
  // The other side of a claimed call is told once it is back, and names the call too.
  tellTicketed(world, turn, call, otherSide(side), { type: "call.rejoined", call: call.id });
}

/** Hands data to the other party's device, if it is there. */
export function signal(world: World, turn: Turn, call: Call, side: Side, request: Request, data: unknown): void {
  const other = call[otherSide(side)];
  const to = call.phase.at === "running" ? world.users.connectionOf(other.user, other.device) : undefined;
  if (to === undefined) {
    turn.refuse(request, "conflict", "The other side is not connected just now; send it again when they are back.");
    return;
  }
  turn.ok(request);
  turn.send([to], { type: "call.signal", call: call.id, data });
}

/** Arms the end of a call neither of whose devices has a socket, or disarms it. [CALL-13] */
export function watchSockets(world: World, turn: Turn, call: Call): void {
  const deadline = { type: "abandon", call: call.id } as const;
  if (call.phase.at === "ringing" || isConnected(world, call.caller) || isConnected(world, call.callee))
    world.deadlines.clear(deadline);
  else if (!world.deadlines.has(deadline)) world.deadlines.set(deadline, turn.at + world.spans.abandonMs);
}

function isConnected(world: World, party: Party): boolean {
  return world.users.connectionOf(party.user, party.device) !== undefined;
}

/** The calls in which this user's device has a part, with the part. */
export function callsOn(
  world: World,
  { user, device }: Pick<Speaker, "user" | "device">,
): { call: Call; side: Side }[] {
  const parts: { call: Call; side: Side }[] = [];
  for (const call of world.calls.of(user.id)) {
    const side = sideHere(call, user.id);
    if (call[side].device === device.id) parts.push({ call, side });
  }
  return parts;
}

function sideHere(call: Call, user: UserId): Side {
  return call.caller.user === user ? "caller" : "callee";
}

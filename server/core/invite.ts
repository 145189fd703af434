import type { ClientMessageOf, UserId } from "#protocol";
import { engages, otherSide, sideOf, type Call, type FoundCall, type Side } from "./calls.ts";
import { endCall } from "./ending.ts";
import { endsRing, reachOf, ringDevices, settledAt, tellRinging } from "./ringing.ts";
import { accept, tellAccepted, tellAcceptedAgain, watchSockets } from "./talking.ts";
import type { Speaker, User } from "./users.ts";
import type { Request, Turn, World } from "./world.ts";

type Invite = ClientMessageOf<"call.invite">;

/** Decides an invite: a repeated one, a refused one, an answer to the other's (glare), or a new call. */
export function invite(world: World, turn: Turn, speaker: Speaker, message: Invite): void {
  const request = { connection: speaker.connection, re: message.id };
  const found = world.calls.find(message.call);
  const side = found && sideInviting(found, speaker, message);
  if (found !== undefined && side !== undefined) inviteAgain(world, turn, request, found, side);
  else if (found !== undefined || world.calls.findPast(message.call) !== undefined)
    turn.refuse(request, "conflict", "This call id was used before; place a new call with a new id.");
  else {
    const first = ringToMeet(world, speaker, message);
    if (!isAllowed(world, turn, speaker, message, first !== undefined)) return;
    turn.ok(request);
    if (first === undefined) place(world, turn, speaker, message);
    else meet(world, turn, speaker, message, first);
  }
}

/** The sender's side, where this is the invite of a call that rings or runs once more. */
function sideInviting({ call, swapped }: FoundCall, { user, device }: Speaker, { to }: Invite): Side | undefined {
  const side = sideOf(call, user.id);
  if (side === undefined || call[side].device !== device.id || call[otherSide(side)].user !== to) return undefined;
  return call.adopted || side === (swapped ? "callee" : "caller") ? side : undefined;
}

/** A client carries on after a reconnect: it is told anew what it may have missed. */
function inviteAgain(world: World, turn: Turn, request: Request, { call }: FoundCall, side: Side): void {
  turn.ok(request);
  tellRinging(world, turn, call);
  if (call.phase.at === "running") tellAcceptedAgain(world, turn, call, side);
}

/** Answers a refusal where there is one. What meets the other's ring is no ring of its own. [CALL-2] */
function isAllowed(world: World, turn: Turn, speaker: Speaker, message: Invite, meets: boolean): boolean {
  const refusal = refusalOf(world, turn, speaker.user, message.to);
  if (refusal === undefined || (meets && refusal.code === "rate_limited")) return true;
  const request = { connection: speaker.connection, re: message.id };
  turn.refuse(request, refusal.code, refusal.message, refusal.retryAfter);
  return false;
}

interface Refusal {
  code: "conflict" | "not_contact" | "rate_limited";
  message: string;
  retryAfter?: number;
}

function refusalOf(world: World, { at }: Turn, user: User, to: UserId): Refusal | undefined {
  if (to === user.id) return { code: "conflict", message: "You cannot call yourself; choose one of your contacts." };
  // The same for someone who does not exist. [CALL-2] [PRES-5]
  if (!world.users.areContacts(user, to) || user.blocked.has(to))
    return {
      code: "not_contact",
      message: "You can call only your contacts; add this person and wait until they accept.",
    };
  if (world.calls.of(user.id).some((call) => engages(call, user.id)))
    return { code: "conflict", message: "You are in a call already; end it before you place another." };
  const retryAfter = world.limits.waitMs(user.id, to, at);
  if (retryAfter === 0) return undefined;
  return { code: "rate_limited", message: "You have called too often; wait before you call again.", retryAfter };
}

/** The ring of the other that this invite meets. One that is too old to ring is too old to answer, too. */
function ringToMeet(world: World, { user }: Speaker, message: Invite): Call | undefined {
  if (remainingOf(world, message) === 0) return undefined;
  return world.calls.of(user.id).find((call) => call.phase.at === "ringing" && call.caller.user === message.to);
}

/** Glare: the second invite accepts the first, and its own call goes on as that one. [CALL-6] */
function meet(world: World, turn: Turn, speaker: Speaker, message: Invite, first: Call): void {
  world.calls.merge(message.call, first);
  turn.send([speaker.connection], { type: "call.ended", call: message.call, reason: "merged", into: first.id });
  accept(world, turn, first, speaker, message.media);
  tellAccepted(world, turn, first, "callee");
  watchSockets(world, turn, first);
}

function place(world: World, turn: Turn, speaker: Speaker, message: Invite): void {
  const call = newCall(world, turn, speaker, message);
  world.calls.add(call);
  world.limits.placed(speaker.user.id, turn.at);
  const remaining = remainingOf(world, message);
  const reach = reachOf(world, message.to, speaker.user.id, turn.at);
  if (endsRing(reach)) {
    endCall(world, turn, call, reach);
    return;
  }
  if (remaining === 0) {
    endCall(world, turn, call, "no-answer");
    return;
  }
  turn.changed.add(call);
  world.deadlines.set({ type: "ring", call: call.id }, turn.at + remaining);
  if (reach === "settling") world.deadlines.set({ type: "settled", call: call.id }, settledAt(world));
  else ringDevices(world, turn, call, reach);
}

function newCall(world: World, turn: Turn, { user, device }: Speaker, message: Invite): Call {
  const remaining = remainingOf(world, message);
  const name = user.contacts.get(message.to) ?? "";
  return {
    id: message.call,
    merged: [],
    media: message.media,
    startedAt: turn.at - (world.spans.ringMs - remaining),
    caller: { user: user.id, name: user.name, device: device.id, knowing: new Set([device.id]) },
    callee: { user: message.to, name, knowing: new Set() },
    phase: { at: "ringing", until: turn.at + remaining, receipts: new Map() },
    adopted: false,
    restored: false,
  };
}

/** What is left of the ring's time; the age that a client tells can only shorten it. */
function remainingOf({ spans }: World, { age }: Invite): number {
  return Math.max(0, spans.ringMs - (age ?? 0));
}

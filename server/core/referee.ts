import { type ActiveCall, type CallId, CloseCode, unreachable } from "#protocol";
import { Calls, endFor } from "./calls.ts";
import { handleCallRequest } from "./call-requests.ts";
import { endChoice, resumeChoice, setIdle, setPresence, setSettings } from "./choices.ts";
import { endClaim, takeUpCalls } from "./claims.ts";
import { setBlock, setContact, tellChanges } from "./contacts.ts";
import { Deadlines, type Deadline } from "./deadlines.ts";
import { arrive, endGrace, isOutrun, leave, lose, revoke } from "./devices.ts";
import { endCall } from "./ending.ts";
import type { KeptCalls, NewPeerId, Referee, RefereeEffect, RefereeEvent, Spans } from "./events.ts";
import { invite } from "./invite.ts";
import { keepChanges, restoreCalls } from "./kept.ts";
import { setProfile } from "./profile.ts";
import { RingLimits } from "./ring-limits.ts";
import { reachOf, reviewRings } from "./ringing.ts";
import { callsOn, tellOwed, watchSockets } from "./talking.ts";
import { Users, type Speaker } from "./users.ts";
import { welcomeOf } from "./welcome.ts";
import { Turn, type World } from "./world.ts";

type EventOf<T extends RefereeEvent["type"]> = Extract<RefereeEvent, { type: T }>;

/** `startedAt` is the instant, in ms, at which the server started; from then on it waits for those who were there. */
export interface RefereeOptions {
  spans: Spans;
  startedAt: number;
  newPeerId: NewPeerId;
  /** What an earlier server left. [CALL-11] */
  kept?: KeptCalls;
}

/** Makes the only referee of presence and calls, with nobody there yet. A `due` tells it that it may begin. */
export function createReferee({ spans, startedAt, newPeerId, kept }: RefereeOptions): Referee {
  const world: World = {
    spans,
    startedAt,
    newPeerId,
    users: new Users(),
    calls: new Calls(),
    limits: new RingLimits(),
    deadlines: new Deadlines(),
  };
  if (kept !== undefined) restoreCalls(world, new Turn(startedAt), kept);
  return { handle: (event) => handle(world, event), nextDue: () => world.deadlines.next() };
}

function handle(world: World, event: RefereeEvent): RefereeEffect[] {
  const turn = new Turn(event.at);
  // What has fallen due comes first, whichever event is the first to notice: an accept after the end is too late.
  for (let due = world.deadlines.take(turn.at); due !== undefined; due = world.deadlines.take(turn.at))
    handleDue(world, turn, due);
  handleEvent(world, turn, event);
  tellChanges(world, turn);
  keepChanges(world, turn);
  return turn.effects;
}

function handleEvent(world: World, turn: Turn, event: RefereeEvent): void {
  switch (event.type) {
    case "joined":
      join(world, turn, event);
      break;
    case "message":
    case "lost":
    case "revoked":
      hear(world, turn, event);
      break;
    case "contact":
      setContact(world, turn, event);
      break;
    case "block":
      setBlock(world, turn, event);
      break;
    case "contacts-changed":
      turn.send(world.users.connectionsOf(event.of), {
        type: "contacts.changed",
        ...(event.user === undefined ? {} : { user: event.user }),
      });
      break;
    case "missed":
      tellMissed(world, turn, event);
      break;
    case "profile":
      setProfile(world, turn, event);
      break;
    case "due":
      break;
    default:
      unreachable(event);
  }
}

/** A socket that was replaced or has left may still speak; it is not believed. */
function hear(world: World, turn: Turn, event: EventOf<"message"> | EventOf<"lost"> | EventOf<"revoked">): void {
  const speaker = world.users.speaker(event.connection);
  if (speaker === undefined) return;
  if (event.type === "message") handleMessage(world, turn, speaker, event.message);
  else if (event.type === "lost") lose(world, turn, speaker);
  else revoke(world, turn, speaker);
}

function join(world: World, turn: Turn, event: EventOf<"joined">): void {
  if (isOutrun(world, event)) {
    turn.emit({ type: "close", connection: event.connection, code: CloseCode.replaced });
    return;
  }
  const user = world.users.welcome(event.user);
  const device = arrive(world, turn, user, event);
  takeUpCalls(world, turn, { user, device, active: event.active });
  resumeChoice(world, turn, user);
  reviewRings(world, turn, user.id);
  // Others are told before this device is reached: what it must know stands in its welcome.
  tellChanges(world, turn);
  world.users.connect(user, device, event.connection);
  const speaker = { user, device, connection: event.connection };
  turn.emit(welcomeOf(world, turn, speaker, event.re));
  tellUntold(world, turn, speaker, event.active);
  for (const { call, side } of callsOn(world, speaker)) {
    watchSockets(world, turn, call);
    tellOwed(world, turn, call, side);
  }
}

/** Tells a device of the endings that came before it was back, those of the calls that it says still talk as well. [DEC-11] */
function tellUntold(world: World, turn: Turn, { user, device, connection }: Speaker, active: ActiveCall[]): void {
  const untold = world.calls.takeUntold(device.id);
  for (const call of new Set([...untold, ...active.map((claim) => claim.call)])) {
    const past = world.calls.findPast(call)?.past;
    const isParty = past?.caller === user.id || past?.callee === user.id;
    if (past !== undefined && isParty)
      turn.send([connection], { type: "call.ended", call, ...endFor(past, user.id, device.id) });
  }
}

function handleMessage(world: World, turn: Turn, speaker: Speaker, message: EventOf<"message">["message"]): void {
  switch (message.type) {
    case "presence.set":
      setPresence(world, turn, speaker, message);
      break;
    case "device.idle":
      setIdle(turn, speaker, message);
      break;
    case "settings.set":
      setSettings(world, turn, speaker, message);
      break;
    case "call.invite":
      invite(world, turn, speaker, message);
      break;
    case "bye":
      turn.ok({ connection: speaker.connection, re: message.id });
      leave(world, turn, speaker);
      break;
    default:
      handleCallRequest(world, turn, speaker, message);
      break;
  }
}

function tellMissed(world: World, turn: Turn, { of, count }: EventOf<"missed">): void {
  const user = world.users.get(of);
  if (user === undefined || user.missed === count) return;
  user.missed = count;
  turn.send(world.users.connectionsOf(of), { type: "missed", count });
}

function handleDue(world: World, turn: Turn, due: Deadline): void {
  switch (due.type) {
    case "grace":
      endGrace(world, turn, due.user, due.device);
      break;
    case "choice":
      endChoice(world, turn, due.user);
      break;
    case "ring":
      lapse(world, turn, due.call, "no-answer");
      break;
    case "abandon":
      endAbandoned(world, turn, due.call);
      break;
    case "settled":
      endIfAway(world, turn, due.call);
      break;
    case "claim":
      endClaim(world, turn, due.call);
      break;
    default:
      unreachable(due);
  }
}

function endAbandoned(world: World, turn: Turn, id: CallId): void {
  const call = world.calls.find(id)?.call;
  if (call !== undefined) endCall(world, turn, call, "failed");
}

/** A ring ends by its time. That of an earlier server may have been answered, and those who talk not be back yet. */
function lapse(world: World, turn: Turn, id: CallId, reason: "no-answer" | "cancelled" | "unreachable"): void {
  const call = world.calls.find(id)?.call;
  if (call === undefined) return;
  const past = endCall(world, turn, call, reason);
  if (call.restored && past.unproven === undefined) past.lapsed = call;
}

/** Everyone who was there before the restart should be back: the caller's device, and the callee. [CALL-11] [DEC-9] */
function endIfAway(world: World, turn: Turn, id: CallId): void {
  const call = world.calls.find(id)?.call;
  if (call === undefined) return;
  const { caller, callee } = call;
  const isCallerHere = caller.device !== undefined && world.users.get(caller.user)?.devices.has(caller.device) === true;
  if (!isCallerHere) lapse(world, turn, id, "cancelled");
  else if (reachOf(world, callee.user, caller.user, turn.at) === "unreachable") lapse(world, turn, id, "unreachable");
}

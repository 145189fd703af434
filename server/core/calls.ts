import type { CallId, DeviceId, EndReason, Media, PeerEnds, PeerId, UserId } from "#protocol";
import type { RefereeEffect } from "./events.ts";
import type { Receipts } from "./receipts.ts";
import { Recent } from "./recent.ts";

export type Side = "caller" | "callee";

/** One of the two people of a call. */
export interface Party {
  user: UserId;
  name: string;
  /** The device that has the call: the caller's from the start, the callee's once it answered. */
  device?: DeviceId;
  /** The devices that were told of the call and not yet of its end. */
  knowing: Set<DeviceId>;
  /** What the device missed while it had no socket. */
  owed?: "call.accepted" | "call.rejoined";
}

export type Phase =
  /**
   * `until` is the instant at which nobody has answered. It was answered at `answeredAt` by the word of the caller's
   * device alone, which outlasted the server. [CALL-11]
   */
  | { at: "ringing"; until: number; receipts: Receipts; answeredAt?: number }
  /** Talking since the instant `since`. */
  | { at: "running"; since: number; rejoinedAt?: number }
  /** A talk that outlasted the server, by the word of the side `by` alone. [CALL-11] */
  | { at: "claimed"; since: number; by: Side; rejoinedAt?: number };

/** A call that rings or runs. */
export interface Call {
  id: CallId;
  /** The ids that it answers to besides its own. [CALL-6] */
  merged: CallId[];
  media: Media;
  /** When it was first asked, as an instant in ms. */
  startedAt: number;
  caller: Party;
  callee: Party;
  phase: Phase;
  /** The ends of its media, from the first receipt on. */
  ends?: Record<Side, PeerId>;
  /** It outlasted the server without a row, so nobody here knows who called whom. */
  adopted: boolean;
  /** An earlier server's row told of it. [CALL-11] */
  restored: boolean;
  /** What that server knew of the callee's settings: they may not be back yet. */
  calleeShowsBusy?: boolean;
  /** It was recorded as unanswered before both sides said that they talk. [CALL-11] */
  corrects?: true;
}

/** What is remembered of a call that is over. */
export interface PastCall {
  caller: UserId;
  callee: UserId;
  reason: EndReason;
  /** Whether it ended after an answer. */
  answered: boolean;
  /** The length of the talk, as its record says. [CALL-14] */
  seconds?: number;
  /** The callee's device that answered or declined. */
  device?: DeviceId;
  adopted: boolean;
  /** It rang somebody who blocks the caller, and is nothing to them. [PRES-5] */
  hidden?: true;
  /** The record of a talk of which one side alone has told: it is written once `by` names the call too. [CALL-11] */
  unproven?: { record: RefereeEffect; by: UserId };
  /** The ring that ended by its time, while those who may have talked in it were not back yet. [CALL-11] */
  lapsed?: Call;
}

/** A call found by an id. In a call that others merged into, who was the caller by that id is now the callee. [CALL-10] */
export interface FoundCall {
  call: Call;
  swapped: boolean;
}

/** Enough that no late message meets a forgotten call, and small: some 200 bytes each. */
const MAX_PAST_CALLS = 20_000;

/** All calls that ring or run, and the latest of those that are over. */
export class Calls {
  readonly #live = new Map<CallId, Call>();
  readonly #byUser = new Map<UserId, Set<Call>>();
  readonly #past = new Recent<CallId, PastCall>(MAX_PAST_CALLS);
  readonly #merged = new Recent<CallId, CallId>(MAX_PAST_CALLS);
  /** The endings of an earlier server's calls that these devices were not there to hear. */
  readonly #untold = new Map<DeviceId, Set<CallId>>();

  add(call: Call): void {
    this.#live.set(call.id, call);
    for (const id of call.merged) this.#merged.set(id, call.id);
    for (const { user } of [call.caller, call.callee]) {
      const calls = this.#byUser.get(user) ?? new Set();
      this.#byUser.set(user, calls.add(call));
    }
  }

  remove(call: Call, past: PastCall): void {
    this.#live.delete(call.id);
    this.#past.set(call.id, past);
    for (const { user } of [call.caller, call.callee]) {
      const calls = this.#byUser.get(user);
      calls?.delete(call);
      if (calls?.size === 0) this.#byUser.delete(user);
    }
  }

  /** Notes a call that was over before the server started. */
  remember(id: CallId, merged: CallId[], past: PastCall): void {
    this.#past.set(id, past);
    for (const other of merged) this.#merged.set(other, id);
  }

  /** The call goes on after all. */
  revive(call: Call): void {
    this.#past.delete(call.id);
    this.add(call);
  }

  /** From now on the call answers to `id` too. [CALL-6] */
  merge(id: CallId, into: Call): void {
    into.merged.push(id);
    this.#merged.set(id, into.id);
  }

  /** This device is to hear of the call's end when it is back. */
  oweEnding(device: DeviceId, call: Call): void {
    const owed = this.#untold.get(device) ?? new Set();
    this.#untold.set(device, owed.add(call.id));
  }

  /** Takes out the calls whose end this device was not there to hear. */
  takeUntold(device: DeviceId): CallId[] {
    const owed = [...(this.#untold.get(device) ?? [])];
    this.#untold.delete(device);
    return owed;
  }

  find(id: CallId): FoundCall | undefined {
    const into = this.#merged.get(id);
    const call = this.#live.get(into ?? id);
    return call && { call, swapped: into !== undefined };
  }

  findPast(id: CallId): { past: PastCall; swapped: boolean } | undefined {
    const into = this.#merged.get(id);
    const past = this.#past.get(into ?? id);
    return past && { past, swapped: into !== undefined };
  }

  /** The calls of this user that ring or run, the oldest first; a copy, so that they may end meanwhile. */
  of(user: UserId): Call[] {
    return [...(this.#byUser.get(user) ?? [])];
  }

  /** The rings of one of the two for the other. */
  ringsBetween(one: UserId, other: UserId): Call[] {
    return this.of(one).filter((call) => call.phase.at === "ringing" && sideOf(call, other) !== undefined);
  }

  /** Whether the user talks in any call. [PRES-1] */
  isTalking(user: UserId): boolean {
    return this.of(user).some((call) => isTalking(call, user));
  }
}

export function otherSide(side: Side): Side {
  return side === "caller" ? "callee" : "caller";
}

export function sideOf(call: Pick<Call, "caller" | "callee">, user: UserId): Side | undefined {
  if (call.caller.user === user) return "caller";
  return call.callee.user === user ? "callee" : undefined;
}

/** Whether the user talks in this call. What only the other side claims counts for the other side alone. [CALL-11] */
export function isTalking(call: Call, user: UserId): boolean {
  const { phase } = call;
  if (phase.at === "running") return true;
  if (phase.at === "claimed") return call[phase.by].user === user;
  return phase.answeredAt !== undefined && call.caller.user === user;
}

/** Whether the call takes this user's attention for itself: they talk in it, or have asked for it. */
export function engages(call: Call, user: UserId): boolean {
  return isTalking(call, user) || (call.phase.at === "ringing" && call.caller.user === user);
}

export function endsFor(ends: Record<Side, PeerId>, side: Side): PeerEnds {
  return { self: ends[side], remote: ends[otherSide(side)] };
}

/** How a call that is over ended, as one device hears it late: as it would have at once. [CALL-14] */
export function endFor(past: PastCall, user: UserId, device: DeviceId): Pick<PastCall, "reason" | "seconds"> {
  const reason = reasonFor(past, user, device);
  // Who did not talk has no length to hear of.
  return reason === past.reason && past.seconds !== undefined ? { reason, seconds: past.seconds } : { reason };
}

/** Why a call that is over ended, for one device. [CALL-4] [CALL-5] */
function reasonFor(past: PastCall, user: UserId, device: DeviceId): EndReason {
  if (past.callee !== user || past.device === device) return past.reason;
  if (past.answered) return "answered-elsewhere";
  if (past.hidden === true) return "declined-elsewhere";
  return past.reason === "declined" ? "declined-elsewhere" : past.reason;
}

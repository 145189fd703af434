import { type CallId, GRACE_MS, REJOIN_MS, RING_MS, type ServerMessage, SETTLE_MS, type UserId } from "#protocol";
import type { AppEffect } from "../../../extension/core/app-effect-types.ts";
import type { AppState } from "../../../extension/core/app-state-types.ts";
import { isGivenUp } from "../../../extension/core/call-news.ts";
import { isAcceptedCall, pageId } from "../../../extension/core/call-parts.ts";
import type { Client } from "./client.ts";
import type { World } from "./world.ts";

/** One device's ring may end this much after its time: a timer and a message may fall together. */
const RING_SLACK_MS = 50;
/** A server that was started anew takes up the calls that it is told of until then, and no later. [CALL-11] */
const TAKES_UP_MS = SETTLE_MS + GRACE_MS;

/** From the invite to the last timer of a call that is never connected. */
const LONGEST_CALL_MS = 2 * RING_MS;
/** Who has been online for this long has said and heard all that a gap had held up. */
const CAUGHT_UP_MS = 10_000;

/** A tab that was opened and has not come yet is waited for a little longer. */
const PAGE_SLACK_MS = 1_000;

interface Ringing {
  call: CallId;
  since: number;
}

/** What must hold on every device after each of its events. */
export class Moments {
  /** The calls that somebody ended, by a click, a closed page, a sign-out, or because the media failed. */
  readonly #ended = new Set<CallId>();
  readonly #mergedFrom = new Map<CallId, CallId>();
  readonly #ringing = new Map<Client, Ringing>();
  readonly #rung = new Map<Client, Set<CallId>>();
  /** The calls of each person that the server named to them, each with the last life of the server that did. */
  readonly #callsOf = new Map<UserId, Map<CallId, number>>();
  /** Since when a device that talks has no page. */
  readonly #absentSince = new Map<Client, number>();
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  /** What the server says of a call. Who answers one call leaves every other, on whichever device. [CALL-9] */
  heard(to: UserId, message: Extract<ServerMessage, { call: CallId }>): void {
    const { call, type } = message;
    const calls = this.named(to, call);
    if (type === "call.accepted") for (const other of calls.keys()) if (other !== call) this.#ended.add(other);
    // The end of a merged call is the end of what it merged into. [CALL-6, CALL-10]
    if (type === "call.ended" && message.into !== undefined) this.#mergedFrom.set(message.into, call);
  }

  /** The server named this call to this person; returns all that it ever named to them. */
  named(to: UserId, call: CallId): Map<CallId, number> {
    const calls = this.#callsOf.get(to) ?? new Map<CallId, number>();
    this.#callsOf.set(to, calls.set(call, this.#world.backend.life));
    return calls;
  }

  check(client: Client, before: AppState, effects: AppEffect[]): void {
    // Before the endings are noted, since running into a timer ends the call too.
    this.#checkGap(client, before);
    this.#noteEndings(client, before);
    this.#checkRing(client);
    this.#checkTalk(client, before);
    this.#checkPages(client, effects);
    if (this.#world.setting.weather === "calm") this.#checkAbsence(client, before);
    const { state } = client;
    if (
      before.at === "signed-in" &&
      state.at === "signed-in" &&
      state.connection.lastSocket < before.connection.lastSocket
    )
      this.#world.setting.problem(`${client.name} gives the number of a socket twice`);
  }

  /** Whoever signs in anew, or starts the browser anew, knows nothing of what was before. */
  forget(client: Client): void {
    this.#rung.delete(client);
    this.#ringing.delete(client);
    this.leaves(client);
  }

  /** The session is taken from this device, and with it its call. [CONN-5] */
  leaves({ state }: Client): void {
    if (state.at === "signed-in" && state.call.at !== "idle") this.#ended.add(state.call.call);
  }

  #noteEndings({ state }: Client, before: AppState): void {
    if (state.at === "signed-in") for (const { call } of state.owed) this.#ended.add(call);
    else if (before.at === "signed-in" && before.call.at !== "idle") this.#ended.add(before.call.call);
  }

  /** Nothing rings for too long, and nothing begins to ring twice. [CALL-7, CALL-11] */
  #checkRing(client: Client): void {
    const { setting, clients } = this.#world;
    const { state } = client;
    const call = state.at === "signed-in" && state.call.at === "ringing-in" ? state.call.call : undefined;
    const ringing = this.#ringing.get(client);
    if (ringing && setting.now - ringing.since > RING_MS + RING_SLACK_MS && call === ringing.call)
      setting.problem(`${client.name} has rung for ${setting.now - ringing.since} ms [CALL-7]`);
    // Who answers another ring lets this one wait; it may be loud again after that. [CALL-9]
    if (state.at === "signed-in") for (const other of state.others) this.#rung.get(client)?.delete(other.call);
    if (ringing?.call === call) return;
    if (call === undefined) {
      this.#ringing.delete(client);
      return;
    }
    const rung = this.#rung.get(client) ?? new Set();
    // Who was away may not know, and a ring that was doubled on its way may come late, which no TCP does.
    const isSure = setting.weather !== "rough" && this.#areCaughtUp(client.user);
    if (isSure && clients.some((other) => isLive(other) && talksSince(other, call) < setting.now - CAUGHT_UP_MS))
      setting.problem(`${client.name} begins to ring for ${call}, which runs [CALL-13]`);
    if (rung.has(call)) setting.problem(`${client.name} begins to ring twice for ${call} [CALL-11]`);
    this.#rung.set(client, rung.add(call));
    this.#ringing.set(client, { call, since: setting.now });
  }

  /** One device has the call, and a talk ends only where somebody ended it. [CALL-4, CALL-11, CALL-13] */
  #checkTalk(client: Client, before: AppState): void {
    const { clients, setting, backend } = this.#world;
    const { state } = client;
    const call = state.at === "signed-in" ? state.call : undefined;
    if (call && isAcceptedCall(call)) {
      const twin = clients.find((other) => other !== client && other.user === client.user && talksIn(other, call.call));
      // A server that was restarted before the answer was written may take it from another device; the first one learns of
      // that with its welcome. [DEC-27]
      const knows = (one: Client): boolean => isLive(one) && !this.#cannotKnow(one);
      if (twin && (backend.life === 1 || (knows(client) && knows(twin))))
        setting.problem(`${client.name} and ${twin.name} both talk in ${call.call} [CALL-4]`);
    }
    if (before.at === "signed-out" || call?.at !== "ended") return;
    // Where no media has flowed yet, nobody has talked.
    if (before.call.at !== "live" && before.call.at !== "reconnecting") return;
    const alias = this.#mergedFrom.get(before.call.call);
    if (call.reason === "failed" || this.#ended.has(before.call.call) || (alias && this.#ended.has(alias))) return;
    if (this.#isForgotten(client, before.call) || this.#isRungOn(call)) return;
    setting.problem(`${client.name} lost ${before.call.call} as ${call.reason}, which nobody ended [CALL-11]`);
  }

  /** A device that has no line, and whose media has stopped, shows its talk until it notices the one or the other. */
  #cannotKnow(client: Client): boolean {
    return client.linkedSince === undefined && this.#world.media.partnerOf(client) === "none";
  }

  /**
   * An answer that was not written is rung on. Before the first device is back, another may give it, or do not disturb,
   * chosen there, may end the ring. [DEC-5, DEC-27]
   */
  #isRungOn({ call, reason }: { call: CallId; reason: string }): boolean {
    const { accounts, backend } = this.#world;
    if (!backend.restored.has(call) || backend.restored.hasTalk(call)) return false;
    const ends = accounts.records.get(call) ?? [];
    return reason === "answered-elsewhere" || ends.some((record) => record.reason === "unavailable");
  }

  /**
   * What no server that was started anew takes up, where it is not written: a call it was told of too late, of people who are
   * contacts no more, or of somebody who has begun another one with it meanwhile.
   */
  #isForgotten({ user }: Client, { call, with: other }: { call: CallId; with: { user: UserId } }): boolean {
    const { backend, setting, accounts } = this.#world;
    if (backend.life === 1 || backend.restored.hasTalk(call)) return false;
    if (setting.now > backend.startedAt + TAKES_UP_MS || !accounts.areContacts(user, other.user)) return true;
    const calls = [user, other.user].flatMap((one) => [...(this.#callsOf.get(one) ?? [])]);
    return calls.some(([id, life]) => id !== call && life === backend.life);
  }

  /** What was asked during a gap is asked again after it, so that nothing runs into its own timer while the line stands. */
  #checkGap(client: Client, before: AppState): void {
    const { setting, accounts, backend } = this.#world;
    const { state } = client;
    if (state.at !== "signed-in" || before.at !== "signed-in" || state.call.at !== "ended") return;
    if (before.call.at === "idle" || before.call.at === "live") return;
    const { call, reason, with: other } = state.call;
    if (!this.#areCaughtUp(client.user) || !this.#areCaughtUp(other.user)) return;
    // Only what ran into the device's own timer is of interest, and only of a call that one server has had all the time, or
    // found written: of any other ring, a server that was started anew learns from its caller alone.
    if (setting.now < before.call.until || this.#ended.has(call) || accounts.records.has(call)) return;
    const isYoung = backend.life > 1 && setting.now - backend.startedAt < LONGEST_CALL_MS;
    if (isYoung && !backend.restored.has(call)) return;
    const { life } = backend;
    if (before.call.at === "accepting") setting.problem(`${client.name} lost its answer to ${call} [CALL-12]`);
    if (before.call.at === "joining" && before.call.ticket === undefined)
      setting.problem(`${client.name} was given no ticket for ${call} [CALL-12]`);
    if (reason !== "no-answer") return;
    setting.schedule.after(CAUGHT_UP_MS, () => {
      const isKnown = accounts.records.has(call) || this.#world.merged.has(call) || life !== backend.life;
      if (!isKnown) setting.problem(`${client.name} rang in vain: the server never had ${call} [CALL-12]`);
    });
  }

  #areCaughtUp(user: UserId): boolean {
    const { clients, setting } = this.#world;
    const online = clients.filter((client) => client.user === user && client.state.at === "signed-in");
    return online.every(({ linkedSince: since }) => since !== undefined && setting.now - since >= CAUGHT_UP_MS);
  }

  /**
   * Where nothing else breaks, a talk waits for its page for as long as it should and no longer, and no talk is lost while its
   * pages come back in time. [CALL-13]
   */
  #checkAbsence(client: Client, before: AppState): void {
    const { media, setting } = this.#world;
    const { state } = client;
    const call = state.at === "signed-in" ? state.call : undefined;
    const isAbsent = call && isAcceptedCall(call) && !media.hasPage(client, pageId(call));
    if (!isAbsent) this.#absentSince.delete(client);
    else if (!this.#absentSince.has(client)) this.#absentSince.set(client, setting.now);
    const since = this.#absentSince.get(client);
    if (since !== undefined && setting.now > since + REJOIN_MS + PAGE_SLACK_MS)
      setting.problem(`${client.name} has no page for longer than a call waits [CALL-13]`);
    if (call?.at !== "ended" || before.at === "signed-out" || !isAcceptedCall(before.call)) return;
    const isLost = call.reason === "lost" || call.reason === "failed";
    // The other side hung up on what had been broken off for long: that is lost, in the words for a person.
    const isTold = state.at === "signed-in" && !state.owed.some((ending) => ending.call === call.call);
    if (call.reason === "lost" && isTold && isGivenUp(before.call, setting.now)) return;
    if (isLost && !media.isHopeless(call.call))
      setting.problem(`${client.name} lost ${call.call} as ${call.reason} for no reason [CALL-13]`);
  }

  /** No page, and so no camera and no address, but by a person's own act on that device. */
  #checkPages(client: Client, effects: AppEffect[]): void {
    for (const effect of effects)
      if (effect.type === "open-call-tab" && !client.acted.has(effect.call))
        this.#world.setting.problem(`${client.name} opens a call page that nobody there asked for, ${effect.call}`);
  }
}

/** Whether this device, asleep or awake, is in the call. */
function talksIn({ state }: Client, call: CallId): boolean {
  return state.at === "signed-in" && isAcceptedCall(state.call) && state.call.call === call;
}

function talksSince({ state }: Client, call: CallId): number {
  return state.at === "signed-in" && state.call.at === "live" && state.call.call === call
    ? state.call.acceptedAt
    : Infinity;
}

function isLive({ state }: Client): boolean {
  return state.at === "signed-in" && state.call.at === "live";
}

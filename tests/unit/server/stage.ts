import {
  CloseCode,
  type CallId,
  type ClientMessageOf,
  type ClientMessageType,
  type DeviceId,
  type PeerId,
  type ServerMessage,
  type ServerMessageType,
  type UserId,
} from "#protocol";
import type {
  ConnectionId,
  JoiningUser,
  KeptCalls,
  RefereeEffect,
  RefereeEvent,
  Spans,
} from "../../../server/core/events.ts";
import { createReferee } from "../../../server/core/referee.ts";
import { KeptRows } from "../../support/simulation/kept-rows.ts";

export const SPANS: Spans = {
  ringMs: 45_000,
  graceMs: 10_000,
  settleMs: 35_000,
  abandonMs: 60_000,
  rejoinMs: 20_000,
  lateRingMs: 3_000,
};

/** What a device hears, without the tickets, which are the gateway's. */
export type Heard = Partial<ServerMessage> & { type: ServerMessageType; [field: string]: unknown };
export type Ended = Extract<RefereeEffect, { type: "record" }>;
type Said = Extract<RefereeEvent, { type: "message" }>["message"];

/** Ids in tests are plain words. */
export const user = (name: string) => name as UserId;
export const call = (name: string) => name as CallId;

/** A referee with people around it, a clock that only the test moves, and counted peer ids. */
export class Stage {
  at = 1_000_000_000;
  readonly records: Ended[] = [];
  readonly effects: RefereeEffect[] = [];
  readonly voided: PeerId[] = [];
  /** What the database has of calls. */
  readonly rows = new KeptRows();
  readonly #people = new Map<string, JoiningUser>();
  readonly #seats = new Map<ConnectionId, Seat>();
  readonly #spans: Spans;
  #referee;
  #count = 0;
  #peers = 0;
  #isWriting = true;

  /** A server that started long ago, unless `settling`. */
  constructor({ settling = false, spans = SPANS }: { settling?: boolean; spans?: Spans } = {}) {
    this.#spans = spans;
    this.#referee = this.#newReferee(settling ? this.at : this.at - 10 * spans.settleMs);
  }

  /** All these people, contacts of each other. */
  friends(...names: string[]): void {
    for (const name of names) this.person(name);
    for (const one of names) for (const other of names) if (one < other) this.befriend(one, other);
  }

  person(name: string): JoiningUser {
    const known = this.#people.get(name);
    if (known !== undefined) return known;
    const person: JoiningUser = {
      id: user(name),
      handle: name,
      name: name.toUpperCase(),
      chosen: { availability: "available" },
      settings: { showBusy: true, secondCall: "wait" },
      contacts: [],
      blocked: [],
      blockedBy: [],
      missed: 0,
    };
    this.#people.set(name, person);
    return person;
  }

  befriend(one: string, other: string, accepted = true): RefereeEffect[] {
    const first = this.person(one);
    const second = this.person(other);
    for (const { person, friend } of [
      { person: first, friend: second },
      { person: second, friend: first },
    ]) {
      person.contacts = person.contacts.filter(({ id }) => id !== friend.id);
      if (accepted) person.contacts.push({ id: friend.id, name: friend.name });
    }
    const named = ({ id, name }: JoiningUser) => ({ id, name });
    return this.handle({ type: "contact", accepted, people: [named(first), named(second)] });
  }

  unfriend(one: string, other: string): RefereeEffect[] {
    return this.befriend(one, other, false);
  }

  /** One person blocks another, or does so no longer. */
  block(by: string, other: string, blocked = true): RefereeEffect[] {
    const [blocker, person] = [this.person(by), this.person(other)];
    blocker.blocked = blocker.blocked.filter((id) => id !== person.id);
    person.blockedBy = person.blockedBy.filter((id) => id !== blocker.id);
    if (blocked) {
      blocker.blocked.push(person.id);
      person.blockedBy.push(blocker.id);
    }
    const name = blocked ? {} : { name: person.name };
    return this.handle({ type: "block", by: blocker.id, user: person.id, blocked, ...name });
  }

  /** One device of a person, welcomed. Its id is given by its owner and its name. */
  join(owner: string, name = "laptop", hello: Partial<Pick<Seat["hello"], "idle" | "active">> = {}): Seat {
    const seat = new Seat(this, owner, name);
    this.rejoin(seat, hello);
    return seat;
  }

  /** A new socket of the same device. */
  rejoin(seat: Seat, hello: Partial<Seat["hello"]> = {}): void {
    const opened = ++this.#count;
    seat.connection = `${seat.owner}-${seat.name}-${String(opened)}` as ConnectionId;
    this.#seats.set(seat.connection, seat);
    seat.closed = undefined;
    this.handle({
      type: "joined",
      connection: seat.connection,
      opened,
      device: seat.device,
      user: structuredClone(this.person(seat.owner)),
      idle: false,
      active: [],
      ...hello,
    });
  }

  handle(
    event: RefereeEvent extends infer E ? (E extends RefereeEvent ? Omit<E, "at"> : never) : never,
  ): RefereeEffect[] {
    const effects = this.#referee.handle({ ...event, at: this.at });
    for (const effect of effects) this.#carryOut(effect);
    const isOver = event.type === "lost" || (event.type === "message" && event.message.type === "bye");
    if (isOver) this.#seats.delete(event.connection);
    this.effects.push(...effects);
    return effects;
  }

  /** Lets time pass, and everything fall due at its instant. */
  pass(ms: number): void {
    const end = this.at + ms;
    for (let due = this.#referee.nextDue(); due !== undefined && due <= end; due = this.#referee.nextDue()) {
      this.at = Math.max(this.at, due);
      this.handle({ type: "due" });
    }
    this.at = end;
  }

  nextDue(): number | undefined {
    return this.#referee.nextDue();
  }

  /** From now on what the server has written behind is lost, as while the database is away. */
  losesRows(): void {
    this.#isWriting = false;
  }

  /** The server is killed and starts again after a while: what it held is gone, but for its rows, and every socket too. */
  restart(afterMs = 0): void {
    this.at += afterMs;
    this.#isWriting = true;
    this.#seats.clear();
    this.#referee = this.#newReferee(
      this.at,
      this.rows.read((by, user) => this.person(by).blocked.includes(user)),
    );
    this.handle({ type: "due" });
  }

  #newReferee(startedAt: number, kept?: KeptCalls) {
    return createReferee({
      spans: this.#spans,
      startedAt,
      newPeerId: () => `peer-${String(++this.#peers)}` as PeerId,
      ...(kept === undefined ? {} : { kept }),
    });
  }

  /** Whether this is a socket that was welcomed and neither lost nor left. */
  isConnected(connection: ConnectionId): boolean {
    return this.#seats.has(connection);
  }

  #carryOut(effect: RefereeEffect): void {
    switch (effect.type) {
      case "send":
        for (const to of effect.to) this.#seats.get(to)?.hear(effect.message);
        break;
      case "send-ticketed":
        this.#seats.get(effect.to)?.hear({ ...effect.message, ends: effect.ends });
        break;
      case "welcome":
        this.#seats.get(effect.to)?.hear({ ...effect.message, tickets: effect.tickets });
        break;
      case "close":
        this.#close(effect.connection, effect.code);
        break;
      case "record":
        this.records.push(effect);
        if (this.#isWriting) this.rows.end(effect);
        break;
      case "save-call":
        if (this.#isWriting) this.rows.save(effect);
        break;
      case "void-peers":
        this.voided.push(...effect.peers);
        break;
      case "save-choice":
        this.person(effect.user).chosen = effect.chosen;
        break;
      case "save-settings":
        this.person(effect.user).settings = effect.settings;
        break;
    }
  }

  #close(connection: ConnectionId, code: number): void {
    const seat = this.#seats.get(connection);
    this.#seats.delete(connection);
    if (seat?.connection === connection || code === CloseCode.replaced) seat!.closed = code;
  }
}

/** One device of one person. */
export class Seat {
  readonly owner: string;
  readonly name: string;
  readonly user: UserId;
  readonly device: DeviceId;
  readonly hello!: Omit<Extract<RefereeEvent, { type: "joined" }>, "at" | "type" | "connection" | "device" | "user">;
  connection = "" as ConnectionId;
  /** The code with which a socket of this device was closed last. */
  closed: number | undefined;
  readonly #stage: Stage;
  #heard: Heard[] = [];

  constructor(stage: Stage, owner: string, name: string) {
    this.#stage = stage;
    this.owner = owner;
    this.name = name;
    this.user = user(owner);
    this.device = `${owner}/${name}` as DeviceId;
  }

  hear(message: Heard): void {
    this.#heard.push(message);
  }

  /** What came since it was last asked. */
  heard(): Heard[] {
    const heard = this.#heard;
    this.#heard = [];
    return heard;
  }

  says<T extends ClientMessageType & Said["type"]>(type: T, fields: Omit<ClientMessageOf<T>, "type">): RefereeEffect[] {
    const message = { type, ...fields } as unknown as Said;
    return this.#stage.handle({ type: "message", connection: this.connection, message });
  }

  /** Says it and gives what this device heard of it at once. */
  asks<T extends ClientMessageType & Said["type"]>(type: T, fields: Omit<ClientMessageOf<T>, "type">): Heard[] {
    this.heard();
    this.says(type, fields);
    return this.heard();
  }

  invites(to: string, id = "c1", fields: { media?: "audio" | "video"; age?: number; id?: number } = {}): Heard[] {
    return this.asks("call.invite", { call: call(id), to: user(to), media: "video", ...fields });
  }

  loses(): RefereeEffect[] {
    return this.#stage.handle({ type: "lost", connection: this.connection });
  }

  comesBack(hello: Partial<Seat["hello"]> = {}): Heard[] {
    this.heard();
    this.#stage.rejoin(this, hello);
    return this.heard();
  }
}

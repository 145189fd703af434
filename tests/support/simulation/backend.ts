import {
  ABANDON_MS,
  type ClientMessage,
  type ClientMessageOf,
  CloseCode,
  decodeClientFrame,
  decodeServerFrame,
  GRACE_MS,
  LATE_RING_MS,
  type PeerEnds,
  type PeerId,
  PING_EVERY_MS,
  REJOIN_MS,
  RING_MS,
  type ServerMessage,
  SETTLE_MS,
  SILENCE_MS,
  type Ticket,
  unreachable,
  type UserId,
} from "#protocol";
import type { ConnectionId, Referee, RefereeEffect, RefereeEvent } from "../../../server/core/events.ts";
import { createReferee } from "../../../server/core/referee.ts";
import type { Accounts } from "./accounts.ts";
import { Behind } from "./behind.ts";
import { Restored } from "./restored.ts";
import type { Setting } from "./setting.ts";
import { type ClientEnd, type ServerEnd, Wire } from "./wire.ts";

const SPANS = {
  ringMs: RING_MS,
  graceMs: GRACE_MS,
  settleMs: SETTLE_MS,
  abandonMs: ABANDON_MS,
  rejoinMs: REJOIN_MS,
  lateRingMs: LATE_RING_MS,
};

type Happening = RefereeEvent extends infer Event ? (Event extends { at: number } ? Omit<Event, "at"> : never) : never;

interface Connection {
  wire: Wire;
  user: UserId;
  token: string;
}

/** Watches what the server says, as it says it. */
export type Listener = (to: UserId, message: ServerMessage) => void;

/** The server: the real referee behind a gateway that is as small as the simulation allows. */
export class Backend implements ServerEnd {
  readonly #setting: Setting;
  readonly #accounts: Accounts;
  readonly #listener: Listener;
  #referee: Referee | undefined;
  #connections = new Map<ConnectionId, Connection>();
  readonly #byWire = new Map<Wire, ConnectionId>();
  /** Each with its number, in the order of their opening. */
  readonly #wires = new Map<Wire, number>();
  readonly #heardAt = new Map<Wire, number>();
  #wireCount = 0;
  #peerCount = 0;
  #dueAt: number | undefined;
  #later: (() => void)[] = [];
  readonly #behind: Behind;
  /** What this server found written when it started. */
  restored: Restored;
  /** How many times the server was started. */
  life = 0;
  startedAt = 0;

  constructor(setting: Setting, accounts: Accounts, listener: Listener) {
    this.#setting = setting;
    this.#accounts = accounts;
    this.#listener = listener;
    this.#behind = new Behind(setting);
    this.restored = new Restored(setting, accounts, [], () => false);
    this.start();
  }

  get isUp(): boolean {
    return this.#referee !== undefined;
  }

  start(): void {
    if (this.isUp) return;
    this.life += 1;
    this.startedAt = this.#setting.now;
    const newPeerId = (): PeerId => `peer-${(this.#peerCount += 1)}` as PeerId;
    const kept = this.#accounts.rows.read((by, user) => this.#accounts.blockedAt(by, user) !== undefined);
    this.restored = new Restored(this.#setting, this.#accounts, kept.open, (user) => this.#has(user));
    this.#referee = createReferee({ spans: SPANS, startedAt: this.#setting.now, newPeerId, kept });
    this.#setting.note("server", "starts", { open: kept.open.map(({ call, phase }) => [call, phase.at]) });
    this.tell({ type: "due" });
  }

  /** Goes down: politely, or as killed. What was in memory alone is gone, and what was not yet written too. */
  stop(code: number): void {
    this.#setting.note("server", "stops", { code });
    this.#behind.end(code !== CloseCode.goingAway);
    this.#referee = undefined;
    for (const wire of this.#wires.keys()) wire.closeByServer(code);
    this.#wires.clear();
    this.#byWire.clear();
    this.#heardAt.clear();
    this.#connections = new Map();
    this.#dueAt = undefined;
  }

  /** A client's socket comes in. */
  connect(number: number, client: ClientEnd): Wire {
    const wire = new Wire(number, this.#setting, client, this);
    this.#wires.set(wire, (this.#wireCount += 1));
    this.#heard(wire);
    wire.opened();
    return wire;
  }

  received(wire: Wire, sent: ClientMessage): void {
    const message = this.#decoded(sent);
    if (!this.isUp || !this.#wires.has(wire) || message === undefined) return;
    this.#heardAt.set(wire, this.#setting.now);
    const connection = this.#byWire.get(wire);
    if (message.type === "hello") this.#hello(wire, message);
    else if (connection === undefined) wire.closeByServer(CloseCode.unauthorized);
    else if (message.type === "ping") wire.toClient({ type: "pong" });
    else {
      // Whoever leaves is not there any more, though the socket may still be.
      if (message.type === "bye") this.#forget(wire);
      this.tell({ type: "message", connection, message });
    }
  }

  lost(wire: Wire): void {
    const connection = this.#byWire.get(wire);
    this.#forget(wire);
    if (connection !== undefined) this.tell({ type: "lost", connection });
  }

  /** The session was revoked in Parse. [CONN-5] */
  revoke(token: string): void {
    this.#accounts.closeSession(token);
    for (const [connection, { token: own }] of [...this.#connections])
      if (own === token) this.tell({ type: "revoked", connection });
  }

  /** Lets the referee have what happened, and carries out what it wants. */
  tell(event: Happening): void {
    if (this.#referee === undefined) return;
    // Every member of the union has lost its `at` by the type above, and here has it back.
    for (const effect of this.#referee.handle({ ...event, at: this.#setting.now })) this.#carryOut(effect);
    this.#armDue();
    for (const check of this.#later.splice(0)) check();
  }

  /** Runs this once the server's present turn is over. */
  afterTurn(check: () => void): void {
    this.#later.push(check);
  }

  #hello(wire: Wire, { token, device, idle, active }: ClientMessageOf<"hello">): void {
    const { schedule, random } = this.#setting;
    schedule.after(random.between(1, 30), () => {
      const opened = this.#wires.get(wire);
      if (opened === undefined || this.#byWire.has(wire)) return;
      const session = this.#accounts.session(token);
      if (session === undefined) {
        this.#forget(wire);
        wire.closeByServer(CloseCode.unauthorized);
        return;
      }
      const connection = `c${opened}` as ConnectionId;
      this.#byWire.set(wire, connection);
      this.#connections.set(connection, { wire, user: session.user, token });
      const joining = { device: device.id, user: this.#accounts.joining(session.user) };
      this.tell({ type: "joined", connection, opened, ...joining, idle: idle ?? false, active: active ?? [] });
    });
  }

  #carryOut(effect: RefereeEffect): void {
    switch (effect.type) {
      case "send":
        for (const to of effect.to) this.#send(to, effect.message);
        return;
      case "send-ticketed": {
        this.#send(effect.to, { ...effect.message, ticket: ticketOf(effect.ends) });
        return;
      }
      case "welcome": {
        const ends = new Map(effect.tickets.map((ticket) => [ticket.call, ticket.ends]));
        const calls = effect.message.calls.map((call) => {
          const own = ends.get(call.call);
          return call.state === "outgoing" && own ? { ...call, ticket: ticketOf(own) } : call;
        });
        this.#send(effect.to, { ...effect.message, calls, heartbeat: PING_EVERY_MS });
        this.restored.welcomed(effect.message.user.id, calls);
        return;
      }
      case "close": {
        this.#close(effect.connection, effect.code);
        return;
      }
      case "record": {
        this.#record(effect);
        return;
      }
      case "save-call":
        this.restored.changed(effect);
        this.#behind.write(effect.call, () => this.#accounts.rows.save(effect));
        return;
      case "save-choice":
        this.#accounts.get(effect.user).chosen = effect.chosen;
        return;
      case "save-settings":
        this.#accounts.get(effect.user).settings = effect.settings;
        return;
      case "void-peers":
        return;
      default:
        return unreachable(effect);
    }
  }

  #send(to: ConnectionId, message: ServerMessage): void {
    const connection = this.#connections.get(to);
    if (connection === undefined) return;
    this.#listener(connection.user, message);
    const decoded = decodeServerFrame(JSON.stringify(message));
    if (!decoded.ok) this.#setting.problem(`the server says what its own schema refuses: ${decoded.problem}`);
    else connection.wire.toClient(decoded.message);
  }

  #close(connection: ConnectionId, code: number): void {
    const wire = this.#connections.get(connection)?.wire;
    if (wire === undefined) return;
    this.#forget(wire);
    wire.closeByServer(code);
  }

  #record(record: Extract<RefereeEffect, { type: "record" }>): void {
    this.#setting.note("server", "records", { call: record.call, reason: record.reason });
    this.#checkHidden(record);
    this.#accounts.noteRecord(record);
    this.afterTurn(this.restored.ended(record));
    this.#behind.write(record.call, () => {
      const { rows } = this.#accounts;
      if (!rows.end(record)) this.#setting.problem(`${record.call} is recorded again [CALL-14]`);
      const { callee } = record;
      if (record.outcomes.callee !== "missed" && record.corrects !== true) return;
      this.tell({ type: "missed", of: callee, count: this.#accounts.missed(callee) });
    });
  }

  #has(user: UserId): boolean {
    return [...this.#connections.values()].some((one) => one.user === user);
  }

  /** A call that reached nobody is in the history of who blocks the caller at no time, and in everyone else's always. */
  #checkHidden({ call, caller, callee, acceptedAt, outcomes }: Extract<RefereeEffect, { type: "record" }>): void {
    const blockedAt = this.#accounts.blockedAt(callee, caller);
    // What fell due in the turn of the block came before it.
    if (blockedAt === this.#setting.now) return;
    if ((outcomes.callee === undefined) !== (blockedAt !== undefined && acceptedAt === undefined))
      this.#setting.problem(`${call} of ${caller} is ${String(outcomes.callee)} to ${callee} [PRES-5]`);
  }

  #decoded(message: ClientMessage): ClientMessage | undefined {
    const decoded = decodeClientFrame(JSON.stringify(message));
    if (decoded.ok) return decoded.message;
    this.#setting.problem(`the client says what the schema refuses: ${decoded.problem.message}`);
    return undefined;
  }

  #forget(wire: Wire): void {
    const connection = this.#byWire.get(wire);
    if (connection !== undefined) this.#connections.delete(connection);
    this.#byWire.delete(wire);
    this.#wires.delete(wire);
    this.#heardAt.delete(wire);
  }

  /** Cuts the socket once it was silent for too long. [CONN-2] */
  #heard(wire: Wire): void {
    const { schedule } = this.#setting;
    this.#heardAt.set(wire, schedule.now);
    const look = (): void => {
      const heardAt = this.#heardAt.get(wire);
      if (heardAt === undefined) return;
      if (schedule.now - heardAt >= SILENCE_MS) wire.endSilent();
      else schedule.at(heardAt + SILENCE_MS, look);
    };
    schedule.after(SILENCE_MS, look);
  }

  #armDue(): void {
    const due = this.#referee?.nextDue();
    if (due === undefined || (this.#dueAt !== undefined && this.#dueAt <= due)) return;
    this.#dueAt = due;
    const referee = this.#referee;
    this.#setting.schedule.at(due, () => {
      if (referee !== this.#referee || this.#dueAt !== due) return;
      this.#dueAt = undefined;
      this.tell({ type: "due" });
    });
  }
}

function ticketOf({ self, remote }: PeerEnds): Ticket {
  return { peer: { path: "/peer", key: "beckon" }, self, token: "token", remote, iceServers: [], expires: 60_000 };
}

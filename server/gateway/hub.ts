import {
  CloseCode,
  type PeerEnds,
  PING_EVERY_MS,
  SILENCE_MS,
  type ServerMessage,
  type ServerMessageOf,
  type UserId,
  unreachable,
} from "#protocol";
import type { Accounts } from "../accounts/accounts.ts";
import type { ConnectionId, Referee, RefereeEffect, RefereeEvent, Welcome } from "../core/events.ts";
import { MAX_CONNECTIONS_PER_USER } from "../limits.ts";
import type { Logger } from "../logger.ts";
import type { PeerGate } from "../media/peer-server.ts";
import type { Tickets } from "../media/tickets.ts";
import { frameOf, type Line } from "./line.ts";
import { ListNews } from "./list-news.ts";

/** A welcomed device, as the hub knows it. */
export interface Member {
  line: Line;
  user: UserId;
  /** Names the session; see {@link Accounts.validSessions}. */
  session: string;
  /** The hub let it go: nothing that it says counts from now on. */
  dismissed: () => void;
}

export interface HubOptions {
  referee: Referee;
  accounts: Accounts;
  tickets: Tickets;
  peers: Pick<PeerGate, "voidPeers">;
  now: () => number;
  silenceMs: number;
  log: Logger;
}

/** A timer of Node can wait no longer than this. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Hands events to the referee one at a time and carries out what it decides. */
export class Hub {
  readonly #options: HubOptions;
  readonly #members = new Map<ConnectionId, Member & { news: ListNews }>();
  readonly #socketsOf = new Map<UserId, number>();
  readonly #waiting: RefereeEvent[] = [];
  #working = false;
  #isStopped = false;
  #timer: NodeJS.Timeout | undefined;
  #timerDue: number | undefined;

  constructor(options: HubOptions) {
    this.#options = options;
  }

  /** Everyone who is online, with the name of their session. */
  *sessions(): Iterable<[ConnectionId, string]> {
    for (const [connection, { session }] of this.#members) yield [connection, session];
  }

  /** Takes a member in, to whom effects can go from now on; false where the user has too many sockets. */
  enter(connection: ConnectionId, member: Member): boolean {
    const sockets = this.#socketsOf.get(member.user) ?? 0;
    if (sockets >= MAX_CONNECTIONS_PER_USER) return false;
    this.#socketsOf.set(member.user, sockets + 1);
    this.#members.set(connection, { ...member, news: new ListNews(member.line, this.#options.now) });
    return true;
  }

  /** Lets a member go; undefined where it had gone already. The referee is not told. */
  release(connection: ConnectionId): Member | undefined {
    const member = this.#members.get(connection);
    if (member === undefined) return undefined;
    this.#members.delete(connection);
    member.news.stop();
    const sockets = (this.#socketsOf.get(member.user) ?? 1) - 1;
    if (sockets === 0) this.#socketsOf.delete(member.user);
    else this.#socketsOf.set(member.user, sockets);
    return member;
  }

  /** An event that comes up while another is carried out waits its turn. */
  dispatch(event: RefereeEvent): void {
    if (this.#isStopped) return;
    this.#waiting.push(event);
    if (this.#working) return;
    this.#working = true;
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) this.#work(next);
    this.#working = false;
    this.#setTimer();
  }

  /** From now on nothing is decided any more: whoever goes now goes because the server does. */
  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  /** A fault in one event is logged and told to who asked; everyone else goes on. */
  #work(event: RefereeEvent): void {
    let effects: RefereeEffect[];
    try {
      effects = this.#options.referee.handle(event);
    } catch (error) {
      this.#options.log.error("an event could not be handled", { type: event.type, error });
      this.#apologise(event);
      return;
    }
    for (const effect of effects) {
      try {
        this.#carryOut(effect);
      } catch (error) {
        this.#options.log.error("an effect could not be carried out", { type: effect.type, error });
      }
    }
  }

  #apologise(event: RefereeEvent): void {
    if (!("connection" in event)) return;
    const re = event.type === "message" ? event.message.id : undefined;
    this.#send(event.connection, internalError(re));
    // Without a welcome it would wait for ever.
    if (event.type === "joined") this.#dismiss(event.connection, CloseCode.tryLater);
  }

  #carryOut(effect: RefereeEffect): void {
    const { accounts, peers } = this.#options;
    switch (effect.type) {
      case "send":
        this.#sendToAll(effect.to, effect.message);
        break;
      case "send-ticketed":
        this.#send(effect.to, { ...effect.message, ticket: this.#ticket(effect.ends) });
        break;
      case "welcome":
        this.#send(effect.to, this.#completeWelcome(effect.message, effect.tickets));
        break;
      case "void-peers":
        peers.voidPeers(effect.peers);
        break;
      case "close":
        this.#dismiss(effect.connection, effect.code);
        break;
      case "record":
        this.#options.log.info("call ended", { call: effect.call, reason: effect.reason });
        accounts.recordCall(effect);
        break;
      case "save-call":
        accounts.saveCall(effect);
        break;
      case "save-choice":
        accounts.saveChoice(effect.user, effect.chosen);
        break;
      case "save-settings":
        accounts.saveSettings(effect.user, effect.settings);
        break;
      default:
        unreachable(effect);
    }
  }

  #send(to: ConnectionId, message: ServerMessage): void {
    this.#members.get(to)?.line.send(message);
  }

  #sendToAll(to: ConnectionId[], message: ServerMessage): void {
    const frame = frameOf(message);
    for (const connection of to) {
      const member = this.#members.get(connection);
      if (message.type === "contacts.changed") member?.news.tell(message, frame);
      else member?.line.sendFrame(frame);
    }
  }

  #dismiss(connection: ConnectionId, code: CloseCode): void {
    const member = this.release(connection);
    member?.dismissed();
    member?.line.close(code);
  }

  #ticket(ends: PeerEnds) {
    return this.#options.tickets.issue(ends, this.#options.now());
  }

  #completeWelcome(message: Welcome, tickets: { call: string; ends: PeerEnds }[]): ServerMessageOf<"welcome"> {
    const ends = new Map(tickets.map((ticket) => [ticket.call, ticket.ends]));
    const calls = message.calls.map((call) => {
      const own = call.state === "outgoing" ? ends.get(call.call) : undefined;
      return own === undefined ? call : { ...call, ticket: this.#ticket(own) };
    });
    return { ...message, calls, heartbeat: heartbeatFor(this.#options.silenceMs) };
  }

  #setTimer(): void {
    const due = this.#options.referee.nextDue();
    if (due === this.#timerDue) return;
    clearTimeout(this.#timer);
    this.#timerDue = due;
    if (due === undefined) return;
    const { now } = this.#options;
    this.#timer = setTimeout(
      () => {
        this.#timerDue = undefined;
        this.dispatch({ at: now(), type: "due" });
      },
      Math.min(MAX_TIMER_MS, Math.max(0, due - now())),
    );
  }
}

/** A client pings often enough that two lost pings do not cut it, also where a test shortened the silence. [CONN-2] */
function heartbeatFor(silenceMs: number): number {
  return Math.max(1, Math.floor((silenceMs / SILENCE_MS) * PING_EVERY_MS));
}

function internalError(re: number | undefined): ServerMessage {
  return {
    type: "error",
    code: "internal",
    message: "Something went wrong here; try again in a moment.",
    retryAfter: 1000,
    ...(re === undefined ? {} : { re }),
  };
}

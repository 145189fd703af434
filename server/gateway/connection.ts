import type { WebSocket } from "ws";
import {
  BAD_MESSAGES_WITHIN_MS,
  CloseCode,
  decodeClientFrame,
  MAX_BAD_MESSAGES,
  type ClientMessage,
  type ClientMessageOf,
  type DecodedClientFrame,
  type FrameProblem,
  type ServerMessageOf,
} from "#protocol";
import type { Accounts, AccountsEvent, Identity } from "../accounts/accounts.ts";
import type { ConnectionId } from "../core/events.ts";
import {
  DATABASE_RETRY_MS,
  MAX_HELD_MESSAGES,
  MAX_TOO_FAST,
  TOO_FAST_RETRY_MS,
  TOO_MANY_SOCKETS_RETRY_MS,
} from "../limits.ts";
import type { Logger } from "../logger.ts";
import type { TokenBucket } from "../token-bucket.ts";
import { caughtUp } from "./catch-up.ts";
import type { DeviceRates } from "./device-rates.ts";
import type { Hub } from "./hub.ts";
import { Line, NORMAL_CLOSE } from "./line.ts";
import { SlidingWindow } from "./window.ts";

/** What all connections share. */
export interface Room {
  hub: Hub;
  accounts: Accounts;
  rates: DeviceRates;
  now: () => number;
  helloMs: number;
  silenceMs: number;
  log: Logger;
}

/** How far a socket has come. It is a device online from `online` on. [CONN-1] */
type Stage =
  | { at: "new"; until: number }
  | { at: "identifying"; held: ClientMessage[]; changes: AccountsEvent[] }
  | { at: "online"; rate: TokenBucket }
  | { at: "closed" };

type Hello = ClientMessageOf<"hello">;
type Refusal = Omit<ServerMessageOf<"error">, "type" | "re">;

/** One presence socket, from its upgrade to its end. */
export class Connection {
  readonly id: ConnectionId;
  readonly #opened: number;
  readonly #room: Room;
  readonly #line: Line;
  readonly #bad = new SlidingWindow(MAX_BAD_MESSAGES, BAD_MESSAGES_WITHIN_MS);
  readonly #tooFast = new SlidingWindow(MAX_TOO_FAST, BAD_MESSAGES_WITHIN_MS);
  #stage: Stage;
  #heardAt: number;

  /** `opened`: its number among all sockets of this server, in the order of their opening. */
  constructor(opened: number, socket: WebSocket, room: Room) {
    // The only place that names connections, each once.
    this.id = `c${String(opened)}` as ConnectionId;
    this.#opened = opened;
    this.#room = room;
    this.#line = new Line(socket);
    this.#heardAt = room.now();
    this.#stage = { at: "new", until: this.#heardAt + room.helloMs };
    // A frame that is too large or no WebSocket at all; ws closes the socket with the fitting code.
    socket.on("error", (error) => room.log.debug("a presence socket failed", { problem: error.message }));
    socket.on("close", () => this.#leave());
    socket.on("message", (data: Buffer, isBinary: boolean) => {
      try {
        this.#hear(isBinary ? NOT_TEXT : decodeClientFrame(data.toString()));
      } catch (error) {
        room.log.error("a frame could not be handled", { error });
        this.#say({ code: "internal", message: "Something went wrong here; try again in a moment." });
      }
    });
  }

  /** Cuts a socket that is late with its hello or has been silent for too long. */
  check(now: number): void {
    if (this.#stage.at === "new" && now >= this.#stage.until) this.#end(CloseCode.helloTimeout);
    else if (now - this.#heardAt >= this.#room.silenceMs) {
      // A silent socket would not hear why, and closing it politely would keep a half-open one.
      this.#leave();
      this.#line.cut();
    }
  }

  /** Keeps what changed in the accounts while this device's own are being read. */
  noteChange(change: AccountsEvent): void {
    if (this.#stage.at === "identifying") this.#stage.changes.push(change);
  }

  /** The server goes away: whoever is here comes back, so nobody is told that they left. */
  sendAway(): void {
    this.#stage = { at: "closed" };
    this.#line.close(CloseCode.goingAway);
  }

  cut(): void {
    this.#line.cut();
  }

  #hear(decoded: DecodedClientFrame): void {
    this.#heardAt = this.#room.now();
    if (this.#stage.at === "closed") return;
    if (this.#stage.at === "new") this.#greet(decoded);
    else if (!decoded.ok) this.#refuseFrame(decoded.problem);
    else if (this.#stage.at === "online") this.#take(decoded.message, this.#stage.rate);
    else this.#hold(decoded.message, this.#stage.held);
  }

  #greet(decoded: DecodedClientFrame): void {
    if (decoded.ok && decoded.message.type === "hello") {
      this.#stage = { at: "identifying", held: [], changes: [] };
      // Handles its own failure.
      void this.#identify(decoded.message);
      return;
    }
    const why = decoded.ok ? "Say hello first." : `Say hello first, rightly. ${decoded.problem.message}`;
    const re = decoded.ok ? decoded.message.id : decoded.problem.id;
    const field = decoded.ok ? undefined : decoded.problem.field;
    this.#say({ code: "unauthorized", message: why, ...(field === undefined ? {} : { field }) }, re);
    this.#end(CloseCode.unauthorized);
  }

  async #identify(hello: Hello): Promise<void> {
    try {
      const check = await this.#room.accounts.identify(hello.token, hello.device.id);
      if (this.#stage.at !== "identifying") return;
      if (check.ok && this.#hasEnded(check.identity)) this.#turnAway(SIGN_IN_AGAIN, CloseCode.unauthorized, hello.id);
      else if (check.ok) this.#join(hello, caughtUp(check.identity, this.#stage.changes), this.#stage.held);
      else if (check.reason === "invalid") this.#turnAway(SIGN_IN_AGAIN, CloseCode.unauthorized, hello.id);
      else this.#turnAway(COME_BACK, CloseCode.tryLater, hello.id);
    } catch (error) {
      this.#room.log.error("a hello could not be handled", { error });
      this.#turnAway(COME_BACK, CloseCode.tryLater, hello.id);
    }
  }

  /** Whether the session ended while it was being read. */
  #hasEnded({ session }: Identity): boolean {
    if (this.#stage.at !== "identifying") return false;
    return this.#stage.changes.some((change) => change.type === "sessions-ended" && change.sessions.includes(session));
  }

  #join(hello: Hello, identity: Identity, held: readonly ClientMessage[]): void {
    const { hub, rates, now, log } = this.#room;
    const { user, session, ...rest } = identity;
    const rate = rates.of(hello.device.id, now());
    const dismissed = () => {
      this.#stage = { at: "closed" };
    };
    if (!hub.enter(this.id, { line: this.#line, user: user.id, session, dismissed })) {
      this.#turnAway(TOO_MANY_SOCKETS, CloseCode.tooFast, hello.id);
      return;
    }
    this.#stage = { at: "online", rate };
    log.info("device online", { user: user.id, connection: this.id });
    this.#room.accounts.noteUse(session, hello.device.name);
    hub.dispatch({
      at: now(),
      type: "joined",
      connection: this.id,
      opened: this.#opened,
      device: hello.device.id,
      user: { ...user, ...rest },
      idle: hello.idle ?? false,
      active: hello.active ?? [],
      ...(hello.id === undefined ? {} : { re: hello.id }),
    });
    for (const message of held) if (this.#isOnline()) this.#take(message, rate);
  }

  /** What comes while the session is being checked waits, in order. */
  #hold(message: ClientMessage, held: ClientMessage[]): void {
    if (held.length < MAX_HELD_MESSAGES) held.push(message);
    else this.#turnAway({ ...TOO_FAST, retryAfter: TOO_FAST_RETRY_MS }, CloseCode.tooFast, message.id);
  }

  #take(message: ClientMessage, rate: TokenBucket): void {
    const { hub, now } = this.#room;
    if (!rate.take(1, now())) {
      this.#slowDown(message.id, rate.waitMs(1, now()));
    } else if (message.type === "ping") {
      this.#line.send({ type: "pong", ...reOf(message.id) });
    } else if (message.type === "hello") {
      this.#say(SECOND_HELLO, message.id);
    } else {
      hub.dispatch({ at: now(), type: "message", connection: this.id, message });
      if (message.type === "bye") this.#partFrom(hub);
    }
  }

  /** The referee knows that it has gone, and is not told that it is lost. */
  #partFrom(hub: Hub): void {
    hub.release(this.id);
    this.#end(NORMAL_CLOSE);
  }

  #slowDown(re: number | undefined, retryAfter: number): void {
    this.#say({ ...TOO_FAST, retryAfter }, re);
    if (this.#tooFast.note(this.#room.now())) this.#end(CloseCode.tooFast);
  }

  #refuseFrame(problem: FrameProblem): void {
    const { message, field, id } = problem;
    this.#say({ code: "bad_message", message, ...(field === undefined ? {} : { field }) }, id);
    if (this.#bad.note(this.#room.now())) this.#end(CloseCode.badMessages);
  }

  #turnAway(refusal: Refusal, code: CloseCode, re: number | undefined): void {
    this.#say(refusal, re);
    this.#end(code);
  }

  #say(refusal: Refusal, re?: number): void {
    this.#line.send({ type: "error", ...refusal, ...reOf(re) });
  }

  #end(code: CloseCode | typeof NORMAL_CLOSE): void {
    this.#leave();
    this.#line.close(code);
  }

  /** Once, whoever ends it: the referee hears of a device that was online. */
  #leave(): void {
    this.#stage = { at: "closed" };
    const { hub, now, log } = this.#room;
    const member = hub.release(this.id);
    if (member === undefined) return;
    log.info("device lost", { user: member.user, connection: this.id });
    hub.dispatch({ at: now(), type: "lost", connection: this.id });
  }

  #isOnline(): boolean {
    return this.#stage.at === "online";
  }
}

function reOf(re: number | undefined): { re?: number } {
  return re === undefined ? {} : { re };
}

const NOT_TEXT: DecodedClientFrame = { ok: false, problem: { message: "The frame is binary; send JSON as text." } };

const SIGN_IN_AGAIN: Refusal = { code: "unauthorized", message: "The session is not valid; sign in again." };
const SECOND_HELLO: Refusal = { code: "conflict", message: "This socket has said hello already; go on without." };
const TOO_FAST: Refusal = { code: "rate_limited", message: "That is too much at once; slow down." };
const TOO_MANY_SOCKETS: Refusal = {
  code: "rate_limited",
  message: "You are signed in on too many devices at once; close one of them.",
  retryAfter: TOO_MANY_SOCKETS_RETRY_MS,
};
const COME_BACK: Refusal = {
  code: "internal",
  message: "The session cannot be checked just now; keep it and come back.",
  retryAfter: DATABASE_RETRY_MS,
};

import type { ClientMessage, ServerMessage } from "#protocol";
import type { Setting } from "./setting.ts";

/** The two ends of a socket hear of it by these. */
export interface ClientEnd {
  opened: (wire: Wire) => void;
  closed: (wire: Wire, code: number) => void;
  received: (wire: Wire, message: ServerMessage) => void;
}

export interface ServerEnd {
  received: (wire: Wire, message: ClientMessage) => void;
  /** Noticed as a lost socket, without a word. */
  lost: (wire: Wire) => void;
}

/** The code that a browser gives a socket that ended without one. */
const ABNORMAL = 1006;

/**
 * One socket between a client and the server. Frames keep their order within it, as TCP does, and are lost only with it; in
 * rough weather they are also doubled and reordered, which no TCP does, to see what then breaks.
 */
export class Wire {
  readonly number: number;
  readonly #setting: Setting;
  readonly #client: ClientEnd;
  readonly #server: ServerEnd;
  #clientEnd: "open" | "closed" = "open";
  #serverEnd: "open" | "closed" = "open";
  /** Nothing gets through any more, and nobody has noticed. */
  #isDead = false;
  #upAt = 0;
  #downAt = 0;

  constructor(number: number, setting: Setting, client: ClientEnd, server: ServerEnd) {
    this.number = number;
    this.#setting = setting;
    this.#client = client;
    this.#server = server;
  }

  /** Whether frames get through. */
  get carries(): boolean {
    return !this.#isDead && this.#clientEnd === "open" && this.#serverEnd === "open";
  }

  opened(): void {
    this.#client.opened(this);
  }

  toServer(message: ClientMessage): void {
    this.#upAt = this.#carry(this.#upAt, message.type, () => {
      if (this.#serverEnd === "open") this.#server.received(this, message);
    });
  }

  toClient(message: ServerMessage): void {
    this.#downAt = this.#carry(this.#downAt, message.type, () => {
      if (this.#clientEnd === "open") this.#client.received(this, message);
    });
  }

  /**
   * The client lets go: it hears no more but, some time later, that the socket is closed; the server is told where that still
   * gets through.
   */
  closeByClient(): void {
    this.closeByDeath();
    const { random, schedule } = this.#setting;
    schedule.after(random.between(0, 3_000), () => this.#client.closed(this, ABNORMAL));
  }

  /** The worker died, and its socket with it. */
  closeByDeath(): void {
    this.#clientEnd = "closed";
    this.#carry(this.#upAt, "close", () => this.#endServer());
  }

  closeByServer(code: number): void {
    this.#serverEnd = "closed";
    this.#carry(this.#downAt, "close", () => this.#endClient(code));
  }

  /** The line breaks: what is under way is lost. Each end notices by itself, or neither until it has heard nothing for long. */
  cut(isNoticed: boolean): void {
    this.#isDead = true;
    if (!isNoticed) return;
    const { random, schedule } = this.#setting;
    schedule.after(random.between(0, 2_000), () => this.#endServer());
    schedule.after(random.between(0, 2_000), () => this.#endClient(ABNORMAL));
  }

  /** The server cuts a socket that was silent. [CONN-2] */
  endSilent(): void {
    this.#endServer();
  }

  #endServer(): void {
    if (this.#serverEnd === "closed") return;
    this.#serverEnd = "closed";
    this.#server.lost(this);
  }

  #endClient(code: number): void {
    if (this.#clientEnd === "closed") return;
    this.#clientEnd = "closed";
    this.#client.closed(this, code);
  }

  /** Returns when the frame arrives. */
  #carry(lastAt: number, type: string, arrive: () => void): number {
    const { random, schedule, weather } = this.#setting;
    const run = (): void => {
      if (!this.#isDead) arrive();
    };
    const slow = weather !== "calm" && random.chance(0.02);
    const at = schedule.now + (slow ? random.between(200, 2_500) : random.between(1, 60));
    const isFirst = type === "hello" || type === "welcome" || type === "close";
    if (weather === "rough" && !isFirst) {
      if (random.chance(0.1)) schedule.at(at + random.between(0, 3_000), run);
      if (random.chance(0.1)) {
        schedule.at(at + random.between(0, 1_500), run);
        return lastAt;
      }
    }
    const inOrder = Math.max(lastAt, at);
    schedule.at(inOrder, run);
    return inOrder;
  }
}

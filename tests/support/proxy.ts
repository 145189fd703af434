import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import type { AddressInfo } from "node:net";

/** A presence socket that went through the proxy; instants in ms since 1970. */
export interface PassedSocket {
  readonly openedAt: number;
  closedAt?: number;
}

/** The way between browsers and a server, which can be cut and is otherwise invisible. */
export class Proxy {
  /** Every presence socket so far. */
  readonly presence: PassedSocket[] = [];
  readonly #server: Server;
  readonly #open = new Set<Socket>();
  readonly #waiting = new Set<Socket>();
  readonly #dead = new Set<Socket>();
  #port = 0;
  #way: "open" | "cut" | "held" = "open";

  private constructor(server: Server) {
    this.#server = server;
    server.on("connection", (near: Socket) => this.#pass(near));
  }

  static async start(): Promise<Proxy> {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new Proxy(server);
  }

  /** What browsers take for the server. */
  get url(): string {
    // A listening server has an address and a port.
    return `http://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}`;
  }

  /** The port of this machine that connections are passed on to. */
  leadTo(port: number): void {
    this.#port = port;
  }

  /** Breaks every connection, and each new one, until {@link mend}. */
  cut(): void {
    this.#way = "cut";
    for (const socket of this.#open) socket.destroy();
  }

  /** Nothing gets through, and nobody is told: a cable that is out. What was sent meanwhile arrives after {@link mend}. */
  hold(): void {
    this.#way = "held";
    for (const socket of this.#open) socket.pause();
  }

  /** Every connection that is open now carries nothing any more, for ever, and neither end is told; new ones do. */
  halfOpen(): void {
    for (const socket of this.#open) {
      socket.unpipe();
      socket.removeAllListeners("close");
      // What comes is read and lost, so that no end notices by a full buffer.
      socket.resume();
      this.#dead.add(socket);
    }
    this.#open.clear();
  }

  mend(): void {
    this.#way = "open";
    for (const socket of this.#open) socket.resume();
    for (const near of this.#waiting) this.#pass(near);
    this.#waiting.clear();
  }

  async close(): Promise<void> {
    this.cut();
    for (const socket of [...this.#dead, ...this.#waiting]) socket.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }

  #pass(near: Socket): void {
    if (this.#way === "cut") {
      near.destroy();
      return;
    }
    if (this.#way === "held") {
      this.#waiting.add(near);
      near.on("error", () => undefined);
      near.once("close", () => this.#waiting.delete(near));
      return;
    }
    const far = connect(this.#port, "127.0.0.1");
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#open.add(one);
      // An end that breaks takes the other with it; there is nothing else to do about its error.
      one.on("error", () => other.destroy());
      one.on("close", () => {
        this.#open.delete(one);
        other.destroy();
      });
    }
    near.once("data", (head: Buffer) => this.#note(near, head));
    near.pipe(far).pipe(near);
  }

  #note(near: Socket, head: Buffer): void {
    if (!head.toString("latin1").startsWith("GET /presence")) return;
    const socket: PassedSocket = { openedAt: Date.now() };
    this.presence.push(socket);
    near.once("close", () => (socket.closedAt = Date.now()));
  }
}

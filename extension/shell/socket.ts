import { type ClientMessage, decodeServerFrame, type ServerMessage, SUBPROTOCOL } from "#protocol";
import { createLogger } from "./logger.ts";

const log = createLogger("socket");
// RFC 6455, 7.4.1: the codes of a close that was meant, and of one without a closing frame.
const NORMAL = 1000;
const ABNORMAL = 1006;

/** What a socket reports. Each has a number, since a dead one may still speak. [CONN-4] */
export interface SocketListener {
  opened: (number: number) => void;
  message: (number: number, message: ServerMessage) => void;
  closed: (number: number, code: number) => void;
}

/** The one connection to the gateway. */
export class PresenceSocket {
  #current: { number: number; socket: WebSocket; life: AbortController } | undefined;
  readonly #listener: SocketListener;

  constructor(listener: SocketListener) {
    this.#listener = listener;
  }

  /** Opens socket `number`, and lets any older one go. */
  open(number: number, url: string): void {
    this.#letGo(NORMAL);
    const life = new AbortController();
    const socket = openSocket(url);
    if (socket === undefined) {
      // Told later, as by a real socket: whoever opened it is still in the midst of a decision.
      queueMicrotask(() => this.#listener.closed(number, ABNORMAL));
      return;
    }
    this.#current = { number, socket, life };
    const { signal } = life;
    socket.addEventListener("open", () => this.#listener.opened(number), { signal });
    socket.addEventListener("message", (event: MessageEvent<unknown>) => this.#read(number, event.data), { signal });
    socket.addEventListener("close", (event) => this.#closed(number, event.code), { signal });
  }

  close(number: number): void {
    if (this.#current?.number === number) this.#letGo(NORMAL);
  }

  /** Sends on socket `number`; says nothing where that one is gone, since its end is told by itself. */
  send(number: number, message: ClientMessage): void {
    const current = this.#current;
    if (current?.number !== number || current.socket.readyState !== WebSocket.OPEN) return;
    current.socket.send(JSON.stringify(message));
  }

  #read(number: number, data: unknown): void {
    const decoded = typeof data === "string" ? decodeServerFrame(data) : undefined;
    if (decoded?.ok === true) this.#listener.message(number, decoded.message);
    else if (decoded?.ignored !== true) log.warn("a frame was not understood", { problem: decoded?.problem });
  }

  #closed(number: number, code: number): void {
    this.#current = undefined;
    this.#listener.closed(number, code);
  }

  #letGo(code: number): void {
    const current = this.#current;
    this.#current = undefined;
    current?.life.abort();
    current?.socket.close(code);
  }
}

/** Undefined where the browser refuses the address itself. */
function openSocket(url: string): WebSocket | undefined {
  try {
    return new WebSocket(url, SUBPROTOCOL);
  } catch {
    log.warn("the server's presence address cannot be opened");
    return undefined;
  }
}

import type { WebSocket } from "ws";
import type { CloseCode, ServerMessage } from "#protocol";
import { MAX_BUFFERED_BYTES } from "../limits.ts";

/** The sending half of one socket, which never keeps more than a bounded heap for a reader that does not read. */
export class Line {
  readonly #socket: WebSocket;

  constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  send(message: ServerMessage): void {
    this.sendFrame(frameOf(message));
  }

  /** Sends a frame that may be on its way to others as well. A reader that is too far behind is cut instead. */
  sendFrame(frame: Buffer): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    if (this.#socket.bufferedAmount > MAX_BUFFERED_BYTES) this.cut();
    else this.#socket.send(frame, { binary: false });
  }

  /** Says why, and closes. */
  close(code: CloseCode | typeof NORMAL_CLOSE): void {
    this.#socket.close(code);
  }

  /** Ends the connection at once, for one that does not listen anyway. */
  cut(): void {
    this.#socket.terminate();
  }
}

/** RFC 6455, 7.4.1: the purpose is fulfilled. */
export const NORMAL_CLOSE = 1000;

/** A message as it travels. */
export function frameOf(message: ServerMessage): Buffer {
  return Buffer.from(JSON.stringify(message));
}

import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { PRESENCE_PATH, SUBPROTOCOL } from "#protocol";
import { WebSocket, WebSocketServer } from "ws";
import { Random } from "./simulation/random.ts";

/** How likely each frame is to come twice, or after the one behind it. */
export interface FrameFaults {
  twice: number;
  late: number;
}

/** A frame that has nothing behind it comes late by this much. */
const LATE_MS = 20;

/**
 * The way between devices and a server as frames see it, which doubles and swaps them, both ways, from a seed. The first of
 * each side, `hello` and `welcome`, is left alone: no client sends anything before.
 */
export class FrameProxy {
  faults: FrameFaults = { twice: 0, late: 0 };
  doubled = 0;
  swapped = 0;
  readonly #server: Server;
  readonly #sockets: WebSocketServer;
  readonly #random: Random;

  private constructor(server: Server, sockets: WebSocketServer, to: string, seed: number) {
    this.#server = server;
    this.#sockets = sockets;
    this.#random = new Random(seed);
    sockets.on("connection", (near) => {
      const far = new WebSocket(to.replace(/^http/, "ws") + PRESENCE_PATH, [SUBPROTOCOL], { perMessageDeflate: false });
      this.#join(near, far);
      this.#join(far, near);
    });
  }

  static async start(to: string, seed: number): Promise<FrameProxy> {
    const server = createServer();
    const sockets = new WebSocketServer({ server, path: PRESENCE_PATH, handleProtocols: () => SUBPROTOCOL });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new FrameProxy(server, sockets, to, seed);
  }

  get url(): string {
    // A listening server has an address and a port.
    return `http://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}`;
  }

  async close(): Promise<void> {
    for (const near of this.#sockets.clients) near.terminate();
    this.#sockets.close();
    this.#server.close();
    await once(this.#server, "close");
  }

  #join(from: WebSocket, to: WebSocket): void {
    const outbox: string[] = [];
    const send = (frame: string) => {
      if (to.readyState === WebSocket.OPEN) to.send(frame);
      else if (to.readyState === WebSocket.CONNECTING) outbox.push(frame);
    };
    to.on("open", () => {
      for (const frame of outbox.splice(0)) to.send(frame);
    });
    let isFirst = true;
    let held: string | undefined;
    const release = () => {
      if (held !== undefined) send(held);
      held = undefined;
    };
    from.on("message", (data: Buffer) => {
      const frame = data.toString();
      if (!isFirst && held === undefined && this.#random.chance(this.faults.late)) {
        this.swapped += 1;
        held = frame;
        setTimeout(release, LATE_MS);
        return;
      }
      send(frame);
      if (!isFirst && this.#random.chance(this.faults.twice)) {
        this.doubled += 1;
        send(frame);
      }
      isFirst = false;
      release();
    });
    from.on("error", () => undefined);
    from.on("close", (code) => {
      // 1005 and 1006 say that there was no code, and may not be sent.
      if (code >= 1000 && code !== 1005 && code !== 1006) to.close(code);
      else to.terminate();
    });
  }
}

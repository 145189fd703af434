import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";

/** How a question to a STUN server begins; asking is what a browser does when it gathers. (RFC 8489, binding request) */
const BINDING_REQUEST = 0x0001;

/** Counts who gathers, as a STUN server could. It answers nobody, which holds up nothing on a machine by itself. */
export class StunListener {
  asked = 0;
  readonly #socket: Socket;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("message", (packet) => {
      if (packet.length >= 20 && packet.readUInt16BE(0) === BINDING_REQUEST) this.asked += 1;
    });
  }

  static async start(): Promise<StunListener> {
    const socket = createSocket("udp4");
    socket.bind(0, "127.0.0.1");
    await once(socket, "listening");
    return new StunListener(socket);
  }

  get url(): string {
    return `stun:127.0.0.1:${String(this.#socket.address().port)}`;
  }

  async close(): Promise<void> {
    this.#socket.close();
    await once(this.#socket, "close");
  }
}

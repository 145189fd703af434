import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";
import { watchPage } from "../page-watch.ts";
import { bareCall, bareWait } from "./bare-pages.ts";

export type Side = "caller" | "callee";

/** What a page runs before its own code. It must stand alone. */
type Script = () => void;

/**
 * The least that a call takes, to compare with: two pages with nothing on them, and a socket between each pair of them that
 * hands on what comes, and keeps it for who is not there yet.
 */
export class BareServer {
  readonly #server: Server;
  readonly #sockets: WebSocketServer;
  /** By the path of a page, so that waiting pages and the pages of a call have a line each. */
  readonly #lines = new Map<string, { socket?: WebSocket; kept: string[] }>();

  private constructor(server: Server, sockets: WebSocketServer) {
    this.#server = server;
    this.#sockets = sockets;
    sockets.on("connection", (socket, { url }) => this.#join(socket, url ?? ""));
  }

  /** `first` runs in the pages of calls before their own code. */
  static async start(first?: Script): Promise<BareServer> {
    const call = page(first === undefined ? [watchPage, bareCall] : [watchPage, first, bareCall]);
    const wait = page([watchPage, bareWait]);
    const server = createServer(({ url = "" }, response) => {
      response.setHeader("content-type", "text/html; charset=utf-8");
      response.end(url.startsWith("/call/") ? call : wait);
    });
    const sockets = new WebSocketServer({ server, perMessageDeflate: false });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new BareServer(server, sockets);
  }

  /** Where a side waits for the click that begins a call. */
  waitingPage(side: Side): string {
    // A listening server has an address and a port. Cameras are for secure places, which localhost is.
    return `http://localhost:${String((this.#server.address() as AddressInfo).port)}/wait/${side}`;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets.clients) socket.terminate();
    this.#sockets.close();
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, "close");
  }

  #join(socket: WebSocket, path: string): void {
    const own = this.#line(path);
    own.socket = socket;
    for (const frame of own.kept.splice(0)) socket.send(frame);
    const other = path.endsWith("caller") ? path.replace(/caller$/, "callee") : path.replace(/callee$/, "caller");
    socket.on("message", (data: Buffer) => {
      const line = this.#line(other);
      if (line.socket === undefined) line.kept.push(data.toString());
      else line.socket.send(data.toString());
    });
    socket.on("close", () => {
      if (own.socket === socket) this.#lines.delete(path);
    });
  }

  #line(path: string): { socket?: WebSocket; kept: string[] } {
    const line = this.#lines.get(path) ?? { kept: [] };
    this.#lines.set(path, line);
    return line;
  }
}

/** The other side's picture fills the page, the own one stands in its corner. */
const STYLE = `
  video { position: fixed; inset: 0; width: 100%; height: 100%; object-fit: cover }
  video.own { inset: auto 20px 20px auto; width: 13rem; height: auto; z-index: 1 }
`;

function page(scripts: readonly Script[]): string {
  const code = scripts.map((script) => `<script>(${script.toString()})();</script>`);
  return `<!doctype html><title>Bare</title><style>${STYLE}</style><body>${code.join("\n")}</body>`;
}

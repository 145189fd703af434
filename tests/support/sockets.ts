import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { WebSocket, type ClientOptions } from "ws";

/** What came of an upgrade. */
export type Upgrade =
  { opened: true; socket: WebSocket } | { opened: false; status: number; body: unknown; contentType: string };

export interface UpgradeOptions extends ClientOptions {
  protocols?: string[];
  /** Hears each frame, also one that comes together with the answer to the upgrade. */
  onFrame?: (frame: string) => void;
}

/** Tries to open a WebSocket; a refusal is an answer, not an error. Rejects where there was no HTTP answer at all. */
export function tryUpgrade(url: string, options: UpgradeOptions = {}): Promise<Upgrade> {
  const { protocols = [], onFrame, ...rest } = options;
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, protocols, { perMessageDeflate: false, ...rest });
    socket.on("message", (data: Buffer) => onFrame?.(data.toString()));
    socket.once("open", () => {
      resolve({ opened: true, socket });
    });
    socket.once("unexpected-response", (_request, response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.once("end", () => {
        const text = Buffer.concat(chunks).toString();
        const contentType = response.headers["content-type"] ?? "";
        resolve({ opened: false, status: response.statusCode ?? 0, body: readJson(text), contentType });
      });
    });
    socket.on("error", reject);
  });
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Opens a WebSocket; throws where it is refused. */
export async function openSocket(url: string, options: UpgradeOptions = {}): Promise<WebSocket> {
  const upgrade = await tryUpgrade(url, options);
  if (!upgrade.opened) throw new Error(`refused with ${upgrade.status}: ${JSON.stringify(upgrade.body)}`);
  return upgrade.socket;
}

/** The code with which a socket closes. */
export async function closeCode(socket: WebSocket): Promise<number> {
  if (socket.readyState === WebSocket.CLOSED) throw new Error("the socket had closed before anyone asked how");
  const [code] = (await once(socket, "close")) as [number];
  return code;
}

/** A bare TCP connection, for what no WebSocket client would send. */
export async function openTcp(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  await once(socket, "connect");
  return socket;
}

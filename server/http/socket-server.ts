import { WebSocketServer } from "ws";
import { CLOSE_HANDSHAKE_MS, MAX_FRAGMENTS } from "../limits.ts";
import { refuseUpgrade } from "./refuse.ts";

/** A WebSocket server that listens on nothing itself, with every size limited and compression off. */
export function createSocketServer(maxPayload: number, subprotocol?: string): WebSocketServer {
  const limits = {
    maxPayload,
    maxFragments: MAX_FRAGMENTS,
    closeTimeout: CLOSE_HANDSHAKE_MS,
    perMessageDeflate: false,
  };
  const handleProtocols = (offered: Set<string>) =>
    subprotocol !== undefined && offered.has(subprotocol) ? subprotocol : false;
  const server = new WebSocketServer({ noServer: true, handleProtocols, ...limits });
  server.on("wsClientError", (error, socket) => {
    refuseUpgrade(socket, 400, { code: "bad_message", message: `The handshake is faulty: ${error.message}.` });
  });
  return server;
}

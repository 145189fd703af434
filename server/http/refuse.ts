import { STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";

/** The body of every HTTP answer that says no: the code for programs, the sentence for people. */
export interface Refusal {
  code: string;
  message: string;
}

/** Answers an upgrade with an HTTP status and a JSON body instead, and ends the connection. */
export function refuseUpgrade(socket: Duplex, status: number, refusal: Refusal): void {
  if (socket.destroyed) return;
  const body = JSON.stringify(refusal);
  const head = [
    `HTTP/1.1 ${String(status)} ${STATUS_CODES[status] ?? "Refused"}`,
    "Connection: close",
    "Content-Type: application/json; charset=utf-8",
    "X-Content-Type-Options: nosniff",
    `Content-Length: ${String(Buffer.byteLength(body))}`,
  ];
  // A client that never reads the answer would hold the connection: it is gone once the answer is handed over.
  socket.once("finish", () => socket.destroy());
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
}

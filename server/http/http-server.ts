import { createServer, type RequestListener, type Server } from "node:http";
import { HEADERS_TIMEOUT_MS, MAX_CONNECTIONS, REQUEST_TIMEOUT_MS, SHUTDOWN_MS } from "../limits.ts";
import { refuseUpgrade } from "./refuse.ts";

/** An HTTP server that does not wait for ever for the slow, and answers faulty requests in JSON. */
export function createHttpServer(routes: RequestListener): Server {
  const server = createServer(
    {
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      // How often Node looks for those that are late.
      connectionsCheckingInterval: 1_000,
      // Someone who offers another protocol, as curl does with HTTP/2, is to be answered in this one.
      shouldUpgradeCallback: ({ headers }) => headers.upgrade?.toLowerCase() === "websocket",
    },
    routes,
  );
  server.maxConnections = MAX_CONNECTIONS + SPARE_CONNECTIONS;
  server.on("clientError", (error: Error & { code?: string }, socket) => {
    if (!socket.writable || error.code === "ECONNRESET") socket.destroy();
    else refuseUpgrade(socket, FAULTS[error.code ?? ""] ?? 400, FAULTY);
  });
  return server;
}

/** For those who only ask something while all sockets are taken. */
const SPARE_CONNECTIONS = 500;

/** Node's own names for what is wrong with a request, and the status that says so. */
const FAULTS: Record<string, number> = { ERR_HTTP_REQUEST_TIMEOUT: 408, HPE_HEADER_OVERFLOW: 431 };
const FAULTY = {
  code: "bad_message",
  message: "The request is not HTTP, too large or too slow; send it again rightly.",
};

/** Resolves once the server listens; throws a sentence for the operator where it cannot. */
export function listen(server: Server, port: number, host: string | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error & { code?: string }) => {
      reject(new Error(whyNot(error, port, host), { cause: error }));
    };
    server.once("error", fail);
    server.listen({ port, ...(host === undefined ? {} : { host }) }, () => {
      server.off("error", fail);
      resolve();
    });
  });
}

/** Throws as {@link listen} does where a port cannot be listened on now, so that it is said before anything is begun. */
export async function tryPort(port: number, host: string | undefined): Promise<void> {
  const server = createServer();
  await listen(server, port, host);
  await new Promise((resolve) => server.close(resolve));
}

function whyNot(error: Error & { code?: string }, port: number, host: string | undefined): string {
  if (error.code === "EADDRINUSE")
    return `Port ${String(port)} is in use already; stop what uses it, or set PORT to another.`;
  if (error.code === "EACCES")
    return `Port ${String(port)} may not be used by this user; set PORT to one from 1024 on.`;
  if (error.code === "EADDRNOTAVAIL" || error.code === "ENOTFOUND")
    return `HOST ${host ?? ""} is no address of this machine; mend it, or leave it out to listen on all of them.`;
  return `The server cannot listen on port ${String(port)}: ${error.message}.`;
}

/** Takes no more requests, lets those that run come to their end, and cuts what is left after a short while. */
export async function closeHttp(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  const late = setTimeout(() => server.closeAllConnections(), SHUTDOWN_MS);
  await closed;
  clearTimeout(late);
}

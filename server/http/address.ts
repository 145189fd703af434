import type { IncomingMessage } from "node:http";
import { isIPv6 } from "node:net";

/**
 * Who is counted for a connection. A proxy on this machine says whom it speaks for, as express' `trust proxy: loopback`
 * has it; nobody else is believed. One household has a whole /64 of IPv6 addresses, and counts as one.
 */
export function addressOf(request: IncomingMessage): string {
  const direct = plain(request.socket.remoteAddress ?? "");
  if (!isLoopback(direct)) return network(direct);
  const forwarded = request.headers["x-forwarded-for"];
  const hops = (typeof forwarded === "string" ? forwarded : "").split(",").map((hop) => plain(hop.trim()));
  const client = hops.findLast((hop) => hop !== "" && !isLoopback(hop));
  return network(client ?? direct);
}

/** Without the form in which IPv6 sockets write IPv4 addresses. */
function plain(address: string): string {
  return address.startsWith("::ffff:") && address.includes(".") ? address.slice("::ffff:".length) : address;
}

function isLoopback(address: string): boolean {
  return address === "::1" || address.startsWith("127.");
}

function network(address: string): string {
  if (!isIPv6(address)) return address.slice(0, 64);
  const [head = "", tail] = address.split("::", 2);
  const groups = head.split(":").filter((group) => group !== "");
  if (tail === undefined) return groups.slice(0, 4).join(":");
  const missing = 8 - groups.length - tail.split(":").filter((group) => group !== "").length;
  return [...groups, ...Array<string>(Math.max(0, missing)).fill("0"), ...tail.split(":")].slice(0, 4).join(":");
}

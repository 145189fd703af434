import type { Problem } from "../messaging/commands.ts";

export type ServerAddress = { ok: true; origin: string } | { ok: false; problem: Problem };

/** The origin that a person's typing names: `https:` unless they said otherwise, plain `http:` for loopback alone. */
export function readServerAddress(typed: string): ServerAddress {
  const text = typed.trim();
  const url = parse(
    /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `${hasLoopbackHost(text) ? "http" : "https"}://${text}`,
  );
  if (url === undefined || !["http:", "https:"].includes(url.protocol)) return { ok: false, problem: "server-address" };
  if (url.username !== "" || url.password !== "" || !isHostName(url.hostname))
    return { ok: false, problem: "server-address" };
  return isSafe(url) ? { ok: true, origin: url.origin } : { ok: false, problem: "server-insecure" };
}

/** Whether what a server said of itself may be spoken to: encrypted or on this machine, and without credentials. */
export function isSafeUrl(address: string, scheme: "http" | "ws"): boolean {
  const url = parse(address);
  if (url === undefined || ![`${scheme}:`, `${scheme}s:`].includes(url.protocol)) return false;
  return url.username === "" && url.password === "" && isSafe(url);
}

/** Chrome takes a host with blanks in it and escapes them; it never means a server. */
function isHostName(hostname: string): boolean {
  return /^([a-z0-9._-]+|\[[0-9a-f:.]+\])$/i.test(hostname);
}

function isSafe(url: URL): boolean {
  return url.protocol === "https:" || url.protocol === "wss:" || isLoopback(url.hostname);
}

function isLoopback(hostname: string): boolean {
  return (
    hostname === "localhost" ||
    hostname.endsWith(".localhost") ||
    hostname === "[::1]" ||
    /^127(\.\d+){3}$/.test(hostname)
  );
}

function hasLoopbackHost(text: string): boolean {
  const url = parse(`http://${text}`);
  return url !== undefined && isLoopback(url.hostname);
}

function parse(address: string): URL | undefined {
  return URL.canParse(address) ? new URL(address) : undefined;
}

import { readInviteCode } from "#protocol";
import type { PendingInvite } from "./view.ts";

/** An address of a server and what stands behind `/i/`. */
const LINK = /^(https?):\/\/([^/?#@\s]+)\/i\/[^/?#\s]+\/?$/i;
const DEFAULT_PORT = { http: ":80", https: ":443" } as const;

/** The invite in a link, or in a code that somebody pasted; undefined where it is neither. */
export function readInvite(text: string): PendingInvite | undefined {
  const typed = text.trim();
  const code = readInviteCode(typed);
  if (code === undefined) return undefined;
  const server = originOf(typed);
  return server === undefined ? { code } : { code, server };
}

function originOf(text: string): string | undefined {
  const [, scheme, host] = LINK.exec(text) ?? [];
  if (scheme === undefined || host === undefined) return undefined;
  const name = scheme.toLowerCase() === "http" ? "http" : "https";
  const port = DEFAULT_PORT[name];
  const bare = host.toLowerCase();
  return `${name}://${bare.endsWith(port) ? bare.slice(0, -port.length) : bare}`;
}

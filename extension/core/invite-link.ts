import { Handle, readInviteCode } from "#protocol";
import * as v from "valibot";
import type { PendingInvite } from "./view.ts";

/** An address of a server and what stands behind `/i/`. */
const LINK = /^(https?):\/\/([^/?#@\s]+)\/i\/[^/?#\s]+\/?$/i;
/** Where plain `http:` is spoken, as far as the manifest asks for it. */
const LOOPBACK: readonly string[] = ["localhost", "127.0.0.1"];
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

/**
 * What to ask the browser for, to see links of this origin; undefined where the manifest lists nothing that holds it. Firefox
 * knows no ports in it, so whoever sees an address compares the origin.
 */
export function originPattern(origin: string): string | undefined {
  const [, scheme, host] = /^(https?):\/\/([^/:]+)(?::\d+)?$/.exec(origin) ?? [];
  if (scheme === undefined || host === undefined) return undefined;
  return scheme === "https" || LOOPBACK.includes(host) ? `${scheme}://${host}/*` : undefined;
}

/** What somebody may write to add a contact. */
export type Wanted = { at: "handle"; handle: string } | { at: "invite"; invite: PendingInvite };

/** A code as we write it, in its groups or in one piece. Written small and in one piece it is rather a handle. */
const WRITTEN_CODE = /^(?:\w{4}(?:[\s\p{Dash}]+\w{4}){3}|[\dA-Z]{16})$/u;

/** The handle, link or code that somebody wrote; undefined where it is none of them. With an `@` it is a handle. */
export function readWanted(text: string): Wanted | undefined {
  const typed = text.trim();
  const invite = typed.includes("/") || WRITTEN_CODE.test(typed) ? readInvite(typed) : undefined;
  if (invite !== undefined) return { at: "invite", invite };
  const handle = v.safeParse(Handle, typed.replace(/^@/, ""));
  return handle.success ? { at: "handle", handle: handle.output } : undefined;
}

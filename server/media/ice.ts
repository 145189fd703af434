import { createHmac, randomUUID } from "node:crypto";
import { TURN_CREDENTIAL_MS, type IceServer } from "#protocol";
import { TURN_TRIAL_MS } from "../limits.ts";

export interface IceOptions {
  stunUrls: readonly string[];
  turnUrls: readonly string[];
  /** The secret shared with coturn (`use-auth-secret`). */
  turnSecret?: string | undefined;
}

/**
 * The ICE servers of one ticket. TURN credentials follow coturn's `use-auth-secret` (the TURN REST API draft): the
 * user name is the expiry in seconds and a name, the credential its HMAC-SHA1, both good for 12 h.
 */
export function iceServers(
  options: IceOptions,
  name: string,
  now: number,
  forMs: number = TURN_CREDENTIAL_MS,
): IceServer[] {
  const servers: IceServer[] = [];
  if (options.stunUrls.length > 0) servers.push({ urls: [...options.stunUrls] });
  if (options.turnUrls.length > 0 && options.turnSecret !== undefined) {
    const username = `${String(Math.floor((now + forMs) / 1000))}:${name}`;
    const credential = createHmac("sha1", options.turnSecret).update(username).digest("base64");
    servers.push({ urls: [...options.turnUrls], username, credential });
  }
  return servers;
}

/** What anybody with an account may try out: in nobody's name, and good for no call of any length. */
export function iceServersToTry(options: IceOptions, now: number): IceServer[] {
  return iceServers(options, randomUUID(), now, TURN_TRIAL_MS);
}

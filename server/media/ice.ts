import { createHmac } from "node:crypto";
import { TURN_CREDENTIAL_MS, type IceServer } from "#protocol";

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
export function iceServers(options: IceOptions, name: string, now: number): IceServer[] {
  const servers: IceServer[] = [];
  if (options.stunUrls.length > 0) servers.push({ urls: [...options.stunUrls] });
  if (options.turnUrls.length > 0 && options.turnSecret !== undefined) {
    const username = `${String(Math.floor((now + TURN_CREDENTIAL_MS) / 1000))}:${name}`;
    const credential = createHmac("sha1", options.turnSecret).update(username).digest("base64");
    servers.push({ urls: [...options.turnUrls], username, credential });
  }
  return servers;
}

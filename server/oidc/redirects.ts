import { createHash } from "node:crypto";

const CHROME = "chromiumapp.org";
const FIREFOX = "extensions.allizom.org";

/** Where a browser gives an extension its answer; no address on the network. */
const OF_EXTENSIONS = /^[a-z0-9-]{1,63}\.(?:chromiumapp\.org|extensions\.allizom\.org)$/;

/** The address to which an extension of Chromium's or Firefox's is answered; undefined where it is none. */
export function readRedirect(text: string | null): URL | undefined {
  const url = text === null || text.length > 512 ? null : URL.parse(text);
  if (url?.protocol !== "https:" || !OF_EXTENSIONS.test(url.host)) return undefined;
  const isBare = url.username === "" && url.password === "" && url.search === "" && url.hash === "";
  return isBare ? url : undefined;
}

/** Where the browsers answer the extensions of these ids: Chromium at the id itself, Firefox at its hash. */
export function hostsOf(extensionIds: readonly string[]): ReadonlySet<string> {
  return new Set(
    extensionIds.map((id) =>
      /^[a-p]{32}$/.test(id) ? `${id}.${CHROME}` : `${createHash("sha1").update(id).digest("hex")}.${FIREFOX}`,
    ),
  );
}

/** The hash of a PKCE verifier (RFC 7636, S256). */
export function isChallenge(text: string | null): text is string {
  return text !== null && /^[\w-]{43}$/.test(text);
}

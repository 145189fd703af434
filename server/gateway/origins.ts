/** An extension's own pages: Chromium's ids are fixed, Firefox makes one for each installation. */
const EXTENSION = /^(?:chrome|moz)-extension:\/\/[A-Za-z0-9-]+$/;

/**
 * Whether an upgrade of this origin is let in: an extension, or on the operator's list. A program sends none, and is let
 * in as well: the token is what counts, and the list only keeps web pages from using someone's browser.
 */
export function isAllowedOrigin(origin: string | undefined, allowed: readonly string[]): boolean {
  return origin === undefined || EXTENSION.test(origin) || allowed.includes(origin);
}

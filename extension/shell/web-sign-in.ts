import type { OidcPurpose } from "#protocol";
import { browser } from "wxt/browser";
import type { Problem } from "../messaging/commands.ts";

/** What the server gives for a sign-in that a person made in a window of the browser: both are of use together, once. */
export interface WebSignIn {
  code: string;
  verifier: string;
}

/** What comes back in place of a code, as the server says it. */
const PROBLEMS: Record<string, Problem> = {
  denied: "provider-closed",
  unavailable: "provider-away",
  "too-many": "too-many",
};

/** Leads the person through the operator's provider, in a window that the browser opens and closes. */
export async function signInOnTheWeb(
  startUrl: string,
  purpose: OidcPurpose,
): Promise<{ ok: true; value: WebSignIn } | { ok: false; problem: Problem }> {
  const verifier = base64url(crypto.getRandomValues(new Uint8Array(32)));
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier));
  const url = new URL(startUrl);
  url.searchParams.set("redirect", browser.identity.getRedirectURL());
  url.searchParams.set("challenge", base64url(new Uint8Array(hash)));
  if (purpose !== "sign-in") url.searchParams.set("purpose", purpose);
  const back = await windowFor(url.href);
  if (back === undefined) return { ok: false, problem: "provider-closed" };
  const answer = new URL(back).searchParams;
  const code = answer.get("code");
  if (code !== null) return { ok: true, value: { code, verifier } };
  return { ok: false, problem: PROBLEMS[answer.get("error") ?? ""] ?? "provider-failed" };
}

/** Where the window came to; undefined where the person closed it, or nothing was there to be shown. */
async function windowFor(url: string): Promise<string | undefined> {
  try {
    return await browser.identity.launchWebAuthFlow({ url, interactive: true });
  } catch {
    // The browsers' sentences for the one and the other are theirs to change.
    return undefined;
  }
}

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}

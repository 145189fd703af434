import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { OIDC_CALLBACK_PATH, OIDC_START_PATH, OidcPurpose } from "#protocol";
import express, { type Request, type Response, type Router } from "express";
import { RateLimiterMemory } from "rate-limiter-flexible";
import * as v from "valibot";
import { addressOf } from "../http/address.ts";
import type { Refusal } from "../http/refuse.ts";
import type { Logger } from "../logger.ts";
import { OneTime } from "./one-time.ts";
import type { ProvenPerson } from "./person.ts";
import { Provider, type Journey, type ProviderSettings } from "./provider.ts";
import { hostsOf, isChallenge, readRedirect } from "./redirects.ts";

/** How long a person may take at the provider. */
export const JOURNEY_MS = 10 * 60_000;
/** How long the extension may take to come for what it was given. */
export const CODE_MS = 60_000;
const MOST_AT_ONCE = 10_000;
/** An office behind one address, whose people all begin on one morning. */
const STARTS_PER_ADDRESS = { points: 300, duration: 15 * 60 };
const COOKIE = "beckon-oidc";

export interface OidcOptions {
  settings: ProviderSettings & { extensionIds: readonly string[] };
  /** The server as clients see it, without a slash at its end; asked once it serves. */
  publicUrl: () => string;
  log: Logger;
  now: () => number;
}

/** Someone on their way through the provider. */
interface Traveller extends Journey {
  redirect: URL;
  challenge: string;
  /** Of the browser that set out. */
  cookie: string;
}

/**
 * Sign-in by the operator's OpenID provider. A browser's way: from the extension here, on to the provider, back here, and back
 * to the extension with a code that is of use to that extension alone. No token of the provider's or ours stands in an address.
 */
export class Oidc {
  readonly #options: OidcOptions;
  readonly #provider: Provider;
  readonly #travellers: OneTime<Traveller>;
  readonly #proven: OneTime<{ person: ProvenPerson; challenge: string; purpose: OidcPurpose }>;
  /** Of the extensions that it serves; empty where it serves any. */
  readonly #hosts: ReadonlySet<string>;
  readonly #starts = new RateLimiterMemory(STARTS_PER_ADDRESS);

  constructor(options: OidcOptions) {
    const { settings, now } = options;
    this.#options = options;
    this.#provider = new Provider(settings, now);
    this.#hosts = hostsOf(settings.extensionIds);
    this.#travellers = new OneTime({ livesMs: JOURNEY_MS, most: MOST_AT_ONCE, now });
    this.#proven = new OneTime({ livesMs: CODE_MS, most: MOST_AT_ONCE, now });
  }

  /** To be mounted at the root. */
  router(): Router {
    const router = express.Router({ caseSensitive: true, strict: true });
    router.get(OIDC_START_PATH, (request, response) => this.#start(request, response));
    router.get(OIDC_CALLBACK_PATH, (request, response) => this.#callback(request, response));
    return router;
  }

  /** Whom a code of ours stands for; once, for what it was given, and for who has the verifier of its challenge alone. */
  redeem(code: string, verifier: string, purpose: OidcPurpose): ProvenPerson | undefined {
    const found = this.#proven.take(code);
    return found?.purpose === purpose && isOf(verifier, found.challenge) ? found.person : undefined;
  }

  async #start(request: Request, response: Response): Promise<void> {
    const query = queryOf(request);
    const [redirect, challenge] = [readRedirect(query.get("redirect")), query.get("challenge")];
    const purpose = v.safeParse(OidcPurpose, query.get("purpose") ?? "sign-in");
    if (redirect === undefined || !isChallenge(challenge) || !purpose.success) {
      response.status(400).json(NO_EXTENSION);
      return;
    }
    if (this.#hosts.size > 0 && !this.#hosts.has(redirect.host)) {
      response.status(403).json(OTHER_EXTENSION);
      return;
    }
    if (!(await isWithin(this.#starts, addressOf(request)))) {
      response.redirect(answerTo(redirect, { error: "too-many" }));
      return;
    }
    const journey = this.#provider.newJourney(purpose.output);
    const cookie = randomBytes(32).toString("base64url");
    const state = this.#travellers.put({ ...journey, redirect, challenge, cookie });
    try {
      const away = await this.#provider.wayOut(this.#callbackUrl().href, state, journey);
      response.cookie(COOKIE, cookie, { ...cookieOf(this.#callbackUrl()), maxAge: JOURNEY_MS });
      response.redirect(away.href);
    } catch (error) {
      this.#options.log.warn("the OpenID provider does not answer", { error });
      response.redirect(answerTo(redirect, { error: "unavailable" }));
    }
  }

  async #callback(request: Request, response: Response): Promise<void> {
    const query = queryOf(request);
    const state = query.get("state") ?? "";
    const traveller = this.#travellers.take(state);
    response.clearCookie(COOKIE, cookieOf(this.#callbackUrl()));
    // Whoever did not set out from here comes with somebody else's sign-in.
    if (traveller === undefined || !hasCookie(request, traveller.cookie)) {
      response.status(400).json(NO_TRAVELLER);
      return;
    }
    const { redirect, challenge, purpose } = traveller;
    if (query.get("error") === "access_denied") {
      response.redirect(answerTo(redirect, { error: "denied" }));
      return;
    }
    try {
      const person = await this.#provider.wayBack(this.#callbackUrl(query), state, traveller);
      response.redirect(answerTo(redirect, { code: this.#proven.put({ person, challenge, purpose }) }));
    } catch (error) {
      this.#options.log.warn("a sign-in at the OpenID provider failed", { error });
      response.redirect(answerTo(redirect, { error: "failed" }));
    }
  }

  #callbackUrl(query = new URLSearchParams()): URL {
    const url = new URL(this.#options.publicUrl() + OIDC_CALLBACK_PATH);
    url.search = query.toString();
    return url;
  }
}

// The app's own reader of queries is off.
function queryOf(request: Request): URLSearchParams {
  return new URLSearchParams(request.originalUrl.split("?").slice(1).join("?"));
}

function answerTo(redirect: URL, answer: Record<string, string>): string {
  return `${redirect.href}?${new URLSearchParams(answer).toString()}`;
}

/** Sent along when the provider leads back here, and to nowhere else. */
function cookieOf(callback: URL) {
  const isHttps = callback.protocol === "https:";
  return { httpOnly: true, sameSite: "lax", secure: isHttps, path: callback.pathname } as const;
}

function hasCookie(request: Request, value: string): boolean {
  const given = (request.headers.cookie ?? "").split(";").map((pair) => pair.trim());
  return given.includes(`${COOKIE}=${encodeURIComponent(value)}`);
}

async function isWithin(limiter: RateLimiterMemory, key: string): Promise<boolean> {
  return limiter.consume(key).then(
    () => true,
    () => false,
  );
}

function isOf(verifier: string, challenge: string): boolean {
  const hash = createHash("sha256").update(verifier).digest("base64url");
  return hash.length === challenge.length && timingSafeEqual(Buffer.from(hash), Buffer.from(challenge));
}

const NO_EXTENSION: Refusal = {
  code: "bad_message",
  message: "A sign-in begins in the extension, which says where it is answered; begin there.",
};
const OTHER_EXTENSION: Refusal = {
  code: "unauthorized",
  message: "This server signs people in for other extensions than this one; ask whoever runs it for theirs.",
};
const NO_TRAVELLER: Refusal = {
  code: "bad_message",
  message: "This sign-in is over, or was begun in another browser; close this window and begin anew in the extension.",
};

import type { OidcPurpose } from "#protocol";
import * as client from "openid-client";
import { personOf, type ProvenPerson } from "./person.ts";

/** What the operator says of the provider. */
export interface ProviderSettings {
  issuer: string;
  clientId: string;
  clientSecret: string | undefined;
  /** How it is told to ask who signs in; undefined: as it says that it can. */
  prompt: Prompt | undefined;
}

/** `select_account` lets a person choose among those whom the provider knows, `login` has them sign in anew. */
export type Prompt = "login" | "select_account";

/** What must be kept from the way out to the way back, and is shown to nobody. */
export interface Journey {
  purpose: OidcPurpose;
  verifier: string;
  nonce: string;
  /** When it began, by the clock that goes on evenly. */
  since: number;
}

/** What a provider says of itself is read anew after this long. */
const DISCOVERED_FOR_MS = 60 * 60_000;
const ANSWER_WITHIN_SECONDS = 8;
const SCOPE = "openid profile email";

/** The operator's OpenID provider, as its client: authorization code with PKCE, nonce and state. */
export class Provider {
  readonly #settings: ProviderSettings;
  readonly #now: () => number;
  #found: { configuration: client.Configuration; until: number } | undefined;

  constructor(settings: ProviderSettings, now: () => number) {
    this.#settings = settings;
    this.#now = now;
  }

  /** Begins somebody's way. */
  newJourney(purpose: OidcPurpose): Journey {
    return { purpose, verifier: client.randomPKCECodeVerifier(), nonce: client.randomNonce(), since: this.#now() };
  }

  /**
   * Where a browser is sent. Rejects where the provider does not answer. Nobody is let through only because somebody signed
   * in there before: a browser may be shared.
   */
  async wayOut(redirectUri: string, state: string, { purpose, verifier, nonce }: Journey): Promise<URL> {
    const configuration = await this.#configuration();
    const { prompt } = this.#settings;
    return client.buildAuthorizationUrl(configuration, {
      ...(purpose === "proof"
        ? { prompt: prompt ?? "login", max_age: "0" }
        : { prompt: prompt ?? promptOf(configuration.serverMetadata()) }),
      redirect_uri: redirectUri,
      scope: SCOPE,
      state,
      nonce,
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: "S256",
    });
  }

  /** Who came back to `callback`. Rejects where the provider, or what it says, does not hold. */
  async wayBack(callback: URL, state: string, { purpose, verifier, nonce, since }: Journey): Promise<ProvenPerson> {
    const configuration = await this.#configuration();
    const maxAge = this.#secondsSince(since);
    const tokens = await client.authorizationCodeGrant(configuration, callback, {
      pkceCodeVerifier: verifier,
      expectedNonce: nonce,
      expectedState: state,
      idTokenExpected: true,
      ...(purpose === "proof" ? { maxAge } : {}),
    });
    const claims = tokens.claims();
    if (claims === undefined) throw new Error("the provider gave no ID token");
    // The library lets half a minute pass, for clocks that differ. Both of these are of the provider's clock.
    if (purpose === "proof" && claims.iat - (claims.auth_time ?? 0) > this.#secondsSince(since))
      throw new Error("the provider names a sign-in of before");
    const { issuer, userinfo_endpoint: more } = configuration.serverMetadata();
    // Many say nothing in the token but who it is.
    const told = more === undefined ? {} : await client.fetchUserInfo(configuration, tokens.access_token, claims.sub);
    return personOf(issuer, { ...claims, ...told });
  }

  /** In whole seconds, as the provider counts; what began is over in a part of one more. */
  #secondsSince(since: number): number {
    return Math.ceil((this.#now() - since) / 1_000);
  }

  async #configuration(): Promise<client.Configuration> {
    const known = this.#found;
    if (known !== undefined && known.until > this.#now()) return known.configuration;
    try {
      const configuration = await discover(this.#settings);
      this.#found = { configuration, until: this.#now() + DISCOVERED_FOR_MS };
      return configuration;
    } catch (error) {
      // What it said of itself before is better than nothing; where it is away, the next question fails by itself.
      if (known !== undefined) return known.configuration;
      throw error;
    }
  }
}

/** What every provider must be able to is to ask anew; a choice among accounts is kinder, where it says that it has one. */
function promptOf({ prompt_values_supported: can }: client.ServerMetadata): Prompt {
  return Array.isArray(can) && can.includes("select_account") ? "select_account" : "login";
}

async function discover({ issuer, clientId, clientSecret }: ProviderSettings): Promise<client.Configuration> {
  const url = new URL(issuer);
  // Deprecated only to stand out; the operator's settings take plain http for this machine alone.
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  const execute = url.protocol === "http:" ? [client.allowInsecureRequests] : [];
  return client.discovery(url, clientId, undefined, authentication(clientSecret), {
    execute,
    timeout: ANSWER_WITHIN_SECONDS,
  });
}

/** As the provider wants it; what it says nothing of is the standard's own default. */
function authentication(secret: string | undefined): client.ClientAuth {
  if (secret === undefined) return client.None();
  const [basic, post] = [client.ClientSecretBasic(secret), client.ClientSecretPost(secret)];
  return (server, ...rest) => {
    const methods = server.token_endpoint_auth_methods_supported ?? ["client_secret_basic"];
    (methods.includes("client_secret_basic") ? basic : post)(server, ...rest);
  };
}

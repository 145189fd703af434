import { createHash, randomBytes } from "node:crypto";
import { Discovery, DISCOVERY_PATH, PARSE_PATH, type OidcPurpose } from "#protocol";
import * as v from "valibot";
import { ask, TestPerson, type Answer } from "./backend-accounts.ts";
import { Wayfarer } from "./openid-provider.ts";

/** Where an extension of Chromium's is answered. */
export const REDIRECT = "https://abcdefghijklmnopabcdefghijklmnop.chromiumapp.org/";

/** Where a browser sets out to the provider of a server. */
export async function startOf(server: string): Promise<string> {
  const found = v.parse(Discovery, await (await fetch(server + DISCOVERY_PATH)).json());
  return found.oidc?.startUrl ?? "";
}

const SignedIn = v.object({
  result: v.object({ user: v.object({ id: v.string(), handle: v.string() }), sessionToken: v.string() }),
});

/** An extension on the way through the provider, without a browser around it. */
export class WebExtension {
  readonly verifier = randomBytes(32).toString("base64url");
  readonly device = crypto.randomUUID();
  readonly start: URL;
  readonly #parse: { url: string };

  constructor(startUrl: string, purpose?: OidcPurpose) {
    const challenge = createHash("sha256").update(this.verifier).digest("base64url");
    this.start = new URL(startUrl);
    this.start.searchParams.set("redirect", REDIRECT);
    this.start.searchParams.set("challenge", challenge);
    if (purpose !== undefined) this.start.searchParams.set("purpose", purpose);
    this.#parse = { url: this.start.origin + PARSE_PATH };
  }

  redeem(code: string | null, verifier = this.verifier): Promise<Answer> {
    const headers = { "X-Parse-Installation-Id": this.device };
    return ask(this.#parse, "/functions/signInWithOidc", { headers, body: { code, verifier } });
  }

  /** What came back, for a person who has this login at the provider. */
  async through(login: string, browser = new Wayfarer()): Promise<{ code: string; verifier: string }> {
    const back = await browser.through(this.start, login);
    const code = back.searchParams.get("code");
    if (code === null) throw new Error(`the way ended at ${back.href}`);
    return { code, verifier: this.verifier };
  }

  /** The whole way of a person who has this login at the provider. */
  async signIn(login: string, browser?: Wayfarer): Promise<TestPerson> {
    const answer = await this.redeem((await this.through(login, browser)).code);
    if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
    const { user, sessionToken } = v.parse(SignedIn, answer.body).result;
    return Object.assign(new TestPerson(this.#parse, user.handle, this.device), { id: user.id, token: sessionToken });
  }
}

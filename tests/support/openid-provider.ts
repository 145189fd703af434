import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Provider } from "oidc-provider";

/** What the provider says of somebody, by the login they type; the password is anything. */
export type People = Readonly<Record<string, Record<string, unknown>>>;

export const CLIENT = { id: "beckon", secret: "of the client, not of a person" } as const;

/** A real OpenID provider on loopback, with its own forms for sign-in and consent. */
export class TestProvider {
  readonly issuer: string;
  readonly #server: Server;
  #answers: ReturnType<Provider["callback"]> | undefined;

  private constructor(server: Server, issuer: string) {
    this.#server = server;
    this.issuer = issuer;
    server.on("request", (request, response) => {
      // Until it serves, whoever asks is cut off, as by a provider that is away.
      if (this.#answers === undefined) request.socket.destroy();
      else void this.#answers(request, response);
    });
  }

  /** Has an address, and does not serve yet: its one client is named once that has an address too. */
  static async listen(): Promise<TestProvider> {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    // Listening at a port of TCP.
    const { port } = server.address() as AddressInfo;
    return new TestProvider(server, `http://127.0.0.1:${String(port)}`);
  }

  serve(callback: string, people: People): void {
    const provider = quietly(
      () =>
        new Provider(this.issuer, {
          clients: [{ client_id: CLIENT.id, client_secret: CLIENT.secret, redirect_uris: [callback] }],
          claims: { profile: ["name", "preferred_username", "nickname"], email: ["email", "email_verified"] },
          findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id, ...people[id] }) }),
          pkce: { required: () => true },
          ttl: { AccessToken: 600, AuthorizationCode: 60, Grant: 600, IdToken: 600, Interaction: 600, Session: 600 },
          cookies: { keys: ["a key of a test"] },
        }),
    );
    this.#answers = provider.callback();
  }

  /** As if it were away. */
  stop(): void {
    this.#answers = undefined;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** It warns of what it is used for here: its forms and keys are for tests alone. */
function quietly<Result>(act: () => Result): Result {
  const { info, warn } = console;
  [console.info, console.warn] = [() => undefined, () => undefined];
  try {
    return act();
  } finally {
    [console.info, console.warn] = [info, warn];
  }
}

/** What a browser does on the way through a provider: it follows, keeps cookies, and sends forms. */
export class Wayfarer {
  readonly #cookies = new Map<string, string>();

  /** Where a redirect outside of this machine leads, or the last answer. */
  async go(to: string | URL, form?: Record<string, string>): Promise<{ url: URL; answer?: Response; text: string }> {
    let url = new URL(to);
    let body = form;
    for (let steps = 0; steps < 20; steps += 1) {
      if (!["127.0.0.1", "localhost"].includes(url.hostname)) return { url, text: "" };
      const answer = await this.#ask(url, body);
      const location = answer.headers.get("location");
      if (location === null) return { url, answer, text: await answer.text() };
      url = new URL(location, url);
      body = undefined;
    }
    throw new Error(`there is no end at ${url.href}`);
  }

  /** Signs in and consents with the provider's own forms. */
  async through(start: string | URL, login: string): Promise<URL> {
    let page = await this.go(start);
    while (page.answer?.status === 200 && page.text.includes("<form")) {
      const action = /<form[^>]* action="([^"]+)"/.exec(page.text)?.[1] ?? "";
      const prompt = /name="prompt" value="(\w+)"/.exec(page.text)?.[1] ?? "";
      page = await this.go(new URL(action, page.url), { prompt, login, password: "anything" });
    }
    return page.url;
  }

  /** Forgets what one server gave it. */
  forget(hostname: string): void {
    this.#cookies.delete(hostname);
  }

  async #ask(url: URL, form: Record<string, string> | undefined): Promise<Response> {
    const cookie = this.#cookies.get(url.hostname) ?? "";
    const answer = await fetch(url, {
      redirect: "manual",
      headers: { cookie },
      ...(form === undefined ? {} : { method: "POST", body: new URLSearchParams(form) }),
    });
    const jar = new Map(cookie.split("; ").map((pair) => [pair.split("=", 1)[0] ?? "", pair]));
    for (const set of answer.headers.getSetCookie()) {
      const pair = set.split(";", 1)[0] ?? "";
      jar.set(pair.split("=", 1)[0] ?? "", pair);
    }
    this.#cookies.set(url.hostname, [...jar.values()].filter((pair) => pair !== "").join("; "));
    return answer;
  }
}

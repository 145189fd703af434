import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { interactionPolicy, Provider } from "oidc-provider";

/** What the provider says of somebody, by the login they type; the password is anything. */
export type People = Readonly<Record<string, Record<string, unknown>>>;

export const CLIENT = { id: "beckon", secret: "of the client, not of a person" } as const;

/** A real OpenID provider on loopback, with its own forms for sign-in and consent. */
export class TestProvider {
  readonly issuer: string;
  readonly #server: Server;
  #answers: ((request: IncomingMessage, response: ServerResponse) => Promise<void>) | undefined;

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

  /**
   * `lets`: it can let people choose among accounts, and says so. Whoever is chosen there signed in `before`, in seconds.
   */
  serve(callback: string, people: People, lets: { choose?: boolean; before?: number } = {}): void {
    const choice = lets.choose === true ? CHOICE : {};
    const provider = quietly(
      () =>
        new Provider(this.issuer, {
          clients: [{ client_id: CLIENT.id, client_secret: CLIENT.secret, redirect_uris: [callback] }],
          claims: { profile: ["name", "preferred_username", "nickname"], email: ["email", "email_verified"] },
          findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id, ...people[id] }) }),
          pkce: { required: () => true },
          ttl: { AccessToken: 600, AuthorizationCode: 60, Grant: 600, IdToken: 600, Interaction: 600, Session: 600 },
          cookies: { keys: ["a key of a test"] },
          ...choice,
        }),
    );
    const answers = provider.callback();
    this.#answers = async (request, response) => {
      const isAnswered =
        lets.choose === true && (await answersChoice(provider, lets.before ?? 3_600, request, response));
      if (!isAnswered) await answers(request, response);
    };
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

/** What it is to be told for a choice of accounts, for which it has no form of its own. */
const CHOICE = (() => {
  const policy = interactionPolicy.base();
  policy.add(new interactionPolicy.Prompt({ name: "select_account", requestable: true }), 0);
  const prompts = ["none", "login", "consent", "select_account"];
  return { interactions: { policy }, discovery: { prompt_values_supported: prompts } };
})();

/** A form to choose an account: the one that is known here stands in it. Answers whether it was asked for. */
async function answersChoice(
  provider: Provider,
  before: number,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> {
  if (request.url?.startsWith("/interaction/") !== true || request.url.endsWith("/abort")) return false;
  const { prompt, session } = await provider.interactionDetails(request, response);
  if (prompt.name !== "select_account") return false;
  if (request.method === "POST") {
    const accountId = new URLSearchParams(await text(request)).get("login") ?? "";
    const ts = Math.floor(Date.now() / 1_000) - before;
    await provider.interactionFinished(request, response, { login: { accountId, ts }, select_account: {} });
    return true;
  }
  response.setHeader("content-type", "text/html");
  response.end(
    `<form method="post" action="${request.url}"><input name="prompt" value="select_account" type="hidden">
     <input name="login" value="${session?.accountId ?? ""}"><button>Go on</button></form>`,
  );
  return true;
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
  readonly #bend: (url: URL) => void;

  /** `bend`: what its user changes in an address before it is followed. */
  constructor(bend: (url: URL) => void = () => undefined) {
    this.#bend = bend;
  }

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
      this.#bend(url);
      body = undefined;
    }
    throw new Error(`there is no end at ${url.href}`);
  }

  /** Signs in and consents with the provider's own forms; `asked` are told of in their order. */
  async through(start: string | URL, login: string, asked: string[] = []): Promise<URL> {
    let page = await this.go(start);
    while (page.answer?.status === 200 && page.text.includes("<form")) {
      const action = /<form[^>]* action="([^"]+)"/.exec(page.text)?.[1] ?? "";
      const hidden = [...page.text.matchAll(/<input[^>]* name="(\w+)" value="([^"]+)"/g)];
      const fields = Object.fromEntries(hidden.map(([, name = "", value = ""]) => [name, value]));
      // A form that a browser sends by itself asks nothing.
      if (fields["prompt"] !== undefined) asked.push(fields["prompt"]);
      page = await this.go(new URL(action, page.url), { ...fields, login, password: "anything" });
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

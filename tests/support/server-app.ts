import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PARSE_APP_ID, PARSE_PATH, type FunctionName, type FunctionParameters, type FunctionResult } from "#protocol";
import * as v from "valibot";
import { ACCOUNT_LIMITS } from "../../server/accounts/rate-limits.ts";
import { createApp, type AppOptions } from "../../server/app.ts";
import { readConfig, type Config } from "../../server/config.ts";
import { createLogger } from "../../server/logger.ts";
import { account, befriend, callFunction, signUp, type SignedUp } from "./accounts.ts";
import { loosened } from "./loosened.ts";
import { plantSeed } from "./seeded.ts";
import { PresenceClient, type HelloOptions, type OnlineClient } from "./presence-client.ts";

export interface StartAppOptions extends Partial<Pick<AppOptions, "connectionLimits" | "accountLimits">> {
  /** The environment: the contract's spans, shortened, for example. */
  env?: Record<string, string>;
}

/** The real server in this process, on a free port, with its data in a temporary folder. One per test file. */
export interface TestApp {
  /** As this machine reaches it: `http://127.0.0.1:<port>`. */
  url: string;
  config: Config;
  /** What the server logged, each line as an object. */
  log: Record<string, unknown>[];
  /** Makes an account: "Alice Okada" has the handle alice. */
  signUp(name: string): Promise<AppPerson>;
  /** Makes everyone a contact of everyone else. */
  befriend(...people: AppPerson[]): Promise<void>;
  close(): Promise<void>;
}

/** Starts the app; throws where the environment is not valid. */
export async function startApp({ env = {}, ...options }: StartAppOptions = {}): Promise<TestApp> {
  const dataDir = await mkdtemp(join(tmpdir(), "beckon-app-"));
  const read = readConfig({ PORT: "0", HOST: "127.0.0.1", DATA_DIR: dataDir, ...env });
  if (!read.ok) throw new Error(read.problems.join(" "));
  await plantSeed(dataDir);
  const log: Record<string, unknown>[] = [];
  const sink = { write: (line: string) => void log.push(v.parse(v.record(v.string(), v.unknown()), JSON.parse(line))) };
  const app = await createApp(read.config, {
    log: createLogger("info", sink),
    accountLimits: loosened(ACCOUNT_LIMITS, 1_000),
    ...options,
  });
  const url = `http://127.0.0.1:${String(app.port)}`;
  return {
    url,
    config: read.config,
    log,
    signUp: async (name) => new AppPerson(url, await signUp(url, account(name))),
    befriend: async (...people) => {
      for (const [at, one] of people.entries())
        for (const other of people.slice(at + 1)) await befriend(url, one.account, other.account);
    },
    close: async () => {
      await app.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** Someone with an account and a session. */
export class AppPerson {
  readonly account: SignedUp;
  readonly #url: string;

  constructor(url: string, signedUp: SignedUp) {
    this.#url = url;
    this.account = signedUp;
  }

  get id() {
    return this.account.user;
  }

  get name() {
    return this.account.name;
  }

  /** A device of this person, online. */
  connect(options: Partial<HelloOptions> = {}): Promise<OnlineClient> {
    return PresenceClient.online(this.#url, { token: this.account.token, ...options });
  }

  /** Calls a function of the server; throws with the server's answer where it refuses. */
  call<F extends FunctionName>(name: F, parameters: FunctionParameters<F>): Promise<FunctionResult<F>> {
    return callFunction(this.#url, name, parameters, this.account.token);
  }

  /** Signs in once more, and answers with the token of the new session. */
  async signIn(): Promise<string> {
    const { handle: username, password } = this.account;
    const answer = await this.#post(
      "login",
      { username, password },
      { "x-parse-installation-id": crypto.randomUUID() },
    );
    return v.parse(v.object({ sessionToken: v.string() }), await answer.json()).sessionToken;
  }

  /** Ends a session over Parse's own route. */
  async signOut(token: string = this.account.token): Promise<void> {
    await this.#post("logout", {}, { "x-parse-session-token": token });
  }

  async #post(route: string, body: object, headers: Record<string, string>): Promise<Response> {
    const response = await fetch(`${this.#url}${PARSE_PATH}/${route}`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-parse-application-id": PARSE_APP_ID, ...headers },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${route} was refused with ${String(response.status)}: ${await response.text()}`);
    return response;
  }
}

import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AVATARS_PATH, PARSE_APP_ID, type FunctionName, type FunctionParameters, type FunctionResult } from "#protocol";
import express from "express";
import type { AccountsEvent } from "../../server/accounts/accounts.ts";
import { createAccounts, type RunningAccounts } from "../../server/accounts/create-accounts.ts";
import type { OidcRedeem } from "../../server/accounts/oidc-sign-in.ts";
import { ACCOUNT_LIMITS, type AccountLimits } from "../../server/accounts/rate-limits.ts";
import type { Config } from "../../server/config.ts";
import { openDataFolder, type DataFolder } from "../../server/database/data-folder.ts";
import { startEmbedded, type EmbeddedDatabase } from "../../server/database/embedded.ts";
import { createLogger, type Logger } from "../../server/logger.ts";
import { createMail, type Mail } from "../../server/mail/mail.ts";
import { openSecrets, type Secrets } from "../../server/secrets.ts";
import { connectTo } from "./database-client.ts";
import { loosened } from "./loosened.ts";
import { plantSeed } from "./seeded.ts";

/** A real PostgreSQL on a data folder of its own. */
export interface TestDatabase {
  folder: string;
  uri: string;
  /** Of PostgreSQL's first process. */
  pid(): number;
  /** All of PostgreSQL's processes. */
  processes(): Promise<number[]>;
  secrets: Secrets;
  stop(): Promise<void>;
}

export async function startTestDatabase(): Promise<TestDatabase> {
  const folder = await mkdtemp(join(tmpdir(), "beckon-test-"));
  await mkdir(join(folder, "data"), { mode: 0o700 });
  await plantSeed(join(folder, "data"));
  const data: DataFolder = await openDataFolder(join(folder, "data"));
  const secrets = await openSecrets(data.path);
  const database: EmbeddedDatabase = await startEmbedded(data.path, secrets.database, createLogger("silent"));
  return {
    folder: data.path,
    uri: database.uri,
    pid: () => database.pid() ?? 0,
    processes: async () => {
      const client = await connectTo(database.uri);
      try {
        const { rows } = await client.query<{ pid: number }>(
          "SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()",
        );
        return [database.pid() ?? 0, ...rows.map((row) => row.pid)];
      } finally {
        await client.end();
      }
    },
    secrets,
    stop: async () => {
      await database.stop();
      await data.release();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Where its clients would find the server. */
export const PUBLIC_URL = "https://beckon.example.org";

/** Real accounts behind a real HTTP server on a free port. */
export interface TestAccounts extends RunningAccounts {
  url: string;
  events: AccountsEvent[];
}

export interface TestAccountsOptions {
  registration?: Config["registration"];
  limits?: AccountLimits;
  logger?: Logger;
  mail?: Mail;
  /** Stands for the way through a provider. */
  redeemOidc?: OidcRedeem;
}

export async function startTestAccounts(
  database: TestDatabase,
  options: TestAccountsOptions = {},
): Promise<TestAccounts> {
  const logger = options.logger ?? createLogger("silent");
  const publicUrl = () => PUBLIC_URL;
  const running = await createAccounts({
    config: { registration: options.registration ?? "open" },
    publicUrl,
    mail: options.mail ?? createMail({ smtp: undefined, publicUrl, logger }),
    databaseUri: database.uri,
    filesDir: join(database.folder, "files"),
    iceServers: () => [{ urls: ["stun:stun.example.org"] }],
    masterKey: database.secrets.masterKey,
    maintenanceKey: database.secrets.maintenanceKey,
    logger,
    redeemOidc: options.redeemOidc,
    limits: options.limits ?? loosened(ACCOUNT_LIMITS, 1_000),
  });
  const events: AccountsEvent[] = [];
  running.accounts.onEvent((event) => events.push(event));
  const app = express();
  app.set("trust proxy", "loopback");
  app.use("/parse", running.router);
  app.use(AVATARS_PATH, running.avatars);
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    ...running,
    url: `http://127.0.0.1:${String(portOf(server))}/parse`,
    events,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await running.close();
    },
  };
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The server has no port.");
  return address.port;
}

export interface Answer {
  status: number;
  body: Record<string, unknown>;
  headers: Headers;
}

/** Sends one request to Parse's address. */
export async function ask(
  accounts: { url: string },
  path: string,
  { method = "POST", body, headers = {} }: { method?: string; body?: unknown; headers?: Record<string, string> } = {},
): Promise<Answer> {
  const response = await fetch(accounts.url + path, {
    method,
    headers: { "X-Parse-Application-Id": PARSE_APP_ID, "Content-Type": "application/json", ...headers },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: readJson(text), headers: response.headers };
}

function readJson(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : { value };
  } catch {
    return { text };
  }
}

/** Someone with an account, on one device. */
export class TestPerson {
  readonly accounts: { url: string };
  readonly handle: string;
  readonly device: string;
  id = "";
  token = "";

  constructor(accounts: { url: string }, handle: string, device: string = crypto.randomUUID()) {
    this.accounts = accounts;
    this.handle = handle;
    this.device = device;
  }

  get headers(): Record<string, string> {
    return { "X-Parse-Session-Token": this.token, "X-Parse-Installation-Id": this.device };
  }

  async call<F extends FunctionName>(name: F, parameters: FunctionParameters<F>): Promise<FunctionResult<F>> {
    const answer = await this.try(name, parameters);
    if (answer.status !== 200) throw new Error(`${name}: ${JSON.stringify(answer.body)}`);
    return answer.body["result"] as FunctionResult<F>;
  }

  try(name: string, parameters: unknown): Promise<Answer> {
    return ask(this.accounts, `/functions/${name}`, { body: parameters, headers: this.headers });
  }
}

export const PASSWORD = "correct horse battery";

/** Signs a new person up. */
export async function signUp(accounts: { url: string }, handle: string, name?: string): Promise<TestPerson> {
  const person = new TestPerson(accounts, handle);
  const answer = await ask(accounts, "/functions/signUp", {
    body: {
      username: handle,
      password: PASSWORD,
      email: `${handle}@example.org`,
      ...(name === undefined ? {} : { name }),
    },
    headers: { "X-Parse-Installation-Id": person.device },
  });
  if (answer.status !== 200) throw new Error(`signUp: ${JSON.stringify(answer.body)}`);
  const result = answer.body["result"] as FunctionResult<"signUp">;
  person.id = result.user.id;
  person.token = result.sessionToken;
  return person;
}

/** Puts people with sessions straight into the database: many, where signing each up would take its 200 ms of hashing. */
export async function plant(
  accounts: { url: string },
  database: { uri: string },
  people: { handle: string; name: string }[],
): Promise<TestPerson[]> {
  const client = await connectTo(database.uri);
  try {
    const planted: TestPerson[] = [];
    for (const { handle, name } of people) {
      const person = new TestPerson(accounts, handle);
      person.id = randomBytes(5).toString("hex");
      person.token = `r:${randomBytes(16).toString("hex")}`;
      await client.query(
        `INSERT INTO "_User" ("objectId", "createdAt", "updatedAt", "_rperm", "_wperm", "username", "email", "name")
         VALUES ($1, now(), now(), ARRAY[$1], ARRAY[$1], $2, $2 || '@example.org', $3)`,
        [person.id, handle, name],
      );
      await client.query(
        `INSERT INTO "_Session" ("objectId", "createdAt", "updatedAt", "user", "sessionToken", "installationId", "expiresAt")
         VALUES ($1, now(), now(), $2, $3, $4, now() + interval '1 day')`,
        [randomBytes(5).toString("hex"), person.id, person.token, person.device],
      );
      planted.push(person);
    }
    return planted;
  } finally {
    await client.end();
  }
}

/** Makes two people contacts of each other. */
export async function befriend(one: TestPerson, other: TestPerson): Promise<void> {
  await one.call("requestContact", { handle: other.handle });
  await other.call("requestContact", { handle: one.handle });
}

/** The next event that fits. */
export function nextEvent(accounts: TestAccounts, fits: (event: AccountsEvent) => boolean): Promise<AccountsEvent> {
  return new Promise((resolve) => {
    accounts.accounts.onEvent((event) => {
      if (fits(event)) resolve(event);
    });
  });
}

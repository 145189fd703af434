import { resolve } from "node:path";
import {
  ABANDON_MS,
  GRACE_MS,
  HELLO_MS,
  REJOIN_MS,
  RING_MS,
  SETTLE_MS,
  SILENCE_MS,
  TURN_CREDENTIAL_MS,
} from "#protocol";
import * as v from "valibot";
import { LOG_LEVELS } from "./logger.ts";

/** The longest span that a timer of Node can wait for, in ms. */
const MAX_SPAN_MS = 2 ** 31 - 1;

const DEFAULT_PORT = 8787;

function wholeNumber(least: number, most: number, wanted: string) {
  const problem = `must be ${wanted}`;
  return v.pipe(
    v.string(),
    v.regex(/^\d{1,10}$/, problem),
    v.transform(Number),
    v.minValue(least, problem),
    v.maxValue(most, problem),
  );
}

function span(defaultMs: number) {
  return v.optional(
    wholeNumber(1, MAX_SPAN_MS, `a whole number of milliseconds from 1 to ${String(MAX_SPAN_MS)}`),
    String(defaultMs),
  );
}

/** A list with commas between; blanks around an entry do not count. */
function list(entry: (text: string) => boolean, problem: string) {
  return v.optional(
    v.pipe(
      v.string(),
      v.transform((text) =>
        text
          .split(",")
          .map((part) => part.trim())
          .filter((part) => part !== ""),
      ),
      v.array(v.pipe(v.string(), v.check(entry, problem))),
    ),
    "",
  );
}

function isWebAddress(text: string): boolean {
  const url = URL.parse(text);
  return (
    url !== null &&
    (url.protocol === "http:" || url.protocol === "https:") &&
    url.username === "" &&
    url.password === "" &&
    url.search === "" &&
    url.hash === ""
  );
}

function isOrigin(text: string): boolean {
  return isWebAddress(text) && URL.parse(text)?.origin === text;
}

/** What a provider says is believed, so nobody may stand between; on this machine nobody does. */
function isProvider(text: string): boolean {
  const url = URL.parse(text);
  const isHere = ["localhost", "127.0.0.1", "[::1]"].includes(url?.hostname ?? "");
  return isWebAddress(text) && (url?.protocol === "https:" || isHere);
}

function storeAddress(example: string) {
  return v.optional(
    v.pipe(v.string(), v.check(isWebAddress, `must be where the extension is to be had, such as ${example}`)),
  );
}

const environment = v.object({
  PORT: v.optional(
    wholeNumber(0, 65_535, "a port number from 0 to 65535, where 0 takes a free one"),
    String(DEFAULT_PORT),
  ),
  HOST: v.optional(
    v.pipe(v.string(), v.regex(/^[A-Za-z0-9.:%_-]+$/, "must be an address or a host name of this machine")),
  ),
  PUBLIC_URL: v.optional(
    v.pipe(
      v.string(),
      v.check(isWebAddress, "must be the address that clients use, such as https://beckon.example.org"),
      v.transform((text) => text.replace(/\/+$/, "")),
    ),
  ),
  DATA_DIR: v.optional(v.string(), "./data"),
  DATABASE_URI: v.optional(
    v.pipe(
      v.string(),
      v.check(
        (text) => ["postgres:", "postgresql:"].includes(URL.parse(text)?.protocol ?? ""),
        "must be a PostgreSQL address, such as postgres://user:password@host:5432/beckon, or left out to use the embedded one",
      ),
      // Parse Server hands them to the database as they stand, without decoding them.
      v.check(
        (text) => !/%/.test(`${URL.parse(text)?.username ?? ""}${URL.parse(text)?.password ?? ""}`),
        "must have a user name and a password of letters, digits and -._~ alone; give the database's user another password",
      ),
    ),
  ),
  RING_MS: span(RING_MS),
  GRACE_MS: span(GRACE_MS),
  HELLO_MS: span(HELLO_MS),
  SILENCE_MS: span(SILENCE_MS),
  REJOIN_MS: span(REJOIN_MS),
  SETTLE_MS: span(SETTLE_MS),
  ABANDON_MS: span(ABANDON_MS),
  TURN_URLS: list(
    (text) => /^turns?:[^\s,]+$/.test(text),
    "must be a list of TURN addresses with commas between, such as turn:turn.example.org:3478",
  ),
  TURN_SECRET: v.optional(v.string()),
  TURN_MS: span(TURN_CREDENTIAL_MS),
  STUN_URLS: list(
    (text) => /^stuns?:[^\s,]+$/.test(text),
    "must be a list of STUN addresses with commas between, such as stun:stun.example.org:3478",
  ),
  ALLOWED_ORIGINS: list(
    isOrigin,
    "must be a list of web origins with commas between, each without a path, such as https://app.example.org",
  ),
  REGISTRATION: v.optional(v.picklist(["open", "invite", "closed"], "must be open, invite or closed"), "open"),
  SMTP_URL: v.optional(
    v.pipe(
      v.string(),
      v.check(
        (text) => /^smtps?:\/\/[^/]/.test(text) && URL.canParse(text),
        "must be where mail is handed over, such as smtps://user:password@smtp.example.org",
      ),
    ),
  ),
  MAIL_FROM: v.optional(
    v.pipe(
      v.string(),
      v.regex(
        /^([^<>@\r\n]+ <[^<>\s@,]+@[^<>\s@,]+>|[^<>\s@,]+@[^<>\s@,]+)$/,
        "must be the address that mail comes from, such as Beckon <beckon@example.org>",
      ),
    ),
  ),
  OIDC_ISSUER: v.optional(
    v.pipe(
      v.string(),
      v.check(
        isProvider,
        "must be the https address of an OpenID provider, such as https://login.example.org (http on this machine alone)",
      ),
    ),
  ),
  OIDC_CLIENT_ID: v.optional(v.string()),
  OIDC_CLIENT_SECRET: v.optional(v.string()),
  OIDC_NAME: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^[^\p{C}]{1,40}$/u, "must be the provider's name for people, of at most 40 characters"),
    ),
  ),
  OIDC_PROMPT: v.optional(v.picklist(["login", "select_account"], "must be login or select_account")),
  OIDC_EXTENSION_IDS: list(
    (text) => /^([a-p]{32}|\{[\dA-Fa-f-]{36}\}|[\w.-]*@[\w.-]+)$/.test(text),
    "must be ids of extensions with commas between: 32 letters from a to p for Chrome, and one such as beckon@example.org for Firefox",
  ),
  CHROME_STORE_URL: storeAddress("https://chromewebstore.google.com/detail/beckon/abc"),
  FIREFOX_STORE_URL: storeAddress("https://addons.mozilla.org/firefox/addon/beckon"),
  LOG_LEVEL: v.optional(v.picklist(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(", ")}`), "info"),
});

/** The spans of the contract that a deployment may change, in ms. */
export interface Spans {
  ringMs: number;
  graceMs: number;
  helloMs: number;
  silenceMs: number;
  rejoinMs: number;
  settleMs: number;
  abandonMs: number;
}

/** What the operator decided, read and checked. */
export interface Config {
  /** 0 takes a free port. */
  port: number;
  /** Undefined: all interfaces. */
  host: string | undefined;
  /** Without a slash at its end; undefined: `http://localhost:<the port taken>`. */
  publicUrl: string | undefined;
  /** An absolute path. */
  dataDir: string;
  /** Undefined: the embedded PostgreSQL in `dataDir`. */
  databaseUri: string | undefined;
  spans: Spans;
  /** `forMs`: how long the credentials are good that a call is given. */
  turn: { urls: string[]; secret: string; forMs: number } | undefined;
  stunUrls: string[];
  allowedOrigins: string[];
  registration: "open" | "invite" | "closed";
  /** Undefined: what would be mailed goes to the log. */
  smtp: { url: string; from: string } | undefined;
  /** Undefined: people sign in by password alone. */
  oidc:
    | {
        issuer: string;
        clientId: string;
        clientSecret: string | undefined;
        name: string;
        /** Whom alone it serves; any where there are none. */
        extensionIds: string[];
        /** How it is told to ask who signs in; undefined: as it says that it can. */
        prompt: "login" | "select_account" | undefined;
      }
    | undefined;
  /** Where the pages for people send those who have no Beckon yet. */
  stores: { chrome: string | undefined; firefox: string | undefined };
  logLevel: (typeof LOG_LEVELS)[number];
}

export type ReadConfig = { ok: true; config: Config } | { ok: false; problems: string[] };

/** Reads the environment. An empty value counts as not given. Each problem is a sentence for the operator. */
export function readConfig(env: Record<string, string | undefined>): ReadConfig {
  const given = Object.fromEntries(
    Object.entries(env)
      .map(([name, value]) => [name, value?.trim()] as const)
      .filter(([, value]) => value !== undefined && value !== ""),
  );
  const read = v.safeParse(environment, given);
  if (!read.success) return { ok: false, problems: [...new Set(read.issues.map(describe))] };
  const problems = contradictions(read.output);
  return problems.length > 0 ? { ok: false, problems } : { ok: true, config: configOf(read.output) };
}

function describe(issue: v.BaseIssue<unknown>): string {
  const name = v.getDotPath(issue) ?? "The environment";
  // Entries of a list are told by the list's name. The value is not repeated: it may hold a password.
  return `${name.replace(/\..*/, "")} ${issue.message}.`;
}

type Environment = v.InferOutput<typeof environment>;

function contradictions(env: Environment): string[] {
  const problems: string[] = [];
  if (env.TURN_URLS.length > 0 && env.TURN_SECRET === undefined) {
    problems.push("TURN_SECRET is missing; give the TURN server's static-auth-secret, or leave TURN_URLS out.");
  }
  if (env.TURN_URLS.length === 0 && env.TURN_SECRET !== undefined) {
    problems.push("TURN_URLS is missing; say where the TURN server is, or leave TURN_SECRET out.");
  }
  if (env.SMTP_URL !== undefined && env.MAIL_FROM === undefined) {
    problems.push("MAIL_FROM is missing; give the address that mail comes from, or leave SMTP_URL out.");
  }
  if (env.SMTP_URL === undefined && env.MAIL_FROM !== undefined) {
    problems.push("SMTP_URL is missing; say where mail is handed over, or leave MAIL_FROM out.");
  }
  return [...problems, ...contradictionsOfOidc(env)];
}

function contradictionsOfOidc(env: Environment): string[] {
  if (env.OIDC_ISSUER !== undefined) {
    return env.OIDC_CLIENT_ID === undefined
      ? [
          "OIDC_CLIENT_ID is missing; give the name that the OpenID provider has for this server, or leave OIDC_ISSUER out.",
        ]
      : [];
  }
  const lonely = (
    ["OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET", "OIDC_NAME", "OIDC_PROMPT", "OIDC_EXTENSION_IDS"] as const
  ).filter((name) => env[name] !== undefined && env[name].length > 0);
  return lonely.length === 0
    ? []
    : [`OIDC_ISSUER is missing; give the OpenID provider's address, or leave ${lonely.join(" and ")} out.`];
}

function smtpOf({ SMTP_URL: url, MAIL_FROM: from }: Environment): Config["smtp"] {
  return url === undefined || from === undefined ? undefined : { url, from };
}

function configOf(env: Environment): Config {
  return {
    port: env.PORT,
    host: env.HOST,
    publicUrl: env.PUBLIC_URL,
    dataDir: resolve(env.DATA_DIR),
    databaseUri: env.DATABASE_URI,
    spans: {
      ringMs: env.RING_MS,
      graceMs: env.GRACE_MS,
      helloMs: env.HELLO_MS,
      silenceMs: env.SILENCE_MS,
      rejoinMs: env.REJOIN_MS,
      settleMs: env.SETTLE_MS,
      abandonMs: env.ABANDON_MS,
    },
    turn:
      env.TURN_SECRET === undefined ? undefined : { urls: env.TURN_URLS, secret: env.TURN_SECRET, forMs: env.TURN_MS },
    stunUrls: env.STUN_URLS,
    allowedOrigins: env.ALLOWED_ORIGINS,
    registration: env.REGISTRATION,
    smtp: smtpOf(env),
    oidc: oidcOf(env),
    stores: { chrome: env.CHROME_STORE_URL, firefox: env.FIREFOX_STORE_URL },
    logLevel: env.LOG_LEVEL,
  };
}

function oidcOf(env: Environment): Config["oidc"] {
  const { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId, OIDC_EXTENSION_IDS: extensionIds } = env;
  if (issuer === undefined || clientId === undefined) return undefined;
  const { OIDC_CLIENT_SECRET: clientSecret, OIDC_NAME: name = new URL(issuer).host, OIDC_PROMPT: prompt } = env;
  return { issuer, clientId, clientSecret, name, extensionIds, prompt };
}

import {
  type DeviceId,
  Discovery,
  DISCOVERY_PATH,
  type FunctionName,
  type FunctionParameters,
  type FunctionResult,
  FUNCTIONS,
  LoginResult,
  PARSE_APP_ID,
  ParseCode,
  ParseFailure,
  SUBPROTOCOL,
} from "#protocol";
import * as v from "valibot";
import type { ServerFacts } from "../core/app-state-types.ts";
import { formField, type FormField, type Problem, type ServerOffer } from "../messaging/commands.ts";
import { isSafeUrl, readServerAddress } from "./server-address.ts";

const TIMEOUT_MS = 15_000;

export type Answer<T> = { ok: true; value: T } | { ok: false; problem: Problem; field?: FormField | undefined };

/** Who asks: the device is Parse's installation, so that a second device does not sign out the first. */
export interface Caller {
  server: ServerFacts;
  device: DeviceId;
  token?: string | undefined;
}

/** A server that was found: its ways, and how it lets people in. */
export interface Found {
  server: ServerFacts;
  offer: ServerOffer;
  /** Where a sign-in by the operator's provider begins. */
  providerUrl?: string | undefined;
}

/** Finds a server's ways by its address, as a person typed it, unless `signal` gives it up. Follows no redirect. */
export async function discover(typed: string, signal?: AbortSignal): Promise<Answer<Found>> {
  const address = readServerAddress(typed);
  if (!address.ok) return address;
  const url = new URL(DISCOVERY_PATH, address.origin);
  const reply = await ask(url, { method: "GET" }, signal);
  if (!reply.ok) {
    const isOther = reply.problem === "server-unreachable" && (await answersAtAll(url, signal));
    return isOther ? { ok: false, problem: "server-not-beckon" } : reply;
  }
  if (reply.value.status >= 500) return { ok: false, problem: "server-trouble" };
  const read = v.safeParse(Discovery, reply.value.body);
  if (reply.value.status !== 200 || !read.success) return { ok: false, problem: "server-not-beckon" };
  const { parse, presence, peer, protocols, registration, oidc, mail } = read.output;
  if (!protocols.includes(SUBPROTOCOL)) return { ok: false, problem: "server-too-old" };
  if (!isSafeUrl(parse.url, "http") || !isSafeUrl(presence.url, "ws")) return { ok: false, problem: "server-insecure" };
  const { origin } = address;
  const server = { origin, presenceUrl: presence.url, parseUrl: parse.url, peerPath: peer.path };
  const provider = oidc !== undefined && isSafeUrl(oidc.startUrl, "http") ? oidc : undefined;
  const offer = {
    registration,
    ...(provider === undefined ? {} : { provider: provider.name }),
    ...(mail === undefined ? {} : { mail }),
  };
  return { ok: true, value: { server, offer, providerUrl: provider?.startUrl } };
}

/** What a server says of itself; undefined where it does not answer. */
export async function readAbout(
  origin: string,
): Promise<{ version: string; sendsMail: boolean; provider?: string } | undefined> {
  const reply = await ask(new URL(DISCOVERY_PATH, origin), { method: "GET" });
  const read = v.safeParse(Discovery, reply.ok ? reply.value.body : undefined);
  if (!read.success) return undefined;
  const { version, mail, oidc } = read.output;
  return { version, sendsMail: mail !== false, ...(oidc === undefined ? {} : { provider: oidc.name }) };
}

/** Opens a session on this device. */
export async function logIn(
  caller: Caller,
  handle: string,
  password: string,
): Promise<Answer<v.InferOutput<typeof LoginResult>>> {
  const reply = await askParse(caller, "login", { username: handle, password });
  if (!reply.ok) return reply.problem === "not-found" ? { ok: false, problem: "wrong-password" } : reply;
  const read = v.safeParse(LoginResult, reply.value);
  return read.success ? { ok: true, value: read.output } : { ok: false, problem: "server-trouble" };
}

/** Ends the session of the caller's token. */
export async function logOut(caller: Caller): Promise<Answer<unknown>> {
  return askParse(caller, "logout", {});
}

/** Runs one of the server's functions. */
export async function callFunction<F extends FunctionName>(
  caller: Caller,
  name: F,
  parameters: FunctionParameters<F>,
): Promise<Answer<FunctionResult<F>>> {
  const reply = await askParse(caller, `functions/${name}`, parameters);
  if (!reply.ok) return reply;
  const read = v.safeParse(v.object({ result: FUNCTIONS[name].result }), reply.value);
  return read.success ? { ok: true, value: read.output.result } : { ok: false, problem: "server-trouble" };
}

async function askParse(caller: Caller, route: string, parameters: unknown): Promise<Answer<unknown>> {
  const reply = await ask(new URL(`${caller.server.parseUrl.replace(/\/$/, "")}/${route}`), {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      "X-Parse-Application-Id": PARSE_APP_ID,
      "X-Parse-Installation-Id": caller.device,
      ...(caller.token === undefined ? {} : { "X-Parse-Session-Token": caller.token }),
    },
    body: JSON.stringify(parameters),
  });
  // Its address was found before: it is not what has to be mended.
  if (!reply.ok) return reply.problem === "server-unreachable" ? { ok: false, problem: "server-away" } : reply;
  return reply.value.status === 200 ? { ok: true, value: reply.value.body } : failureOf(reply.value);
}

/** Parse's error as one of ours. [DEC-51] */
function failureOf({ status, body }: Reply): Answer<never> {
  if (status === 429) return { ok: false, problem: "too-many" };
  const read = v.safeParse(ParseFailure, body);
  if (!read.success) return { ok: false, problem: status >= 500 ? "server-trouble" : "server-not-beckon" };
  switch (read.output.code) {
    case ParseCode.notFound:
      return { ok: false, problem: "not-found" };
    case ParseCode.invalid:
      return { ok: false, problem: read.output.reason ?? "bad-input", field: formField(read.output.field) };
    case ParseCode.tooMany:
      return { ok: false, problem: "too-many" };
    case ParseCode.handleTaken:
      return { ok: false, problem: "handle-taken" };
    case ParseCode.emailTaken:
      return { ok: false, problem: "email-taken" };
    case ParseCode.invalidSession:
      return { ok: false, problem: "signed-out" };
    case ParseCode.forbidden:
      return { ok: false, problem: "registration-closed" };
    default:
      return { ok: false, problem: "server-trouble" };
  }
}

interface Reply {
  status: number;
  body: unknown;
}

/** One request. A body that is not JSON is undefined. */
async function ask(url: URL, request: RequestInit, signal?: AbortSignal): Promise<Answer<Reply>> {
  try {
    const response = await fetch(url, {
      ...request,
      // A redirect could lead a password to another machine, so it is seen and not followed.
      redirect: "manual",
      credentials: "omit",
      cache: "no-store",
      referrerPolicy: "no-referrer",
      signal: inTime(signal),
    });
    if (response.type === "opaqueredirect") return { ok: false, problem: "server-redirects" };
    return { ok: true, value: { status: response.status, body: parseJson(await response.text()) } };
  } catch {
    // The browser tells no more than that it failed; that it believes itself offline is worth saying.
    return { ok: false, problem: navigator.onLine ? "server-unreachable" : "offline" };
  }
}

/**
 * Whether anything answers. Other websites do not let an extension read their answers (CORS), which looks like silence;
 * without reading, it shows that there is one.
 */
async function answersAtAll(url: URL, signal?: AbortSignal): Promise<boolean> {
  try {
    await fetch(url, {
      mode: "no-cors",
      credentials: "omit",
      cache: "no-store",
      signal: inTime(signal),
    });
    return true;
  } catch {
    return false;
  }
}

/** Ends a request that takes too long, or whose asker gave it up. */
function inTime(signal: AbortSignal | undefined): AbortSignal {
  const late = AbortSignal.timeout(TIMEOUT_MS);
  return signal === undefined ? late : AbortSignal.any([late, signal]);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

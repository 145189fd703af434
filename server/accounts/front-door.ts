import { DeviceId, FUNCTIONS, MAX_IMAGE_BYTES, ParseCode, RefusalReason, type FunctionName } from "#protocol";
import express, { type NextFunction, type Request, type Response, type Router } from "express";
import * as v from "valibot";
import { addressOf } from "../http/address.ts";
import type { Logger } from "../logger.ts";
import { rememberLanguage } from "./asked-language.ts";
import { ADDRESS_HEADER } from "./caller.ts";
import type { KnownDevices } from "./known-devices.ts";
import { limitLogin } from "./login-limits.ts";
import type { PasswordTries } from "./password-tries.ts";
import type { FunctionCounters } from "./rate-limits.ts";
import { databaseAway, isMistake, mistake, Refusal, refuse, tooMany } from "./refusals.ts";
import { takeSdkFields } from "./sdk-fields.ts";

const MAX_BODY_BYTES = 64 * 1024;
/** A picture in base64, and what stands around it. */
const MAX_IMAGE_BODY_BYTES = Math.ceil(MAX_IMAGE_BYTES / 3) * 4 + 4 * 1024;
/** Parse waits for a database that hangs without end; its clients do not. */
const ANSWER_WITHIN_MS = 8_000;

// Keys, and what Parse would run cloud code with. No client of ours has any business with them.
const REFUSED_HEADERS = [
  "authorization",
  "x-parse-master-key",
  "x-parse-maintenance-key",
  "x-parse-cloud-context",
  "x-http-method-override",
  "x-parse-client-key",
  "x-parse-javascript-key",
  "x-parse-rest-api-key",
  "x-parse-windows-key",
];

export interface FrontDoorParts {
  /** Parse's own app. */
  parse: (request: Request, response: Response, next: NextFunction) => void;
  counters: FunctionCounters;
  tries: PasswordTries;
  devices: KnownDevices;
  logger: Logger;
}

/**
 * Everything under `/parse` that reaches Parse comes through here: three routes, POST alone, small JSON bodies, no keys,
 * and nothing that Parse would turn into an object of its own.
 */
export function frontDoor(parts: FrontDoorParts): Router {
  const router = express.Router({ caseSensitive: true, strict: true });
  router.use(allowEveryOrigin, refuseKeys, rememberLanguage);
  // Parse's SDK sends JSON as plain text, which needs no preflight; without cookies that opens nothing to strange pages.
  const json = (limit: number) => express.json({ limit, type: ["application/json", "text/plain"] });
  const body = [json(MAX_BODY_BYTES), readBody, readDevice];
  const withImage = [json(MAX_IMAGE_BODY_BYTES), readBody, readDevice];
  router.post("/login", body, limitLogin(parts.tries, parts.devices), toParse(parts));
  router.post("/logout", body, refuseFields, toParse(parts));
  router.post("/functions/:name", limitFunction(parts.counters));
  router.post("/functions/setAvatar", withImage, toParse(parts));
  router.post("/functions/:name", body, toParse(parts));
  router.use((_request, response) => {
    refuse(
      response,
      new Refusal(ParseCode.notFound, "There is nothing here; see the contract for the routes there are."),
    );
  });
  router.use(answerErrors(parts.logger));
  return router;
}

function allowEveryOrigin(request: Request, response: Response, next: NextFunction): void {
  response.set({
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "POST, OPTIONS",
    "Access-Control-Allow-Headers":
      "Content-Type, X-Parse-Application-Id, X-Parse-Session-Token, X-Parse-Installation-Id",
    "Access-Control-Max-Age": "86400",
    "Cache-Control": "no-store",
  });
  if (request.method === "OPTIONS") response.status(204).end();
  else next();
}

function refuseKeys(request: Request, _response: Response, next: NextFunction): void {
  const name = REFUSED_HEADERS.find((header) => request.headers[header] !== undefined);
  if (name !== undefined)
    throw new Refusal(ParseCode.forbidden, `The header ${name} is not accepted here; leave it out.`);
  // Parse mixes the query into the parameters, and a URL is no place for a password.
  if (request.url.includes("?")) {
    throw new Refusal(ParseCode.invalid, "The address must not have a query; put everything into the body.");
  }
  next();
}

function readDevice(request: Request, _response: Response, next: NextFunction): void {
  const given = request.headers["x-parse-installation-id"];
  if (given === undefined) {
    next();
    return;
  }
  const read = v.safeParse(DeviceId, given);
  if (!read.success) {
    throw new Refusal(ParseCode.invalid, "The installation id must be a UUID that the device made for itself.");
  }
  request.headers["x-parse-installation-id"] = read.output;
  next();
}

function readBody(request: Request, _response: Response, next: NextFunction): void {
  const body: unknown = request.body;
  if (
    body === undefined &&
    request.headers["content-length"] !== undefined &&
    request.headers["content-length"] !== "0"
  ) {
    throw new Refusal(ParseCode.invalid, "The body must be JSON; send it with Content-Type: application/json.");
  }
  if (body !== undefined && (typeof body !== "object" || body === null || Array.isArray(body))) {
    throw new Refusal(ParseCode.invalid, "The body must be one JSON object.");
  }
  const fields = takeSdkFields((body ?? {}) as Record<string, unknown>, request.headers);
  const odd = oddField(fields, 0);
  if (odd !== undefined) {
    throw new Refusal(
      ParseCode.invalid,
      `The field '${odd.slice(0, 40)}' is not accepted anywhere in a body; leave it out.`,
    );
  }
  request.body = fields;
  next();
}

/**
 * A field that means something to Parse itself, wherever it stands: above all `__type`, by which it makes objects; a `File`
 * among them has ended whole servers (CVE-2026-109301).
 */
function oddField(value: unknown, depth: number): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if (depth > 8) return "…";
  for (const [name, inner] of Object.entries(value)) {
    if (name.startsWith("_") || name === "constructor") return name;
    const odd = oddField(inner, depth + 1);
    if (odd !== undefined) return odd;
  }
  return undefined;
}

function refuseFields(request: Request, _response: Response, next: NextFunction): void {
  const [field] = Object.keys(request.body as object);
  if (field !== undefined) {
    throw new Refusal(ParseCode.invalid, `logout does not know the field '${field.slice(0, 40)}'; leave it out.`);
  }
  next();
}

function limitFunction(counters: FunctionCounters) {
  return async (request: Request, _response: Response, next: NextFunction): Promise<void> => {
    const name = request.params["name"];
    if (!isFunctionName(name)) {
      throw new Refusal(ParseCode.notFound, "There is no such function; see the contract for those there are.");
    }
    const waitMs = await counters.countAddress(name, addressOf(request));
    if (waitMs !== undefined) throw tooMany(waitMs);
    next();
  };
}

function isFunctionName(name: unknown): name is FunctionName {
  return typeof name === "string" && Object.hasOwn(FUNCTIONS, name);
}

function toParse(parts: FrontDoorParts) {
  return (request: Request, response: Response, next: NextFunction): void => {
    // Whatever stood there from outside is gone by this.
    request.headers[ADDRESS_HEADER] = addressOf(request);
    const timer = setTimeout(() => refuse(response, databaseAway()), ANSWER_WITHIN_MS);
    response.once("close", () => clearTimeout(timer));
    parts.parse(request, response, next);
  };
}

/** Express knows a handler of errors by its four parameters. */
function answerErrors(logger: Logger) {
  return (error: unknown, _request: Request, response: Response, _next: NextFunction): void => {
    if (response.headersSent) return;
    if (error instanceof Refusal) refuse(response, error);
    else refuseOther(response, error, logger);
  };
}

/** Parse's own errors and those of the body's reader, which carry a code or a status. */
function refuseOther(response: Response, error: unknown, logger: Logger): void {
  const { code, status, message, limit, field, reason, ...thrown } = v.parse(
    Thrown,
    error instanceof Error ? error : {},
  );
  if (status === 413) {
    refuse(
      response,
      new Refusal(ParseCode.invalid, `The body is too large; send at most ${String(Math.floor(limit / 1024))} KiB.`),
      413,
    );
  } else if (status === 400 || status === 415) {
    refuse(response, new Refusal(ParseCode.invalid, "The body is not JSON in UTF-8; mend it."), status);
  } else if (status === 403) {
    refuse(response, new Refusal(ParseCode.forbidden, "That is not accepted here; see the contract."));
  } else if (isMistake(message)) {
    refuse(response, mistake(), 500);
  } else if (code === undefined || code === ParseCode.internal || code < 0) {
    logger.warn("Parse could not answer", { code, reason: message });
    refuse(response, databaseAway());
  } else {
    const retryAfterMs = thrown.retryAfterMs ?? (code === ParseCode.tooMany ? 60_000 : undefined);
    refuse(response, new Refusal(code, message, { field, reason, retryAfterMs }));
  }
}

const Thrown = v.object({
  code: v.fallback(v.optional(v.number()), undefined),
  status: v.fallback(v.optional(v.number()), undefined),
  message: v.fallback(v.string(), ""),
  limit: v.fallback(v.number(), MAX_BODY_BYTES),
  field: v.fallback(v.optional(v.string()), undefined),
  reason: v.fallback(v.optional(RefusalReason), undefined),
  retryAfterMs: v.fallback(v.optional(v.number()), undefined),
});

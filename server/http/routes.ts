import express, { type ErrorRequestHandler, type Express, type RequestHandler } from "express";
import {
  AVATARS_PATH,
  DISCOVERY_PATH,
  HEALTH_PATH,
  PARSE_PATH,
  READY_PATH,
  type Discovery,
  type Health,
} from "#protocol";
import type { Logger } from "../logger.ts";
import type { Refusal } from "./refuse.ts";

export interface RouteOptions {
  /** Read at each request: the port is known only once the server listens. */
  discovery: () => Discovery;
  /** Answers whether the database can be asked now. Never rejects. */
  ready: () => Promise<boolean>;
  /** Parse Server, with everything closed that is not ours. */
  parse: RequestHandler;
  /** Pictures of people, at paths that nobody can guess. */
  avatars: RequestHandler;
  /** The ways through an OpenID provider, where there is one. */
  oidc?: RequestHandler | undefined;
  /** What people come to by a link. */
  pages: RequestHandler;
  isHttps: boolean;
  log: Logger;
}

/** Everything that is answered over plain HTTP; each answer but the pages is JSON, also the refusals. */
export function createRoutes({ discovery, ready, parse, avatars, oidc, pages, isHttps, log }: RouteOptions): Express {
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  // A proxy on this machine may say whom it speaks for; Parse's address checks and rate limits depend on it.
  app.set("trust proxy", "loopback");
  // Nothing of ours reads a query.
  app.set("query parser", false);
  app.use(securityHeaders(isHttps));
  app.use(PARSE_PATH, parse);
  app.use(AVATARS_PATH, avatars);
  app.all(DISCOVERY_PATH, openToEveryOrigin, onlyRead, (_request, response) => {
    response.json(discovery());
  });
  app.all(HEALTH_PATH, onlyRead, (_request, response) => {
    const health: Health = { status: "ok" };
    response.json(health);
  });
  app.all(READY_PATH, onlyRead, async (_request, response) => {
    const status = (await ready()) ? "ok" : "unavailable";
    const health: Health = { status, database: status };
    response.status(status === "ok" ? 200 : 503).json(health);
  });
  app.use(noPreflight);
  if (oidc !== undefined) app.use(oidc);
  app.use(pages);
  app.use((_request, response) => {
    response.status(404).json(NOT_FOUND);
  });
  app.use(answerError(log));
  return app;
}

function securityHeaders(isHttps: boolean): RequestHandler {
  return (_request, response, next) => {
    response.set({
      "Cache-Control": "no-store",
      "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
      "Referrer-Policy": "no-referrer",
      "X-Content-Type-Options": "nosniff",
      "X-Frame-Options": "DENY",
    });
    if (isHttps) response.set("Strict-Transport-Security", "max-age=31536000");
    next();
  };
}

/** Any page may read it, without credentials: it says nothing but where the rest is. */
const openToEveryOrigin: RequestHandler = (request, response, next) => {
  response.set("Access-Control-Allow-Origin", "*");
  if (request.method !== "OPTIONS") {
    next();
    return;
  }
  response.set({ "Access-Control-Allow-Methods": "GET, HEAD", "Access-Control-Allow-Headers": "*" });
  response.status(204).end();
};

/** No page elsewhere has business with what follows, and Express would answer by itself, in plain text. */
const noPreflight: RequestHandler = (request, response, next) => {
  if (request.method === "OPTIONS") response.status(404).json(NOT_FOUND);
  else next();
};

const onlyRead: RequestHandler = (request, response, next) => {
  if (request.method === "GET" || request.method === "HEAD") next();
  else response.set("Allow", "GET, HEAD").status(405).json(ONLY_READ);
};

/** What a handler threw: a fault of the request where it says so, else ours. */
function answerError(log: Logger): ErrorRequestHandler {
  return (error: unknown, _request, response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    const status = statusOf(error);
    if (status >= 500) log.error("a request could not be answered", { error });
    response.status(status).json(status >= 500 ? OUR_FAULT : BAD_REQUEST);
  };
}

function statusOf(error: unknown): number {
  const status = typeof error === "object" && error !== null && "status" in error ? error.status : undefined;
  return typeof status === "number" && status >= 400 && status < 600 ? status : 500;
}

const NOT_FOUND: Refusal = {
  code: "not_found",
  message: `There is nothing here; ${DISCOVERY_PATH} says what there is.`,
};
const ONLY_READ: Refusal = { code: "bad_message", message: "This address can only be read; use GET." };
const BAD_REQUEST: Refusal = {
  code: "bad_message",
  message: "The request cannot be read; check its address and body.",
};
const OUR_FAULT: Refusal = { code: "internal", message: "Something went wrong here; try again in a moment." };

import { once } from "node:events";
import { Discovery, Health, PARSE_APP_ID } from "#protocol";
import fc from "fast-check";
import * as v from "valibot";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { HEADERS_TIMEOUT_MS } from "../../server/limits.ts";
import { discoveryOf } from "../../server/http/discovery.ts";
import { startApp, type TestApp } from "../support/server-app.ts";
import { openTcp } from "../support/sockets.ts";

let app: TestApp;

beforeAll(async () => {
  app = await startApp({ env: { PUBLIC_URL: "https://beckon.example.org/" } });
});

afterAll(() => app.close());

const refusal = { code: expect.any(String) as string, message: expect.stringMatching(/^[A-Z].*\.$/) as string };

async function get(path: string, init: RequestInit = {}) {
  const response = await fetch(app.url + path, init);
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text === "" ? undefined : (JSON.parse(text) as unknown),
  };
}

describe("discovery", () => {
  it("says what a client needs, to any origin and without credentials", async () => {
    const { status, headers, body } = await get("/.well-known/beckon", { headers: { origin: "https://example.org" } });
    expect(status).toBe(200);
    expect(headers.get("access-control-allow-origin")).toBe("*");
    expect(headers.get("access-control-allow-credentials")).toBeNull();
    expect(v.parse(Discovery, body)).toEqual({
      product: "beckon",
      version: expect.stringMatching(/^\d+\.\d+\.\d+/) as string,
      protocols: ["beckon.v1"],
      parse: { url: "https://beckon.example.org/parse", appId: PARSE_APP_ID },
      presence: { url: "wss://beckon.example.org/presence" },
      peer: { path: "/peer" },
      signIn: ["password"],
      registration: "open",
      mail: false,
      features: ["presence", "calls"],
    });
  });

  it("derives the socket's address from the server's own", () => {
    expect(discoveryOf("http://localhost:8787", { registration: "closed", mail: true })).toMatchObject({
      presence: { url: "ws://localhost:8787/presence" },
      registration: "closed",
      mail: true,
      signIn: ["password"],
    });
  });

  it("says where a sign-in by the operator's provider begins, where there is one", () => {
    const discovery = discoveryOf("https://beckon.example.org", {
      registration: "open",
      oidcName: "Example",
      mail: true,
    });
    expect(discovery).toMatchObject({
      signIn: ["password", "oidc"],
      oidc: { name: "Example", startUrl: "https://beckon.example.org/oidc/start" },
    });
    expect(v.is(Discovery, discovery)).toBe(true);
  });

  it("answers a preflight, and refuses to be written", async () => {
    const preflight = await get("/.well-known/beckon", { method: "OPTIONS" });
    expect(preflight).toMatchObject({ status: 204, body: undefined });
    for (const method of ["POST", "PUT", "DELETE", "PATCH"]) {
      const { status, headers, body } = await get("/.well-known/beckon", { method, body: "{}" });
      expect([status, headers.get("allow"), body]).toEqual([405, "GET, HEAD", refusal]);
    }
  });

  it("is not moved by random queries and bodies, and neither is any other path", async () => {
    const text = fc.oneof(
      fc.string({ maxLength: 60 }),
      fc.string({ unit: "binary", maxLength: 60 }),
      fc.webQueryParameters(),
    );
    const path = fc.oneof(
      { weight: 3, arbitrary: fc.constant("/.well-known/beckon") },
      {
        weight: 1,
        arbitrary: fc.constantFrom(
          "/healthz",
          "/readyz",
          "/",
          "/parse",
          "/peer/peerjs",
          "/presence",
          "/files/x",
          "/i/a",
          "/reset",
        ),
      },
      { weight: 1, arbitrary: fc.webPath() },
      { weight: 1, arbitrary: fc.string({ maxLength: 20 }).map((raw) => `/${raw.replace(/[\s#?]/g, "")}`) },
    );
    const method = fc.constantFrom("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH");
    const type = fc.constantFrom(
      "application/json",
      "text/plain",
      "application/x-www-form-urlencoded",
      "image/png",
      "x",
    );
    await fc.assert(
      fc.asyncProperty(path, text, method, text, type, async (at, query, how, body, contentType) => {
        const response = await fetch(`${app.url}${at}?${query.replaceAll("#", "")}`, {
          method: how,
          headers: { "content-type": contentType },
          ...(how === "GET" || how === "HEAD" ? {} : { body }),
        });
        const answer = await response.text();
        expect(response.status).toBeLessThan(500);
        // The pages for people are the one thing that is no JSON.
        const isPage = response.headers.get("content-type") === "text/html; charset=utf-8";
        if (isPage) expect(at).toMatch(/^\/(i|verify|reset)(\/|$)/);
        else if (answer !== "") expect(JSON.parse(answer)).toBeTypeOf("object");
        if (at === "/.well-known/beckon" && how === "GET") {
          expect(response.status).toBe(200);
          expect(v.is(Discovery, JSON.parse(answer))).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
    expect(app.log.filter(({ level }) => level === "error")).toEqual([]);
    expect((await get("/healthz")).status).toBe(200);
  });
});

describe("health", () => {
  it("says alive, and ready while the database answers", async () => {
    const [health, ready] = await Promise.all([get("/healthz"), get("/readyz")]);
    expect([health.status, v.parse(Health, health.body)]).toEqual([200, { status: "ok" }]);
    expect([ready.status, v.parse(Health, ready.body)]).toEqual([200, { status: "ok", database: "ok" }]);
  });
});

describe("everything else", () => {
  it.each([
    "/",
    "/index.html",
    "/presence",
    "/peer",
    "/peer/",
    "/peer/peerjs",
    "/peer/peerjs/id",
    "/peer/beckon/id",
    "/peer/peerjs/peers",
    "/peer/beckon/peers",
    "/peer/peerjs/id/token/offer",
    "/peerjs/id",
    "/beckon/id",
    "/metrics",
    "/files/beckon/x",
    "/.well-known/",
    "/.well-known/beckon/x",
    "/healthz/x",
    "/..%2f..%2fetc/passwd",
    "/constructor",
  ])("%s is not found, in JSON", async (path) => {
    const { status, headers, body } = await get(path);
    expect([status, body]).toEqual([404, { ...refusal, code: "not_found" }]);
    expect(headers.get("content-type")).toBe("application/json; charset=utf-8");
  });

  it("a path that cannot be decoded is a fault of the request, not ours", async () => {
    expect((await get("/%E0%A4%A")).status).toBeLessThan(500);
  });

  it("says what a browser must not do with it, and not what it is made of", async () => {
    for (const path of ["/healthz", "/nothing", "/.well-known/beckon"]) {
      const { headers } = await get(path);
      expect(headers.get("x-powered-by")).toBeNull();
      expect(headers.get("server")).toBeNull();
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("x-frame-options")).toBe("DENY");
      expect(headers.get("referrer-policy")).toBe("no-referrer");
      expect(headers.get("content-security-policy")).toContain("default-src 'none'");
      expect(headers.get("strict-transport-security")).toContain("max-age=");
    }
  });
});

describe("requests that are no HTTP, too large or too slow", () => {
  async function answerTo(bytes: string): Promise<string> {
    const tcp = await openTcp(app.url);
    const chunks: Buffer[] = [];
    tcp.on("data", (chunk: Buffer) => chunks.push(chunk));
    tcp.on("error", () => undefined);
    tcp.write(bytes);
    await once(tcp, "close");
    return Buffer.concat(chunks).toString();
  }

  it("are answered in JSON, and the connection ends", async () => {
    for (const [bytes, status] of [
      ["nonsense\r\n\r\n", 400],
      ["GET / HTTP/9.9\r\n\r\n", 400],
      [`GET / HTTP/1.1\r\nHost: x\r\nX: ${"x".repeat(20_000)}\r\n\r\n`, 431],
      ["POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", 400],
    ] as const) {
      const answer = await answerTo(bytes);
      expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${String(status)} `));
      expect(answer).toContain('"code":"bad_message"');
    }
  });

  it("headers that never end are not waited for", async () => {
    const since = performance.now();
    const answer = await answerTo("GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow");
    expect(answer).toMatch(/^HTTP\/1.1 408 /);
    expect(performance.now() - since).toBeLessThan(HEADERS_TIMEOUT_MS + 5_000);
  });
});

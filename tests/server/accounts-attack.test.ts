import { request as httpRequest } from "node:http";
import { ParseCode } from "#protocol";
import { beforeAll, describe, expect, it } from "vitest";
import { CLASSES } from "../../server/accounts/schema.ts";
import { startAccountsAlone } from "../support/accounts-alone.ts";
import {
  ask,
  befriend,
  PASSWORD,
  signUp,
  type Answer,
  type TestAccounts,
  type TestDatabase,
  type TestPerson,
} from "../support/backend-accounts.ts";

let database: TestDatabase;
let accounts: TestAccounts;
let victim: TestPerson;
let attacker: TestPerson;

beforeAll(async () => {
  const started = await startAccountsAlone();
  ({ database, accounts } = started);
  victim = await signUp(accounts, "victim", "Victoria Sekret");
  attacker = await signUp(accounts, "attacker");
  await befriend(victim, await signUp(accounts, "friend"));
  return started.stop;
});

/** Everything that this server might know of the victim. */
function tellsNothing(answer: Answer): void {
  const text = JSON.stringify(answer.body);
  for (const secret of [victim.id, victim.token, "Victoria", "victim@example.org", database.secrets.masterKey]) {
    expect(text).not.toContain(secret);
  }
}

const classes = [...CLASSES.map(({ className }) => className), "_Join:users:_Role", "_SCHEMA", "_Hooks", "NewClass"];

const routes: [string, string][] = [
  ...classes.flatMap((name): [string, string][] => [
    ["GET", `/classes/${name}`],
    ["GET", `/classes/${name}/abc`],
    ["POST", `/classes/${name}`],
    ["PUT", `/classes/${name}/abc`],
    ["DELETE", `/classes/${name}/abc`],
    ["GET", `/aggregate/${name}`],
    ["DELETE", `/purge/${name}`],
    ["GET", `/schemas/${name}`],
    ["POST", `/schemas/${name}`],
    ["PUT", `/schemas/${name}`],
    ["DELETE", `/schemas/${name}`],
  ]),
  ...[
    "/users",
    "/users/me",
    "/sessions",
    "/sessions/me",
    "/roles",
    "/installations",
    "/schemas",
    "/files",
    "/files/x.txt",
    "/hooks/functions",
    "/hooks/triggers",
    "/batch",
    "/jobs",
    "/jobs/x",
    "/cloud_code/jobs",
    "/config",
    "/health",
    "/push",
    "/push_audiences",
    "/events/AppOpened",
    "/requestPasswordReset",
    "/verificationEmailRequest",
    "/verifyPassword",
    "/loginAs",
    "/upgradeToRevocableSession",
    "/challenge",
    "/security",
    "/serverInfo",
    "/scriptlog",
    "/graphql",
    "/graphql-config",
    "/validate_purchase",
    "/apps/beckon/verify_email",
    "/apps/beckon/request_password_reset",
    "/apps/choose_password",
    "/functions",
    "/functions/",
    "/functions/noSuchFunction",
    "/functions/toString",
    "/functions/constructor",
    "/functions/__proto__",
    "/functions/listContacts/",
    "/functions/listContacts/../../users",
    "/login/",
    "//login",
    "/LOGIN",
    "/login%2f..%2fusers",
    "/",
    "",
  ].flatMap((path): [string, string][] => [
    ["GET", path],
    ["POST", path],
    ["PUT", path],
    ["DELETE", path],
  ]),
  ["GET", "/login?username=victim&password=x"],
  ["GET", "/login"],
  ["GET", "/functions/listContacts"],
  ["PUT", "/functions/listContacts"],
  ["GET", "/logout"],
];

describe("from outside", () => {
  it.each(["nobody", "another person"])("%s gets nothing but the three routes", async (who) => {
    const headers: Record<string, string> = who === "nobody" ? {} : attacker.headers;
    for (const [method, path] of routes) {
      const body = method === "GET" ? {} : { body: { where: {}, requests: [], username: "victim" } };
      const answer = await ask(accounts, path, { method, headers, ...body });
      expect([400, 403, 404], `${method} ${path}`).toContain(answer.status);
      tellsNothing(answer);
    }
  });

  it("sends a path as it is written, and it is not found", async () => {
    // `fetch` would tidy the dots away before they are sent.
    const { port } = new URL(accounts.url);
    for (const path of [
      "/parse/functions/../users",
      "/parse/login/../classes/_User",
      "/parse/./users",
      "/parse//users",
    ]) {
      const status = await new Promise((resolve, reject) => {
        httpRequest({ port, host: "127.0.0.1", path, headers: { "X-Parse-Application-Id": "beckon" } }, (response) => {
          response.resume();
          resolve(response.statusCode);
        })
          .on("error", reject)
          .end();
      });
      expect(status, path).toBe(404);
    }
  });

  it("no key opens anything", async () => {
    const { masterKey, maintenanceKey } = database.secrets;
    const basic = Buffer.from(`beckon:${masterKey}`).toString("base64");
    const tries: Record<string, string>[] = [
      { "X-Parse-Master-Key": masterKey },
      { "X-Parse-Maintenance-Key": maintenanceKey },
      { Authorization: `Basic ${basic}` },
      { "X-Parse-Master-Key": masterKey, "X-Forwarded-For": "127.0.0.1" },
      { "X-Parse-Cloud-Context": "{}" },
      { "X-HTTP-Method-Override": "GET" },
    ];
    for (const headers of tries) {
      for (const path of ["/functions/listContacts", "/login", "/logout", "/classes/_User", "/users"]) {
        const answer = await ask(accounts, path, { headers, body: {} });
        expect([403, 404], JSON.stringify([path, Object.keys(headers)])).toContain(answer.status);
        tellsNothing(answer);
      }
    }
  });

  it.each<object>([
    { _MasterKey: "key", _ApplicationId: "beckon", _method: "GET" },
    { _MaintenanceKey: "key" },
    { _ApplicationId: "beckon", _method: "GET" },
    { _SessionToken: { __type: "File", name: "x" } },
    { _SessionToken: "r:\u0000" },
    { _InstallationId: "cloud" },
    { _context: {} },
    { handle: { _SessionToken: "r:x" } },
    { _ContentType: "text/plain" },
    { handle: { __type: "File", name: "x" } },
    { handle: { __type: "Pointer", className: "_User", objectId: "x" } },
    { __type: "File", name: "x" },
    { deep: [{ deeper: { __type: "File", name: "x", url: "http://127.0.0.1/" } }] },
    { constructor: { prototype: {} } },
    { handle: { __op: "Delete" } },
  ])("a body with %j is refused before Parse reads it", async (body) => {
    const text = JSON.stringify(body).replace('"key"', JSON.stringify(database.secrets.masterKey));
    for (const path of ["/functions/requestContact", "/functions/signUp", "/login", "/logout"]) {
      const answer = await ask(accounts, path, { headers: attacker.headers, body: text });
      expect(answer, path).toMatchObject({ status: 400, body: { code: ParseCode.invalid } });
    }
    expect(await accounts.accounts.ready()).toBe(true);
  });

  it.each([{ _method: "GET" }, {}])("a key in a body of plain text, besides %j, is refused", async (besides) => {
    for (const key of ["_MasterKey", "_MaintenanceKey"]) {
      const body = JSON.stringify({ _ApplicationId: "beckon", [key]: database.secrets.masterKey, ...besides });
      for (const path of ["/functions/listContacts", "/login", "/logout", "/classes/_User"]) {
        const answer = await ask(accounts, path, { headers: { "Content-Type": "text/plain" }, body });
        const refusal = path === "/classes/_User" ? [404, ParseCode.notFound] : [400, ParseCode.invalid];
        expect([answer.status, answer.body["code"]], `${path} ${key}`).toEqual(refusal);
        tellsNothing(answer);
      }
    }
  });

  it.each([
    ["not JSON", "{", {}, 400],
    ["a list", "[]", {}, 400],
    ["a text", '"x"', {}, 400],
    ["nothing but null", "null", {}, 400],
    ["a form", "a=b", { "Content-Type": "application/x-www-form-urlencoded" }, 400],
    ["a file", "x", { "Content-Type": "multipart/form-data; boundary=x" }, 400],
    ["an odd encoding", "{}", { "Content-Type": "application/json; charset=latin9" }, 415],
    ["not zipped", "{}", { "Content-Encoding": "gzip" }, 400],
    ["over 64 KiB", JSON.stringify({ handle: "x".repeat(70_000) }), {}, 413],
    ["nested a thousand deep", `${'{"a":'.repeat(1_000)}1${"}".repeat(1_000)}`, {}, 400],
  ])("a body that is %s is refused", async (_what, body, headers: Record<string, string>, status) => {
    const answer = await ask(accounts, "/functions/requestContact", {
      body,
      headers: { ...attacker.headers, ...headers },
    });
    expect(answer).toMatchObject({
      status,
      body: { code: expect.any(Number) as number, error: expect.any(String) as string },
    });
  });

  it.each(["cloud", "", "x".repeat(500), "12345"])("the installation %j is refused", async (id) => {
    const answer = await ask(accounts, "/login", {
      body: { username: "victim", password: PASSWORD },
      headers: { "X-Parse-Installation-Id": id },
    });
    expect(answer).toMatchObject({ status: 400, body: { code: ParseCode.invalid } });
  });

  it("a foreign app id is refused", async () => {
    const answer = await ask(accounts, "/functions/listContacts", {
      body: {},
      headers: { ...attacker.headers, "X-Parse-Application-Id": "other" },
    });
    expect([400, 403]).toContain(answer.status);
  });

  it("lets a page of any origin ask, without its cookies", async () => {
    const preflight = await fetch(`${accounts.url}/login`, {
      method: "OPTIONS",
      headers: { Origin: "chrome-extension://abc", "Access-Control-Request-Method": "POST" },
    });
    expect(preflight.status).toBe(204);
    const allowed = preflight.headers.get("Access-Control-Allow-Headers")?.toLowerCase() ?? "";
    for (const header of [
      "content-type",
      "x-parse-application-id",
      "x-parse-session-token",
      "x-parse-installation-id",
    ]) {
      expect(allowed).toContain(header);
    }
    expect(allowed).not.toContain("master");
    const answer = await attacker.try("listContacts", {});
    expect(answer.headers.get("Access-Control-Allow-Origin")).toBe("*");
    expect(answer.headers.get("Access-Control-Allow-Credentials")).toBeNull();
  });
});

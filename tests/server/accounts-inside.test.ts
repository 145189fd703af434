import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { FUNCTIONS, PARSE_APP_ID, ParseCode } from "#protocol";
import express, { type ErrorRequestHandler, type Express } from "express";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startAccountsAlone } from "../support/accounts-alone.ts";
import {
  ask,
  PASSWORD,
  signUp,
  type TestAccounts,
  type TestDatabase,
  type TestPerson,
} from "../support/backend-accounts.ts";

/** Every class of the server. One that is not listed here fails, and is to be attacked like the others. */
const ATTACKED = ["_User", "_Session", "_Role", "_Installation", "Contact", "Call", "InviteLink"];

const loopback = ["127.0.0.1", "::1"];

/** What Parse must have taken of our options. */
const WALLS = {
  masterKeyIps: loopback,
  maintenanceKeyIps: loopback,
  readOnlyMasterKeyIps: loopback,
  allowClientClassCreation: false,
  allowCustomObjectId: false,
  enforcePrivateUsers: true,
  enableAnonymousUsers: false,
  enableInsecureAuthAdapters: false,
  enableSanitizedErrorResponse: true,
  sessionLength: 30 * 24 * 60 * 60,
  extendSessionOnUse: true,
  expireInactiveSessions: true,
  revokeSessionOnPasswordReset: true,
  convertEmailToLowercase: true,
  convertUsernameToLowercase: true,
  preventLoginWithUnverifiedEmail: false,
  emailVerifySuccessOnInvalidEmail: true,
  passwordPolicy: {
    doNotAllowUsername: true,
    resetTokenValidityDuration: 60 * 60,
    resetPasswordSuccessOnInvalidEmail: true,
  },
  fileUpload: { enableForPublic: false, enableForAnonymousUser: false, enableForAuthenticatedUser: false },
  fileDownload: { enableForPublic: false, enableForAnonymousUser: false, enableForAuthenticatedUser: false },
  schema: { strict: true, lockSchemas: true },
  security: { enableCheck: true },
  maxUploadSize: "64kb",
  maxLimit: 1_000,
  requestComplexity: { allowRegex: false, includeDepth: 2, queryDepth: 4, subqueryDepth: 2, batchRequestLimit: 1 },
  mountGraphQL: false,
  startLiveQueryServer: false,
};

let database: TestDatabase;
let accounts: TestAccounts;
let victim: TestPerson;
let attacker: TestPerson;

beforeAll(async () => {
  const started = await startAccountsAlone();
  ({ database, accounts } = started);
  victim = await signUp(accounts, "victim");
  attacker = await signUp(accounts, "attacker");
  return started.stop;
});

describe("inside Parse", () => {
  const ofParseServer = createRequire(createRequire(import.meta.url).resolve("parse-server"));
  const sdk = ofParseServer("parse/node") as typeof import("parse/node");
  // Read anew each time: Parse puts its own in its place as it starts.
  const inside = {
    request: (...of: Parameters<ReturnType<typeof sdk.CoreManager.getRESTController>["request"]>) =>
      sdk.CoreManager.getRESTController().request(...of),
  };

  /** What Parse itself asks of new rows of its own classes, so that nothing but the permissions refuses them. */
  const wellFormed: Record<string, () => object> = {
    _User: () => ({ username: `made.${crypto.randomUUID()}`, password: PASSWORD }),
    _Installation: () => ({ deviceType: "ios", installationId: crypto.randomUUID() }),
    _Role: () => ({ name: `Role-${crypto.randomUUID()}`, ACL: {} }),
  };

  it("there are the classes that are attacked here, and no others", async () => {
    const classes = await sdk.Schema.all();
    expect(classes.map(({ className }) => className).sort()).toEqual([...ATTACKED].sort());
  });

  // Past the front door and the allowed routes, as if they were not there: the classes hold by themselves.
  it.each(ATTACKED)("%s is closed to people by its own permissions", async (name) => {
    const made = wellFormed[name] ?? (() => ({}));
    const row = (await inside.request("POST", `classes/${name}`, made(), { useMasterKey: true })) as {
      objectId: string;
    };
    const path = `classes/${name}/${row.objectId}`;
    // Of sessions and accounts Parse says first that a session is needed, or another.
    const sessionMissing = 206;
    const first: Record<string, number> = { _Session: ParseCode.invalidSession, _User: sessionMissing };
    const refused = [ParseCode.forbidden, first[name] ?? ParseCode.forbidden];
    for (const options of [{}, { sessionToken: attacker.token }, { sessionToken: victim.token }]) {
      for (const [method, at, body] of [
        ["GET", `classes/${name}`, {}],
        ["GET", `classes/${name}`, { where: { objectId: row.objectId }, keys: "objectId", limit: 1 }],
        ["GET", `classes/${name}`, { count: 1, limit: 0 }],
        ["GET", path, {}],
        ["POST", `classes/${name}`, made()],
        ["POST", `classes/${name}`, { ...made(), newColumn: 1 }],
        ["PUT", path, { newColumn: 1 }],
        ["DELETE", path, {}],
      ] as const) {
        const code: unknown = await inside.request(method, at, body, options).then(
          () => "let in",
          (error: unknown) => (error as { code: unknown }).code,
        );
        expect(refused, `${method} ${at} ${JSON.stringify(body)} ${JSON.stringify(options)} ${String(code)}`).toContain(
          code,
        );
      }
    }
  });

  it("a person does not even read their own row, nor by its id anyone's", async () => {
    for (const person of [attacker, victim]) {
      for (const options of [{ sessionToken: attacker.token }, {}]) {
        const read = inside.request("GET", `classes/_User/${person.id}`, {}, options);
        await expect(read).rejects.toMatchObject({ code: ParseCode.forbidden });
      }
    }
    const me = inside.request("GET", "users/me", {}, { sessionToken: attacker.token });
    await expect(me).rejects.toMatchObject({ code: ParseCode.forbidden });
  });

  it("no person makes a class", async () => {
    const options = { sessionToken: attacker.token };
    await expect(inside.request("POST", "classes/Mine", { a: 1 }, options)).rejects.toThrow();
    await expect(inside.request("POST", "schemas/Mine", {}, { useMasterKey: true })).rejects.toThrow();
  });

  it("there are the functions of the contract, and no job or trigger", () => {
    const triggers = ofParseServer("./triggers.js") as Triggers;
    expect(triggers.getFunctionNames(PARSE_APP_ID).sort()).toEqual(Object.keys(FUNCTIONS).sort());
    expect(triggers.getJobs(PARSE_APP_ID) ?? {}).toEqual({});
    for (const type of Object.values(triggers.Types))
      for (const name of ATTACKED) expect(triggers.getTrigger(name, type, PARSE_APP_ID)).toBeUndefined();
  });

  it("its own check finds nothing that is so", async () => {
    const CheckRunner = ofParseServer("./Security/CheckRunner.js") as new (options: object) => Checks;
    const { report } = await new CheckRunner({ enableCheck: true, enableCheckLog: false }).run();
    const failed = report.groups.flatMap((group) => group.checks).filter((check) => check.state !== "success");
    // It looks for the database's password where only the adapter for MongoDB keeps it, and finds none with PostgreSQL.
    expect(failed.map((check) => check.title)).toEqual(["Secure database password"]);
  });

  it("it runs with every wall that it has", () => {
    const Config = ofParseServer("./Config.js") as { get(id: string): object };
    expect(Config.get(PARSE_APP_ID)).toMatchObject(WALLS);
    expect(Config.get(PARSE_APP_ID)).not.toHaveProperty("readOnlyMasterKey");
  });
});

/** Beyond our front door, as if it were not there. */
describe("Parse's own doors", () => {
  const ofParseServer = createRequire(createRequire(import.meta.url).resolve("parse-server"));
  let url: string;
  let server: Server;

  beforeAll(async () => {
    const before = process.listeners("uncaughtException");
    const { default: ParseServer } = ofParseServer("./ParseServer.js") as {
      default: { app(options: object): Express };
    };
    const app = express();
    app.set("trust proxy", "loopback");
    app.use("/parse", ParseServer.app({ appId: PARSE_APP_ID }));
    app.use(((error: { code?: number; status?: number }, _request, response, _next) => {
      response.status(error.code === ParseCode.forbidden ? 403 : (error.status ?? 400)).json({ code: error.code });
    }) satisfies ErrorRequestHandler);
    for (const listener of process.listeners("uncaughtException"))
      if (!before.includes(listener)) process.removeListener("uncaughtException", listener);
    server = createServer(app).listen(0, "127.0.0.1");
    await once(server, "listening");
    // Listening at a port of TCP.
    url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/parse`;
  });

  afterAll(() => server.close());

  const keys = () => [
    { "X-Parse-Master-Key": database.secrets.masterKey },
    { "X-Parse-Maintenance-Key": database.secrets.maintenanceKey },
  ];

  it("take a key from this machine alone, and never through a proxy on it", async () => {
    const path = `/classes/_User?where=${encodeURIComponent(JSON.stringify({ username: "victim" }))}`;
    const [master] = keys();
    expect(await ask({ url }, path, { method: "GET", headers: { ...master } })).toMatchObject({
      status: 200,
      body: { results: [{ objectId: victim.id }] },
    });
    for (const from of ["203.0.113.7", "127.0.0.1, 203.0.113.7", "203.0.113.7, 127.0.0.1", "::ffff:203.0.113.7"]) {
      for (const key of keys()) {
        const answer = await ask({ url }, path, { method: "GET", headers: { ...key, "X-Forwarded-For": from } });
        expect(answer.status, `${from} ${Object.keys(key).join()}`).toBe(403);
        expect(JSON.stringify(answer.body)).not.toContain(victim.id);
      }
    }
  });

  it("are three routes and no more", async () => {
    const headers = attacker.headers;
    for (const path of [
      "/users",
      "/users/me",
      "/sessions/me",
      "/classes/Contact",
      "/schemas",
      "/batch",
      "/config",
      "/health",
    ]) {
      for (const method of ["GET", "POST"]) {
        const body = method === "GET" ? {} : { body: { requests: [] } };
        expect((await ask({ url }, path, { method, headers, ...body })).status, `${method} ${path}`).toBe(403);
      }
    }
    expect((await ask({ url }, "/functions/listContacts", { headers, body: {} })).status).toBe(200);
  });

  it("take and give no file", async () => {
    for (const headers of [attacker.headers, {}]) {
      expect((await ask({ url }, "/files/x.txt", { headers, body: "x" })).status).toBeGreaterThanOrEqual(400);
      expect((await ask({ url }, "/files/beckon/x.txt", { method: "GET", headers })).status).toBeGreaterThanOrEqual(
        400,
      );
    }
  });
});

interface Checks {
  run(): Promise<{ report: { groups: { checks: { title: string; state: string }[] }[] } }>;
}

interface Triggers {
  Types: Record<string, string>;
  getFunctionNames(appId: string): string[];
  getJobs(appId: string): object | undefined;
  getTrigger(className: string, type: string, appId: string): unknown;
}

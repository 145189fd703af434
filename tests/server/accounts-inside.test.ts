import { createRequire } from "node:module";
import { ParseCode } from "#protocol";
import { beforeAll, describe, expect, it } from "vitest";
import { CLASSES } from "../../server/accounts/schema.ts";
import {
  PASSWORD,
  signUp,
  startAccountsAlone,
  type TestAccounts,
  type TestPerson,
} from "../support/backend-accounts.ts";

let accounts: TestAccounts;
let victim: TestPerson;
let attacker: TestPerson;

beforeAll(async () => {
  const started = await startAccountsAlone();
  accounts = started.accounts;
  victim = await signUp(accounts, "victim");
  attacker = await signUp(accounts, "attacker");
  return started.stop;
});

describe("inside Parse", () => {
  const ofParseServer = createRequire(createRequire(import.meta.url).resolve("parse-server"));

  /** What Parse itself asks of new rows of its own classes, so that nothing but the permissions refuses them. */
  const wellFormed: Record<string, () => object> = {
    _User: () => ({ username: `made.${crypto.randomUUID()}`, password: PASSWORD }),
    _Installation: () => ({ deviceType: "ios", installationId: crypto.randomUUID() }),
    _Role: () => ({ name: `Role-${crypto.randomUUID()}`, ACL: {} }),
  };

  // Past the front door and the allowed routes, as if they were not there: the classes hold by themselves.
  it.each(CLASSES.map(({ className }) => className))("%s is closed to people by its own permissions", async (name) => {
    const sdk = ofParseServer("parse/node") as typeof import("parse/node");
    const inside = sdk.CoreManager.getRESTController();
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

  it("no person makes a class", async () => {
    const sdk = ofParseServer("parse/node") as typeof import("parse/node");
    const inside = sdk.CoreManager.getRESTController();
    const options = { sessionToken: attacker.token };
    await expect(inside.request("POST", "classes/Mine", { a: 1 }, options)).rejects.toThrow();
    await expect(inside.request("POST", "schemas/Mine", {}, { useMasterKey: true })).rejects.toThrow();
  });

  it("its own check finds nothing that is so", async () => {
    const CheckRunner = ofParseServer("./Security/CheckRunner.js") as new (options: object) => Checks;
    const { report } = await new CheckRunner({ enableCheck: true, enableCheckLog: false }).run();
    const failed = report.groups.flatMap((group) => group.checks).filter((check) => check.state !== "success");
    // It looks for the database's password where only the adapter for MongoDB keeps it, and finds none with PostgreSQL.
    expect(failed.map((check) => check.title)).toEqual(["Secure database password"]);
  });
});

interface Checks {
  run(): Promise<{ report: { groups: { checks: { title: string; state: string }[] }[] } }>;
}

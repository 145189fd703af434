import { OIDC_CALLBACK_PATH } from "#protocol";
import type { Client } from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { removeExpiredTokens } from "../../server/accounts/letters.ts";
import { openPool } from "../../server/database/pool.ts";
import { createLogger } from "../../server/logger.ts";
import { startTestDatabase, TestPerson, type TestDatabase } from "../support/backend-accounts.ts";
import { connectTo } from "../support/database-client.ts";
import { startOf, WebExtension } from "../support/oidc-extension.ts";
import { CLIENT, TestProvider, type People } from "../support/openid-provider.ts";
import { startApp, type TestApp } from "../support/server-app.ts";

const PEOPLE: People = Object.fromEntries(
  ["ada", "bea"].map((login) => [
    login,
    { preferred_username: login, email: `${login}@example.com`, email_verified: true },
  ]),
);

let database: TestDatabase;
let provider: TestProvider;
let app: TestApp;
let start: string;
let client: Client;

beforeAll(async () => {
  database = await startTestDatabase();
  client = await connectTo(database.uri);
});

beforeEach(async () => {
  provider = await TestProvider.listen();
  const env = { OIDC_ISSUER: provider.issuer, OIDC_CLIENT_ID: CLIENT.id, OIDC_CLIENT_SECRET: CLIENT.secret };
  app = await startApp({ env: { DATABASE_URI: database.uri, ...env } });
  start = await startOf(app.url);
  provider.serve(new URL(OIDC_CALLBACK_PATH, start).href, PEOPLE);
});

afterEach(async () => {
  await app.close();
  await provider.close();
});

afterAll(async () => {
  await client.end();
  await database.stop();
});

async function weekGoesBy(person: TestPerson): Promise<void> {
  await client.query(`UPDATE "_User" SET "emailVerified" = true WHERE "objectId" = $1`, [person.id]);
  await client.query(`UPDATE beckon_former_address SET "since" = "since" - interval '8 days' WHERE "user" = $1`, [
    person.id,
  ]);
}

/** What the server does every hour. */
async function sweep(): Promise<void> {
  const pool = openPool(database.uri, createLogger("silent"));
  await removeExpiredTokens(pool);
  await pool.close();
}

describe("[DEC-60] an account without a password", () => {
  it("has no proof any more where the operator has no provider any more", async () => {
    const ada = await new WebExtension(start).signIn("ada");
    expect((await ada.call("getProfile", {})).user).toMatchObject({ hasPassword: false, byProvider: true });
    await app.close();
    app = await startApp({ env: { DATABASE_URI: database.uri } });
    const after = Object.assign(new TestPerson({ url: `${app.url}/parse` }, "ada", ada.device), { token: ada.token });
    const { user } = await after.call("getProfile", {});
    expect(user).toMatchObject({ hasPassword: false });
    expect(user).not.toHaveProperty("byProvider");
  });

  it("[DEC-52] leaves those who set its first password a week for its former address", async () => {
    const bea = await new WebExtension(start).signIn("bea");
    await bea.call("updateProfile", { email: "bea@elsewhere.example" });
    await weekGoesBy(bea);
    await sweep();
    const proof = await new WebExtension(start, "proof").through("bea");
    await bea.call("changePassword", { next: "a first walk in the rain", proof });
    await sweep();
    expect((await bea.call("getProfile", {})).user).toHaveProperty("resetsTo", "bea@example.com");
    await weekGoesBy(bea);
    await sweep();
    expect((await bea.call("getProfile", {})).user).not.toHaveProperty("resetsTo");
  });
});

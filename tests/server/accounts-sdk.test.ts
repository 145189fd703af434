import { FUNCTIONS, PARSE_APP_ID, PARSE_PATH, ParseCode } from "#protocol";
import Parse from "parse/node";
import * as v from "valibot";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { account } from "../support/accounts.ts";
import { startApp, type TestApp } from "../support/server-app.ts";

let app: TestApp;

beforeAll(async () => {
  app = await startApp();
  Parse.initialize(PARSE_APP_ID);
  Parse.serverURL = app.url + PARSE_PATH;
  Parse.User.enableUnsafeCurrentUser();
});

afterAll(() => app.close());

/** Sends a body as the SDK writes it. */
async function post(path: string, body: object): Promise<{ status: number; body: unknown }> {
  const response = await fetch(app.url + PARSE_PATH + path, {
    method: "POST",
    headers: { "Content-Type": "text/plain" },
    body: JSON.stringify({ _ApplicationId: PARSE_APP_ID, _ClientVersion: "js8.6.2", ...body }),
  });
  return { status: response.status, body: await response.json() };
}

const invalid = { status: 400, body: { code: ParseCode.invalid, error: expect.any(String) as string } };

describe("Parse's own SDK", () => {
  const { handle: username, name, email, password } = account("Sandra Key");

  it("makes an account, signs in, calls functions and signs out", async () => {
    const { user, sessionToken } = v.parse(
      FUNCTIONS.signUp.result,
      await Parse.Cloud.run("signUp", { username, name, email, password }),
    );
    expect(user).toMatchObject({ handle: username, name });

    const signedIn = await Parse.User.logIn(username, password);
    expect(signedIn.id).toBe(user.id);
    const token = signedIn.getSessionToken();
    // The installation that the SDK names is the device, and a device has one session.
    await expect(Parse.Cloud.run("listCalls", {}, { sessionToken })).rejects.toMatchObject({
      code: ParseCode.invalidSession,
    });

    expect(await Parse.Cloud.run("requestContact", { handle: "nobody.yet" })).toEqual({});
    const { contacts } = v.parse(FUNCTIONS.listContacts.result, await Parse.Cloud.run("listContacts"));
    expect(contacts).toMatchObject([{ handle: "nobody.yet", state: "outgoing" }]);

    await Parse.User.logOut();
    await expect(Parse.Cloud.run("listContacts", {}, { sessionToken: token! })).rejects.toMatchObject({
      code: ParseCode.invalidSession,
    });
  });

  it("hears what is wrong, in its own form", async () => {
    await expect(Parse.User.logIn(username, "not the password")).rejects.toMatchObject({ code: ParseCode.notFound });
    await expect(Parse.Cloud.run("signUp", { username, password, email: "x@example.org" })).rejects.toMatchObject({
      code: ParseCode.handleTaken,
    });
    await expect(Parse.Cloud.run("listContacts", { odd: 1 })).rejects.toMatchObject({ code: ParseCode.invalid });
  });

  it("may say that it posts, and of which app it is", async () => {
    expect(await post("/login", { username, password, _method: "POST" })).toMatchObject({ status: 200 });
    expect((await post("/login", { username, password, _ApplicationId: "other" })).status).toBeGreaterThanOrEqual(400);
  });

  it("is refused with a key, another method, or a field that nobody knows", async () => {
    for (const field of [
      { _MasterKey: "x" },
      { _MaintenanceKey: "x" },
      { _method: "GET" },
      { _method: "DELETE" },
      { _context: {} },
      { _ContentType: "application/json" },
      { _other: 1 },
      { _InstallationId: "cloud" },
      { _SessionToken: 1 },
    ])
      for (const path of ["/login", "/logout", "/functions/listContacts"])
        expect(await post(path, field), `${path} ${JSON.stringify(field)}`).toMatchObject(invalid);
  });

  it("may be told by a page of any origin what came of it, without cookies", async () => {
    const response = await fetch(`${app.url}${PARSE_PATH}/functions/listContacts`, {
      method: "POST",
      headers: { "Content-Type": "text/plain;charset=UTF-8", Origin: "https://example.org" },
      body: JSON.stringify({ _ApplicationId: PARSE_APP_ID }),
    });
    expect(await response.json()).toMatchObject({ code: ParseCode.invalidSession });
    expect(response.headers.get("access-control-allow-origin")).toBe("*");
    expect(response.headers.get("access-control-allow-credentials")).toBeNull();
  });
});

import { createRequire } from "node:module";
import { OIDC_CALLBACK_PATH, ParseCode, PARSE_PATH } from "#protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ask, type TestPerson } from "../support/backend-accounts.ts";
import { REDIRECT, startOf, WebExtension } from "../support/oidc-extension.ts";
import { CLIENT, TestProvider, Wayfarer, type People } from "../support/openid-provider.ts";
import { startApp, type TestApp } from "../support/server-app.ts";

const PEOPLE: People = {
  ada: { name: "Ada Lovelace", preferred_username: "Ada.L", email: "ada@example.com", email_verified: true },
  other: { name: "Other Ada", preferred_username: "ada.l", email: "ada.l@example.com", email_verified: false },
  bob: { name: "Not Bob", preferred_username: "bob", email: "bob@example.org", email_verified: true },
  silent: {},
};

let app: TestApp;
let provider: TestProvider;
let parse: { url: string };
let start: string;

beforeAll(async () => {
  provider = await TestProvider.listen();
  const { issuer } = provider;
  const oidc = { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: CLIENT.id, OIDC_CLIENT_SECRET: CLIENT.secret };
  app = await startApp({ env: { ...oidc, OIDC_NAME: "Example" } });
  parse = { url: app.url + PARSE_PATH };
  start = await startOf(app.url);
});

afterAll(async () => {
  await app.close();
  await provider.close();
});

const over = {
  status: 400,
  body: { code: ParseCode.invalid, error: "This sign-in is over, or was not begun on this device; begin anew." },
};

describe("a provider that is away", () => {
  it("is said to the extension, and forgotten once it is back", async () => {
    const back = await new Wayfarer().through(new WebExtension(start).start, "ada");
    expect(back.href).toBe(`${REDIRECT}?error=unavailable`);
    expect(app.log.map(({ msg }) => msg)).toContain("the OpenID provider does not answer");
    provider.serve(new URL(OIDC_CALLBACK_PATH, start).href, PEOPLE);
    expect((await new Wayfarer().through(new WebExtension(start).start, "ada")).searchParams.get("code")).toMatch(
      /^[\w-]{43}$/,
    );
  });
});

describe("signing in by the operator's provider", () => {
  let ada: TestPerson;

  it("makes an account, with what the provider vouches for", async () => {
    ada = await new WebExtension(start).signIn("ada");
    expect(await ada.call("getProfile", {})).toEqual({
      user: {
        id: ada.id,
        handle: "ada.l",
        name: "Ada Lovelace",
        email: "ada@example.com",
        emailVerified: true,
        hasPassword: false,
        byProvider: true,
      },
    });
    const { sessions } = await ada.call("listSessions", {});
    expect(sessions).toMatchObject([{ current: true }]);
  });

  it("leads to the same account from another device, which signs nobody out", async () => {
    const again = await new WebExtension(start).signIn("ada");
    expect(again.id).toBe(ada.id);
    expect(again.token).not.toBe(ada.token);
    expect((await ada.call("listSessions", {})).sessions).toHaveLength(2);
  });

  it("gives another handle where one is taken, and keeps no address that nobody vouches for", async () => {
    const other = await new WebExtension(start).signIn("other");
    expect(other.id).not.toBe(ada.id);
    const { user } = await other.call("getProfile", {});
    expect(user).toEqual({
      id: other.id,
      handle: "ada.l2",
      name: "Other Ada",
      emailVerified: false,
      hasPassword: false,
      byProvider: true,
    });
  });

  it("is linked to nobody's account by its e-mail address", async () => {
    const bob = await app.signUp("Bob Tanaka");
    const impostor = await new WebExtension(start).signIn("bob");
    expect(impostor.id).not.toBe(bob.id);
    const { user } = await impostor.call("getProfile", {});
    expect(user).toMatchObject({ handle: "bob2", name: "Not Bob" });
    expect(user).not.toHaveProperty("email");
    expect((await bob.call("getProfile", {})).user.email).toBe("bob@example.org");
  });

  it("makes an account of somebody of whom nothing is said", async () => {
    const silent = await new WebExtension(start).signIn("silent");
    expect((await silent.call("getProfile", {})).user).toMatchObject({ handle: "user2", name: "user2" });
  });

  it("cannot be had by a password", async () => {
    for (const password of ["", "anything", "undefined", "null"]) {
      const answer = await ask(parse, "/login", { body: { username: "ada.l", password } });
      expect(answer.status).not.toBe(200);
    }
  });
});

describe("what somebody else might try", () => {
  async function freshCode(extension: WebExtension): Promise<string> {
    return (await new Wayfarer().through(extension.start, "ada")).searchParams.get("code") ?? "";
  }

  it("a code is of use once", async () => {
    const extension = new WebExtension(start);
    const code = await freshCode(extension);
    expect((await extension.redeem(code)).status).toBe(200);
    expect(await extension.redeem(code)).toMatchObject(over);
  });

  it("a code is of no use without the verifier of who began, and to nobody after a wrong one", async () => {
    const extension = new WebExtension(start);
    const code = await freshCode(extension);
    expect(await extension.redeem(code, new WebExtension(start).verifier)).toMatchObject(over);
    expect(await extension.redeem(code)).toMatchObject(over);
  });

  it.each(["", "x", "x".repeat(43), "__proto__"])("the code %j is none", async (code) => {
    expect(await new WebExtension(start).redeem(code)).toMatchObject(over);
  });

  it("the way back is for the browser that set out, and for one time", async () => {
    const [browser, stranger] = [new Wayfarer(), new Wayfarer()];
    const away = await fetch(new WebExtension(start).start, { redirect: "manual" });
    const state = new URL(away.headers.get("location") ?? "").searchParams.get("state") ?? "";
    const callback = new URL(OIDC_CALLBACK_PATH, start);
    callback.search = new URLSearchParams({ code: "x", state }).toString();
    expect((await stranger.go(callback)).answer?.status).toBe(400);
    // It is used up, also for the right one.
    const cookie = away.headers.getSetCookie()[0]?.split(";", 1)[0] ?? "";
    expect((await fetch(callback, { headers: { cookie }, redirect: "manual" })).status).toBe(400);
    expect((await browser.go(new URL(`${callback.origin}${callback.pathname}?code=x&state=y`))).answer?.status).toBe(
      400,
    );
    expect((await browser.go(callback.origin + callback.pathname)).answer?.status).toBe(400);
  });

  it("the cookie of the way is for the way back alone, and for no script", async () => {
    const away = await fetch(new WebExtension(start).start, { redirect: "manual" });
    expect(away.headers.getSetCookie()).toEqual([
      expect.stringMatching(/^beckon-oidc=[\w-]{43}; Max-Age=600; Path=\/oidc\/callback; .*HttpOnly; SameSite=Lax$/),
    ]);
    const query = new URL(away.headers.get("location") ?? "").searchParams;
    expect(query.get("code_challenge_method")).toBe("S256");
    for (const name of ["state", "nonce", "code_challenge"]) expect(query.get(name)).toMatch(/^[\w-]{43}$/);
  });

  it("a code that the provider did not give is said to have failed", async () => {
    const away = await fetch(new WebExtension(start).start, { redirect: "manual" });
    const state = new URL(away.headers.get("location") ?? "").searchParams.get("state") ?? "";
    const cookie = away.headers.getSetCookie()[0]?.split(";", 1)[0] ?? "";
    const callback = new URL(OIDC_CALLBACK_PATH, start);
    callback.search = new URLSearchParams({ code: "made up", state, iss: provider.issuer }).toString();
    const back = await fetch(callback, { headers: { cookie }, redirect: "manual" });
    expect(back.headers.get("location")).toBe(`${REDIRECT}?error=failed`);
  });

  it("a person who says no is taken at their word", async () => {
    const browser = new Wayfarer();
    const page = await browser.go(new WebExtension(start).start);
    const abort = /href="([^"]+\/abort)"/.exec(page.text)?.[1] ?? "";
    expect((await browser.go(new URL(abort, page.url))).url.href).toBe(`${REDIRECT}?error=denied`);
  });

  it.each([
    "",
    "https://example.org/",
    "http://abcdefghijklmnopabcdefghijklmnop.chromiumapp.org/",
    "https://chromiumapp.org/",
    "https://a.b.chromiumapp.org/",
    "https://a.chromiumapp.org.example.org/",
    "https://a.chromiumapp.org:444/",
    "https://me@a.chromiumapp.org/",
    "https://a.chromiumapp.org/?x=1",
    "https://a.chromiumapp.org/#x",
    "https://a@example.org/.chromiumapp.org/",
    "javascript:alert(1)//a.chromiumapp.org/",
  ])("nobody is sent on to %j", async (redirect) => {
    const challenge = "x".repeat(43);
    const answer = await fetch(`${start}?${new URLSearchParams({ redirect, challenge }).toString()}`, {
      redirect: "manual",
    });
    expect([answer.status, answer.headers.get("location")]).toEqual([400, null]);
  });

  it("nobody sets out without a challenge of theirs, or to an address without end", async () => {
    const endless = new URLSearchParams({ redirect: REDIRECT + "x".repeat(600), challenge: "x".repeat(43) });
    expect((await fetch(`${start}?${endless.toString()}`, { redirect: "manual" })).status).toBe(400);
    for (const challenge of ["", "x", "x".repeat(44), `${"x".repeat(42)}=`]) {
      const query = new URLSearchParams({ redirect: REDIRECT, challenge });
      expect((await fetch(`${start}?${query.toString()}`, { redirect: "manual" })).status).toBe(400);
    }
  });

  it("Firefox's address of an extension is taken as well", async () => {
    const query = new URLSearchParams({
      redirect: "https://4c5b6e0f-1d2a-4b3c-9e8f-000000000000.extensions.allizom.org/",
      challenge: "x".repeat(43),
    });
    expect((await fetch(`${start}?${query.toString()}`, { redirect: "manual" })).status).toBe(302);
  });

  it("Parse believes nobody but us about who somebody is", async () => {
    const ofParseServer = createRequire(createRequire(import.meta.url).resolve("parse-server"));
    const sdk = ofParseServer("parse/node") as typeof import("parse/node");
    const extension = new WebExtension(start);
    const ada = await extension.signIn("ada");
    const query = new sdk.Query("_User").equalTo("objectId", ada.id);
    const row = await query.first({ useMasterKey: true });
    const { oidc } = row?.get("authData") as { oidc: { id: string } };
    // Nothing but who it is was kept.
    expect(Object.keys(oidc)).toEqual(["id"]);
    for (const authData of [{ id: oidc.id }, { id: oidc.id, proof: "x" }, { id: "new", proof: oidc.id }]) {
      for (const options of [{}, { useMasterKey: true }, { sessionToken: ada.token }]) {
        const tried = new sdk.User().linkWith("oidc", { authData }, { installationId: extension.device, ...options });
        // With the master key, which nobody has, Parse looks no further where nothing would change.
        if ("useMasterKey" in options && !("proof" in authData)) await tried;
        else await expect(tried, JSON.stringify([authData, options])).rejects.toThrow();
      }
    }
  });

  it("nothing of it is logged", () => {
    const log = JSON.stringify(app.log);
    for (const secret of [CLIENT.secret, "ada@example.com", "code=", "state="]) expect(log).not.toContain(secret);
    expect(log).not.toMatch(/r:[0-9a-f]{32}/);
  });
});

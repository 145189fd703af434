import { OIDC_CALLBACK_PATH } from "#protocol";
import { afterEach, describe, expect, it } from "vitest";
import { startOf, WebExtension } from "../support/oidc-extension.ts";
import { CLIENT, TestProvider, Wayfarer, type People } from "../support/openid-provider.ts";
import { startApp, type TestApp } from "../support/server-app.ts";

const PEOPLE: People = { ada: { preferred_username: "ada" }, bob: { preferred_username: "bob" } };

let app: TestApp;
let provider: TestProvider;
let start: string;

async function begin(env: Record<string, string>, lets: { choose?: boolean; before?: number } = {}): Promise<void> {
  provider = await TestProvider.listen();
  const client = { OIDC_CLIENT_ID: CLIENT.id, OIDC_CLIENT_SECRET: CLIENT.secret };
  app = await startApp({ env: { OIDC_ISSUER: provider.issuer, ...client, ...env } });
  start = await startOf(app.url);
  provider.serve(new URL(OIDC_CALLBACK_PATH, start).href, PEOPLE, lets);
}

afterEach(async () => {
  await app.close();
  await provider.close();
});

/** What the provider is asked by a browser that sets out. */
async function askedFor(extension: WebExtension): Promise<URLSearchParams> {
  const away = await fetch(extension.start, { redirect: "manual" });
  return new URL(away.headers.get("location") ?? "").searchParams;
}

/** What the provider asks a second person at a browser in which the first one signed in. */
async function secondAtOneBrowser(): Promise<{ asked: string[]; handle: string }> {
  const browser = new Wayfarer();
  expect((await new WebExtension(start).signIn("ada", browser)).handle).toBe("ada");
  const [asked, extension]: [string[], WebExtension] = [[], new WebExtension(start)];
  const back = await browser.through(extension.start, "bob", asked);
  const answer = await extension.redeem(back.searchParams.get("code"));
  return { asked, handle: (answer.body["result"] as { user: { handle: string } }).user.handle };
}

describe("[DEC-61] a second person at a shared browser", () => {
  it("is asked to sign in, by a provider that says nothing of a choice", async () => {
    await begin({});
    expect((await askedFor(new WebExtension(start))).get("prompt")).toBe("login");
    expect(await secondAtOneBrowser()).toEqual({ asked: ["login", "consent"], handle: "bob" });
  });

  it("chooses who they are, at a provider that says that it lets them", async () => {
    await begin({}, { choose: true });
    expect((await askedFor(new WebExtension(start))).get("prompt")).toBe("select_account");
    expect(await secondAtOneBrowser()).toEqual({ asked: ["select_account", "consent"], handle: "bob" });
  });

  it("is asked as the operator says, whatever the provider says", async () => {
    await begin({ OIDC_PROMPT: "select_account" });
    expect((await askedFor(new WebExtension(start))).get("prompt")).toBe("select_account");
    await app.close();
    await provider.close();
    await begin({ OIDC_PROMPT: "login" }, { choose: true });
    expect((await askedFor(new WebExtension(start))).get("prompt")).toBe("login");
  });
});

describe("[DEC-60] a proof", () => {
  it("is a sign-in anew also where sign-ins are a choice, and no earlier one", async () => {
    await begin({}, { choose: true });
    const asked = await askedFor(new WebExtension(start, "proof"));
    expect([asked.get("prompt"), asked.get("max_age")]).toEqual(["login", "0"]);
    // Whoever sits at the browser asks for a choice instead: whom it knows there has been signed in for an hour.
    const bent = new Wayfarer(({ searchParams }) => {
      if (!searchParams.has("max_age")) return;
      searchParams.set("prompt", "select_account");
      searchParams.set("max_age", "86400");
    });
    const back = await bent.through(new WebExtension(start, "proof").start, "ada");
    expect(back.searchParams.get("error")).toBe("failed");
    expect((await new WebExtension(start, "proof").through("ada")).code).toMatch(/^[\w-]{43}$/);
  });

  it("is no sign-in of a few seconds before its way began", async () => {
    await begin({}, { choose: true, before: 10 });
    const bent = new Wayfarer(({ searchParams }) => {
      if (!searchParams.has("max_age")) return;
      searchParams.set("prompt", "select_account");
      searchParams.set("max_age", "86400");
    });
    const back = await bent.through(new WebExtension(start, "proof").start, "ada");
    expect(back.searchParams.get("error")).toBe("failed");
  });

  it("is asked for as the operator says, and a choice alone is none", async () => {
    await begin({ OIDC_PROMPT: "select_account" }, { choose: true });
    const asked = await askedFor(new WebExtension(start, "proof"));
    expect([asked.get("prompt"), asked.get("max_age")]).toEqual(["select_account", "0"]);
    const forms: string[] = [];
    const back = await new Wayfarer().through(new WebExtension(start, "proof").start, "ada", forms);
    expect([forms, back.searchParams.get("error")]).toEqual([["select_account", "consent"], "failed"]);
  });
});

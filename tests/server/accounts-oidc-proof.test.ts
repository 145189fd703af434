import { OIDC_CALLBACK_PATH, ParseCode, PARSE_PATH } from "#protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ask, PASSWORD, signUp, type TestPerson } from "../support/backend-accounts.ts";
import { startOf, WebExtension } from "../support/oidc-extension.ts";
import { CLIENT, TestProvider, Wayfarer, type People } from "../support/openid-provider.ts";
import { startApp, type TestApp } from "../support/server-app.ts";

const NEXT_PASSWORD = "a first walk in the rain";

const logins = ["ada", "bea", "cid", "dan", "eva", "fay", "gus", "hal"];
const PEOPLE: People = Object.fromEntries(
  logins.map((login) => [
    login,
    { name: login, preferred_username: login, email: `${login}@example.com`, email_verified: true },
  ]),
);

let app: TestApp;
let provider: TestProvider;
let parse: { url: string };
let start: string;

beforeAll(async () => {
  provider = await TestProvider.listen();
  const client = { OIDC_CLIENT_ID: CLIENT.id, OIDC_CLIENT_SECRET: CLIENT.secret };
  app = await startApp({ env: { OIDC_ISSUER: provider.issuer, ...client } });
  parse = { url: app.url + PARSE_PATH };
  start = await startOf(app.url);
  provider.serve(new URL(OIDC_CALLBACK_PATH, start).href, PEOPLE);
});

afterAll(async () => {
  await app.close();
  await provider.close();
});

const arrive = (login: string, browser?: Wayfarer) => new WebExtension(start).signIn(login, browser);
const proofOf = (login: string, browser?: Wayfarer) => new WebExtension(start, "proof").through(login, browser);

async function signsInBy(username: string, password: string): Promise<boolean> {
  return (await ask(parse, "/login", { body: { username, password } })).status === 200;
}

describe("[DEC-60] an account without a password", () => {
  it("is erased by a sign-in anew, and a session alone erases nothing", async () => {
    const ada = await arrive("ada");
    expect(await ada.try("deleteAccount", {})).toMatchObject({ status: 400, body: { code: ParseCode.invalid } });
    await ada.call("deleteAccount", { proof: await proofOf("ada") });
    expect(await ada.try("getProfile", {})).toMatchObject({ body: { code: ParseCode.invalidSession } });
    // Whoever comes by the provider again is somebody new.
    expect((await arrive("ada")).id).not.toBe(ada.id);
  });

  it("gets its first password by a sign-in anew, which signs the other devices out, and is had by it then", async () => {
    const bea = await arrive("bea");
    const laptop = await arrive("bea");
    expect(await bea.try("changePassword", { next: NEXT_PASSWORD })).toMatchObject({ status: 400 });
    expect(await signsInBy("bea", NEXT_PASSWORD)).toBe(false);
    await bea.call("changePassword", { next: NEXT_PASSWORD, proof: await proofOf("bea") });
    expect(await signsInBy("bea", NEXT_PASSWORD)).toBe(true);
    expect(await laptop.try("getProfile", {})).toMatchObject({ body: { code: ParseCode.invalidSession } });
    expect((await bea.call("getProfile", {})).user).toMatchObject({ hasPassword: true, byProvider: true });
    // From then on either way shows who it is.
    await bea.call("changePassword", { current: NEXT_PASSWORD, next: PASSWORD });
    await bea.call("changePassword", { proof: await proofOf("bea"), next: NEXT_PASSWORD });
    expect(await bea.try("changePassword", { next: PASSWORD })).toMatchObject({ status: 400 });
  });

  it("keeps its proof where the password that was chosen is no good", async () => {
    const fay = await arrive("fay");
    const proof = await proofOf("fay");
    expect(await fay.try("changePassword", { next: "fay@example.com", proof })).toMatchObject({
      body: { code: ParseCode.invalid, field: "next" },
    });
    await fay.call("changePassword", { next: NEXT_PASSWORD, proof });
  });

  it("keeps its proof where the handle or the address that was wished is somebody's", async () => {
    const [hal, bob] = [await arrive("hal"), await signUp(parse, "bobby")];
    await bob.call("updateProfile", { email: "bobby@example.com" });
    const proof = await proofOf("hal");
    expect(await hal.try("updateProfile", { username: "bobby", email: "hal@third.example", proof })).toMatchObject({
      body: { code: ParseCode.handleTaken },
    });
    expect(await hal.try("updateProfile", { email: "bobby@example.com", proof })).toMatchObject({
      body: { code: ParseCode.emailTaken },
    });
    const { user } = await hal.call("updateProfile", { username: "hal-2", email: "hal@third.example", proof });
    expect(user).toMatchObject({ handle: "hal-2", email: "hal@third.example" });
    expect(user).not.toHaveProperty("resetsTo");
  });

  it("has another address at once by a sign-in anew", async () => {
    const cid = await arrive("cid");
    const held = await cid.call("updateProfile", { email: "cid@elsewhere.example" });
    expect(held.user).toMatchObject({ email: "cid@elsewhere.example", resetsTo: "cid@example.com" });
    const { user } = await cid.call("updateProfile", { email: "cid@third.example", proof: await proofOf("cid") });
    expect(user).toMatchObject({ email: "cid@third.example", emailVerified: false });
    expect(user).not.toHaveProperty("resetsTo");
    // One that was given without a proof counts with one that comes later.
    await cid.call("updateProfile", { email: "cid@fourth.example" });
    const proven = await cid.call("updateProfile", { proof: await proofOf("cid") });
    expect(proven.user).not.toHaveProperty("resetsTo");
  });

  it("changes name and handle, is exported and signs out elsewhere as any does", async () => {
    const [dan, laptop, phone] = [await arrive("dan"), await arrive("dan"), await arrive("dan")];
    const { user } = await dan.call("updateProfile", { name: "Daniel", username: "daniel" });
    expect(user).toMatchObject({ name: "Daniel", handle: "daniel", hasPassword: false });
    expect((await dan.call("exportAccount", {})).account).toMatchObject({
      handle: "daniel",
      hasPassword: false,
      signIn: { oidc: { id: expect.stringMatching(/^[\w-]{43}$/) as string } },
    });
    const { sessions } = await laptop.call("listSessions", {});
    const own = sessions.find(({ current }) => current)!;
    await dan.call("signOutSession", { session: own.id });
    expect(await laptop.try("getProfile", {})).toMatchObject({ body: { code: ParseCode.invalidSession } });
    await dan.call("signOutEverywhere", {});
    expect(await phone.try("getProfile", {})).toMatchObject({ body: { code: ParseCode.invalidSession } });
    // The provider knows the person by no handle of ours.
    expect((await arrive("dan")).id).toBe(dan.id);
  });
});

describe("[DEC-60] what is no proof", () => {
  let eva: TestPerson;

  beforeAll(async () => {
    eva = await arrive("eva");
  });

  async function isRefused(proof: { code: string; verifier: string }, code: number): Promise<void> {
    for (const [name, more] of [
      ["deleteAccount", {}],
      ["changePassword", { next: NEXT_PASSWORD }],
      ["updateProfile", { email: "eva@elsewhere.example" }],
    ] as const) {
      expect(await eva.try(name, { ...more, proof }), name).toMatchObject({ body: { code } });
      // It is used up by the first.
      code = ParseCode.invalid;
    }
    expect((await eva.call("getProfile", {})).user).toMatchObject({ email: "eva@example.com", hasPassword: false });
  }

  it("a sign-in of somebody else", async () => {
    await isRefused(await proofOf("gus"), ParseCode.notFound);
  });

  it("a sign-in that was made to sign in, and the other way round", async () => {
    await isRefused(await new WebExtension(start).through("eva"), ParseCode.invalid);
    const extension = new WebExtension(start, "proof");
    const { code } = await extension.through("eva");
    expect(await extension.redeem(code)).toMatchObject({ status: 400, body: { code: ParseCode.invalid } });
  });

  it("a code with another's verifier, or a second time", async () => {
    const { code } = await proofOf("eva");
    await isRefused({ code, verifier: new WebExtension(start).verifier }, ParseCode.invalid);
    const proof = await proofOf("eva");
    await eva.call("updateProfile", { proof });
    await isRefused(proof, ParseCode.invalid);
  });

  it("anything, for an account that has nothing to do with the provider", async () => {
    const bob = await signUp(parse, "bob");
    expect(await bob.try("deleteAccount", { proof: await proofOf("gus") })).toMatchObject({
      body: { code: ParseCode.notFound },
    });
    expect((await bob.call("getProfile", {})).user).not.toHaveProperty("byProvider");
  });

  it("a purpose that nobody knows is none", async () => {
    const { start: url } = new WebExtension(start);
    url.searchParams.set("purpose", "else");
    expect((await fetch(url, { redirect: "manual" })).status).toBe(400);
  });

  it("that the provider knows the browser: it is told to ask anew, and to say when it did", async () => {
    const browser = new Wayfarer();
    await arrive("eva", browser);
    const asked: string[] = [];
    await browser.through(new WebExtension(start, "proof").start, "eva", asked);
    expect(asked).toEqual(["login"]);
  });

  it("what a provider says that does not say when", async () => {
    const bend = ({ searchParams }: URL) => ["prompt", "max_age"].forEach((name) => searchParams.delete(name));
    const browser = new Wayfarer(bend);
    await arrive("eva", browser);
    const asked: string[] = [];
    const back = await browser.through(new WebExtension(start, "proof").start, "eva", asked);
    expect([asked, back.searchParams.get("error")]).toEqual([[], "failed"]);
  });
});

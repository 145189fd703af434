import type { DeviceId } from "#protocol";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { callFunction, discover, logIn, type Caller } from "../../extension/shell/api.ts";
import { startApp, type AppPerson, type TestApp } from "../support/server-app.ts";

let app: TestApp;
let alice: AppPerson;
/** A device that nobody has signed in on. */
let stranger: Caller;
let asAlice: Caller;

beforeAll(async () => {
  // What Node does not say, and a browser does.
  vi.stubGlobal("navigator", { onLine: true });
  app = await startApp();
  alice = await app.signUp("Alice Okada");
  const found = await discover(app.url);
  if (!found.ok) throw new Error(`No server was found: ${found.problem}`);
  stranger = { server: found.value.server, device: crypto.randomUUID() as DeviceId };
  asAlice = { ...stranger, token: alice.account.token };
});

afterAll(async () => {
  vi.unstubAllGlobals();
  await app.close();
});

it("[DEC-51] a refusal names the field of the form that it is about", async () => {
  const form = { username: "carol", password: "a walk by the sea", email: "carol@example.org", name: "Carol Ruiz" };
  const cases = [
    [
      { ...form, password: "carolcarol" },
      { problem: "bad-input", field: "password" },
    ],
    [
      { ...form, username: "ca" },
      { problem: "bad-input", field: "handle" },
    ],
    [{ ...form, username: "alice" }, { problem: "handle-taken" }],
    [{ ...form, email: "alice@example.org" }, { problem: "email-taken" }],
  ] as const;
  for (const [filled, refused] of cases) {
    expect(await callFunction(stranger, "signUp", filled)).toMatchObject({ ok: false, ...refused });
  }
});

it("[DEC-51] a refusal says what stands in the way", async () => {
  const made = await callFunction(asAlice, "createInviteLink", {});
  if (!made.ok) throw new Error(`No link was made: ${made.problem}`);
  const { code } = made.value;
  expect(await callFunction(asAlice, "redeemInviteLink", { code })).toMatchObject({ ok: false, problem: "self" });
  expect(await callFunction(asAlice, "requestContact", { handle: "alice" })).toMatchObject({ problem: "self" });
});

it("a wrong password is told from a server that is not there, and that from an address that leads nowhere", async () => {
  expect(await logIn(stranger, "alice", "not the password")).toMatchObject({ problem: "wrong-password" });
  const nowhere = "http://127.0.0.1:1";
  expect(await discover(nowhere)).toMatchObject({ ok: false, problem: "server-unreachable" });
  const gone = { ...asAlice, server: { ...asAlice.server, parseUrl: `${nowhere}/parse` } };
  expect(await callFunction(gone, "getProfile", {})).toMatchObject({ ok: false, problem: "server-away" });
});

import { afterAll, beforeAll, expect, test } from "vitest";
import { account, signUp } from "../support/accounts.ts";
import { Backend } from "../support/backend.ts";
import { Belongings } from "../support/belongings.ts";
import { CLIENT, TestProvider } from "../support/openid-provider.ts";
import { callbackOf, enter, through, windowOf } from "../support/provider-window.ts";
import { Person, say } from "../support/people.ts";
import { untilGone } from "../support/until-gone.ts";

/** The part of the extension API that a test asks for. */
declare const chrome: {
  runtime: { sendMessage: (message: unknown) => Promise<unknown> };
  storage: { local: { get: (name: string) => Promise<{ saved: { session: { handle: string } } }> } };
};

const NAME = "Example Club";

const open = new Belongings();
let backend: Backend;
let provider: TestProvider;
let alice: Person;

beforeAll(async () => {
  provider = await TestProvider.listen();
  open.add(() => provider.close());
  const client = { OIDC_CLIENT_ID: CLIENT.id, OIDC_CLIENT_SECRET: CLIENT.secret, OIDC_NAME: NAME };
  backend = await Backend.start({ env: { OIDC_ISSUER: provider.issuer, ...client } });
  open.add(() => backend.close());
  alice = await Person.arrive(account("Alice Okada"), open);
  await alice.nameServer(backend.url);
});

afterAll(() => open.close());

const button = () => alice.popup.getByRole("button", { name: say("sign.provider", { name: NAME }) });

async function serve(): Promise<void> {
  const people = {
    alice: { name: "Alice Okada", preferred_username: "alice" },
    nora: { name: "Nora Lind", preferred_username: "nora" },
  };
  provider.serve(await callbackOf(backend.url), people);
}

test("Alice is told in words that the provider does not answer, also when she opens the popup again", async () => {
  await button().click();
  const sentence = () => alice.popup.getByRole("alert").filter({ hasText: say("problem.provider-away") });
  await sentence().waitFor();
  // The popup closes where a window opens over it, and goes on where it was.
  await alice.reopenPopup();
  await sentence().waitFor();
});

test("Alice closes the provider's window, and is told how to go on", async () => {
  await serve();
  const window = await windowOf(alice, () => button().click());
  await window.getByPlaceholder("Enter any login").waitFor();
  await alice.popup
    .getByRole("status")
    .filter({ hasText: say("sign.provider-waiting", { name: NAME }) })
    .waitFor();
  await window.close();
  await alice.popup
    .getByRole("alert")
    .filter({ hasText: say("problem.provider-closed") })
    .waitFor();
});

test("Alice signs in by the provider, without a password of Beckon's, and so she does again", async () => {
  await through(await windowOf(alice, () => button().click()), "alice");
  await alice.ownMenu.waitFor();
  await alice.signOut();
  // The provider still knows her, and asks who it is all the same: others may sit at this browser.
  const again = await windowOf(alice, () => button().click());
  await enter(again, "alice");
  await alice.ownMenu.waitFor();
  expect(backend.log).not.toContain("code=");
});

test("Alice gives a password while the provider's window is open, and what comes of it later changes nothing", async () => {
  await alice.signOut();
  const erin = await signUp(backend.url, account("Erin Ito"));
  // The provider knows her no more, so that its window waits.
  await alice.browser.context.clearCookies();
  let answered: Promise<unknown> | undefined;
  const window = await windowOf(alice, async () => {
    answered = alice.popup.evaluate(
      (server) => chrome.runtime.sendMessage({ type: "signInByProvider", server }),
      backend.url,
    );
    await Promise.resolve();
  });
  await enter(window, "alice");
  await alice.fillSignIn(erin);
  const erins = alice.popup.getByRole("button", { name: erin.name });
  await erins.waitFor();
  await untilGone(window, () => window.getByRole("button", { name: "Continue" }).click());
  expect(await answered).toEqual({ ok: true });
  expect(await erins.count()).toBe(1);
  const session = await alice.popup.evaluate(async () => (await chrome.storage.local.get("saved")).saved.session);
  expect(session.handle).toBe(erin.handle);
});

test("who is new by the provider goes on with the first steps, as after making an account", async () => {
  await alice.popup.evaluate(() => chrome.runtime.sendMessage({ type: "signOut" }));
  await alice.browser.context.clearCookies();
  const page = await alice.browser.context.newPage();
  await page.goto(alice.popup.url().replace("popup.html", "welcome.html"));
  const name = say("sign.provider", { name: NAME });
  await through(await windowOf(alice, () => page.getByRole("button", { name }).click()), "nora");
  await page.getByRole("heading", { name: say("welcome.devices-title") }).waitFor();
});

import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { account } from "../support/accounts.ts";
import { Backend } from "../support/backend.ts";
import { Belongings } from "../support/belongings.ts";
import { CLIENT, TestProvider } from "../support/openid-provider.ts";
import { Person, say } from "../support/people.ts";
import { callbackOf, enter, through, windowOf } from "../support/provider-window.ts";
import { untilGone } from "../support/until-gone.ts";

const NAME = "Example Club";
const PASSWORD = "a first walk by the sea";

const open = new Belongings();
let backend: Backend;
let alice: Person;
let settings: Page;

beforeAll(async () => {
  const provider = await TestProvider.listen();
  open.add(() => provider.close());
  const client = { OIDC_CLIENT_ID: CLIENT.id, OIDC_CLIENT_SECRET: CLIENT.secret, OIDC_NAME: NAME };
  backend = await Backend.start({ env: { OIDC_ISSUER: provider.issuer, ...client } });
  open.add(() => backend.close());
  provider.serve(await callbackOf(backend.url), {
    alice: { name: "Alice Okada", preferred_username: "alice", email: "alice@example.com", email_verified: true },
    mallory: { name: "Mallory", preferred_username: "mallory" },
  });
  alice = await Person.arrive(account("Alice Okada"), open);
  await alice.nameServer(backend.url);
  await through(await windowOf(alice, () => signInButton().click()), "alice");
  await alice.ownMenu.waitFor();
  settings = await alice.browser.openSettings();
});

afterAll(() => open.close());

const signInButton = () => alice.popup.getByRole("button", { name: say("sign.provider", { name: NAME }) });
const button = (label: Parameters<typeof say>[0]) => settings.getByRole("button", { name: say(label), exact: true });
const field = (label: Parameters<typeof say>[0]) => settings.getByLabel(say(label), { exact: true });
const said = (label: Parameters<typeof say>[0]) =>
  settings.getByRole("alert").filter({ hasText: say(label, { name: NAME }) });

test("Alice reads by what she signs in, and is asked for no password anywhere", async () => {
  await settings.getByText(say("account.password-none", { name: NAME })).waitFor();
  await settings.getByText(say("account.devices-means-provider", { name: NAME })).waitFor();
  await button("account.password-open-first").click();
  await button("data.delete-open").click();
  await field("sign.email").fill("alice@elsewhere.example");
  await settings.getByText(say("account.email-proof-provider", { name: NAME })).waitFor();
  await expect.poll(() => settings.getByText(say("proof.means", { name: NAME })).count()).toBe(2);
  expect(await field("account.password-current").count()).toBe(0);
  expect(await settings.getByText(/your password/i).count()).toBe(0);
  await button("account.cancel").click();
  await button("data.delete-no").click();
});

test("Alice changes nothing where she closes the provider's window, or where somebody else signs in there", async () => {
  const closed = await windowOf(alice, () => button("account.save").click());
  await closed.getByPlaceholder("Enter any login").waitFor();
  await settings
    .getByRole("status")
    .filter({ hasText: say("proof.waiting", { name: NAME }) })
    .waitFor();
  await closed.close();
  await said("proof.closed").waitFor();
  await through(await windowOf(alice, () => button("account.save").click()), "mallory");
  await said("proof.other").waitFor();
});

test("Alice changes her address by signing in anew at the provider", async () => {
  await through(await windowOf(alice, () => button("account.save").click()), "alice");
  await settings.getByText(say("account.email-unverified-unmailed", { email: "alice@elsewhere.example" })).waitFor();
  expect(await settings.getByText(/Links for a new password/).count()).toBe(0);
});

test("Alice gives a first password up at the provider, and a sign-in there sets none", async () => {
  await button("account.password-open-first").click();
  await field("account.password-new").fill(PASSWORD);
  const window = await windowOf(alice, () => button("account.password-set").click());
  await window.getByPlaceholder("Enter any login").waitFor();
  await button("account.cancel").click();
  await untilGone(window, () => enter(window, "alice"));
  // What is asked after it is answered after it.
  await settings.reload();
  await settings.getByText(say("account.password-none", { name: NAME })).waitFor();
});

test("Alice changes her name without any of that", async () => {
  await field("sign.name").fill("Alice Ōno");
  await button("account.save").click();
  await alice.popup.getByRole("button", { name: "Alice Ōno" }).waitFor();
  await settings.getByText(say("account.saved"), { exact: true }).waitFor();
});

test("Alice sets a password at the provider, which knows her and asks all the same, and can sign in by it then", async () => {
  await button("account.password-open-first").click();
  await field("account.password-new").fill(PASSWORD);
  const window = await windowOf(alice, () => button("account.password-set").click());
  await untilGone(window, () => enter(window, "alice"));
  await settings.getByText(say("account.password-first")).waitFor();
  await settings.getByText(say("account.password-both", { name: NAME })).waitFor();
  await alice.popup.bringToFront();
  await alice.popup.getByRole("button", { name: "Alice Ōno" }).click();
  await alice.popup.getByRole("button", { name: say("own.sign-out") }).click();
  await signInButton().waitFor();
  await alice.fillSignIn({ ...alice.account, password: PASSWORD });
  await alice.popup.getByRole("button", { name: "Alice Ōno" }).waitFor();
});

test("Mallory keeps the account while the provider's window is open, and a sign-in there deletes nothing", async () => {
  await alice.popup.getByRole("button", { name: "Alice Ōno" }).click();
  await alice.popup.getByRole("button", { name: say("own.sign-out") }).click();
  await through(await windowOf(alice, () => signInButton().click()), "mallory");
  await alice.popup.getByRole("button", { name: "Mallory" }).waitFor();
  await button("data.delete-open").click();
  const window = await windowOf(alice, () => button("data.delete-yes").click());
  await window.getByPlaceholder("Enter any login").waitFor();
  expect(await button("data.deleting").count()).toBe(0);
  await button("data.delete-no").click();
  await untilGone(window, () => enter(window, "mallory"));
  // The way ends at the server before the window closes; what the page would do then, it does within its next turn.
  await button("data.delete-open").click();
  await button("data.delete-yes").waitFor();
  await settings.reload();
  await settings.getByText(say("account.password-none", { name: NAME })).waitFor();
});

test("Mallory, who has no password, deletes the account by signing in anew", async () => {
  await button("data.delete-open").click();
  const window = await windowOf(alice, () => button("data.delete-yes").click());
  await untilGone(window, () => enter(window, "mallory"));
  await signInButton().waitFor();
  await settings.getByText(say("sign.deleted")).waitFor();
});

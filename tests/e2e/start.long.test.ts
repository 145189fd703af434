import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { account, befriend, type SignedUp, signUp } from "../support/accounts.ts";
import { Belongings } from "../support/belongings.ts";
import { Operator } from "../support/operator.ts";
import { Person, say } from "../support/people.ts";
import { PresenceClient } from "../support/presence-client.ts";

/** Two builds of the extension, on a machine that may have other things to do. */
const START_MS = 180_000;

const open = new Belongings();
let operator: Operator;
let alice: Person;
let bobAccount: SignedUp;

beforeAll(async () => {
  operator = await Operator.start();
  open.add(() => operator.close());
  const aliceAccount = await signUp(operator.url, account("Alice Okada"));
  bobAccount = await signUp(operator.url, account("Bob Tanaka"));
  await befriend(operator.url, aliceAccount, bobAccount);
  await PresenceClient.online(operator.url, { token: bobAccount.token });
  alice = await Person.arrive(aliceAccount, open, { build: operator.build("chrome-mv3"), welcomed: true });
}, START_MS);

afterAll(() => open.close());

test("a second browser with the operator's build takes one screen: no server to name, and the contacts are there", async () => {
  const page = await alice.browser.welcomePage();
  const host = new URL(operator.url).host;
  await page.getByText(say("sign.found", { server: host })).waitFor();
  expect(await page.getByLabel(say("sign.server"), { exact: true }).count()).toBe(0);
  await page.getByRole("tab", { name: say("sign.in") }).click();
  await page.getByLabel(say("sign.handle"), { exact: true }).fill(alice.account.handle);
  await page.getByLabel(say("sign.password"), { exact: true }).fill(alice.account.password);
  await page.getByRole("button", { name: say("sign.in"), exact: true }).click();
  await page.getByRole("heading", { name: say("welcome.done-title") }).waitFor();
  await page.close();
  await alice.contact(bobAccount, "available").waitFor();
});

test("the server that the build offers can be changed, and the other one is offered from then on", async () => {
  await alice.signOut();
  await alice.popup.getByText(say("sign.found", { server: new URL(operator.url).host })).waitFor();
  const other = operator.url.replace("127.0.0.1", "localhost");
  await alice.popup.getByRole("button", { name: say("sign.change-server-label") }).click();
  await alice.signIn(other);
  await alice.contact(bobAccount, "available").waitFor();
  await alice.signOut();
  await alice.reopenPopup();
  await alice.popup.getByText(say("sign.found", { server: new URL(other).host })).waitFor();
});

test("the build for Firefox offers the same server, in one place", async () => {
  for (const build of ["chrome-mv3", "firefox-mv2"] as const) {
    const folder = operator.build(build);
    const files = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith(".js"));
    const texts = await Promise.all(files.map((name) => readFile(join(folder, name), "utf8")));
    expect(texts.filter((text) => text.includes(operator.url)).length, build).toBe(1);
  }
});

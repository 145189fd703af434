import { afterAll, beforeAll, expect, test } from "vitest";
import type { Page } from "playwright-core";
import { account, befriend, callFunction, type SignedUp, signUp } from "../support/accounts.ts";
import { Backend } from "../support/backend.ts";
import { Belongings } from "../support/belongings.ts";
import { BADGE, Person, say } from "../support/people.ts";

/** The part of the extension API that tells what is kept. */
declare const chrome: {
  storage: Record<"local" | "session", { get: (keys: null) => Promise<Record<string, unknown>> }>;
};

const DRAFT = "a word of Alice's own";

const open = new Belongings();
let backend: Backend;
/** Alice at the browser, and Carol after her. */
let alice: Person;
let carolAccount: SignedUp;
let aliceAccount: SignedUp;
/** Two tabs of the settings. */
let settings: [Page, Page];
let welcome: Page;
let call: Page;
/** What nobody but Alice may read. */
let hers: string[];

beforeAll(async () => {
  // Who is not there is out of reach at once, and not first expected back.
  backend = await Backend.start({ env: { SETTLE_MS: "1" } });
  open.add(() => backend.close());
  const [bob, dan, erin] = [
    await signUp(backend.url, account("Bob Tanaka")),
    await signUp(backend.url, account("Dan Weber")),
    await signUp(backend.url, account("Erin Lund")),
  ];
  aliceAccount = await signUp(backend.url, account("Alice Okada"));
  carolAccount = await signUp(backend.url, account("Carol Ruiz"));
  await befriend(backend.url, bob, aliceAccount);
  await callFunction(backend.url, "requestContact", { handle: aliceAccount.handle }, dan.token);
  alice = await Person.arrive(aliceAccount, open, { welcomed: true });
  await alice.signIn(backend.url);
  const people = [aliceAccount, bob, dan, erin].flatMap(({ name, handle, email, user }) => [name, handle, email, user]);
  hers = [...people, DRAFT];
});

afterAll(() => open.close());

/** All that stands in a page: its title, its words, and what is typed in its fields. */
function standsIn(page: Page): Promise<string> {
  return page.evaluate(() => {
    const fields = [...document.querySelectorAll<HTMLInputElement>("input, textarea")].map(({ value }) => value);
    return [document.title, document.body.innerText, ...fields].join("\n");
  });
}

/** What of Alice's stands in a page of the browser's, or is kept there. */
async function leftOfAlice(): Promise<string[]> {
  const pages = [alice.popup, ...settings, welcome, call];
  const kept = await alice.popup.evaluate(async () =>
    JSON.stringify([await chrome.storage.local.get(null), await chrome.storage.session.get(null)]),
  );
  const all = [kept, ...(await Promise.all(pages.map(standsIn)))].join("\n").toLowerCase();
  return hers.filter((words) => all.includes(words.toLowerCase()));
}

test("two tabs of the settings stay in step: what is changed in one shows in the other", async () => {
  settings = [await alice.browser.openSettings(), await alice.browser.openSettings()];
  const [one, other] = settings;
  const quiet = (page: Page) => page.getByRole("switch", { name: say("settings.quiet") });
  const busy = (page: Page) => page.getByRole("switch", { name: say("settings.show-busy"), exact: true });
  // A page behind another is drawn seldom, and cannot be clicked quickly.
  await one.bringToFront();
  await quiet(one).check();
  await expect.poll(() => quiet(other).isChecked()).toBe(true);
  await one.getByLabel(say("settings.quiet-from"), { exact: true }).selectOption("21:00");
  await expect
    .poll(() => other.getByLabel(say("settings.quiet-from"), { exact: true }).inputValue())
    .toBe(String(21 * 60));
  await other.bringToFront();
  await busy(other).uncheck();
  await expect.poll(() => busy(one).isChecked()).toBe(false);
});

test("who signs out in one is signed out in all, and nothing of them stands in any page or is kept", async () => {
  const [one, other] = settings;
  await one.bringToFront();
  await one.getByLabel(say("sign.name"), { exact: true }).fill(DRAFT);
  welcome = await alice.browser.welcomePage();
  await welcome.bringToFront();
  await welcome
    .getByRole("navigation", { name: say("welcome.steps") })
    .getByRole("button", { name: say("welcome.friend") })
    .click();
  const friend = welcome.getByLabel(say("welcome.friend-field"), { exact: true });
  await friend.fill("erin");
  await welcome.getByRole("button", { name: say("welcome.friend-add"), exact: true }).click();
  await welcome.getByText(say("add.sent", { handle: "erin" })).waitFor();
  await friend.fill(DRAFT);

  await alice.popup.bringToFront();
  await alice.popup.getByRole("button", { name: /^Bob Tanaka/ }).press("*");
  await alice.callFromMenu({ name: "Bob Tanaka" });
  call = await alice.browser.callPage();
  await alice.sees(call, say("ended.caller.unreachable", { name: "Bob Tanaka" }));
  await alice.popup.bringToFront();
  await alice.popup.getByLabel(say("list.search"), { exact: true }).fill("bo");
  // Each of them is somewhere now: else there would be nothing to show.
  expect((await leftOfAlice()).length).toBeGreaterThan(10);

  await alice.signOut();
  for (const page of [one, other]) await page.getByText(say("settings.signed-out")).waitFor();
  await alice.browser.untilBadge(BADGE.signedOut);
  expect(await alice.browser.notifications()).toEqual([]);
  await alice.sees(call, say("call.unknown"));
  await welcome.getByText(say("welcome.friend-account")).waitFor();
  expect(await leftOfAlice()).toEqual([]);
});

test("another person who signs in there finds nothing of the first, and the device as it was left", async () => {
  await alice.popup.bringToFront();
  await alice.fillSignIn(carolAccount);
  await alice.popup.getByRole("button", { name: carolAccount.name }).waitFor();
  await alice.popup.getByText(say("list.empty")).waitFor();
  for (const page of settings) {
    await expect
      .poll(() => page.getByLabel(say("sign.email"), { exact: true }).inputValue(), { timeout: 10_000 })
      .toBe(carolAccount.email);
    expect(await page.getByRole("switch", { name: say("settings.show-busy"), exact: true }).isChecked()).toBe(true);
    expect(await page.getByLabel(say("settings.quiet-from"), { exact: true }).inputValue()).toBe(String(21 * 60));
  }
  await alice.popup
    .getByRole("navigation")
    .getByRole("button", { name: say("list.history") })
    .click();
  await alice.popup.getByText(say("history.empty")).waitFor();
  expect(await leftOfAlice()).toEqual([]);
  await alice.leaveHistory();
});

import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { Page } from "playwright-core";
import { account, callFunction, type SignedUp, signUp } from "../support/accounts.ts";
import { textsIn } from "../../server/locales/text.ts";
import { Backend } from "../support/backend.ts";
import { query } from "../support/backend-database.ts";
import { Belongings } from "../support/belongings.ts";
import { Person, say } from "../support/people.ts";
import { readQr } from "../support/read-qr.ts";
import { standBehind } from "../support/stand-behind.ts";
import { untilGone } from "../support/until-gone.ts";

/** The part of the extension API that a page of ours has. */
declare const chrome: { runtime: { sendMessage: (message: object) => Promise<unknown> } };

const open = new Belongings();
let backend: Backend;
/** Her browser does not tell Beckon of links. */
let alice: Person;
/** His does. */
let bob: Person;
let aliceAccount: SignedUp;
let bobAccount: SignedUp;

beforeAll(async () => {
  backend = await Backend.start();
  open.add(() => backend.close());
  aliceAccount = await signUp(backend.url, account("Alice Okada"));
  bobAccount = await signUp(backend.url, account("Bob Tanaka"));
  [alice, bob] = await Promise.all([
    Person.arrive(aliceAccount, open),
    Person.arrive(bobAccount, open, { seesLinks: true }),
  ]);
  await Promise.all([alice.signIn(backend.url), bob.signIn(backend.url)]);
});

afterAll(() => open.close());

/** Goes to a link in a tab of its own, as from a mail. */
async function follow(person: Person, link: string): Promise<Page> {
  const page = await person.browser.context.newPage();
  // Our page takes the tab while it still loads.
  await page.goto(link).catch(() => undefined);
  return page;
}

/** Waits until the page says why there is nothing to accept. */
async function refused(page: Page, why: "invite.not-valid" | "invite.own"): Promise<void> {
  await page
    .getByRole("alert")
    .filter({ hasText: say(why) })
    .waitFor();
}

async function linkOf({ token }: SignedUp): Promise<string> {
  return (await callFunction(backend.url, "createInviteLink", {}, token)).url;
}

async function contactsOf({ token }: SignedUp): Promise<string[]> {
  const { contacts } = await callFunction(backend.url, "listContacts", {}, token);
  return contacts.map(({ handle }) => handle);
}

/** A link of Carol's that Dan has used. */
async function useUp(): Promise<string> {
  const [carol, dan] = [
    await signUp(backend.url, account("Carol Ruiz")),
    await signUp(backend.url, account("Dan Weber")),
  ];
  const { code, url } = await callFunction(backend.url, "createInviteLink", {}, carol.token);
  await callFunction(backend.url, "redeemInviteLink", { code }, dan.token);
  return url;
}

/** A link whose week is over. */
async function expire(): Promise<string> {
  const erin = await signUp(backend.url, account("Erin Lund"));
  const address = await linkOf(erin);
  await expireAll();
  return address;
}

async function expireAll(): Promise<void> {
  await query(await backend.databaseUri(), `UPDATE "InviteLink" SET "expires" = now()`);
}

/** A link of somebody who has deleted their account since. */
async function leaveForGood(): Promise<string> {
  const frank = await signUp(backend.url, account("Frank Berg"));
  const address = await linkOf(frank);
  await callFunction(backend.url, "deleteAccount", { password: frank.password }, frank.token);
  return address;
}

let link: string;

test("Alice makes a link in the popup: to copy, as a QR code, and with its end in words", async () => {
  await alice.popup
    .getByRole("button", { name: say("add.title") })
    .first()
    .click();
  await alice.popup.getByLabel(say("invite.note")).fill("Bob, from the choir");
  await alice.popup.getByRole("button", { name: say("invite.make") }).click();
  const made = say("invite.waiting-noted", { note: "Bob, from the choir", made: say("invite.waiting-this") });
  await alice.popup.getByText(made, { exact: true }).waitFor();
  const field = alice.popup.getByLabel(say("invite.link"), { exact: true });
  link = await field.inputValue();
  expect(link).toMatch(new RegExp(`^${backend.url}/i/[0-9A-Z-]{19}$`));
  const code = alice.popup.getByRole("img", { name: say("invite.qr") });
  for (const colorScheme of ["light", "dark"] as const) {
    await alice.popup.emulateMedia({ colorScheme });
    expect(await readQr(code), colorScheme).toBe(link);
  }
  await alice.popup.getByText(/Works once, until .+, \d+:\d\d\./).waitFor();
  await alice.popup.getByRole("button", { name: say("invite.copy"), exact: true }).click();
  await alice.popup.getByText(new RegExp(`${say("invite.copied")}|${say("invite.copy-yourself")}`)).waitFor();
  await alice.popup.keyboard.press("Escape");
});

test("without the permission nothing is seen: the tab stays where the link leads", async () => {
  const page = await follow(alice, link);
  // What the background would have done, it has done by the time that it has answered this.
  await alice.choose("away");
  await alice.choose("available");
  expect(page.url()).toBe(link);
  await page.close();
});

test("without it the page shows the code, which Alice pastes where a contact is added", async () => {
  const t = textsIn("en");
  const grace = await signUp(backend.url, account("Grace Sato"));
  const page = await follow(alice, await linkOf(grace));
  await page.getByText(t("invite.have")).waitFor();
  // As the page says; the keys do the same.
  await page.getByText(t("invite.select")).waitFor();
  await page.getByLabel(t("invite.code"), { exact: true }).click({ clickCount: 3 });
  await page.keyboard.press("ControlOrMeta+C");
  await page.close();
  await alice.popup
    .getByRole("button", { name: say("add.title") })
    .first()
    .click();
  await alice.popup.getByLabel(say("add.handle"), { exact: true }).press("ControlOrMeta+V");
  await alice.popup.getByRole("button", { name: say("add.send") }).click();
  await alice.popup.getByText(say("invite.question", { name: grace.name, handle: grace.handle })).waitFor();
  await alice.popup.getByRole("button", { name: say("invite.accept"), exact: true }).click();
  await alice.popup.getByText(say("invite.added", { name: grace.name })).waitFor();
  expect(await contactsOf(grace)).toEqual([alice.account.handle]);
  await alice.popup.keyboard.press("Escape");
});

test("with it Bob signs in first, is asked, and comes back by his own click alone", async () => {
  await bob.signOut();
  const page = await follow(bob, link);
  await page.waitForURL(/invite\.html$/);
  await page.getByLabel(say("sign.handle"), { exact: true }).fill(bob.account.handle);
  await page.getByLabel(say("sign.password"), { exact: true }).fill(bob.account.password);
  await page.getByRole("button", { name: say("sign.in"), exact: true }).click();
  await page.getByText(say("invite.question", { name: alice.name, handle: alice.account.handle })).waitFor();
  // The code stands in no address of ours, so neither in the browser's history.
  expect(page.url()).toMatch(/\/invite\.html$/);

  const accept = page.getByRole("button", { name: say("invite.accept"), exact: true });
  await accept.evaluate((button) => (button as HTMLElement).click());
  await page.getByRole("button", { name: say("invite.not-now") }).click({ trial: true });
  expect(await contactsOf(bobAccount)).toEqual([]);

  const waits = bob.popup.getByText(say("invite.waits"));
  await waits.waitFor();
  await accept.click();
  await page.getByText(say("invite.added", { name: alice.name })).waitFor();
  // It is answered, whatever becomes of the page.
  await waits.waitFor({ state: "detached" });
  await Promise.all([alice.contact(bob, "available").waitFor(), bob.contact(alice, "available").waitFor()]);
  await untilGone(page, () => page.getByRole("button", { name: say("invite.done") }).click());
});

test("going back leads to the link's own page, and not forward again", async () => {
  const page = await follow(bob, await linkOf(aliceAccount));
  await page.getByText(say("invite.already", { name: alice.name })).waitFor();
  // There is nothing to answer, so nothing waits for an answer.
  await bob.popup.getByText(say("invite.waits")).waitFor({ state: "detached" });
  // Also where the background died in between.
  await bob.browser.stopWorker();
  await page.goBack();
  await page.waitForURL(`${backend.url}/i/*`);
  await bob.popup.bringToFront();
  await bob.choose("away");
  await bob.choose("available");
  expect(page.url()).toContain(`${backend.url}/i/`);
  await page.close();
});

test("each page stays with its own invitation, and one that is closed leaves the other", async () => {
  const people = [await signUp(backend.url, account("Hugo Ruiz")), await signUp(backend.url, account("Dana Weber"))];
  const [hugo, dana] = people as [SignedUp, SignedUp];
  const first = await follow(bob, await linkOf(hugo));
  await first.getByText(say("invite.question", { name: hugo.name, handle: hugo.handle })).waitFor();
  const second = await follow(bob, await linkOf(dana));
  await second.getByText(say("invite.question", { name: dana.name, handle: dana.handle })).waitFor();
  await first.getByText(say("invite.question", { name: hugo.name, handle: hugo.handle })).waitFor();
  await untilGone(first, () => first.getByRole("button", { name: say("invite.not-now") }).click());
  await second.reload();
  await second.getByText(say("invite.question", { name: dana.name, handle: dana.handle })).waitFor();
  await second.getByRole("button", { name: say("invite.accept"), exact: true }).click();
  await second.getByText(say("invite.added", { name: dana.name })).waitFor();
  await second.close();
});

test("the answer to one invitation does not stand for the next, where the page stays", async () => {
  const people = [await signUp(backend.url, account("Ines Ito")), await signUp(backend.url, account("Finn Abe"))];
  const [ines, finn] = people as [SignedUp, SignedUp];
  const page = await bob.browser.context.newPage();
  onTestFinished(() => page.close());
  await page.goto(bob.popup.url().replace("popup.html", "welcome.html"));
  const steps = page.getByRole("navigation", { name: say("welcome.steps") });
  await steps.getByRole("button", { name: say("welcome.friend") }).click();
  const paste = async (link: string) => {
    await page.getByLabel(say("welcome.friend-field"), { exact: true }).fill(link);
    await page.getByRole("button", { name: say("welcome.friend-add"), exact: true }).click();
  };
  await paste(await linkOf(ines));
  await page.getByRole("button", { name: say("invite.accept"), exact: true }).click();
  await page.getByText(say("invite.added", { name: ines.name })).waitFor();
  await paste(await linkOf(finn));
  await page.getByText(say("invite.question", { name: finn.name, handle: finn.handle })).waitFor();
  await page.getByRole("button", { name: say("invite.not-now") }).click();
});

describe("an invitation that", () => {
  test.each([
    ["was used", useUp],
    ["has expired", expire],
    ["is of somebody who is gone", leaveForGood],
  ] as const)("%s says so, in Beckon and without it, and cannot be accepted", async (_, end) => {
    const address = await end();
    const page = await follow(bob, address);
    await refused(page, "invite.not-valid");
    const card = page.getByRole("region", { name: say("invite.title") });
    expect(await card.getByRole("button").allTextContents()).toEqual([say("invite.close")]);
    await untilGone(page, () => page.getByRole("button", { name: say("invite.close") }).click());
    const t = textsIn("en");
    const without = await follow(alice, address);
    await without.getByRole("heading", { name: t("invite.stale-title") }).waitFor();
    await without.getByText(t("invite.stale")).waitFor();
    expect(await without.getByLabel(t("invite.code")).count()).toBe(0);
    await without.close();
  });

  test("is his own says so in the page that Bob looks at, though one behind has read it first", async () => {
    const address = await linkOf(bobAccount);
    const undo = await bob.browser.runFirst(standBehind);
    const behind = await follow(bob, address);
    onTestFinished(() => behind.close());
    // Our page takes the tab at a moment of its own.
    await refused(behind, "invite.own").finally(undo);
    const waits = bob.popup.getByText(say("invite.waits"));
    await waits.waitFor();
    const before = await bob.browser.context.newPage();
    onTestFinished(() => before.close());
    await before.goto(behind.url());
    await refused(before, "invite.own");
    await waits.waitFor({ state: "detached" });
  });

  test("expires under Bob's eyes is not accepted any more", async () => {
    const heidi = await signUp(backend.url, account("Heidi Moen"));
    const address = await linkOf(heidi);
    const page = await follow(bob, address);
    const accept = page.getByRole("button", { name: say("invite.accept"), exact: true });
    await accept.waitFor();
    await expireAll();
    await accept.click();
    await refused(page, "invite.not-valid");
    expect(await accept.count()).toBe(0);
    expect(await contactsOf(heidi)).toEqual([]);
    await untilGone(page, () => page.getByRole("button", { name: say("invite.close") }).click());
  });
});

test("Bob is told that an invitation is his own, or another server's", async () => {
  const own = await follow(bob, await linkOf(bobAccount));
  await refused(own, "invite.own");
  await untilGone(own, () => own.getByRole("button", { name: say("invite.close") }).click());
  // A pasted link of another server, as a page of ours hands it on.
  await bob.popup.evaluate(
    (given) =>
      (
        globalThis as unknown as { chrome: { runtime: { sendMessage: (message: object) => Promise<unknown> } } }
      ).chrome.runtime.sendMessage({ type: "openInvite", code: given, server: "https://elsewhere.example.net" }),
    "K7QM-2XPA-9D3H-4TVB",
  );
  const page = await bob.browser.context.newPage();
  await page.goto(bob.popup.url().replace("popup.html", "invite.html"));
  const here = new URL(backend.url).host;
  await page.getByText(say("invite.elsewhere", { there: "elsewhere.example.net", here })).waitFor();
  await page.close();
});

test("a page of the web cannot open the page of an invite, nor hold it in a frame", async () => {
  const page = await bob.browser.context.newPage();
  await page.goto(`${backend.url}/healthz`);
  const ours = bob.popup.url().replace("popup.html", "invite.html");
  const framed = await page.evaluate((url) => {
    const frame = document.createElement("iframe");
    frame.src = url;
    document.body.append(frame);
    return new Promise<string>((resolve) => {
      frame.addEventListener("load", () => {
        try {
          resolve(frame.contentDocument === null ? "another's" : "empty");
        } catch {
          resolve("another's");
        }
      });
    });
  }, ours);
  expect(["empty", "another's"]).toContain(framed);
  expect(page.frames().map((frame) => frame.url())).not.toContain(ours);
  await page.evaluate((url) => void (location.href = url), ours);
  await page.waitForURL((url) => !url.href.endsWith("/healthz"));
  expect(page.url()).not.toBe(ours);
  await page.close();
});

test("what was allowed is taken back while Beckon runs: links are seen no more, and the settings show it at once", async () => {
  await bob.browser.restartAsking();
  const server = { server: new URL(backend.url).host };
  const address = await linkOf(await signUp(backend.url, account("Ivan Petrov")));
  const settings = await bob.browser.openSettings();
  await settings.getByText(say("invite.links-open", server)).waitFor();
  const page = await follow(bob, address);
  await page.getByRole("button", { name: say("invite.not-now") }).waitFor();

  await page.getByRole("button", { name: say("invite.links-stop") }).click();
  for (const one of [page, settings]) await one.getByText(say("invite.links-offer", server)).waitFor();
  const seen = await follow(bob, address);
  // What the background would have done, it has done by the time that it has answered this.
  await settings.evaluate(() => chrome.runtime.sendMessage({ type: "readDiagnostics" }));
  expect(seen.url()).toBe(address);
  await seen.getByRole("heading", { name: textsIn("en")("invite.have-title") }).waitFor();
});

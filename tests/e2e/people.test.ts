import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ROOT } from "../../scripts/setup/command.ts";
import { account, befriend, callFunction, type SignedUp, signUp } from "../support/accounts.ts";
import { Backend } from "../support/backend.ts";
import { Belongings } from "../support/belongings.ts";
import { BADGE, Person, say } from "../support/people.ts";
import { until } from "../support/until.ts";

const open = new Belongings();
let backend: Backend;
let alice: Person;
let bob: Person;
/** Of these there is the account alone. */
let carol: SignedUp;
let dan: SignedUp;
let bobAccount: SignedUp;

beforeAll(async () => {
  backend = await Backend.start();
  open.add(() => backend.close());
  const aliceAccount = await signUp(backend.url, account("Alice Okada"));
  bobAccount = await signUp(backend.url, account("Bob Tanaka"));
  [carol, dan] = [await signUp(backend.url, account("Carol Ruiz")), await signUp(backend.url, account("Dan Weber"))];
  [alice, bob] = await Promise.all([Person.arrive(aliceAccount, open), Person.arrive(bobAccount, open)]);
  await Promise.all([alice.signIn(backend.url), bob.signIn(backend.url)]);
});

afterAll(() => open.close());

/** Writes something where a contact is added. */
async function write(person: Person, text: string): Promise<void> {
  await person.popup
    .getByRole("button", { name: say("add.title") })
    .first()
    .click();
  await person.popup.getByLabel(say("add.handle"), { exact: true }).fill(text);
  await person.popup.getByRole("button", { name: say("add.send") }).click();
}

function inAlices(name: string) {
  return alice.popup.getByRole("listitem").filter({ hasText: name });
}

async function contactsOf({ token }: SignedUp) {
  return (await callFunction(backend.url, "listContacts", {}, token)).contacts;
}

test("a request shows at Bob's toolbar while his popup is closed, and is accepted there", async () => {
  await bob.browser.closePages();
  await write(alice, `@${bobAccount.handle}`);
  await alice.popup.getByText(say("add.sent", { handle: bobAccount.handle })).waitFor();
  await alice.popup.keyboard.press("Escape");
  await bob.browser.untilBadge("+1");
  const id = await bob.browser.untilNotifies("request:");
  await bob.browser.clickNotificationButton(id, 0);
  await bob.browser.untilBadge(BADGE.available);
  await bob.browser.untilNotifiesNot("request:");
  bob.popup = await bob.browser.openPopup();
  await Promise.all([alice.contact(bob, "available").waitFor(), bob.contact(alice, "available").waitFor()]);
});

test("Bob's picture comes into his row, and his initial stands where there is none", async () => {
  await inAlices(bob.name).getByText("B", { exact: true }).waitFor();
  const image = (await readFile(join(ROOT, "extension/public/icons/128.png"))).toString("base64");
  await callFunction(backend.url, "setAvatar", { image }, bobAccount.token);
  await until("Bob's picture", () =>
    inAlices(bob.name)
      .locator("img")
      // They are images, asked for without whatever the server's address has set as a cookie.
      .evaluateAll((images) => {
        const shown = (images as HTMLImageElement[]).find(({ naturalWidth }) => naturalWidth > 0);
        return shown && (shown.crossOrigin === "anonymous" || undefined);
      }),
  );
});

test("a favourite stands first, on every device and also after the browser's worker died", async () => {
  const group = () => alice.popup.getByRole("heading", { name: say("list.favourites", { count: 1 }) });
  await alice.popup.getByRole("button", { name: new RegExp(`^${bob.name}`) }).press("*");
  await group().waitFor();
  await alice.browser.stopWorker();
  await alice.reopenPopup();
  await group().waitFor();
});

test("Alice pastes the code of Carol's invite, sees who it is from, and has her as a contact by her own click", async () => {
  const { code } = await callFunction(backend.url, "createInviteLink", {}, carol.token);
  await write(alice, code.toLowerCase());
  await alice.popup.getByText(say("invite.question", { name: carol.name, handle: carol.handle })).waitFor();
  expect(await contactsOf(carol)).toEqual([]);
  await alice.popup.getByRole("button", { name: say("invite.accept"), exact: true }).click();
  await alice.popup.getByText(say("invite.added", { name: carol.name })).waitFor();
  await alice.popup.keyboard.press("Escape");
  await inAlices(carol.name).waitFor();
});

test("Alice finds the link that she made among those that wait, and withdraws it: it lets nobody in any more", async () => {
  const openAdding = () =>
    alice.popup
      .getByRole("button", { name: say("add.title") })
      .first()
      .click();
  const make = alice.popup.getByRole("button", { name: say("invite.make") });
  const waiting = alice.popup.getByRole("list", { name: say("invite.waiting") }).getByRole("listitem");
  await openAdding();
  await make.click();
  const link = await alice.popup.getByLabel(say("invite.link"), { exact: true }).inputValue();
  await waiting.filter({ hasText: say("invite.waiting-this") }).waitFor();
  await alice.popup.keyboard.press("Escape");
  await openAdding();
  await waiting.getByRole("button").click();
  await alice.popup.getByText(say("invite.withdrawn")).waitFor();
  expect(await waiting.count()).toBe(0);
  expect((await fetch(link)).status).toBe(404);
  await write(bob, link);
  await bob.popup.getByText(say("invite.not-valid")).waitFor();
  await bob.popup.keyboard.press("Escape");
  // One that still stands there gives way with its place in the list.
  await make.click();
  await waiting.getByRole("button").click();
  await alice.popup.getByLabel(say("invite.link"), { exact: true }).waitFor({ state: "detached" });
  await make.waitFor();
  await alice.popup.keyboard.press("Escape");
});

test("requests are withdrawn and declined, and are gone on both sides", async () => {
  await write(alice, dan.handle);
  await alice.popup.getByText(say("add.sent", { handle: dan.handle })).waitFor();
  await alice.popup.keyboard.press("Escape");
  await alice.popup.getByRole("button", { name: say("request.withdraw-label", { name: dan.handle }) }).click();
  await alice.popup.getByText(say("request.outgoing")).waitFor({ state: "detached" });
  expect(await contactsOf(dan)).toEqual([]);
  await callFunction(backend.url, "requestContact", { handle: alice.account.handle }, dan.token);
  await alice.popup.getByRole("button", { name: say("request.decline-label", { name: dan.name }) }).click();
  await inAlices(dan.name).waitFor({ state: "detached" });
  expect(await contactsOf(dan)).toEqual([]);
});

test("[PRES-5] who rings is blocked from the card: their ring is over, and Alice is offline to them until she unblocks", async () => {
  await bob.call(alice);
  await alice.card.getByRole("button", { name: say("row.block-label", { name: bob.name }) }).click();
  await alice.card.getByRole("button", { name: say("row.block-yes"), exact: true }).click();
  await alice.popup.getByRole("heading", { name: say("list.blocked", { count: 1 }) }).waitFor();
  await Promise.all([alice.untilQuiet(), bob.contact(alice, "offline").waitFor()]);
  await bob.browser.closeCallPages();
  await alice.popup.getByRole("button", { name: say("blocked.unblock-label", { name: bob.name }) }).click();
  await Promise.all([alice.contact(bob, "available").waitFor(), bob.contact(alice, "available").waitFor()]);
  await alice.popup.getByRole("heading", { name: say("list.favourites", { count: 1 }) }).waitFor();
});

test("[DEC-39] a contact is removed after a question: gone at both, and no favourite when they come back", async () => {
  await alice.openMenu(bob);
  await alice.popup.getByRole("menuitem", { name: say("row.remove") }).click();
  await alice.popup.getByRole("button", { name: say("row.remove-yes"), exact: true }).click();
  await inAlices(bob.name).waitFor({ state: "detached" });
  await bob.popup.getByText(say("list.empty")).waitFor();
  // The account's own session is that of its making.
  await befriend(backend.url, { ...bobAccount }, alice.account as SignedUp);
  await alice.contact(bob, "available").waitFor();
  await alice.popup.getByRole("heading", { name: say("list.online", { count: 1 }) }).waitFor();
});

import type { Page } from "puppeteer-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { type Account } from "../support/accounts.ts";
import { Backend } from "../support/backend.ts";
import { Belongings } from "../support/belongings.ts";
import { ChromiumPuppet } from "../support/chromium-puppet.ts";
import { friends, Person, say } from "../support/people.ts";
import { untilMediaAdvances } from "../support/page-watch.ts";
import { untilNoGesture, untilPictured } from "../support/small-window.ts";

const open = new Belongings();
let alice: ChromiumPuppet;
let bob: Person;
let aliceAccount: Account;
let call: Page;

beforeAll(async () => {
  const backend = await Backend.start();
  open.add(() => backend.close());
  const [first, other] = await friends(backend.url);
  aliceAccount = first;
  bob = await Person.arrive(other, open);
  alice = await ChromiumPuppet.launch();
  open.add(() => alice.close());
  await bob.signIn(backend.url);
  await alice.signIn(backend.url, first);
  await bob.contact(aliceAccount, "available").waitFor();
});

afterAll(() => open.close());

beforeEach(async () => {
  await alice.popup.bringToFront();
  await alice.click(say("row.video", { name: bob.name }));
  await bob.accept();
  call = await alice.callPage();
  await untilMediaAdvances(call);
});

afterEach(async () => {
  await bob.leaveCall();
  await bob.browser.closeCallPages();
  await alice.untilNoSmallWindow();
  await call.close();
  await bob.contact(aliceAccount, "available").waitFor();
});

test("the small window opens when the tab is left just after a click in it, and closes when the person is back", async () => {
  await call.mouse.click(300, 200);
  await alice.popup.bringToFront();
  await alice.untilSmallWindow();
  expect(await untilPictured(call)).toContain(say("call.hang-up"));
  await call.bringToFront();
  await alice.untilNoSmallWindow();
});

test("it stays away where the person does not want it, and what they opened before they left stays", async () => {
  await setFollows(false);
  await call.mouse.click(300, 200);
  await alice.popup.bringToFront();
  // It opens only where it is not open yet; else this closes it, and there is no picture in it.
  await alice.click(say("strip.picture"));
  await alice.untilSmallWindow();
  await untilPictured(call);
  await call.bringToFront();
  await alice.untilNoSmallWindow();
  await setFollows(null);

  await call.keyboard.press("p");
  await alice.untilSmallWindow();
  await alice.popup.bringToFront();
  await call.bringToFront();
  await untilPictured(call);
  await call.keyboard.press("p");
});

test("it opens and closes from the popup long after the tab was left, by the click that was made there", async () => {
  // The browser lets a page open it for some seconds after a click in the page.
  await untilNoGesture(call);
  await alice.popup.bringToFront();
  await alice.click(say("strip.picture"));
  await alice.untilSmallWindow();
  await untilPictured(call);
  await alice.click(say("strip.picture"));
  await alice.untilNoSmallWindow();
});

/** The part of the extension API that these tests ask for. */
declare const chrome: { runtime: { sendMessage: (message: unknown) => Promise<void> } };

/** On or off, or as at first. The call's page is told at once. */
async function setFollows(pictureFollows: boolean | null): Promise<void> {
  await alice.popup.evaluate(
    (wanted) => chrome.runtime.sendMessage({ type: "setDevice", change: { pictureFollows: wanted } }),
    pictureFollows,
  );
}

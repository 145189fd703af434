import { afterAll, beforeAll, expect, test } from "vitest";
import type { View } from "../../extension/core/view.ts";
import { account, callFunction, type SignedUp, signUp } from "../support/accounts.ts";
import { Backend } from "../support/backend.ts";
import { Belongings } from "../support/belongings.ts";
import { callerOf, endOf } from "../support/calls.ts";
import { BADGE, friends, Person } from "../support/people.ts";
import { newCallId, type OnlineClient } from "../support/presence-client.ts";
import { until } from "../support/until.ts";

/** The part of the extension API that a page asks for what the background shows. */
declare const chrome: {
  runtime: { sendMessage: (message: object) => Promise<unknown> };
  storage: { session: { get: (key: string) => Promise<{ view: string }> } };
};

const open = new Belongings();
let backend: Backend;
let bobAccount: SignedUp;
let bob: Person;
/** Somebody whom Bob knows, without a browser. */
let carol: OnlineClient;

beforeAll(async () => {
  backend = await Backend.start();
  open.add(() => backend.close());
  [, bobAccount] = await friends(backend.url);
  carol = await callerOf(backend.url, "Carol Mori", bobAccount);
  bob = await Person.arrive(bobAccount, open);
  await bob.signIn(backend.url);
  await carol.next("presence", (told) => told.user === bobAccount.user && told.availability === "available");
});

afterAll(() => open.close());

/** Waits until Bob's background has heard of something that was just done: it has shown all that came before. */
async function untilHeard(): Promise<void> {
  const text = crypto.randomUUID();
  await carol.must({ type: "presence.set", text });
  const page = await bob.browser.openSettings();
  await until("Carol's text", () =>
    page.evaluate(async (wanted) => {
      // Wakes the worker where it sleeps.
      await chrome.runtime.sendMessage({ type: "retryNow" });
      const view = JSON.parse((await chrome.storage.session.get("view")).view) as View;
      return view.at === "signed-in" && view.contacts.some((contact) => contact.text === wanted) ? true : undefined;
    }, text),
  );
  await page.close();
}

test("a request is told once: not again by a worker or a browser that starts anew, and is gone when withdrawn", async () => {
  const dan = await signUp(backend.url, account("Dan Weber"));
  const ask = () => callFunction(backend.url, "requestContact", { handle: bobAccount.handle }, dan.token);
  const withdraw = async () => {
    // Whoever asks knows no more of the other than the handle, and the entry has a name of its own.
    const [entry] = (await callFunction(backend.url, "listContacts", {}, dan.token)).contacts;
    await callFunction(backend.url, "removeContact", { user: entry!.user }, dan.token);
  };
  const { browser } = bob;
  await browser.closePages();

  await ask();
  await browser.untilBadge("+1");
  await browser.untilNotifies("request:");
  await withdraw();
  await browser.untilNotifiesNot("request:");
  await browser.untilBadge(BADGE.available);

  await ask();
  await browser.closeNotification(await browser.untilNotifies("request:"));
  await browser.stopWorker();
  await untilHeard();
  expect(await browser.notifications()).toEqual([]);
  expect(await browser.badge()).toBe("+1");

  await browser.restart();
  await untilHeard();
  expect(await browser.notifications()).toEqual([]);
  expect(await browser.badge()).toBe("+1");

  await withdraw();
  await browser.untilBadge(BADGE.available);
});

test("a browser that is started anew is signed in by itself: who is called there is rung", async () => {
  await bob.browser.leaveAlone();
  // An invite in the grace waits for the return, and is out of reach where nobody comes. [CALL-8]
  const call = newCallId();
  await carol.must({ type: "call.invite", call, to: bobAccount.user, media: "audio" });
  const ringing = await carol.next("call.ringing", (told) => told.call === call, 20_000);
  expect(ringing.devices).toBe(1);
  await carol.must({ type: "call.cancel", call });
  expect(await endOf(carol, call)).toBe("cancelled");
  await carol.must({ type: "bye" });
});

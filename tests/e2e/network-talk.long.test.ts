import { setTimeout as pause } from "node:timers/promises";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { whyNoNetworks } from "../../scripts/setup/networks.ts";
import { aliceAndBobApart } from "../support/apart.ts";
import { Belongings } from "../support/belongings.ts";
import { longestFreezeMs, noteFrozenPictures, pictureAfter } from "../support/freezes.ts";
import { noteStarted, untilNothingStays } from "../support/leftovers.ts";
import { describeWhere } from "../support/needs.ts";
import type { NetworkNamespace } from "../support/network-namespace.ts";
import { untilMediaAdvances, watched } from "../support/page-watch.ts";
import { type Person, say } from "../support/people.ts";
import { type Talk, talk } from "../support/talk.ts";

/** How long something is away is what is tested. */
const SHORT_MS = 5_000;
const LONG_MS = 20_000;
/** Before the silence of a line that is dead would tell, after 45 s. */
const BACK_WITHIN_MS = 30_000;
/** A lost connection is given up after 30 s, which count from when the browser notices it. */
const GIVEN_UP_WITHIN_MS = 60_000;

describeWhere(whyNoNetworks(), "[CALL-13] a talk, while Bob's network is bad", () => {
  const open = new Belongings();
  let network: NetworkNamespace;
  let alice: Person;
  let bob: Person;
  let calls: Talk;

  beforeAll(async () => {
    ({ network, alice, bob } = await aliceAndBobApart(open, "bob"));
    for (const { browser } of [alice, bob]) await browser.runFirst(noteStarted);
    calls = await talk(alice, bob);
    await Promise.all(pages().map(noteFrozenPictures));
  });

  afterAll(() => open.close());

  const pages = (): [Page, Page] => [calls.aliceCall, calls.bobCall];

  const ways = [
    { what: "the media alone", cut: () => network.cutMedia(), join: () => network.joinMedia() },
    { what: "the whole network", cut: () => network.cutLink(), join: () => network.joinLink() },
  ];

  test.each(ways)("heals by itself after 5 s without $what", async ({ what, cut, join }) => {
    await cut();
    await pause(SHORT_MS);
    await join();
    await heals(`${what} was back after 5 s`);
  });

  test.each(ways)("heals by itself after 20 s without $what, and says meanwhile what is going on", async (way) => {
    const since = Date.now();
    await way.cut();
    await Promise.all([
      alice.sees(calls.aliceCall, say("call.interrupted")),
      bob.sees(calls.bobCall, say("call.interrupted")),
    ]);
    console.log(`both read that it was interrupted ${Date.now() - since} ms after ${way.what} went`);
    await pause(Math.max(0, LONG_MS - (Date.now() - since)));
    await way.join();
    await heals(`${way.what} was back after 20 s`);
  });

  test("heals by itself where Bob's network becomes another one, by the connection that it has", async () => {
    const made = () => Promise.all(pages().map(async (call) => (await watched(call)).connections));
    const before = await made();
    await network.changeAddress();
    await heals("Bob has another address");
    expect(await made()).toEqual(before);
  });

  test("is over where the media stays away for more than 30 s, says so, and is called again with one click", async () => {
    const { aliceCall, bobCall } = calls;
    const since = Date.now();
    await network.cutMedia();
    const again = (call: Page) => call.getByRole("button", { name: say("call.again") });
    await Promise.all(pages().map((call) => again(call).waitFor({ timeout: GIVEN_UP_WITHIN_MS })));
    console.log(`given up ${Date.now() - since} ms after the media went`);
    // Whichever gave it up first, neither reads that the other one hung up.
    await wasLost(aliceCall, say("ended.caller.lost"));
    await wasLost(bobCall, say("ended.callee.lost", { name: alice.name }));
    await Promise.all(pages().map((call) => untilNothingStays(call)));
    await network.joinMedia();
    await bob.callAgain(bobCall);
    await aliceCall.close();
    await alice.accept();
    calls = { ...calls, aliceCall: await alice.browser.callPage(aliceCall) };
    await Promise.all(pages().map((call) => untilMediaAdvances(call)));
  });

  async function wasLost(call: Page, told: string): Promise<void> {
    const words = call
      .getByRole("status")
      .filter({ hasText: new RegExp(`${escape(told)}|${escape(say("call.failed-lost"))}`) });
    await words.waitFor({ state: "attached" });
  }

  /** Waits until both see and hear each other again, and prints how long that took from now on. */
  async function heals(what: string): Promise<void> {
    const since = Date.now();
    const back = await Promise.all(pages().map((call) => pictureAfter(call, since, BACK_WITHIN_MS)));
    await Promise.all(pages().map((call) => untilMediaAdvances(call)));
    await Promise.all([alice.sees(calls.aliceCall, say("call.live")), bob.sees(calls.bobCall, say("call.live"))]);
    const freezes = await Promise.all(pages().map(longestFreezeMs));
    console.log(
      `${what}: pictures after ${back.map((at) => at - since).join(" and ")} ms, all well after ${Date.now() - since} ms; so far frozen for at most ${freezes.join(" and ")} ms`,
    );
    expect(await alice.browser.callTabs()).toBe(1);
  }
});

function escape(text: string): string {
  return text.replaceAll(/[.?]/g, "\\$&");
}

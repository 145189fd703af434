import { describe, expect, onTestFinished, test } from "vitest";
import { Belongings } from "../support/belongings.ts";
import { isSoundPlaying, untilMediaAdvances } from "../support/page-watch.ts";
import { BADGE, Person, say } from "../support/people.ts";
import { setStage } from "../support/stage.ts";

/** Long enough for two browsers to ring, short enough to wait for. */
const RING_MS = 6000;

const PATIENT = { timeout: 10_000 };

const ACCEPT = 0;
const DECLINE = 1;

describe("a call that rings", () => {
  const stage = setStage();

  test("[CALL-5] Bob declines: Alice hears of it, and nothing rings on", async () => {
    const { alice, bob } = stage;
    await alice.call(bob);
    await bob.browser.untilBadge(BADGE.ringing);
    await bob.decline();
    await alice.sees(await alice.browser.callPage(), say("ended.caller.declined", { name: bob.name }));
    await Promise.all([bob.card.waitFor({ state: "hidden" }), bob.browser.untilNotRinging()]);
    await bob.browser.untilBadge(BADGE.available);
  });

  test("Alice cancels: Bob's browser falls silent and shows a missed call", async () => {
    const { alice, bob } = stage;
    await alice.call(bob);
    await bob.browser.ringingNotification();
    const call = await alice.browser.callPage();
    await alice.hangUp(call);
    await alice.sees(call, say("ended.caller.cancelled"));
    await bob.card.waitFor({ state: "hidden" });
    await bob.browser.untilBadge("1");
    await bob.popup.getByText(say("missed.count", { count: 1 })).waitFor();
    await bob.seeMissed();
    await bob.browser.untilBadge(BADGE.available);
  });

  test("Bob accepts in the notification", async () => {
    const { alice, bob } = stage;
    await alice.call(bob);
    const { id } = await bob.browser.ringingNotification();
    await bob.browser.clickNotificationButton(id, ACCEPT);
    const [aliceCall, bobCall] = await Promise.all([alice.browser.callPage(), bob.browser.callPage()]);
    await Promise.all([untilMediaAdvances(aliceCall), untilMediaAdvances(bobCall)]);
    // No gesture has reached Bob's tab: their sound has to play all the same.
    await expect.poll(() => isSoundPlaying(bobCall), PATIENT).toBe(true);
    await bob.hangUp(bobCall);
    await alice.sees(aliceCall, say("ended.caller.hangup"));
  });

  test("Bob declines in the notification", async () => {
    const { alice, bob } = stage;
    await alice.call(bob);
    const { id } = await bob.browser.ringingNotification();
    await bob.browser.clickNotificationButton(id, DECLINE);
    await alice.sees(await alice.browser.callPage(), say("ended.caller.declined", { name: bob.name }));
    await bob.browser.untilNotRinging();
  });

  test("[CALL-4] Bob's laptop rings as well, and falls silent when he answers at his desk", async () => {
    const { alice, bob, backend } = stage;
    const open = new Belongings();
    onTestFinished(() => open.close());
    const laptop = await Person.arrive(bob.account, open);
    await laptop.signIn(backend.url);
    await alice.call(bob);
    await Promise.all([bob.card.waitFor(), laptop.card.waitFor()]);
    await bob.accept();
    await laptop.card.waitFor({ state: "hidden" });
    await laptop.browser.untilNotRinging();
    await untilMediaAdvances(await bob.browser.callPage());
    await alice.hangUp(await alice.browser.callPage());
    await laptop.browser.untilBadge(BADGE.available);
  });
});

describe("a call that nobody answers", () => {
  const stage = setStage({ env: { RING_MS: String(RING_MS) } });

  test("[CALL-7] the ringing ends by itself, and Bob has a missed call", async () => {
    const { alice, bob } = stage;
    await alice.call(bob);
    await bob.browser.ringingNotification();
    const since = Date.now();
    await alice.sees(await alice.browser.callPage(), say("ended.caller.no-answer", { name: bob.name }));
    expect(Date.now() - since).toBeLessThan(RING_MS + 2000);
    await bob.card.waitFor({ state: "hidden" });
    await bob.browser.untilBadge("1");
    await bob.seeMissed();
    await bob.browser.untilBadge(BADGE.available);
  });
});

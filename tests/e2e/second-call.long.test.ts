import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { Settings } from "#protocol";
import { account, befriend, signUp, type SignedUp } from "../support/accounts.ts";
import { Belongings } from "../support/belongings.ts";
import { untilMediaAdvances, watched } from "../support/page-watch.ts";
import { BADGE, Person, say } from "../support/people.ts";
import { PresenceClient } from "../support/presence-client.ts";
import { setStage } from "../support/stage.ts";
import { talk } from "../support/talk.ts";
import { until } from "../support/until.ts";

/** The part of the extension API that is asked about the ring's document, and commanded with. */
declare const chrome: {
  runtime: {
    getContexts: (filter: { contextTypes: string[] }) => Promise<unknown[]>;
    sendMessage: (message: unknown) => Promise<{ ok: boolean }>;
  };
};

const stage = setStage();
const open = new Belongings();
let carol: Person;

beforeAll(async () => {
  const { alice, backend } = stage;
  const carolAccount = await signUp(backend.url, account("Carol Sato"));
  await befriend(backend.url, carolAccount, signedUp(alice));
  carol = await Person.arrive(carolAccount, open);
  await carol.signIn(backend.url);
  await alice.contact(carol, "available").waitFor();
});

afterAll(() => open.close());

describe("a second call", () => {
  test("[CALL-9] waits without a sound, and goes on in the tab of the first when Alice accepts it", async () => {
    const { alice, bob } = stage;
    const { aliceCall, bobCall } = await talk(alice, bob);
    const carolCall = await carolCalls();
    await cardIn(aliceCall).waitFor();
    expect(await sounds(alice)).toBe(0);
    await alice.browser.untilBadge(BADGE.ringing);

    await cardIn(aliceCall)
      .getByRole("button", { name: say("waiting.accept") })
      .click();
    await bob.sees(bobCall, say("ended.callee.hangup"));
    await Promise.all([untilMediaAdvances(aliceCall), untilMediaAdvances(carolCall)]);
    expect(await alice.browser.callPage()).toBe(aliceCall);
    expect(await aliceCall.title()).toContain(carol.name);
    // The camera went with her, and was not asked for again.
    expect((await watched(aliceCall)).mediaAsked).toBe(1);

    // The tab is known by its new address, also to a background that begins anew.
    await alice.browser.stopWorker();
    await alice.popup.bringToFront();
    await alice.popup.getByRole("button", { name: say("strip.live", { name: carol.name }) }).click();
    expect(await alice.browser.callPage()).toBe(aliceCall);
    await alice.hangUp(aliceCall);
    await carol.sees(carolCall, say("ended.caller.hangup"));
    await carolCall.close();
  });

  test("[CALL-9] is declined in the popup, and the talk does not notice", async () => {
    const { alice, bob } = stage;
    const { aliceCall, bobCall } = await talk(alice, bob);
    const carolCall = await carolCalls();
    await cardIn(alice.popup)
      .getByRole("button", { name: say("ringing.decline") })
      .click();
    await carol.sees(carolCall, say("ended.caller.declined", { name: alice.name }));
    await cardIn(aliceCall).waitFor({ state: "hidden" });
    await Promise.all([untilMediaAdvances(aliceCall), untilMediaAdvances(bobCall)]);
    await bob.hangUp(bobCall);
    await carolCall.close();
  });

  test("[CALL-9] that is given up costs nothing of the talk, and is missed", async () => {
    const { alice, bob } = stage;
    const { aliceCall, bobCall } = await talk(alice, bob);
    const carolCall = await carolCalls();
    await carol.hangUp(carolCall);
    await cardIn(aliceCall).waitFor({ state: "hidden" });
    await untilMediaAdvances(aliceCall);
    await bob.hangUp(bobCall);
    await alice.seeMissed();
    await carolCall.close();
  });

  test("[CALL-9] rings aloud when the talk is over, and Carol reads that it does", async () => {
    const { alice, bob } = stage;
    const { aliceCall, bobCall } = await talk(alice, bob);
    const carolCall = await carolCalls();
    await bob.hangUp(bobCall);
    await alice.sees(aliceCall, say("ended.caller.hangup"));
    await alice.card.waitFor();
    await until("the ring", async () => ((await sounds(alice)) === 1 ? true : undefined));
    await carol.sees(carolCall, say("call.ringing", { devices: 1 }));
    await alice.decline();
    await carol.sees(carolCall, say("ended.caller.declined", { name: alice.name }));
    await carolCall.close();
  });

  test("is answered by no key of the talk, and takes no focus", async () => {
    const { alice, bob } = stage;
    const { aliceCall, bobCall } = await talk(alice, bob);
    const carolCall = await carolCalls();
    await cardIn(aliceCall).waitFor();
    await aliceCall.bringToFront();
    for (const key of ["m", "m", "v", "v", "Space", "Enter", "Escape"]) await aliceCall.keyboard.press(key);
    expect(await cardIn(aliceCall).evaluate((card) => card.contains(document.activeElement))).toBe(false);
    await carol.sees(carolCall, say("call.ringing-waiting"));
    await Promise.all([untilMediaAdvances(aliceCall), untilMediaAdvances(bobCall)]);
    await cardIn(aliceCall)
      .getByRole("button", { name: say("ringing.decline") })
      .click();
    await bob.hangUp(bobCall);
    await carolCall.close();
  });

  test("[CALL-9] ends as busy where Alice chose so", async () => {
    const { alice, bob } = stage;
    await setForAlice({ secondCall: "busy" });
    const { aliceCall, bobCall } = await talk(alice, bob);
    const carolCall = await callTalking();
    await carol.sees(carolCall, say("ended.caller.busy", { name: alice.name }));
    await untilMediaAdvances(aliceCall);
    await bob.hangUp(bobCall);
    await setForAlice({ secondCall: "wait" });
    await alice.seeMissed();
    await carolCall.close();
  });

  test("[CALL-9] is quiet on Alice's laptop too, and accepted there it ends the talk at her desk", async () => {
    const { alice, bob, backend } = stage;
    const belongings = new Belongings();
    onTestFinished(() => belongings.close());
    const laptop = await Person.arrive(alice.account, belongings);
    await laptop.signIn(backend.url);
    const { aliceCall, bobCall } = await talk(alice, bob);
    const carolCall = await carolCalls();
    await laptop.card.getByText(say("ringing.ends-other")).waitFor();
    await laptop.browser.untilBadge(BADGE.ringing);
    expect(await sounds(laptop)).toBe(0);
    await laptop.accept();
    await bob.sees(bobCall, say("ended.callee.hangup"));
    await alice.sees(aliceCall, say("ended.caller.hangup"));
    await Promise.all([untilMediaAdvances(await laptop.browser.callPage()), untilMediaAdvances(carolCall)]);
    await alice.browser.untilNotRinging();
    await carol.hangUp(carolCall);
    await laptop.browser.untilBadge(BADGE.available);
    await carolCall.close();
  });
});

describe("a ring without its sound", () => {
  test("goes on with its card when Alice silences it, also after the worker's death, and Carol cannot tell", async () => {
    const { alice } = stage;
    const carolCall = await callFree();
    await alice.card.waitFor();
    await until("the ring", async () => ((await sounds(alice)) === 1 ? true : undefined));
    await carol.sees(carolCall, say("call.ringing", { devices: 1 }));
    await alice.card.getByRole("button", { name: say("ringing.silence") }).click();
    await until("silence", async () => ((await sounds(alice)) === 0 ? true : undefined));
    await alice.browser.stopWorker();
    await alice.reopenPopup();
    await alice.card.getByText(say("ringing.video-silenced")).waitFor();
    expect(await sounds(alice)).toBe(0);
    await carol.sees(carolCall, say("call.ringing", { devices: 1 }));
    await alice.decline();
    await carol.sees(carolCall, say("ended.caller.declined", { name: alice.name }));
    await carolCall.close();
  });

  test("is delivered so to a device that rings silently, and Carol is told", async () => {
    const { alice } = stage;
    await ringSilently(true);
    const carolCall = await callFree();
    await alice.card.getByText(say("ringing.video-silent")).waitFor();
    await carol.sees(carolCall, say("call.ringing-silent"));
    expect(await sounds(alice)).toBe(0);
    await alice.browser.ringingNotification();
    await ringSilently(false);
    await carol.sees(carolCall, say("call.ringing", { devices: 1 }));
    await alice.decline();
    await carolCall.close();
  });
});

/** Carol calls Alice, who talks, and reads what comes of it. */
async function carolCalls(): Promise<Page> {
  const call = await callTalking();
  await carol.sees(call, say("call.ringing-waiting"));
  return call;
}

/** Carol calls Alice, who is in a call and so a step further away. */
async function callTalking(): Promise<Page> {
  const { alice } = stage;
  await carol.contact(alice, "busy").waitFor();
  await carol.popup.bringToFront();
  await carol.popup.getByRole("button", { name: say("row.more", { name: alice.name }) }).click();
  await carol.popup.getByRole("menuitem", { name: say("row.menu-video") }).click();
  return carol.browser.callPage();
}

/** Carol calls Alice, who is in no call. */
async function callFree(): Promise<Page> {
  const { alice } = stage;
  await carol.contact(alice, "available").waitFor();
  await carol.call(alice);
  return carol.browser.callPage();
}

function cardIn(page: Page) {
  return page.getByRole("region", { name: say("waiting.region", { name: carol.name }) });
}

/** How many documents ring at a person's browser. */
async function sounds({ popup }: Person): Promise<number> {
  return popup.evaluate(
    async () => (await chrome.runtime.getContexts({ contextTypes: ["OFFSCREEN_DOCUMENT"] })).length,
  );
}

/** A setting of Alice's, made on another device of hers. */
async function setForAlice(settings: Partial<Settings>): Promise<void> {
  const { alice, backend } = stage;
  const device = await PresenceClient.online(backend.url, { token: signedUp(alice).token });
  await device.must({ type: "settings.set", ...settings });
  device.send({ type: "bye" });
}

async function ringSilently(chosen: boolean): Promise<void> {
  const { popup } = stage.alice;
  const answer = await popup.evaluate(
    (ringSilently) => chrome.runtime.sendMessage({ type: "setDevice", change: { ringSilently } }),
    chosen,
  );
  expect(answer).toEqual({ ok: true });
}

/** The stage made it over the server's functions. */
function signedUp({ account }: Person): SignedUp {
  return account as SignedUp;
}

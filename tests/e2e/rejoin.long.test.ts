import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { callFunction, type SignedUp } from "../support/accounts.ts";
import {
  connectionState,
  countNothing,
  countOffers,
  iceName,
  negotiatesNoMore,
  newFrameAt,
  openConnections,
  seemFailed,
  untilMediaAdvances,
  untilWatched,
  watched,
} from "../support/page-watch.ts";
import { BADGE, type Person, say } from "../support/people.ts";
import { setStage, type Stage } from "../support/stage.ts";
import { talk } from "../support/talk.ts";
import { until } from "../support/until.ts";

const QUICK_MS = 3_000;

describe("[CALL-13] a call outlasts its tab", () => {
  const stage = setStage();

  test("Alice loads her call tab again: both see each other, Bob hears no ring, the talk goes on", async () => {
    const { alice, bob } = stage;
    const { aliceCall, bobCall } = await talk(alice, bob);
    await until("second second of the talk", async () => ((await talkedSeconds(aliceCall)) >= 2 ? true : undefined));
    const before = await talkedSeconds(aliceCall);
    const calls = await recorded(stage);
    await staysQuiet(bob, async () => {
      const since = Date.now();
      await aliceCall.reload();
      await flowsAgain("Alice loaded her tab again", since, aliceCall, bobCall);
    });
    expect(await talkedSeconds(aliceCall)).toBeGreaterThanOrEqual(before);
    await bob.hangUp(bobCall);
    await alice.sees(aliceCall, say("ended.caller.hangup"));
    await untilRecorded(stage, calls + 1);
  });

  test("Bob, who accepted and is muted, loads his tab again: he is still muted, and his camera off", async () => {
    const { alice, bob } = stage;
    const { aliceCall, bobCall } = await talk(alice, bob);
    await toggle(bobCall, "call.microphone", true).click();
    await toggle(bobCall, "call.camera", true).click();
    await aliceCall.getByText(say("call.their-camera-off")).waitFor();
    const since = Date.now();
    await bobCall.reload();
    await newFrameAt(bobCall, since);
    await toggle(bobCall, "call.microphone", false).waitFor();
    await toggle(bobCall, "call.camera", false).waitFor();
    await untilConnections(aliceCall, bobCall);
    await aliceCall.getByText(say("call.their-camera-off")).waitFor();
    await aliceCall.getByText(say("call.their-microphone-off")).waitFor();
    await toggle(bobCall, "call.camera", false).click();
    await untilMediaAdvances(bobCall);
    await aliceCall.getByText(say("call.their-camera-off")).waitFor({ state: "hidden" });
  });

  test("a closed tab is opened again by the strip", async () => {
    const { alice, bob } = stage;
    const { aliceCall, bobCall } = await talk(alice, bob);
    await aliceCall.close();
    await alice.stripSays(say("strip.away", { name: bob.name }));
    expect(await alice.browser.badge()).toBe(BADGE.inCall);
    await bob.sees(bobCall, say("call.interrupted"));
    // The browser finds that out some seconds later.
    expect(await connectionState(bobCall)).toBe("connected");
    const since = Date.now();
    await alice.popup.bringToFront();
    await alice.strip.getByRole("button", { name: say("strip.return") }).click();
    await flowsAgain("the strip opened the tab again", since, await alice.browser.callPage(aliceCall), bobCall);
    await alice.stripSays(say("strip.live", { name: bob.name }));
  });

  test("a closed tab is opened again by its notification, while the worker died", async () => {
    const { alice, bob } = stage;
    const { aliceCall, bobCall } = await talk(alice, bob);
    await bobCall.close();
    const notification = await bob.browser.untilNotifies("away:");
    await bob.browser.stopWorker();
    const since = Date.now();
    await bob.popup.bringToFront();
    await bob.stripSays(say("strip.away", { name: alice.name }));
    await bob.browser.clickNotificationButton(notification, 0);
    await flowsAgain("the notification opened it", since, await bob.browser.callPage(bobCall), aliceCall);
  });

  test("a person who hangs up in the strip while the tab is closed ends the call at once", async () => {
    const { alice, bob } = stage;
    const { aliceCall, bobCall } = await talk(alice, bob);
    await aliceCall.close();
    await alice.stripSays(say("strip.away", { name: bob.name }));
    await alice.strip.getByRole("button", { name: say("strip.hang-up") }).click();
    await bob.sees(bobCall, say("ended.callee.hangup"));
  });

  test("a tab that shows something else has left the call, and comes back by the browser's own way", async () => {
    const { alice, bob } = stage;
    const { aliceCall, bobCall } = await talk(alice, bob);
    await aliceCall.goto(new URL("manifest.json", aliceCall.url()).href);
    await alice.stripSays(say("strip.away", { name: bob.name }));
    const since = Date.now();
    await aliceCall.goBack();
    await flowsAgain("Alice went back", since, aliceCall, bobCall);
  });

  test("both load their tabs again in the same instant, and end in one connection", async () => {
    const { alice, bob } = stage;
    const { aliceCall, bobCall } = await talk(alice, bob);
    const since = Date.now();
    await Promise.all([aliceCall.reload(), bobCall.reload()]);
    await flowsAgain("both loaded their tabs again", since, aliceCall, bobCall);
  });

  test("both restart ICE in the same instant, by one offer, and the call goes on by the same connection", async () => {
    const { alice, bob } = stage;
    const { aliceCall, bobCall } = await talk(alice, bob);
    const offers = await countOffers(bobCall);
    await restartIce(stage, aliceCall, bobCall);
    // An answer to one of two would be taken for an answer to the other, and the two went by different names.
    expect(await offers()).toBe(1);
  });

  test("a fresh connection restarts ICE as well, though the one before was closed in the midst of its restart", async () => {
    const { alice, bob } = stage;
    const { aliceCall, bobCall } = await talk(alice, bob);
    await negotiatesNoMore(bobCall);
    await seemFailed(bobCall);
    const since = Date.now();
    await aliceCall.reload();
    await flowsAgain("Alice loaded her tab again", since, aliceCall, bobCall);
    await restartIce(stage, aliceCall, bobCall);
  });

  test("a connection that carries nothing counts as broken, though the browser calls it whole", async () => {
    const { alice, bob } = stage;
    const { aliceCall, bobCall } = await talk(alice, bob);
    const countAgain = await countNothing(bobCall);
    await bob.sees(bobCall, say("call.interrupted"));
    expect(await connectionState(bobCall)).toBe("connected");
    await countAgain();
    await bob.sees(bobCall, say("call.live"));
    await untilMediaAdvances(bobCall);
    await untilConnections(aliceCall, bobCall);
  });

  test("the server is killed while Alice's tab is loaded again, and comes back", async () => {
    const { alice, bob, backend } = stage;
    const { aliceCall, bobCall } = await talk(alice, bob);
    await backend.kill();
    await aliceCall.reload();
    await alice.sees(aliceCall, say("call.interrupted"));
    const since = Date.now();
    await backend.restart();
    await flowsAgain("the server was back", since, aliceCall, bobCall);
  });

  test("the caller's tab is loaded again while it rings: it rings on, and the call connects", async () => {
    const { alice, bob } = stage;
    await alice.call(bob);
    await bob.card.waitFor();
    const aliceCall = await alice.browser.callPage();
    await aliceCall.reload();
    await untilWatched(aliceCall);
    await alice.sees(aliceCall, say("call.ringing", { devices: 1 }));
    await bob.accept();
    const bobCall = await bob.browser.callPage();
    await Promise.all([untilMediaAdvances(aliceCall), untilMediaAdvances(bobCall)]);
  });

  test("a tab that crashed, and the worker with it, is loaded again by the worker's alarm", async () => {
    const { alice, bob } = stage;
    const { aliceCall, bobCall } = await talk(alice, bob);
    const since = Date.now();
    await alice.browser.crash(aliceCall);
    await alice.browser.hastenAlarm();
    await newFrameAt(bobCall, since);
    await untilMediaAdvances(bobCall);
    await untilConnections(bobCall);
    // Of the pages that were there none can be used on.
    alice.popup = await alice.browser.openPopup();
    await alice.stripSays(say("strip.live", { name: bob.name }));
    expect(await alice.browser.callTabs()).toBe(1);
  });
});

describe("[CALL-13] a tab that does not come back", () => {
  const stage = setStage({ env: { REJOIN_MS: String(QUICK_MS) } });

  test("ends the call as a hang-up on both sides, once the time is over", async () => {
    const { alice, bob } = stage;
    const { aliceCall, bobCall } = await talk(alice, bob);
    const calls = await recorded(stage);
    const since = Date.now();
    await bobCall.close();
    await bob.stripSays(say("strip.away", { name: alice.name }));
    await alice.sees(aliceCall, say("ended.caller.hangup"));
    const afterMs = Date.now() - since;
    console.log(`the call ended ${afterMs} ms after its tab was closed, of ${QUICK_MS} ms`);
    expect(afterMs).toBeGreaterThanOrEqual(QUICK_MS);
    await bob.popup.getByText(say("ended.callee.hangup")).waitFor();
    await untilRecorded(stage, calls + 1);
  });

  test("ends it though the worker was dead when the tab was closed", async () => {
    const { alice, bob } = stage;
    const { aliceCall, bobCall } = await talk(alice, bob);
    await bob.popup.close();
    await Promise.all([bob.browser.stopWorker(), bobCall.close()]);
    await bob.browser.hastenAlarm();
    await alice.sees(aliceCall, say("ended.caller.hangup"));
    bob.popup = await bob.browser.openPopup();
  });
});

/** Has both restart ICE in the same instant, and waits until the call goes on by the connection that it had. */
async function restartIce({ alice, bob }: Stage, aliceCall: Page, bobCall: Page): Promise<void> {
  const made = () => Promise.all([aliceCall, bobCall].map(async (call) => (await watched(call)).connections));
  const [names, before] = await Promise.all([Promise.all([iceName(aliceCall), iceName(bobCall)]), made()]);
  const since = Date.now();
  await Promise.all([seemFailed(aliceCall), seemFailed(bobCall)]);
  await until("restart of ICE on both sides", async () => {
    const now = await Promise.all([iceName(aliceCall), iceName(bobCall)]);
    return now.every((name, side) => name !== names[side]) ? true : undefined;
  });
  await Promise.all([alice.sees(aliceCall, say("call.live")), bob.sees(bobCall, say("call.live"))]);
  console.log(`both restarted ICE: connected after ${Date.now() - since} ms`);
  await Promise.all([untilMediaAdvances(aliceCall), untilMediaAdvances(bobCall)]);
  await untilConnections(aliceCall, bobCall);
  expect(await made()).toEqual(before);
}

/** Waits until both see the other anew, by one connection, and prints how long that took. */
async function flowsAgain(what: string, since: number, ...calls: [Page, Page]): Promise<void> {
  const frames = await Promise.all(calls.map((call) => newFrameAt(call, since)));
  console.log(`${what}: first new pictures after ${frames.map((at) => at - since).join(" and ")} ms`);
  await Promise.all(calls.map((call) => untilMediaAdvances(call)));
  await untilConnections(...calls);
}

/** Waits until each page has one open connection and no more. */
async function untilConnections(...calls: Page[]): Promise<void> {
  for (const call of calls)
    await until("single open connection", async () => ((await openConnections(call)) === 1 ? true : undefined));
}

/** Nothing rings at this person's while it is done. */
async function staysQuiet(person: Person, act: () => Promise<void>): Promise<void> {
  await until("silence", async () => ((await person.browser.isRinging()) ? undefined : true));
  const watch = { isOn: true };
  const acted = act().finally(() => (watch.isOn = false));
  while (watch.isOn) expect(await person.browser.isRinging()).toBe(false);
  await acted;
}

async function talkedSeconds(call: Page): Promise<number> {
  const clock = (await call.getByText(/^\d+:\d{2}$/).textContent()) ?? "";
  const [minutes = 0, seconds = 0] = clock.split(":").map(Number);
  return minutes * 60 + seconds;
}

/** How many answered calls Alice's history has. */
/** A record is written after its people were told of the end. */
async function untilRecorded(stage: Stage, count: number): Promise<void> {
  await until(`${String(count)} records`, async () => ((await recorded(stage)) >= count ? true : undefined));
  expect(await recorded(stage)).toBe(count);
}

async function recorded({ alice, backend }: Stage): Promise<number> {
  // The stage's people were signed up over the server's functions.
  const { token } = alice.account as SignedUp;
  const { calls } = await callFunction(backend.url, "listCalls", {}, token);
  return calls.filter(({ outcome }) => outcome === "answered").length;
}

/** The button of camera or microphone, where that is on or off. */
function toggle(call: Page, device: "call.camera" | "call.microphone", pressed: boolean) {
  return call.getByRole("button", { name: say(device), exact: true, pressed });
}

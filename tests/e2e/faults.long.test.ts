import type { CallId } from "#protocol";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { untilWritten } from "../support/call-rows.ts";
import { longestFreezeMs, noteFrozenPictures } from "../support/freezes.ts";
import { firstFrameAt, untilMediaAdvances, watched } from "../support/page-watch.ts";
import { BADGE, say } from "../support/people.ts";
import { setStage } from "../support/stage.ts";
import { talk } from "../support/talk.ts";
import { until } from "../support/until.ts";

const stage = setStage();

/**
 * Less than a connection that was lost takes to come back. On an idle machine pictures come each 50 ms; how long they stay away
 * on a busy one is printed.
 */
const FROZEN_MS = 3_000;

test("[CALL-12] Bob's worker is stopped while it rings: it rings on, and he accepts", async () => {
  const { alice, bob } = stage;
  await alice.call(bob);
  await bob.browser.ringingNotification();
  await bob.browser.stopWorker();
  expect(await bob.browser.badge()).toBe(BADGE.ringing);
  await bob.accept();
  const [aliceCall, bobCall] = await Promise.all([alice.browser.callPage(), bob.browser.callPage()]);
  await Promise.all([untilMediaAdvances(aliceCall), untilMediaAdvances(bobCall)]);
  await alice.hangUp(aliceCall);
  await bob.sees(bobCall, say("ended.callee.hangup"));
});

test("[CALL-12] Alice's worker is stopped while it rings at Bob's: the call goes through", async () => {
  const { alice, bob } = stage;
  await alice.call(bob);
  await bob.card.waitFor();
  await alice.browser.stopWorker();
  await bob.accept();
  const [aliceCall, bobCall] = await Promise.all([alice.browser.callPage(), bob.browser.callPage()]);
  await Promise.all([untilMediaAdvances(aliceCall), untilMediaAdvances(bobCall)]);
  await bob.hangUp(bobCall);
  await alice.sees(aliceCall, say("ended.caller.hangup"));
});

test("[CALL-13] both workers are stopped while a call runs: the picture goes on, and a hang-up arrives", async () => {
  const { alice, bob } = stage;
  const { aliceCall, bobCall } = await talk(alice, bob);
  await noteFrozenPictures(bobCall);
  await Promise.all([alice.browser.stopWorker(), bob.browser.stopWorker()]);
  await Promise.all([untilMediaAdvances(aliceCall), untilMediaAdvances(bobCall)]);
  expect(await longestFreezeMs(bobCall)).toBeLessThan(FROZEN_MS);
  await alice.hangUp(aliceCall);
  await bob.sees(bobCall, say("ended.callee.hangup"));
});

test("[CALL-11] the server is killed and started again while a call runs: no gap, and a hang-up arrives", async () => {
  const { alice, bob, backend } = stage;
  const { aliceCall, bobCall } = await talk(alice, bob);
  await Promise.all([noteFrozenPictures(aliceCall), noteFrozenPictures(bobCall)]);
  // PeerJS makes one to learn what the browser can.
  const made = () => Promise.all([aliceCall, bobCall].map(async (page) => (await watched(page)).connections));
  const before = await made();

  await backend.kill();
  const isAway = (call: Page) => call.getByText(say("call.offline"));
  await Promise.all([isAway(aliceCall).waitFor(), isAway(bobCall).waitFor()]);
  await Promise.all([untilMediaAdvances(aliceCall), untilMediaAdvances(bobCall)]);

  await backend.restart();
  const backSince = Date.now();
  await Promise.all([aliceCall, bobCall].map((call) => isAway(call).waitFor({ state: "hidden" })));
  const backMs = Date.now() - backSince;
  await Promise.all([untilMediaAdvances(aliceCall), untilMediaAdvances(bobCall)]);
  const freezes = await Promise.all([longestFreezeMs(aliceCall), longestFreezeMs(bobCall)]);
  console.log(`control back after ${backMs} ms; longest time between two pictures ${freezes.join(" and ")} ms`);
  expect(backMs).toBeLessThan(15_000);
  expect(Math.max(...freezes)).toBeLessThan(FROZEN_MS);
  // The media went on by the connection that it had.
  expect(await made()).toEqual(before);

  await alice.hangUp(aliceCall);
  await bob.sees(bobCall, say("ended.callee.hangup"));
});

test("[CALL-11] the server is killed and started again while it rings: it rings on at Bob's, and he accepts", async () => {
  const { alice, bob, backend } = stage;
  const isAway = bob.popup.getByText(new URL(backend.url).host);
  await alice.call(bob);
  const { id } = await bob.browser.ringingNotification();
  const ring = await bob.browser.ringDocument();
  const aliceCall = await alice.browser.callPage();
  // The notification is named for its call.
  await untilWritten(backend, id.slice("incoming:".length) as CallId, "ringing");

  await backend.kill();
  const killedAt = Date.now();
  const logged = backend.log.length;
  await isAway.waitFor();
  await backend.restart();
  const servesAt = Date.now();
  const returns = () => [...backend.log.slice(logged).matchAll(/"device online"/g)].length;
  await until("return of both", () => Promise.resolve(returns() >= 2 ? true : undefined));
  await isAway.waitFor({ state: "hidden" });
  const backAt = Date.now();
  expect(backend.log.slice(logged)).toContain('"calls taken up"');
  expect(await bob.browser.badge()).toBe(BADGE.ringing);
  expect((await bob.browser.ringingNotification()).id).toBe(id);
  // The sound has no second start: it is the document of before.
  expect(await bob.browser.ringDocument()).toBe(ring);

  const acceptedAt = await bob.accept();
  const bobCall = await bob.browser.callPage();
  const frames = await Promise.all([firstFrameAt(aliceCall), firstFrameAt(bobCall)]);
  console.log(
    `served again after ${servesAt - killedAt} ms, both back ${backAt - servesAt} ms later; first pictures ${frames.map((at) => at - acceptedAt).join(" and ")} ms after the accept`,
  );
  await Promise.all([untilMediaAdvances(aliceCall), untilMediaAdvances(bobCall)]);
  await alice.hangUp(aliceCall);
  await bob.sees(bobCall, say("ended.callee.hangup"));
});

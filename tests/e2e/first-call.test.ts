import { expect, test } from "vitest";
import { untilMediaAdvances, watched } from "../support/page-watch.ts";
import { BADGE, say } from "../support/people.ts";
import { setStage } from "../support/stage.ts";
import { talk } from "../support/talk.ts";

const stage = setStage();
const PATIENT = { timeout: 10_000 };

test("Alice calls Bob with video; both see and hear each other until she hangs up", async () => {
  const { alice, bob } = stage;
  const { aliceCall, bobCall, ringMs, aliceFrameMs, bobFrameMs } = await talk(alice, bob);
  console.log(`click to ring ${ringMs} ms; accept to first picture ${aliceFrameMs} ms (Alice), ${bobFrameMs} ms (Bob)`);

  await Promise.all([alice.sees(aliceCall, say("call.live")), bob.sees(bobCall, say("call.live"))]);
  await Promise.all([alice.browser.untilBadge(BADGE.inCall), bob.browser.untilBadge(BADGE.inCall)]);
  await bob.browser.untilNotRinging();

  await alice.hangUp(aliceCall);
  await Promise.all([alice.sees(aliceCall, say("ended.caller.hangup")), bob.sees(bobCall, say("ended.callee.hangup"))]);
  await Promise.all([alice.browser.untilBadge(BADGE.available), bob.browser.untilBadge(BADGE.available)]);
});

test("Alice calls Bob without video; both hear each other", async () => {
  const { alice, bob } = stage;
  await alice.call(bob, "audio");
  await bob.accept();
  const [aliceCall, bobCall] = await Promise.all([alice.browser.callPage(), bob.browser.callPage()]);
  await Promise.all([untilMediaAdvances(aliceCall, "sound"), untilMediaAdvances(bobCall, "sound")]);
  await bob.hangUp(bobCall);
  await alice.sees(aliceCall, say("ended.caller.hangup"));
});

test("no camera, no connection and no call tab at Bob's before he accepts", async () => {
  const { alice, bob } = stage;
  await alice.call(bob);
  await bob.card.waitFor();
  // The caller's tab is ready by now: what it does early, Bob's must not.
  const aliceCall = await alice.browser.callPage();
  await alice.sees(aliceCall, say("call.ringing", { devices: 1 }));
  await expect.poll(async () => (await watched(aliceCall)).mediaAsked, PATIENT).toBeGreaterThan(0);

  const open = bob.browser.context.pages().filter((page) => page.url().includes(".html"));
  expect(open).toEqual([bob.popup]);
  expect(await watched(bob.popup)).toEqual({ connections: 0, mediaAsked: 0, sockets: 0 });
  await bob.accept();
  const bobCall = await bob.browser.callPage();
  await untilMediaAdvances(bobCall);
  const { connections, sockets } = await watched(bobCall);
  expect({ connections: connections > 0, sockets }).toEqual({ connections: true, sockets: 1 });
  await bob.hangUp(bobCall);
  await alice.sees(aliceCall, say("ended.caller.hangup"));
});

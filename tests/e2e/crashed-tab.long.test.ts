import { expect, test } from "vitest";
import { newFrameAt, openConnections, untilMediaAdvances } from "../support/page-watch.ts";
import { say } from "../support/people.ts";
import { setStage } from "../support/stage.ts";
import { talk } from "../support/talk.ts";

const stage = setStage();

/** The worker crashes with the page, and its alarm brings it back after 30 s. */
const REVIVED_WITHIN_MS = 60_000;

test("[CALL-13] a call tab that crashed is loaded again by itself, and the call goes on", async () => {
  const { alice, bob } = stage;
  const { aliceCall, bobCall } = await talk(alice, bob);
  const since = Date.now();
  await alice.browser.crash(aliceCall);
  const at = await newFrameAt(bobCall, since, REVIVED_WITHIN_MS);
  console.log(`Alice's tab crashed: first new picture at Bob's after ${at - since} ms`);
  await untilMediaAdvances(bobCall);
  expect(await openConnections(bobCall)).toBe(1);
  alice.popup = await alice.browser.openPopup();
  await alice.stripSays(say("strip.live", { name: bob.name }));
  expect(await alice.browser.callTabs()).toBe(1);
});

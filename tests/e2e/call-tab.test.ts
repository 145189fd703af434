import type { Page } from "playwright-core";
import { test } from "vitest";
import { untilMediaAdvances } from "../support/page-watch.ts";
import { say } from "../support/people.ts";
import { setStage } from "../support/stage.ts";
import { talk } from "../support/talk.ts";

const stage = setStage();

test("a call tab that is closed while it rings cancels the call", async () => {
  const { alice, bob } = stage;
  await alice.call(bob);
  await bob.card.waitFor();
  await (await alice.browser.callPage()).close();
  await bob.card.waitFor({ state: "hidden" });
  await bob.seeMissed();
});

test("camera and microphone are switched off and on, and the other side is told", async () => {
  const { alice, bob } = stage;
  const { aliceCall, bobCall } = await talk(alice, bob);
  await toggle(aliceCall, "call.camera", true).click();
  await bobCall.getByText(say("call.their-camera-off")).waitFor();
  await toggle(aliceCall, "call.microphone", true).click();
  await bobCall.getByText(say("call.their-microphone-off")).waitFor();
  await toggle(aliceCall, "call.camera", false).click();
  await toggle(aliceCall, "call.microphone", false).click();
  await bobCall.getByText(say("call.their-camera-off")).waitFor({ state: "hidden" });
  await untilMediaAdvances(bobCall);
  await bob.hangUp(bobCall);
  await alice.sees(aliceCall, say("ended.caller.hangup"));
});

test("Alice calls again from the tab of the ended call", async () => {
  const { alice, bob } = stage;
  const { aliceCall, bobCall } = await talk(alice, bob);
  await bob.hangUp(bobCall);
  await alice.sees(aliceCall, say("ended.caller.hangup"));
  await bobCall.close();
  await alice.callAgain(aliceCall);
  await bob.accept();
  const again = await bob.browser.callPage();
  await untilMediaAdvances(again);
  await bob.hangUp(again);
  await alice.sees(aliceCall, say("ended.caller.hangup"));
});

/** The button of camera or microphone, where that is on or off. */
function toggle(call: Page, device: "call.camera" | "call.microphone", pressed: boolean) {
  return call.getByRole("button", { name: say(device), exact: true, pressed });
}

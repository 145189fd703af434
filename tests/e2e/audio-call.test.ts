import type { Page } from "playwright-core";
import { expect, onTestFinished, test } from "vitest";
import { sent } from "../support/call-devices.ts";
import { untilMediaAdvances } from "../support/page-watch.ts";
import { say } from "../support/people.ts";
import { setStage } from "../support/stage.ts";
import { until } from "../support/until.ts";

/** Alice speaks all the time. */
const stage = setStage({ alice: { microphone: "voice" } });

const PATIENT = { timeout: 10_000 };

test("a call without pictures asks nobody for a camera, and shows by a ring how loud the other side is", async () => {
  const { alice, bob } = stage;
  const { aliceCall, bobCall } = await meet();
  expect(await Promise.all([aliceCall, bobCall].map(camerasAsked))).toEqual([0, 0]);
  for (const call of [aliceCall, bobCall]) expect(await call.locator("video").count()).toBe(0);

  // It moves with her syllables.
  const seen: number[] = [];
  await until("ring that moves", async () => {
    seen.push(await level(bobCall));
    return Math.max(...seen) - Math.min(...seen) > 0.1 && Math.max(...seen) > 0.4 ? true : undefined;
  });

  await aliceCall.keyboard.press("m");
  await bobCall.getByText(say("call.their-microphone-off")).waitFor();
  await bobCall.locator("[style*='--level']").waitFor({ state: "detached" });
  await alice.hangUp(aliceCall);
  await bob.sees(bobCall, say("ended.caller.hangup"));
});

test("the camera is added in the call and taken away again, and nothing is negotiated for it", async () => {
  const { bob } = stage;
  const { aliceCall, bobCall } = await meet();
  const { agreed } = await sent(aliceCall);
  await aliceCall.getByRole("button", { name: say("call.camera"), exact: true }).click();
  await bobCall.getByLabel(say("call.picture", { name: stage.alice.name })).waitFor();
  await untilMediaAdvances(bobCall);
  expect((await sent(aliceCall)).camera).toBe("fake_device_0");
  expect(await camerasAsked(bobCall)).toBe(0);

  await aliceCall.getByRole("button", { name: say("call.camera"), exact: true }).click();
  await bobCall.getByLabel(say("call.picture", { name: stage.alice.name })).waitFor({ state: "detached" });
  await expect.poll(async () => (await sent(aliceCall)).camera, PATIENT).toBeUndefined();
  await untilMediaAdvances(bobCall, "sound");
  expect((await sent(aliceCall)).agreed).toBe(agreed);
  await bob.hangUp(bobCall);
});

/** A talk without pictures. */
async function meet(): Promise<{ aliceCall: Page; bobCall: Page }> {
  const { alice, bob } = stage;
  for (const person of [alice, bob]) onTestFinished(await person.browser.runFirst(noteCameras));
  await alice.call(bob, "audio");
  await bob.browser.ringingNotification();
  await bob.accept();
  const [aliceCall, bobCall] = await Promise.all([alice.browser.callPage(), bob.browser.callPage()]);
  await Promise.all([untilMediaAdvances(aliceCall, "sound"), untilMediaAdvances(bobCall, "sound")]);
  return { aliceCall, bobCall };
}

/** How loud the page shows the other side to be. */
async function level(call: Page): Promise<number> {
  const ring = call.locator("[style*='--level']");
  return Number(await ring.evaluate((one) => getComputedStyle(one).getPropertyValue("--level")));
}

/** How often the page asked for a camera. */
function camerasAsked(call: Page): Promise<number> {
  return call.evaluate(() => (globalThis as unknown as { camerasAsked: number }).camerasAsked);
}

/** Runs in each page before its own code: notes how often it asks for a camera. */
function noteCameras(): void {
  const noted = Object.assign(globalThis, { camerasAsked: 0 });
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  if (devices === undefined) return;
  const ask = devices.getUserMedia.bind(devices);
  devices.getUserMedia = (wanted) => {
    if (wanted?.video) noted.camerasAsked += 1;
    return ask(wanted);
  };
}

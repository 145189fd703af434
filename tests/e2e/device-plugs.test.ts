import { afterEach, expect, onTestFinished, test } from "vitest";
import { heardAt, mayUnplug, plug, sent, setDevice, untilSent } from "../support/call-devices.ts";
import { isHeard, untilHeard } from "../support/heard.ts";
import { untilMediaAdvances } from "../support/page-watch.ts";
import { say } from "../support/people.ts";
import { setStage } from "../support/stage.ts";
import { MICROPHONES, nameSystemChoice, systemChooses } from "../support/system-choice.ts";
import { talk } from "../support/talk.ts";

const CAMERA = "fake_device_0";
const LAST_CAMERA = "fake_device_2";
const MICROPHONE = "Fake Audio Input 2";
const SPEAKER = "Fake Audio Output 2";
const PATIENT = { timeout: 10_000 };

const stage = setStage({ alice: { camera: "several", microphone: "voice" } });

afterEach(() => setDevice(stage.alice.popup, { camera: null, microphone: null, speaker: null }));

test("a chosen camera that is plugged out makes room for the next one and comes back, and both are said", async () => {
  const { aliceCall, bobCall } = await meet({ camera: await idOf(LAST_CAMERA) });
  const { agreed } = await untilSent(aliceCall, "camera", LAST_CAMERA);
  await plug(aliceCall, LAST_CAMERA, false);
  await aliceCall.getByText(say("call.device-gone", { device: "camera", name: LAST_CAMERA, now: CAMERA })).waitFor();
  await untilSent(aliceCall, "camera", CAMERA);
  await untilMediaAdvances(bobCall);

  await plug(aliceCall, LAST_CAMERA, true);
  await aliceCall.getByText(say("call.device-back", { device: "camera", now: LAST_CAMERA })).waitFor();
  await untilSent(aliceCall, "camera", LAST_CAMERA);
  await untilMediaAdvances(bobCall);
  expect((await sent(aliceCall)).agreed).toBe(agreed);
});

test("the only camera that is plugged out leaves the sound, and serves again when it comes back", async () => {
  const { aliceCall, bobCall } = await meet({});
  for (const other of ["fake_device_1", LAST_CAMERA]) await plug(aliceCall, other, false);
  await plug(aliceCall, CAMERA, false);
  await aliceCall.getByText(say("call.camera-missing")).waitFor();
  await bobCall.getByText(say("call.their-camera-off")).waitFor();
  await untilMediaAdvances(bobCall, "sound");
  await plug(aliceCall, CAMERA, true);
  await bobCall.getByText(say("call.their-camera-off")).waitFor({ state: "hidden" });
  await aliceCall.getByText(say("call.camera-missing")).waitFor({ state: "hidden" });
  await untilMediaAdvances(bobCall);
});

test("a microphone that is plugged out while muted is silent in its next one as well, and back in itself", async () => {
  const { aliceCall, bobCall } = await meet({ microphone: await idOf(MICROPHONE) });
  await untilHeard(bobCall, true);
  await aliceCall.keyboard.press("m");
  await untilHeard(bobCall, false);
  await plug(aliceCall, MICROPHONE, false);
  await aliceCall.getByText(/Fake Audio Input 2 is gone/u).waitFor();
  expect((await sent(aliceCall)).microphone).not.toBe(MICROPHONE);
  expect(await isHeard(bobCall)).toBe(false);
  await aliceCall.keyboard.press("m");
  await untilHeard(bobCall, true);
  await aliceCall.keyboard.press("m");
  await untilHeard(bobCall, false);
  await plug(aliceCall, MICROPHONE, true);
  await untilSent(aliceCall, "microphone", MICROPHONE);
  expect(await isHeard(bobCall)).toBe(false);
  await bobCall.getByText(say("call.their-microphone-off")).waitFor();
});

test("the system's own choice of a microphone is followed where it moves, is plugged out and comes back, and is said", async () => {
  const { alice } = stage;
  const [own, headset] = MICROPHONES;
  onTestFinished(await alice.browser.runFirst(nameSystemChoice, own));
  const { aliceCall, bobCall } = await meet({});
  const { agreed } = await untilSent(aliceCall, "microphone", `Default - ${own}`);
  for (const [name, before] of [
    [headset, "is still there"],
    [own, "is plugged out"],
    [headset, "is still there"],
  ] as const) {
    await systemChooses(aliceCall, name, before);
    await aliceCall.getByText(say("call.device-moved", { now: name })).waitFor();
    await untilSent(aliceCall, "microphone", `Default - ${name}`);
    await untilHeard(bobCall, true);
  }
  expect((await sent(aliceCall)).agreed).toBe(agreed);

  // It moved while another was chosen, and goes back to where it was followed last.
  await setDevice(alice.popup, { microphone: await idOf(own) });
  await untilSent(aliceCall, "microphone", own);
  await systemChooses(aliceCall, own, "is still there");
  await setDevice(alice.popup, { microphone: null });
  await untilSent(aliceCall, "microphone", `Default - ${own}`);
  await systemChooses(aliceCall, headset, "is still there");
  await untilSent(aliceCall, "microphone", `Default - ${headset}`);
  await untilHeard(bobCall, true);

  // Who is muted stays so.
  await aliceCall.keyboard.press("m");
  await untilHeard(bobCall, false);
  await systemChooses(aliceCall, own, "is still there");
  await untilSent(aliceCall, "microphone", `Default - ${own}`);
  expect(await isHeard(bobCall)).toBe(false);
});

test("a speaker that is plugged out gives way to the system's own choice and comes back, and both are said", async () => {
  const speaker = await idOf(SPEAKER);
  const { aliceCall } = await meet({ speaker });
  await expect.poll(() => heardAt(aliceCall), PATIENT).toBe(speaker);
  await plug(aliceCall, SPEAKER, false);
  await aliceCall.getByText(say("call.device-gone-own", { device: "speaker", name: SPEAKER })).waitFor();
  await expect.poll(() => heardAt(aliceCall), PATIENT).toBe("");
  await plug(aliceCall, SPEAKER, true);
  await aliceCall.getByText(say("call.device-back", { device: "speaker", now: SPEAKER })).waitFor();
  await expect.poll(() => heardAt(aliceCall), PATIENT).toBe(speaker);
  expect(await aliceCall.getByText(say("call.speaker-replaced")).count()).toBe(0);
});

/** A talk with these devices chosen, whose page can have them plugged out. */
async function meet(chosen: object) {
  const { alice, bob } = stage;
  onTestFinished(await alice.browser.runFirst(mayUnplug));
  await setDevice(alice.popup, chosen);
  return talk(alice, bob);
}

/** The id by which the pages of Beckon know a device of Alice's. */
function idOf(name: string): Promise<string> {
  return stage.alice.popup.evaluate(async (label) => {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
    for (const track of stream.getTracks()) track.stop();
    const all = await navigator.mediaDevices.enumerateDevices();
    return all.find((one) => one.label === label)?.deviceId ?? "none";
  }, name);
}

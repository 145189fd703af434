import type { Page } from "playwright-core";
import { afterEach, expect, onTestFinished, test } from "vitest";
import { sent, setDevice, untilSent } from "../support/call-devices.ts";
import { isHeard, untilHeard } from "../support/heard.ts";
import { untilMediaAdvances } from "../support/page-watch.ts";
import { say } from "../support/people.ts";
import { setStage } from "../support/stage.ts";
import { until } from "../support/until.ts";

type Asked = "camera" | "microphone";

const OTHER_MICROPHONE = "Fake Audio Input 2";

const stage = setStage({ alice: { microphone: "voice" } });

afterEach(() => setDevice(stage.alice.popup, { microphone: null }));

test("a microphone that is switched off while the browser asks is not heard, also while the camera still opens", async () => {
  const { alice, bob } = stage;
  const aliceCall = await callWith("both there");
  await aliceCall.keyboard.press("m");
  await aliceCall.getByRole("button", { name: say("call.microphone"), exact: true, pressed: false }).waitFor();
  await answer(aliceCall, "microphone");
  await untilAsked(aliceCall, "camera");

  await bob.accept();
  const bobCall = await bob.browser.callPage();
  // It is on the line, so that nothing but its being off keeps it silent.
  expect(await until("microphone on the line", async () => (await sent(aliceCall)).microphone)).toMatch(/^Fake/u);
  expect(await isHeard(bobCall)).toBe(false);
  await answer(aliceCall, "camera");
  await untilMediaAdvances(bobCall, "picture");
  expect(await isHeard(bobCall)).toBe(false);

  await aliceCall.keyboard.press("m");
  await untilHeard(bobCall, true);
  await alice.hangUp(aliceCall);
});

test("a camera that was switched off before there was one stays closed when it is plugged in, until it is switched on", async () => {
  const { alice, bob } = stage;
  const aliceCall = await callWith("no camera");
  await answer(aliceCall, "microphone");
  await untilAsked(aliceCall, "camera");
  await aliceCall.keyboard.press("v");
  await answer(aliceCall, "camera");
  await bob.accept();
  const bobCall = await bob.browser.callPage();
  await untilMediaAdvances(bobCall, "sound");

  await plugCameraIn(aliceCall);
  // What comes and goes is seen to in turn: once this one serves, the camera had its turn.
  await setDevice(alice.popup, { microphone: await idOf(OTHER_MICROPHONE) });
  await untilSent(aliceCall, "microphone", OTHER_MICROPHONE);
  expect(await asked(aliceCall)).toEqual(["microphone", "camera", "microphone"]);

  await aliceCall.keyboard.press("v");
  await untilMediaAdvances(bobCall, "picture");
  await alice.hangUp(aliceCall);
});

/** Alice calls with picture, at a browser that answers when the test has it do so; it asks for the microphone now. */
async function callWith(devices: "both there" | "no camera"): Promise<Page> {
  const { alice, bob } = stage;
  onTestFinished(await alice.browser.runFirst(answerLate, devices));
  await alice.call(bob);
  const call = await alice.browser.callPage();
  await untilAsked(call, "microphone");
  return call;
}

interface LateWindow {
  asked: Asked[];
  answered: Set<Asked>;
  answers: EventTarget;
  hasCamera: boolean;
}

/** Runs in each page before its own code: each device is given by itself, once the test answers for it. */
function answerLate(given: string): void {
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  if (devices === undefined) return;
  const late: LateWindow = {
    asked: [],
    answered: new Set(),
    answers: new EventTarget(),
    hasCamera: given === "both there",
  };
  Object.assign(globalThis, { late });
  const [ask, list] = [devices.getUserMedia.bind(devices), devices.enumerateDevices.bind(devices)];
  devices.enumerateDevices = async () => (await list()).filter(({ kind }) => late.hasCamera || kind !== "videoinput");
  devices.getUserMedia = async (wanted) => {
    if (wanted?.audio && wanted.video) throw new DOMException("One of them is held.", "NotReadableError");
    const device = wanted?.video ? "camera" : "microphone";
    late.asked.push(device);
    if (!late.answered.has(device)) await new Promise((resolve) => late.answers.addEventListener(device, resolve));
    if (device === "camera" && !late.hasCamera) throw new DOMException("There is none.", "NotFoundError");
    return ask(wanted);
  };
}

/** The browser gives what it has of this kind, now and from now on. */
function answer(call: Page, device: Asked): Promise<void> {
  return call.evaluate((answered) => {
    const { late } = globalThis as unknown as { late: LateWindow };
    late.answered.add(answered);
    late.answers.dispatchEvent(new Event(answered));
  }, device);
}

function plugCameraIn(call: Page): Promise<void> {
  return call.evaluate(() => {
    (globalThis as unknown as { late: LateWindow }).late.hasCamera = true;
    navigator.mediaDevices.dispatchEvent(new Event("devicechange"));
  });
}

/** What the page asked the browser for, each by itself. */
function asked(call: Page): Promise<Asked[]> {
  return call.evaluate(() => (globalThis as unknown as { late: LateWindow }).late.asked);
}

async function untilAsked(call: Page, device: Asked): Promise<void> {
  await until(`question for the ${device}`, async () => ((await asked(call)).includes(device) ? true : undefined));
}

/** The id by which the pages of Beckon know a microphone of Alice's. */
function idOf(name: string): Promise<string> {
  return stage.alice.popup.evaluate(async (label) => {
    const all = await navigator.mediaDevices.enumerateDevices();
    return all.find((one) => one.label === label)?.deviceId ?? "none";
  }, name);
}

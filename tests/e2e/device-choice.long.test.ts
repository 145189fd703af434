import type { Page } from "playwright-core";
import { afterEach, expect, onTestFinished, test } from "vitest";
import { heardAt, sent, setDevice, untilSent } from "../support/call-devices.ts";
import { untilHeard } from "../support/heard.ts";
import { untilMediaAdvances } from "../support/page-watch.ts";
import { say } from "../support/people.ts";
import { setStage } from "../support/stage.ts";
import { type Talk, talk } from "../support/talk.ts";

/** The first and the last of Alice's cameras. */
const CAMERAS = ["fake_device_0", "fake_device_2"] as const;
const MICROPHONES = ["Fake Audio Input 1", "Fake Audio Input 2"] as const;
const SPEAKERS = ["Fake Audio Output 1", "Fake Audio Output 2"] as const;
const PATIENT = { timeout: 10_000 };

const stage = setStage({ alice: { camera: "several", microphone: "voice" } });

afterEach(() => setDevice(stage.alice.popup, { camera: null, microphone: null, speaker: null, backgroundBlur: null }));

test("another camera, microphone and speaker is chosen while talking, by the keyboard, and the next call has it as well", async () => {
  const { alice, bob } = stage;
  const { aliceCall, bobCall } = await talk(alice, bob);
  const before = await sent(aliceCall);
  expect(before.camera).toBe(CAMERAS[0]);

  await openMenu(aliceCall, "camera");
  await expectChosen(aliceCall, say("call.own-choice-now", { name: CAMERAS[0] }));
  await aliceCall.keyboard.press("End");
  await aliceCall.keyboard.press("Enter");
  const after = await untilSent(aliceCall, "camera", CAMERAS[1]);
  // The focus is where it was, so that one can choose on.
  expect(await aliceCall.evaluate(() => document.activeElement?.getAttribute("aria-label"))).toBe(
    say("call.choose-camera"),
  );
  await untilMediaAdvances(bobCall);

  await openMenu(aliceCall, "microphone");
  await aliceCall.getByRole("menuitemradio", { name: MICROPHONES[1] }).press("Enter");
  await untilSent(aliceCall, "microphone", MICROPHONES[1]);
  await untilHeard(bobCall, true);
  await openMenu(aliceCall, "microphone");
  await aliceCall.getByRole("menuitemradio", { name: SPEAKERS[1] }).press("Enter");
  await expect.poll(() => heardAt(aliceCall), PATIENT).toBe(await speakerNamed(aliceCall, SPEAKERS[1]));
  expect((await sent(aliceCall)).agreed).toBe(before.agreed);
  expect(after.agreed).toBe(before.agreed);
  await leave({ aliceCall, bobCall });

  const next = await talk(alice, bob);
  expect(await sent(next.aliceCall)).toMatchObject({ camera: CAMERAS[1], microphone: MICROPHONES[1] });
  await openMenu(next.aliceCall, "camera");
  await expectChosen(next.aliceCall, CAMERAS[1]);
  await next.aliceCall.getByRole("menuitemradio", { name: say("settings.own-choice") }).press("Enter");
  await untilSent(next.aliceCall, "camera", CAMERAS[0]);
});

test("a microphone that is muted stays so where another is chosen", async () => {
  const { alice, bob } = stage;
  const { aliceCall, bobCall } = await talk(alice, bob);
  await aliceCall.keyboard.press("m");
  await bobCall.getByText(say("call.their-microphone-off")).waitFor();
  await openMenu(aliceCall, "microphone");
  await aliceCall.getByRole("menuitemradio", { name: MICROPHONES[0] }).press("Enter");
  await untilSent(aliceCall, "microphone", MICROPHONES[0]);
  await untilHeard(bobCall, false);
  await aliceCall.keyboard.press("m");
  await untilHeard(bobCall, true);
});

test("a camera that cannot be opened leaves the one before in use, and says why", async () => {
  const { alice, bob } = stage;
  onTestFinished(await alice.browser.runFirst(holdLastCamera));
  const { aliceCall, bobCall } = await talk(alice, bob);
  await openMenu(aliceCall, "camera");
  await aliceCall.getByRole("menuitemradio", { name: CAMERAS[1] }).press("Enter");
  const words = aliceCall.getByText(say("call.device-busy", { device: "camera", name: CAMERAS[1] }));
  await words.waitFor();
  expect((await sent(aliceCall)).camera).toBe(CAMERAS[0]);
  await untilMediaAdvances(bobCall);
  await openMenu(aliceCall, "camera");
  await expectChosen(aliceCall, say("call.own-choice-now", { name: CAMERAS[0] }));
  await aliceCall.keyboard.press("Escape");
  await aliceCall.getByRole("button", { name: say("notice.dismiss") }).click();
  await words.waitFor({ state: "hidden" });
});

test("what is behind a person is blurred where the platform does that, also in the next call, and else not offered", async () => {
  const { alice, bob } = stage;
  const stop = await alice.browser.runFirst(offerBlur);
  const first = await talk(alice, bob);
  const { aliceCall } = first;
  await openMenu(aliceCall, "camera");
  const blur = aliceCall.getByRole("menuitemcheckbox", { name: say("call.blur") });
  expect(await blur.getAttribute("aria-checked")).toBe("false");
  await blur.press("Enter");
  await expect.poll(() => asked(aliceCall), PATIENT).toMatchObject([{ width: 1280, backgroundBlur: true }]);
  await openMenu(aliceCall, "camera");
  await expect.poll(() => blur.getAttribute("aria-checked"), PATIENT).toBe("true");
  await aliceCall.keyboard.press("Escape");
  await leave(first);

  const next = await talk(alice, bob);
  expect(await asked(next.aliceCall)).toMatchObject([{ backgroundBlur: true }]);
  await openMenu(next.aliceCall, "camera");
  await next.aliceCall.getByRole("menuitemcheckbox", { name: say("call.blur") }).press("Enter");
  await expect.poll(() => asked(next.aliceCall), PATIENT).toMatchObject([{}, { backgroundBlur: false }]);
  await leave(next);

  await stop();
  const last = await talk(alice, bob);
  await openMenu(last.aliceCall, "camera");
  await last.aliceCall.getByRole("menuitemradio", { name: CAMERAS[1] }).waitFor();
  expect(await last.aliceCall.getByRole("menuitemcheckbox").count()).toBe(0);
});

/** The talk is over, and so are its tabs. */
async function leave({ aliceCall, bobCall }: Pick<Talk, "aliceCall" | "bobCall">): Promise<void> {
  await stage.alice.hangUp(aliceCall);
  await stage.bob.sees(bobCall, say("ended.caller.hangup"));
  await Promise.all([aliceCall.close(), bobCall.close()]);
}

async function openMenu(call: Page, device: "camera" | "microphone"): Promise<void> {
  await call.getByRole("button", { name: say(`call.choose-${device}`) }).press("Enter");
  await call.getByRole("menu", { name: say(`call.choose-${device}`) }).waitFor();
}

async function expectChosen(call: Page, name: string): Promise<void> {
  await call.getByRole("menuitemradio", { name, checked: true }).waitFor();
}

function speakerNamed(call: Page, name: string): Promise<string> {
  return call.evaluate(async (label) => {
    const all = await navigator.mediaDevices.enumerateDevices();
    return all.find((one) => one.kind === "audiooutput" && one.label === label)?.deviceId ?? "none";
  }, name);
}

/** What was asked of the camera since it was opened. */
function asked(call: Page): Promise<MediaTrackConstraints[]> {
  return call.evaluate(() => (globalThis as unknown as { asked: MediaTrackConstraints[] }).asked);
}

/** Runs in each page before its own code: another program holds the last camera. */
function holdLastCamera(): void {
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  if (devices === undefined) return;
  const ask = devices.getUserMedia.bind(devices);
  devices.getUserMedia = async (wanted) => {
    const video = wanted?.video;
    const id = typeof video === "object" ? (video.deviceId as { exact?: string } | undefined)?.exact : undefined;
    const all = await devices.enumerateDevices();
    if (all.some(({ deviceId, label }) => deviceId === id && label === "fake_device_2")) {
      throw new DOMException("It is held.", "NotReadableError");
    }
    return ask(wanted);
  };
}

/** Runs in each page before its own code: the platform can blur what is behind a person. */
function offerBlur(): void {
  const asked: unknown[] = [];
  Object.assign(globalThis, { asked });
  const blurred = new WeakSet<MediaStreamTrack>();
  const { prototype } = MediaStreamTrack;
  // Their own types; only reading them off the prototype looks unbound.
  const original = (name: string) => Object.getOwnPropertyDescriptor(prototype, name)?.value as () => object;
  const [capabilities, settings] = [original("getCapabilities"), original("getSettings")];
  prototype.getCapabilities = function (this: MediaStreamTrack) {
    return { ...capabilities.call(this), ...(this.kind === "video" ? { backgroundBlur: [false, true] } : {}) };
  };
  prototype.getSettings = function (this: MediaStreamTrack) {
    return { ...settings.call(this), ...(this.kind === "video" ? { backgroundBlur: blurred.has(this) } : {}) };
  };
  prototype.applyConstraints = function (this: MediaStreamTrack, wanted) {
    asked.push(wanted);
    if ((wanted as { backgroundBlur?: boolean }).backgroundBlur === true) blurred.add(this);
    else blurred.delete(this);
    return Promise.resolve();
  };
}

import type { Page } from "playwright-core";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { isHeard, untilHeard } from "../support/heard.ts";
import { iceName, untilMediaAdvances } from "../support/page-watch.ts";
import { say } from "../support/people.ts";
import { setStage } from "../support/stage.ts";
import { talk } from "../support/talk.ts";

/** A face fills the page, and of a screen nothing is cut off. Chromium's screen is as wide as its window. */
const CAMERA = { isScreen: false, fit: "cover" };
const SCREEN = { isScreen: true, fit: "contain" };
const SCREEN_WIDTH = 1000;
const PATIENT = { timeout: 20_000 };

const stage = setStage({ alice: { microphone: "voice" } });

const theirs = () => say("screen.theirs", { name: stage.alice.name });

beforeEach(async () => {
  onTestFinished(await stage.alice.browser.runFirst(noteScreens));
});

test("the other side sees the screen whole and sharp, reads so, and the camera comes back", async () => {
  const { alice, bob } = stage;
  const { aliceCall, bobCall } = await talk(alice, bob);
  await expect.poll(() => seen(bobCall), PATIENT).toMatchObject(CAMERA);

  const way = await iceName(aliceCall);
  await shareButton(aliceCall).click();
  await alice.sees(aliceCall, say("screen.on-camera", { name: bob.name }));
  await ownScreen(aliceCall).waitFor();
  await bob.sees(bobCall, theirs());
  await expect.poll(() => seen(bobCall), PATIENT).toMatchObject(SCREEN);
  await bobCall.getByLabel(say("screen.picture", { name: alice.name })).waitFor();
  // The way on which it goes is the same: nothing was negotiated anew.
  expect(await iceName(aliceCall)).toBe(way);

  await aliceCall.getByRole("button", { name: say("screen.stop"), exact: true }).click();
  await expect.poll(() => seen(bobCall), PATIENT).toMatchObject(CAMERA);
  await bobCall.getByText(theirs()).first().waitFor({ state: "hidden" });
  await ownScreen(aliceCall).waitFor({ state: "hidden" });
  expect(await screens(aliceCall)).toEqual(["ended", "ended"]);
});

test("what the screen plays is heard besides the microphone, which is muted and heard by itself", async () => {
  const { alice, bob } = stage;
  const { aliceCall, bobCall } = await talk(alice, bob);
  await aliceCall.keyboard.press("m");
  await untilHeard(bobCall, false);
  await aliceCall.keyboard.press("s");
  await alice.sees(aliceCall, say("screen.with-sound"));
  await untilHeard(bobCall, true);

  await silenceScreen(aliceCall, true);
  await untilHeard(bobCall, false);
  await aliceCall.keyboard.press("m");
  await untilHeard(bobCall, true);
  await aliceCall.keyboard.press("m");
  await untilHeard(bobCall, false);
  await silenceScreen(aliceCall, false);
  await untilHeard(bobCall, true);

  await aliceCall.keyboard.press("s");
  await untilHeard(bobCall, false);
  expect(await isHeard(bobCall)).toBe(false);
});

test("what the browser itself ends is ended for both, and so is what a reload or the call's end takes away", async () => {
  const { alice, bob } = stage;
  const { aliceCall, bobCall } = await talk(alice, bob);
  await shareButton(aliceCall).click();
  await bob.sees(bobCall, theirs());
  await endScreen(aliceCall);
  await bobCall.getByText(theirs()).first().waitFor({ state: "hidden" });
  await expect.poll(() => seen(bobCall), PATIENT).toMatchObject(CAMERA);

  await shareButton(aliceCall).click();
  await bob.sees(bobCall, theirs());
  await aliceCall.reload();
  await bobCall.getByText(theirs()).first().waitFor({ state: "hidden" });
  await expect.poll(() => seen(bobCall), PATIENT).toMatchObject(CAMERA);

  await shareButton(aliceCall).click();
  await bob.sees(bobCall, theirs());
  await bob.hangUp(bobCall);
  await alice.sees(aliceCall, say("ended.caller.hangup"));
  expect(new Set(await screens(aliceCall))).toEqual(new Set(["ended"]));
});

test("a call without pictures has one while a screen is shown, and no camera is asked for", async () => {
  const { alice, bob } = stage;
  await alice.call(bob, "audio");
  await bob.browser.ringingNotification();
  await bob.accept();
  const [aliceCall, bobCall] = await Promise.all([alice.browser.callPage(), bob.browser.callPage()]);
  await untilMediaAdvances(bobCall, "sound");
  await shareButton(aliceCall).click();
  await alice.sees(aliceCall, say("screen.on-alone", { name: bob.name }));
  await expect.poll(() => seen(bobCall), PATIENT).toMatchObject(SCREEN);
  await aliceCall.keyboard.press("s");
  await bobCall.locator(".their-picture").waitFor({ state: "detached" });
});

test("what is chosen too late is shown to nobody, and takes nothing from what was chosen after it", async () => {
  const { alice, bob } = stage;
  const { aliceCall, bobCall } = await talk(alice, bob);
  await holdScreens(aliceCall, true);
  for (const before of [0, 2]) {
    await aliceCall.keyboard.press("s");
    await expect.poll(async () => (await screens(aliceCall)).length, PATIENT).toBe(before + 2);
    // The person thinks better of it.
    await aliceCall.keyboard.press("s");
  }
  await holdScreens(aliceCall, false);
  await aliceCall.keyboard.press("s");
  await expect.poll(() => seen(bobCall), PATIENT).toMatchObject(SCREEN);
  expect(await screens(aliceCall)).toEqual(["live", "live", "live", "live", "live", "live"]);
  await releaseScreens(aliceCall);
  await expect.poll(() => screens(aliceCall), PATIENT).toEqual(["ended", "ended", "ended", "ended", "live", "live"]);
  expect(await seen(bobCall)).toMatchObject(SCREEN);
  await aliceCall.keyboard.press("s");
  await expect.poll(() => seen(bobCall), PATIENT).toMatchObject(CAMERA);
});

test("a screen whose sound cannot be mixed is shown without it, and nothing goes on recording that", async () => {
  const { alice, bob } = stage;
  const { aliceCall, bobCall } = await talk(alice, bob);
  await aliceCall.evaluate(() => {
    globalThis.AudioContext = class extends AudioContext {
      override createMediaStreamSource(): never {
        throw new DOMException("No room for another", "NotSupportedError");
      }
    };
  });
  await shareButton(aliceCall).click();
  await expect.poll(() => seen(bobCall), PATIENT).toMatchObject(SCREEN);
  expect((await screens(aliceCall)).toSorted()).toEqual(["ended", "live"]);
  await untilMediaAdvances(bobCall, "sound");
  await aliceCall.keyboard.press("s");
  await expect.poll(() => seen(bobCall), PATIENT).toMatchObject(CAMERA);
});

function shareButton(call: Page) {
  return call.getByRole("button", { name: say("call.screen"), exact: true });
}

/** One's own, as the person sees that it is shown. */
function ownScreen(call: Page) {
  return call.getByRole("button", { name: say("screen.own") });
}

/** The picture of the other side, as it is shown. */
function seen(call: Page) {
  return call.evaluate((screenWidth) => {
    const video = document.querySelector<HTMLVideoElement>(".their-picture video");
    if (video === null) return undefined;
    const { videoWidth } = video;
    // Nothing is made smaller on the way, so that letters can be read.
    return { isScreen: videoWidth === screenWidth, fit: getComputedStyle(video).objectFit };
  }, SCREEN_WIDTH);
}

interface NotedWindow {
  screenTracks: MediaStreamTrack[];
  /** While screens are held back, what lets each of them go. */
  screensHeld: (() => void)[];
  holdsScreens: boolean;
}

/** Has pages keep what they were given to show. */
function noteScreens(): void {
  // Where nothing may be shown there is nothing to note.
  if (!("mediaDevices" in navigator)) return;
  const window = globalThis as unknown as NotedWindow;
  const noted: MediaStreamTrack[] = [];
  Object.assign(window, { screenTracks: noted, screensHeld: [], holdsScreens: false });
  const ask = navigator.mediaDevices.getDisplayMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getDisplayMedia = async (options) => {
    const stream = await ask(options);
    noted.push(...stream.getTracks());
    if (window.holdsScreens) await new Promise<void>((resolve) => window.screensHeld.push(resolve));
    return stream;
  };
}

/** Whether what is chosen from now on reaches the page only once it is released, as from a slow person. */
function holdScreens(call: Page, holds: boolean): Promise<void> {
  return call.evaluate((isHeld) => {
    (globalThis as unknown as NotedWindow).holdsScreens = isHeld;
  }, holds);
}

function releaseScreens(call: Page): Promise<void> {
  return call.evaluate(() => {
    for (const release of (globalThis as unknown as NotedWindow).screensHeld) release();
  });
}

/** What became of the tracks. */
function screens(call: Page): Promise<string[]> {
  return call.evaluate(() =>
    (globalThis as unknown as NotedWindow).screenTracks.map(({ readyState }) => readyState as string),
  );
}

/** Has what is shown play nothing, or go on. */
function silenceScreen(call: Page, silent: boolean): Promise<void> {
  return call.evaluate((isSilent) => {
    for (const track of (globalThis as unknown as NotedWindow).screenTracks) {
      if (track.kind === "audio") track.enabled = !isSilent;
    }
  }, silent);
}

/** As the browser does from its own bar, or when what is shown is closed. */
function endScreen(call: Page): Promise<void> {
  return call.evaluate(() => {
    for (const track of (globalThis as unknown as NotedWindow).screenTracks) {
      track.stop();
      track.dispatchEvent(new Event("ended"));
    }
  });
}

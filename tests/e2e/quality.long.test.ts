import type { Page } from "playwright-core";
import { expect, onTestFinished, test } from "vitest";
import { untilMediaAdvances } from "../support/page-watch.ts";
import { say } from "../support/people.ts";
import { setStage } from "../support/stage.ts";

/** Alice speaks all the time, and Bob's microphone gives nothing. */
const stage = setStage({ alice: { microphone: "voice" }, bob: { microphone: "nothing" } });

test("the line's figures stand behind its words, and sound is asked for and sent as a talk needs it", async () => {
  const { aliceCall } = await meet("video");
  const figures = await openFigures(aliceCall);
  await figures.row("quality.round-trip").filter({ hasText: /\d ms/ }).waitFor();
  await figures
    .row("quality.way")
    .filter({ hasText: say("quality.way-direct") })
    .waitFor();
  for (const name of ["quality.lost-arriving", "quality.lost-sent"] as const) {
    await figures.row(name).filter({ hasText: /\d%/ }).waitFor();
  }
  for (const name of ["quality.their-picture", "quality.own-picture"] as const) {
    await figures
      .row(name)
      .filter({ hasText: /\d+ × \d+, \d+\/s, \w+/ })
      .waitFor();
  }
  await figures.row("quality.sound").filter({ hasText: "Opus" }).waitFor();
  await aliceCall.keyboard.press("Escape");
  await figures.panel.waitFor({ state: "detached" });
  expect(await aliceCall.evaluate(() => document.activeElement?.getAttribute("aria-expanded"))).toBe("false");

  expect(await sentSound(aliceCall)).toMatchObject({
    settings: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
    encoding: { priority: "high", adaptivePtime: true },
  });
});

test("the first picture is half as large, which a line takes of which nothing is known, and the whole follows", async () => {
  const { alice, bob } = stage;
  for (const { browser } of [alice, bob]) onTestFinished(await browser.runFirst(noteScales));
  const { aliceCall, bobCall } = await meet("video");
  for (const call of [aliceCall, bobCall]) await expect.poll(() => scales(call), { timeout: 10_000 }).toEqual([2, 1]);
});

test("who is not heard at all is told so", async () => {
  const { bobCall } = await meet("audio");
  await stage.bob.sees(bobCall, say("quality.microphone-silent"));
});

test("who speaks while muted is told so, and nothing of it is sent", async () => {
  const { alice, bob } = stage;
  await noteClones();
  const { aliceCall, bobCall } = await meet("video");
  await aliceCall.keyboard.press("m");
  await alice.sees(aliceCall, say("quality.muted-speaking"));
  expect((await sentSound(aliceCall)).enabled).toBe(false);
  await aliceCall.keyboard.press("m");
  await aliceCall
    .getByRole("status")
    .filter({ hasText: say("quality.muted-speaking") })
    .waitFor({ state: "detached" });

  await aliceCall.keyboard.press("m");
  await alice.sees(aliceCall, say("quality.muted-speaking"));
  await bob.hangUp(bobCall);
  await alice.sees(aliceCall, say("ended.caller.hangup"));
  expect(await clones(aliceCall)).toContain("ended");
  expect(await clones(aliceCall)).not.toContain("live");
});

test("a call without pictures has no figures of them", async () => {
  const { aliceCall } = await meet("audio");
  const figures = await openFigures(aliceCall);
  await figures.row("quality.sound").waitFor();
  expect(await figures.row("quality.their-picture").count()).toBe(0);
  expect(await figures.row("quality.own-picture").count()).toBe(0);
});

/** As a talk, but nothing is heard of Bob. */
async function meet(media: "video" | "audio"): Promise<{ aliceCall: Page; bobCall: Page }> {
  const { alice, bob } = stage;
  await alice.call(bob, media);
  await bob.browser.ringingNotification();
  await bob.accept();
  const [aliceCall, bobCall] = await Promise.all([alice.browser.callPage(), bob.browser.callPage()]);
  await untilMediaAdvances(bobCall, media === "video" ? "picture and sound" : "sound");
  return { aliceCall, bobCall };
}

async function openFigures(call: Page) {
  await call.getByTitle(say("quality.open")).click();
  const panel = call.getByRole("dialog", { name: say("quality.panel") });
  await panel.waitFor();
  const row = (name: Parameters<typeof say>[0]) =>
    panel.locator("dl > div").filter({ has: call.getByText(say(name), { exact: true }) });
  return { panel, row };
}

/** How the page sends its sound. */
function sentSound(call: Page) {
  return call.evaluate(() => {
    const { beckonWatch } = globalThis as unknown as { beckonWatch: { connections: RTCPeerConnection[] } };
    const senders = beckonWatch.connections.flatMap((connection) => connection.getSenders());
    const sender = senders.find(({ track }) => track?.kind === "audio");
    return {
      enabled: sender?.track?.enabled,
      settings: sender?.track?.getSettings(),
      encoding: sender?.getParameters().encodings[0],
    };
  });
}

/** Has a page note by what part of its size the camera's picture is to be sent. Must stand alone. */
function noteScales(): void {
  const scales: number[] = [];
  Object.assign(globalThis, { scales });
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with its own sender below
  const { setParameters } = RTCRtpSender.prototype;
  RTCRtpSender.prototype.setParameters = async function (this: RTCRtpSender, parameters, ...rest) {
    await setParameters.call(this, parameters, ...rest);
    const scale = parameters.encodings[0]?.scaleResolutionDownBy;
    if (scale !== undefined && scale !== scales.at(-1)) scales.push(scale);
  };
}

function scales(call: Page): Promise<number[]> {
  return call.evaluate(() => (globalThis as unknown as { scales: number[] }).scales);
}

/** Has Alice's pages note from now on what copies of tracks they make. */
async function noteClones(): Promise<void> {
  await stage.alice.browser.runFirst(() => {
    const noted: MediaStreamTrack[] = [];
    Object.assign(globalThis, { noted });
    // eslint-disable-next-line @typescript-eslint/unbound-method -- called with its own track below
    const { clone } = MediaStreamTrack.prototype;
    MediaStreamTrack.prototype.clone = function (this: MediaStreamTrack) {
      const made = clone.call(this);
      noted.push(made);
      return made;
    };
  });
}

/** What became of the copies. */
function clones(call: Page): Promise<string[]> {
  return call.evaluate(() =>
    (globalThis as unknown as { noted: MediaStreamTrack[] }).noted.map(({ readyState }) => readyState),
  );
}

import type { Page } from "playwright-core";
import { describe, expect, onTestFinished, test } from "vitest";
import { Belongings } from "../support/belongings.ts";
import { heardAt, setDevice } from "../support/call-devices.ts";
import type { ChromiumOptions } from "../support/chromium-options.ts";
import { isSoundPlaying, untilMediaAdvances } from "../support/page-watch.ts";
import { Person, say } from "../support/people.ts";
import { setStage } from "../support/stage.ts";
import { until } from "../support/until.ts";

const PATIENT = { timeout: 10_000 };

/** A relay that answers nobody: who wants it alone gets nowhere by it, and tries. */
const DEAF_RELAY = { TURN_URLS: "turn:127.0.0.1:9?transport=tcp", TURN_SECRET: "of the relay" };

const stage = setStage({ env: DEAF_RELAY });

describe("a camera that", () => {
  test.each([
    ["may not be used", "NotAllowedError", "call.camera-refused"],
    ["another program holds", "NotReadableError", "call.camera-busy"],
  ] as const)(
    "%s: the call goes ahead with sound, and with the picture once it can be had",
    async (_, error, words) => {
      const { alice, bob } = stage;
      onTestFinished(await bob.browser.runFirst(withholdCamera, error));
      await alice.call(bob);
      await bob.accept();
      const [aliceCall, bobCall] = await Promise.all([alice.browser.callPage(), bob.browser.callPage()]);
      await bobCall.getByText(say(words)).waitFor();
      await Promise.all([untilMediaAdvances(aliceCall, "sound"), untilMediaAdvances(bobCall)]);
      await aliceCall.getByText(say("call.their-camera-off")).waitFor();

      await bobCall.evaluate(() => Object.assign(globalThis, { cameraIsFree: true }));
      await bobCall.getByRole("button", { name: say("call.try-again") }).click();
      await bobCall.getByText(say(words)).waitFor({ state: "hidden" });
      await aliceCall.getByText(say("call.their-camera-off")).waitFor({ state: "hidden" });
      await untilMediaAdvances(aliceCall);
      await bob.hangUp(bobCall);
      await alice.sees(aliceCall, say("ended.caller.hangup"));
    },
  );
});

describe("a machine", () => {
  test("without a camera: the call goes ahead with sound, and the note of it can be put away", async () => {
    const { aliceCall, bobCall } = await answerOnLaptop({ camera: "missing" });
    const note = bobCall.getByText(say("call.camera-missing"));
    await note.waitFor();
    await Promise.all([untilMediaAdvances(aliceCall, "sound"), untilMediaAdvances(bobCall)]);
    await aliceCall.getByText(say("call.their-camera-off")).waitFor();
    await bobCall.getByRole("button", { name: say("notice.dismiss") }).click();
    await note.waitFor({ state: "hidden" });
    await stage.alice.hangUp(aliceCall);
  });

  test("that allows neither camera nor microphone: Bob sees and hears Alice all the same, and is told what to do", async () => {
    const { aliceCall, bobCall } = await answerOnLaptop({ camera: "refused" });
    await bobCall.getByText(say("call.devices-refused")).waitFor();
    await untilMediaAdvances(bobCall);
    await stage.alice.hangUp(aliceCall);
  });
});

test("sound that the browser holds back until a click is asked for by a button, and plays at its click", async () => {
  const { alice, bob } = stage;
  onTestFinished(await alice.browser.runFirst(holdSound));
  await alice.call(bob);
  await bob.accept();
  const [aliceCall, bobCall] = await Promise.all([alice.browser.callPage(), bob.browser.callPage()]);
  const button = aliceCall.getByRole("button", { name: say("call.play-sound") });
  await button.waitFor();
  // The picture waits for nobody.
  await untilMediaAdvances(aliceCall, "picture");
  expect(await isSoundPlaying(aliceCall)).toBe(false);
  await button.click();
  await button.waitFor({ state: "hidden" });
  await expect.poll(() => isSoundPlaying(aliceCall), PATIENT).toBe(true);
  await untilMediaAdvances(aliceCall);
  await bob.hangUp(bobCall);
  await alice.sees(aliceCall, say("ended.caller.hangup"));
});

test("the ring and the talk are each heard at the device that was chosen, also where it is chosen while talking", async () => {
  const { alice, bob } = stage;
  onTestFinished(await bob.browser.runFirst(noteRing));
  const [speaker, ringer] = await outputs(bob.popup);
  await setDevice(bob.popup, { speaker, ringer });
  onTestFinished(() => setDevice(bob.popup, { speaker: null, ringer: null }));
  await alice.call(bob);
  await bob.card.waitFor();
  const rang = () => bob.popup.evaluate(() => localStorage.getItem("rang"));
  expect(await until("the ring", async () => (await rang()) ?? undefined)).toBe(`marimba.wav at ${ringer!}`);

  await bob.accept();
  const [aliceCall, bobCall] = await Promise.all([alice.browser.callPage(), bob.browser.callPage()]);
  await untilMediaAdvances(bobCall, "sound");
  await expect.poll(() => heardAt(bobCall), PATIENT).toBe(speaker);
  await setDevice(bob.popup, { speaker: ringer });
  await expect.poll(() => heardAt(bobCall), PATIENT).toBe(ringer);
  await setDevice(bob.popup, { speaker: null });
  await expect.poll(() => heardAt(bobCall), PATIENT).toBe("");
  expect(await isSoundPlaying(bobCall)).toBe(true);
  expect(await bobCall.getByText(say("call.speaker-replaced")).count()).toBe(0);

  await setDevice(bob.popup, { speaker: "a headset that was left at home" });
  await bobCall.getByText(say("call.speaker-replaced")).waitFor();
  expect(await heardAt(bobCall)).toBe("");
  await setDevice(bob.popup, { speaker });
  await bobCall.getByText(say("call.speaker-replaced")).waitFor({ state: "hidden" });
  await expect.poll(() => heardAt(bobCall), PATIENT).toBe(speaker);
  await bob.hangUp(bobCall);
  await alice.sees(aliceCall, say("ended.caller.hangup"));
});

test("who wants the relay alone tells the other side no address, and asks the browser for it", async () => {
  const { alice, bob } = stage;
  await setDevice(bob.popup, { relayOnly: true });
  onTestFinished(() => setDevice(bob.popup, { relayOnly: null }));
  await alice.call(bob);
  await bob.accept();
  const [aliceCall, bobCall] = await Promise.all([alice.browser.callPage(), bob.browser.callPage()]);
  // His offer has come, and her answer: neither leads anywhere without the relay.
  const [his] = await until("their answer", () => ways(bobCall));
  const [hers] = await until("their offer", () => ways(aliceCall));
  expect(his).toMatchObject({ policy: "relay", own: 0 });
  expect(hers).toMatchObject({ policy: "all", theirs: 0 });
  await bob.hangUp(bobCall);
  await alice.sees(aliceCall, say("ended.caller.hangup"));
});

/** What the connections of a page may use, and how many addresses each has told and was told; once both sides spoke. */
function ways(call: Page) {
  return call.evaluate(() => {
    const { connections } = (globalThis as unknown as { beckonWatch: { connections: RTCPeerConnection[] } })
      .beckonWatch;
    const told = (sdp: string) => sdp.match(/^a=candidate:/gm)?.length ?? 0;
    const found = connections.flatMap((connection) => {
      const { localDescription: own, remoteDescription: theirs, iceGatheringState: gathering } = connection;
      if (own === null || theirs === null || gathering !== "complete") return [];
      const { iceTransportPolicy: policy } = connection.getConfiguration();
      return [{ policy, own: told(own.sdp), theirs: told(theirs.sdp) }];
    });
    return found.length > 0 ? found : undefined;
  });
}

/** Two devices at which sound can be heard, as the pages of Beckon know them, neither of them the system's own choice. */
function outputs(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    for (const track of stream.getTracks()) track.stop();
    const all = await navigator.mediaDevices.enumerateDevices();
    return all
      .filter(({ kind, deviceId }) => kind === "audiooutput" && deviceId.length > 20)
      .map(({ deviceId }) => deviceId);
  });
}

/** Runs in each page before its own code, the document that rings among them: notes what rings there, and where. */
function noteRing(): void {
  const { prototype } = HTMLMediaElement;
  // Its own type; only reading it off the prototype looks unbound.
  const play = Object.getOwnPropertyDescriptor(prototype, "play")?.value as typeof prototype.play;
  prototype.play = function (this: HTMLMediaElement) {
    if (location.pathname === "/offscreen.html")
      localStorage.setItem("rang", `${this.src.split("/").at(-1)!} at ${this.sinkId}`);
    return play.call(this);
  };
}

/** Alice calls Bob, who answers on another machine than the stage's. */
async function answerOnLaptop(options: ChromiumOptions): Promise<{ aliceCall: Page; bobCall: Page }> {
  const { alice, bob, backend } = stage;
  const open = new Belongings();
  onTestFinished(() => open.close());
  const laptop = await Person.arrive(bob.account, open, options);
  await laptop.signIn(backend.url);
  await alice.call(bob);
  await laptop.accept();
  const [aliceCall, bobCall] = await Promise.all([alice.browser.callPage(), laptop.browser.callPage()]);
  return { aliceCall, bobCall };
}

/** Runs in each page before its own code: there is a microphone, and no camera until the test says so. */
function withholdCamera(error: string): void {
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  if (devices === undefined) return;
  const ask = devices.getUserMedia.bind(devices);
  devices.getUserMedia = (constraints) =>
    constraints?.video && !("cameraIsFree" in globalThis)
      ? Promise.reject(new DOMException("There is no camera for you.", error))
      : ask(constraints);
}

/**
 * Runs in each page before its own code: no sound before the person's first click in it, as browsers may have it. Their
 * own rule cannot be had here, since to them whatever the driver does in a page is an act of the person.
 */
function holdSound(): void {
  let hasClicked = false;
  addEventListener("click", () => (hasClicked = true), { capture: true });
  const { prototype } = HTMLMediaElement;
  // Its own type; only reading it off the prototype looks unbound.
  const play = Object.getOwnPropertyDescriptor(prototype, "play")?.value as typeof prototype.play;
  prototype.play = function (this: HTMLMediaElement) {
    return this.muted || hasClicked
      ? play.call(this)
      : Promise.reject(new DOMException("There was no click.", "NotAllowedError"));
  };
}

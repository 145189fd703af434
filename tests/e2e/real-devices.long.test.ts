import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test } from "vitest";
import { whyNoSound } from "../../scripts/setup/sound.ts";
import { Backend } from "../support/backend.ts";
import { Belongings } from "../support/belongings.ts";
import { heardAt, sent, setDevice } from "../support/call-devices.ts";
import { isHeard, untilHeard } from "../support/heard.ts";
import { describeWhere } from "../support/needs.ts";
import { untilMediaAdvances } from "../support/page-watch.ts";
import { aliceAndBob, type Person, say } from "../support/people.ts";
import { SoundSystem } from "../support/sound-system.ts";

/** Somebody speaks into the one on the desk, and nobody into the headset: by that it is heard which one serves. */
const DESK = "Desk";
const HEADSET = "Headset";
const SPEAKER = "Loudspeaker";
const HEADPHONES = "Headphones";
const PATIENT = { timeout: 20_000 };

describeWhere(whyNoSound(), "a talk with real microphones and speakers", () => {
  const open = new Belongings();
  let sound: SoundSystem;
  let alice: Person;
  let bob: Person;

  beforeAll(async () => {
    sound = await SoundSystem.start();
    open.add(() => sound.close());
    await sound.plugIn("speaker", SPEAKER);
    await sound.plugIn("microphone", DESK, "voice");
    const backend = await Backend.start({});
    open.add(() => backend.close());
    const options = { alice: { sound: sound.server }, bob: { microphone: "voice" } } as const;
    ({ alice, bob } = await aliceAndBob(backend, open, options));
  });
  afterEach(async () => {
    await Promise.all([alice.leaveCall(), bob.leaveCall()]);
    await Promise.all([alice.browser.closeCallPages(), bob.browser.closeCallPages()]);
    await setDevice(alice.popup, { microphone: null, speaker: null });
    await Promise.all([alice.contact(bob, "available").waitFor(), bob.contact(alice, "available").waitFor()]);
  });
  afterAll(() => open.close());

  test("the chosen microphone makes room for another when it is plugged out, and serves again when it is back; both are said", async () => {
    await plugInForTest("microphone", HEADSET);
    await sound.choose("microphone", DESK);
    await setDevice(alice.popup, { microphone: await idOf("audioinput", HEADSET) });
    const { aliceCall, bobCall } = await meet();
    await untilUsed("microphone", HEADSET);
    await untilHeard(bobCall, false);
    const { agreed } = await sent(aliceCall);

    await sound.plugOut(HEADSET);
    await aliceCall.getByText(say("call.device-gone-own", { device: "microphone", name: HEADSET })).waitFor();
    await untilUsed("microphone", DESK);
    await untilHeard(bobCall, true);

    await sound.plugIn("microphone", HEADSET);
    await aliceCall.getByText(say("call.device-back", { device: "microphone", now: HEADSET })).waitFor();
    await untilUsed("microphone", HEADSET);
    await untilHeard(bobCall, false);
    expect((await sent(aliceCall)).agreed).toBe(agreed);
  });

  test("who is muted stays so in the microphone that takes the place of another", async () => {
    await plugInForTest("microphone", HEADSET);
    await setDevice(alice.popup, { microphone: await idOf("audioinput", HEADSET) });
    const { aliceCall, bobCall } = await meet();
    await untilUsed("microphone", HEADSET);
    await aliceCall.keyboard.press("m");
    await bobCall.getByText(say("call.their-microphone-off")).waitFor();
    await sound.plugOut(HEADSET);
    await aliceCall.getByText(say("call.device-gone-own", { device: "microphone", name: HEADSET })).waitFor();
    await untilUsed("microphone", DESK);
    expect(await isHeard(bobCall)).toBe(false);
    await aliceCall.keyboard.press("m");
    await untilHeard(bobCall, true);
    await sound.plugIn("microphone", HEADSET);
  });

  test("the last microphone that is plugged out is said, nobody hears an echo instead, and it serves again when it is back", async () => {
    const { aliceCall, bobCall } = await meet();
    await untilUsed("microphone", DESK);
    await untilHeard(bobCall, true);
    await sound.plugOut(DESK);
    await aliceCall.getByText(say("call.microphone-missing", { name: bob.name })).waitFor();
    // A sound server records what its speakers play rather than nothing.
    await untilUsed("microphone");
    await untilHeard(bobCall, false);
    await sound.plugIn("microphone", DESK);
    await aliceCall.getByText(say("call.microphone-back")).waitFor();
    await untilUsed("microphone", DESK);
    await untilHeard(bobCall, true);
  });

  test("the system's own choice is followed from one microphone to another and back", async () => {
    await sound.choose("microphone", DESK);
    const { aliceCall, bobCall } = await meet();
    await untilHeard(bobCall, true);
    await plugInForTest("microphone", HEADSET);
    await sound.choose("microphone", HEADSET);
    await untilUsed("microphone", HEADSET);
    await untilHeard(bobCall, false);
    await sound.plugOut(HEADSET);
    await untilUsed("microphone", DESK);
    await untilHeard(bobCall, true);
    await sound.plugIn("microphone", HEADSET);
    await sound.choose("microphone", HEADSET);
    await untilUsed("microphone", HEADSET);
    await untilHeard(bobCall, false);

    // The menu knows what came meanwhile, and says that nothing was chosen.
    await aliceCall.getByRole("button", { name: say("call.choose-microphone") }).click();
    await aliceCall.getByRole("menuitemradio", { name: HEADSET, exact: true }).waitFor();
    const own = aliceCall.getByRole("menuitemradio", { name: say("settings.own-choice"), checked: true });
    await expect.poll(() => own.count(), PATIENT).toBe(2);
  });

  test("the chosen speaker makes room for the system's own when it is plugged out, and serves again when it is back; both are said", async () => {
    await plugInForTest("speaker", HEADPHONES);
    await sound.choose("speaker", SPEAKER);
    const headphones = await idOf("audiooutput", HEADPHONES);
    await setDevice(alice.popup, { speaker: headphones });
    const { aliceCall } = await meet();
    await untilUsed("speaker", HEADPHONES);

    await sound.plugOut(HEADPHONES);
    await aliceCall.getByText(say("call.device-gone-own", { device: "speaker", name: HEADPHONES })).waitFor();
    await expect.poll(() => heardAt(aliceCall), PATIENT).toBe("");
    await untilUsed("speaker", SPEAKER);

    await sound.plugIn("speaker", HEADPHONES);
    await aliceCall.getByText(say("call.device-back", { device: "speaker", now: HEADPHONES })).waitFor();
    await expect.poll(() => heardAt(aliceCall), PATIENT).toBe(headphones);
    await untilUsed("speaker", HEADPHONES);

    await setDevice(alice.popup, { speaker: null });
    await untilUsed("speaker", SPEAKER);
    await sound.choose("speaker", HEADPHONES);
    await untilUsed("speaker", HEADPHONES);
  });

  test("the ring is heard at the device that was chosen for it", async () => {
    await plugInForTest("speaker", HEADPHONES);
    await sound.choose("speaker", SPEAKER);
    await setDevice(alice.popup, { ringer: await idOf("audiooutput", HEADPHONES) });
    onTestFinished(() => setDevice(alice.popup, { ringer: null }));
    await bob.call(alice, "audio");
    await alice.card.waitFor();
    await untilUsed("speaker", HEADPHONES);
    await alice.decline();
    await untilUsed("speaker");
  });

  /** A talk without pictures: the machine of a test has no camera. */
  async function meet(): Promise<{ aliceCall: Page; bobCall: Page }> {
    await alice.call(bob, "audio");
    await bob.browser.ringingNotification();
    await bob.accept();
    const [aliceCall, bobCall] = await Promise.all([alice.browser.callPage(), bob.browser.callPage()]);
    await untilMediaAdvances(aliceCall, "sound");
    return { aliceCall, bobCall };
  }

  async function plugInForTest(end: "microphone" | "speaker", name: string): Promise<void> {
    await sound.plugIn(end, name);
    onTestFinished(() => sound.plugOut(name));
  }

  /** Waits until the sound system itself says so of Alice's browser; nothing is used without a name. */
  async function untilUsed(end: "microphone" | "speaker", ...names: string[]): Promise<void> {
    await expect.poll(async () => [...new Set(await sound.inUse(end))], PATIENT).toEqual(names);
  }

  /** The id by which the pages of Beckon know a device. */
  function idOf(kind: "audioinput" | "audiooutput", name: string): Promise<string> {
    return alice.popup.evaluate(
      async ([wanted, label]) => {
        const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
        for (const track of stream.getTracks()) track.stop();
        const all = await navigator.mediaDevices.enumerateDevices();
        return all.find((one) => one.kind === wanted && one.label === label)?.deviceId ?? "none";
      },
      [kind, name] as const,
    );
  }
});

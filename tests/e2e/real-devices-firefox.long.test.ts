import type { Page as CallPage } from "puppeteer-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { whyNoSound } from "../../scripts/setup/sound.ts";
import type { SignedUp } from "../support/accounts.ts";
import { Backend } from "../support/backend.ts";
import { Belongings } from "../support/belongings.ts";
import { PersonFirefox, whyNoFirefox } from "../support/firefox.ts";
import { untilHeard } from "../support/heard.ts";
import { describeWhere } from "../support/needs.ts";
import { untilMediaAdvances } from "../support/page-watch.ts";
import { friends, Person, say } from "../support/people.ts";
import { SoundSystem } from "../support/sound-system.ts";

/** Somebody speaks into the one on the desk, and nobody into the headset. */
const DESK = "Desk";
const HEADSET = "Headset";
const PATIENT = { timeout: 20_000 };

describeWhere(whyNoFirefox ?? whyNoSound(), "a talk in Firefox with real microphones", () => {
  const open = new Belongings();
  let sound: SoundSystem;
  let alice: Person;
  let bob: PersonFirefox;
  let bobAccount: SignedUp;

  beforeAll(async () => {
    sound = await SoundSystem.start();
    open.add(() => sound.close());
    await sound.plugIn("speaker", "Loudspeaker");
    await sound.plugIn("microphone", DESK, "voice");
    await sound.plugIn("microphone", HEADSET);
    await sound.choose("speaker", "Loudspeaker");
    await sound.choose("microphone", DESK);
    const backend = await Backend.start();
    open.add(() => backend.close());
    const [aliceAccount, other] = await friends(backend.url);
    bobAccount = other;
    alice = await Person.arrive(aliceAccount, open, { microphone: "voice" });
    bob = await PersonFirefox.launch({ sound: sound.server });
    open.add(() => bob.close());
    await Promise.all([alice.signIn(backend.url), bob.signIn(backend.url, bobAccount)]);
    await alice.contact(bobAccount, "available").waitFor();
  });
  afterAll(() => open.close());

  test("one that is plugged out makes room for the next and comes back, and where none is left nobody hears an echo", async () => {
    await alice.call(bobAccount, "audio");
    await bob.click(say("ringing.accept"));
    const [aliceCall, bobCall] = await Promise.all([alice.browser.callPage(), bob.callPage()]);
    await untilMediaAdvances(bobCall, "sound");
    await untilUsed(DESK);
    await untilHeard(aliceCall, true);

    await sound.plugOut(DESK);
    await untilSaid(bobCall, say("call.device-gone", { device: "microphone", name: DESK, now: HEADSET }));
    await untilUsed(HEADSET);
    await untilHeard(aliceCall, false);
    await sound.plugIn("microphone", DESK);
    await untilSaid(bobCall, say("call.device-back", { device: "microphone", now: DESK }));
    await untilUsed(DESK);
    await untilHeard(aliceCall, true);

    // What is left in the list is what the speakers play, Alice's voice above all.
    await sound.plugOut(HEADSET);
    await sound.plugOut(DESK);
    await untilSaid(bobCall, say("call.microphone-missing", { name: alice.name }));
    await untilUsed();
    await untilHeard(aliceCall, false);
    await sound.plugIn("microphone", DESK);
    await untilSaid(bobCall, say("call.device-back", { device: "microphone", now: DESK }));
    await untilUsed(DESK);
    await untilHeard(aliceCall, true);
    await alice.hangUp(aliceCall);
    await Promise.all([aliceCall.close(), bobCall.close()]);
    await alice.contact(bobAccount, "available").waitFor();
  });

  test("a call that begins without any microphone sends no echo either, and the first one that is plugged in serves", async () => {
    await sound.plugOut(DESK);
    await alice.call(bobAccount, "audio");
    await bob.click(say("ringing.accept"));
    const [aliceCall, bobCall] = await Promise.all([alice.browser.callPage(), bob.callPage()]);
    await untilSaid(bobCall, say("call.microphone-missing", { name: alice.name }));
    await untilUsed();
    await untilMediaAdvances(bobCall, "sound");
    await untilHeard(aliceCall, false);

    await sound.plugIn("microphone", DESK);
    await untilUsed(DESK);
    await untilHeard(aliceCall, true);
    await alice.hangUp(aliceCall);
  });

  /** Waits until the sound system itself says so of Bob's browser; nothing is used without a name. */
  async function untilUsed(...names: string[]): Promise<void> {
    await expect.poll(async () => [...new Set(await sound.inUse("microphone"))], PATIENT).toEqual(names);
  }
});

async function untilSaid(call: CallPage, words: string): Promise<void> {
  await expect.poll(() => call.evaluate(() => document.body.innerText), PATIENT).toContain(words);
}

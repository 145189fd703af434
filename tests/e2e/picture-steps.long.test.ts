import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { whyNoNarrowLines } from "../../scripts/setup/networks.ts";
import { aliceAndBobApart } from "../support/apart.ts";
import { Belongings } from "../support/belongings.ts";
import { sampleLine, untilSoundIsWhole } from "../support/line-sample.ts";
import { describeWhere } from "../support/needs.ts";
import type { NetworkNamespace } from "../support/network-namespace.ts";
import { untilMediaAdvances } from "../support/page-watch.ts";
import { type Person, say } from "../support/people.ts";
import { type Talk, talk } from "../support/talk.ts";
import { until } from "../support/until.ts";

/** Room for a picture, but not for the whole of it; and hardly for the sound. */
const NARROW_KBITS = 150;
const VERY_NARROW_KBITS = 45;
/** The size that is asked for of the camera is twice as wide. */
const HALF_WIDTH = 640;
/** A step down takes its time, and the patience for each step up its own. */
const STEPS_MS = 120_000;

describeWhere(whyNoNarrowLines(), "a talk, while what Alice sends goes by a narrow line", () => {
  const open = new Belongings();
  let network: NetworkNamespace;
  let alice: Person;
  let bob: Person;
  let calls: Talk;

  beforeAll(async () => {
    ({ network, alice, bob } = await aliceAndBobApart(open, "alice", { microphone: "voice" }));
    calls = await talk(alice, bob);
  });

  afterAll(() => open.close());

  test("her picture becomes smaller and goes on, her sound is whole, and both read whose network it is", async () => {
    await seen("in full", (width) => width > HALF_WIDTH);
    await network.narrow("up", NARROW_KBITS);
    await bothRead("quality.weak-ours", "quality.weak-theirs");
    await seen("smaller", (width) => width <= HALF_WIDTH);
    await untilSoundIsWhole(calls.bobCall);
    await untilMediaAdvances(calls.bobCall);
    expect(await pausedTexts()).toEqual([0, 0]);
  });

  test("her picture is paused where it leaves no room for her sound, which is whole again, and both read why", async () => {
    await network.narrow("up", VERY_NARROW_KBITS);
    const { aliceCall, bobCall } = calls;
    await aliceCall.getByText(say("quality.own-paused")).last().waitFor({ timeout: STEPS_MS });
    await theirPaused(bobCall).last().waitFor({ timeout: STEPS_MS });
    await bothRead("quality.weak-ours", "quality.weak-theirs");
    await untilSoundIsWhole(bobCall);
    expect((await sampleLine(aliceCall)).step).toBe("paused");
  });

  test("her picture comes back in full where the line is wide again, and both read that it is good", async () => {
    await network.widen("up");
    await theirPaused(calls.bobCall).last().waitFor({ state: "detached", timeout: STEPS_MS });
    await untilMediaAdvances(calls.bobCall);
    await seen("in full", (width) => width > HALF_WIDTH);
    await bothRead("quality.good", "quality.good");
    expect(await pausedTexts()).toEqual([0, 0]);
  });

  /** Waits until Bob sees her picture like that. */
  async function seen(what: string, isSo: (width: number) => boolean): Promise<void> {
    const picture = calls.bobCall.getByLabel(say("call.picture", { name: alice.name }));
    const width = () =>
      picture.evaluate((video) => {
        if (!(video instanceof HTMLVideoElement)) throw new Error("The picture is no video.");
        return video.videoWidth;
      });
    await until(`picture ${what}`, async () => (isSo(await width()) ? true : undefined), STEPS_MS);
  }

  async function bothRead(atAlice: Words, atBob: Words): Promise<void> {
    const { aliceCall, bobCall } = calls;
    await aliceCall.getByRole("button", { name: say(atAlice), exact: true }).waitFor({ timeout: STEPS_MS });
    await bobCall.getByRole("button", { name: say(atBob), exact: true }).waitFor({ timeout: STEPS_MS });
  }

  function theirPaused(call: Page) {
    return call.getByText(say("quality.their-paused", { name: alice.name }));
  }

  function pausedTexts(): Promise<number[]> {
    const { aliceCall, bobCall } = calls;
    return Promise.all([aliceCall.getByText(say("quality.own-paused")).count(), theirPaused(bobCall).count()]);
  }
});

type Words = "quality.good" | "quality.weak-ours" | "quality.weak-theirs";

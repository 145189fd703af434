import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { untilMediaAdvances } from "../support/page-watch.ts";
import { say } from "../support/people.ts";
import { setStage } from "../support/stage.ts";
import { talk } from "../support/talk.ts";
import { until } from "../support/until.ts";

/** Three steps down take their time, and the patience for a step up its own. */
const STEPS_MS = 90_000;

const stage = setStage();

test("where what Alice sends gets lost, her picture makes room for her sound, and comes back when it is well", async () => {
  const { alice, bob } = stage;
  const { aliceCall, bobCall } = await talk(alice, bob);
  const full = await widthSeen(bobCall);
  const paused = bobCall.getByText(say("quality.their-paused", { name: alice.name })).last();

  await seemLossy(aliceCall, 0.4);
  // The steps between are passed within seconds, on a busy machine before anybody could look.
  await bobCall.getByRole("button", { name: say("quality.weak-theirs") }).waitFor({ timeout: STEPS_MS });
  await aliceCall.getByRole("button", { name: say("quality.weak-ours") }).waitFor({ timeout: STEPS_MS });
  await aliceCall.getByText(say("quality.own-paused")).last().waitFor({ timeout: STEPS_MS });
  await paused.waitFor({ timeout: STEPS_MS });
  expect(await isPictureSent(aliceCall)).toBe(false);
  await untilMediaAdvances(bobCall, "sound");

  await seemLossy(aliceCall, 0);
  await paused.waitFor({ state: "detached", timeout: STEPS_MS });
  await untilMediaAdvances(bobCall);
  await bobCall.getByRole("button", { name: say("quality.good") }).waitFor({ timeout: 3 * STEPS_MS });
  await until("picture in full", async () => ((await widthSeen(bobCall)) > full / 2 ? true : undefined));
});

/** How wide the other side's picture is as it comes. */
function widthSeen(call: Page): Promise<number> {
  return call.getByLabel(say("call.picture", { name: stage.alice.name })).evaluate((video) => {
    if (!(video instanceof HTMLVideoElement)) throw new Error("The picture is no video.");
    return video.videoWidth;
  });
}

/** Has the page read of the other side's reports that this share of what it sends is lost. */
function seemLossy(call: Page, share: number): Promise<void> {
  return call.evaluate((lost) => {
    const { beckonWatch } = globalThis as unknown as { beckonWatch: { connections: RTCPeerConnection[] } };
    for (const connection of beckonWatch.connections) {
      connection.getStats = async () => {
        const seen = new Map<string, unknown>();
        (await RTCPeerConnection.prototype.getStats.call(connection)).forEach((report: RTCStats, id: string) => {
          seen.set(id, report.type === "remote-inbound-rtp" ? { ...report, fractionLost: lost } : report);
        });
        return seen;
      };
    }
  }, share);
}

function isPictureSent(call: Page): Promise<boolean> {
  return call.evaluate(() => {
    const { beckonWatch } = globalThis as unknown as { beckonWatch: { connections: RTCPeerConnection[] } };
    const senders = beckonWatch.connections.flatMap((connection) => connection.getSenders());
    const sender = senders.find(({ track }) => track?.kind === "video");
    return sender?.getParameters().encodings[0]?.active === true;
  });
}

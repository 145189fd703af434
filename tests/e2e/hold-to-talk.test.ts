import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { isHeard, untilHeard } from "../support/heard.ts";
import { say } from "../support/people.ts";
import { setStage } from "../support/stage.ts";
import { talk } from "../support/talk.ts";

/** Alice speaks all the time. */
const stage = setStage({ alice: { microphone: "voice" } });

test("who is muted is heard for as long as Space is held, and both sides read so", async () => {
  const { alice, bob } = stage;
  const { aliceCall, bobCall } = await talk(alice, bob);
  const theirs = bobCall.getByText(say("call.their-microphone-off"));
  const words = aliceCall.getByRole("status").filter({ hasText: say("call.held", { name: bob.name }) });
  await untilHeard(bobCall, true);

  // By a click, which leaves the focus on the button: Space talks all the same.
  await aliceCall.getByRole("button", { name: say("call.microphone"), exact: true }).click();
  await theirs.waitFor();
  await untilHeard(bobCall, false);
  expect(await isHeard(bobCall)).toBe(false);

  await aliceCall.keyboard.down("Space");
  await words.waitFor();
  await theirs.waitFor({ state: "hidden" });
  await untilHeard(bobCall, true);
  await aliceCall.keyboard.up("Space");
  await theirs.waitFor();
  await words.waitFor({ state: "detached" });
  await untilHeard(bobCall, false);
  expect(await isMuted(aliceCall)).toBe(true);

  // On the button that a key has marked it presses, as Space does there; held, it talks.
  const button = aliceCall.getByRole("button", { name: say("call.microphone"), exact: true });
  await aliceCall.keyboard.press("Shift+Tab");
  await aliceCall.keyboard.press("Tab");
  await button.press("Space");
  await theirs.waitFor({ state: "hidden" });
  await button.press("Space");
  await theirs.waitFor();
  await aliceCall.keyboard.down("Space");
  await aliceCall.keyboard.down("Space");
  await words.waitFor();
  await aliceCall.keyboard.up("Space");
  await theirs.waitFor();
  expect(await isMuted(aliceCall)).toBe(true);
});

test("a key that is let go unseen mutes, and a page that is loaded again meanwhile begins muted", async () => {
  const { alice, bob } = stage;
  const { aliceCall, bobCall } = await talk(alice, bob);
  const theirs = bobCall.getByText(say("call.their-microphone-off"));
  await aliceCall.keyboard.press("m");
  await theirs.waitFor();
  await aliceCall.keyboard.down("Space");
  await theirs.waitFor({ state: "hidden" });
  // As a browser tells that another window has the keyboard.
  await aliceCall.evaluate(() => window.dispatchEvent(new Event("blur")));
  await theirs.waitFor();
  // The keyboard goes on repeating the key.
  await aliceCall.keyboard.down("Space");
  await untilHeard(bobCall, false);
  await aliceCall.keyboard.up("Space");

  await aliceCall.keyboard.down("Space");
  await theirs.waitFor({ state: "hidden" });
  await aliceCall.reload();
  await aliceCall.keyboard.up("Space");
  await theirs.waitFor();
  await untilHeard(bobCall, false);
  expect(await isMuted(aliceCall)).toBe(true);
});

async function isMuted(call: Page): Promise<boolean> {
  const button = call.getByRole("button", { name: say("call.microphone"), exact: true });
  return (await button.getAttribute("aria-pressed")) === "false";
}

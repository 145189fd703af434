import type { Page } from "playwright-core";
import { expect, onTestFinished, test } from "vitest";
import { seriousOn } from "../support/judge-page.ts";
import { say } from "../support/people.ts";
import { setStage } from "../support/stage.ts";
import { talk } from "../support/talk.ts";
import { until } from "../support/until.ts";
import { untilGone } from "../support/until-gone.ts";

const stage = setStage();

const PATIENT = { timeout: 10_000 };

test("the small window shows the other person, and its controls are those of the call", async () => {
  const { alice, bob } = stage;
  const { aliceCall, bobCall } = await talk(alice, bob);
  const small = await takeOut(aliceCall, (call) => button(call, "picture.name").click());
  await alice.sees(aliceCall, say("said.picture-on"));
  await untilPictured(small);
  expect(await seriousOn(small)).toEqual([]);

  await button(small, "call.microphone").click();
  await bobCall.getByText(say("call.their-microphone-off")).waitFor();
  expect(await button(aliceCall, "call.microphone").getAttribute("aria-pressed")).toBe("false");
  // As in the tab, by the key as well.
  await small.keyboard.press("m");
  await bobCall.getByText(say("call.their-microphone-off")).waitFor({ state: "hidden" });
  await button(small, "call.camera").click();
  await bobCall.getByText(say("call.their-camera-off")).waitFor();
  await button(small, "call.camera").click();

  // What becomes of the other side is seen here too.
  await bobCall.keyboard.press("v");
  await small.locator("video").waitFor({ state: "detached" });
  await bobCall.keyboard.press("v");
  await untilPictured(small);

  await untilGone(small, () => button(small, "picture.back").click());
  await alice.sees(aliceCall, say("said.picture-off"));
});

test("the small window comes and goes by its key, also from a menu, and ends the call and with it itself", async () => {
  const { alice, bob } = stage;
  const { aliceCall, bobCall } = await talk(alice, bob);
  const first = await takeOut(aliceCall, (call) => call.keyboard.press("p"));
  await Promise.all([first.waitForEvent("close"), aliceCall.keyboard.press("p")]);
  await alice.sees(aliceCall, say("said.picture-off"));

  await aliceCall.setViewportSize({ width: 360, height: 640 });
  const second = await takeOut(aliceCall, async (call) => {
    await button(call, "call.more").click();
    await call.getByRole("menuitemcheckbox", { name: say("picture.name") }).click();
  });
  await untilGone(second, () => button(second, "call.hang-up").click());
  await bob.sees(bobCall, say("ended.callee.hangup"));
});

test("a browser without such windows shows the picture alone, as long as the call lasts", async () => {
  const { alice, bob } = stage;
  onTestFinished(
    await alice.browser.runFirst(() => {
      Reflect.deleteProperty(globalThis, "documentPictureInPicture");
    }),
  );
  const { aliceCall, bobCall } = await talk(alice, bob);
  const isOut = () => aliceCall.evaluate(() => document.pictureInPictureElement !== null);
  await button(aliceCall, "picture.name").click();
  await expect.poll(isOut, PATIENT).toBe(true);
  await expect.poll(() => button(aliceCall, "picture.name").getAttribute("aria-pressed")).toBe("true");
  await aliceCall.keyboard.press("p");
  await expect.poll(isOut, PATIENT).toBe(false);
  await aliceCall.keyboard.press("p");
  await expect.poll(isOut, PATIENT).toBe(true);
  await bob.hangUp(bobCall);
  await expect.poll(isOut, PATIENT).toBe(false);
});

test("the browser is told what to do when the tab is left during a talk, unless the person does not want it", async () => {
  const { alice, bob } = stage;
  onTestFinished(await alice.browser.runFirst(noteActions));
  const { aliceCall, bobCall } = await talk(alice, bob);
  const setFollows = (pictureFollows: boolean | null) =>
    alice.popup.evaluate(
      (wanted) => chrome.runtime.sendMessage({ type: "setDevice", change: { pictureFollows: wanted } }),
      pictureFollows,
    );
  onTestFinished(() => setFollows(null));
  await expect.poll(() => isTold(aliceCall), PATIENT).toBe(true);
  // As the browser asks for it, without a click of the person's.
  const small = await takeOut(aliceCall, leaveTab);
  await untilPictured(small);
  await Promise.all([small.waitForEvent("close"), aliceCall.keyboard.press("p")]);

  await setFollows(false);
  await expect.poll(() => isTold(aliceCall), PATIENT).toBe(false);
  await setFollows(true);
  await expect.poll(() => isTold(aliceCall), PATIENT).toBe(true);
  await bob.hangUp(bobCall);
  await expect.poll(() => isTold(aliceCall), PATIENT).toBe(false);
});

/** The part of the extension API that these tests ask for. */
declare const chrome: { runtime: { sendMessage: (message: unknown) => Promise<void> } };

function button(page: Page, name: Parameters<typeof say>[0]) {
  return page.getByRole("button", { name: say(name), exact: true });
}

/** The window that opens by this. */
async function takeOut(call: Page, act: (call: Page) => Promise<void>): Promise<Page> {
  const [small] = await Promise.all([call.context().waitForEvent("page"), act(call)]);
  await small.getByRole("group", { name: say("call.controls") }).waitFor();
  return small;
}

/** Waits until the other person moves in it. */
async function untilPictured(small: Page): Promise<void> {
  const played = () =>
    small.evaluate(() => {
      const video = document.querySelector("video");
      return video === null || video.videoWidth === 0 ? undefined : video.currentTime;
    });
  const at = await until("a picture in the small window", played);
  await until("a moving picture in the small window", async () => ((await played()) ?? at) > at || undefined);
}

interface NotedWindow {
  mediaActions: Map<string, (() => void) | null>;
}

/** Has pages keep what they tell the browser to do: no program makes a browser that shows nothing leave a tab. */
function noteActions(): void {
  const noted: NotedWindow["mediaActions"] = new Map();
  Object.assign(globalThis, { mediaActions: noted });
  const set = navigator.mediaSession.setActionHandler.bind(navigator.mediaSession);
  navigator.mediaSession.setActionHandler = (action, handler) => {
    set(action, handler);
    noted.set(action, handler as (() => void) | null);
  };
}

function isTold(call: Page): Promise<boolean> {
  return call.evaluate(() => Boolean((globalThis as unknown as NotedWindow).mediaActions.get("enterpictureinpicture")));
}

/** What the browser does then. It lets the window open without a click, which a page that asks by itself must have. */
async function leaveTab(call: Page): Promise<void> {
  await call.locator("main").click({ position: { x: 300, y: 200 } });
  await call.evaluate(() => (globalThis as unknown as NotedWindow).mediaActions.get("enterpictureinpicture")?.());
}

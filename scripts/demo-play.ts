import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { firstFrameAt, untilMediaAdvances } from "../tests/support/page-watch.ts";
import { BADGE, type Person, say } from "../tests/support/people.ts";
import { ROOT } from "./setup/command.ts";
import { step } from "./setup/progress.ts";

const PICTURES = join(ROOT, "demo-pictures");
const POPUP_SIZE = { width: 360, height: 560 };

/** Plays a call from the click to the end, with a line for each step, and takes pictures. Throws where a step fails. */
export async function playCall(alice: Person, bob: Person, signal: AbortSignal): Promise<void> {
  await mkdir(PICTURES, { recursive: true });
  await Promise.all([alice, bob].map(({ popup }) => popup.setViewportSize(POPUP_SIZE)));

  await step("Alice sees that Bob is available", () => alice.contact(bob, "available").waitFor());
  await takePicture(alice.popup, "popup");

  const clickedAt = await step("Alice clicks on video call", () => alice.call(bob));
  const { at: rangAt } = await step("Bob's browser rings by notification", () => bob.browser.ringingNotification());
  await step("Bob's badge and popup show the call", async () => {
    await bob.card.waitFor();
    await bob.browser.untilBadge(BADGE.ringing);
  });
  await takePicture(bob.popup, "ringing");

  const acceptedAt = await step("Bob accepts", () => bob.accept());
  signal.throwIfAborted();
  const [aliceCall, bobCall] = await Promise.all([alice.browser.callPage(), bob.browser.callPage()]);
  const [aliceAt, bobAt] = await step("Each sees the other's first picture", () =>
    Promise.all([firstFrameAt(aliceCall), firstFrameAt(bobCall)]),
  );
  await step("Picture and sound go on, both ways", () =>
    Promise.all([untilMediaAdvances(aliceCall), untilMediaAdvances(bobCall)]),
  );
  await takePicture(aliceCall, "call-alice");
  await takePicture(bobCall, "call-bob");

  await step("Alice hangs up, and the call is over for Bob", async () => {
    await alice.hangUp(aliceCall);
    await bob.sees(bobCall, say("ended.callee.hangup"));
  });
  console.log(
    [
      `From click to ring ${String(rangAt - clickedAt)} ms.`,
      `From accept to the first picture ${String(aliceAt - acceptedAt)} ms at Alice's, ${String(bobAt - acceptedAt)} ms at Bob's.`,
      `Pictures are in ${PICTURES}.`,
    ].join("\n"),
  );
}

/** Saves what a page shows, once its fonts, pictures and videos are really drawn. */
async function takePicture(page: Page, name: string): Promise<void> {
  await page.bringToFront();
  await page.evaluate(async () => {
    await document.fonts.ready;
    await Promise.all([...document.images].map((image) => image.decode()));
    const shown = [...document.querySelectorAll("video")].filter((video) => video.checkVisibility() && video.srcObject);
    await Promise.all(shown.map((video) => new Promise((resolve) => video.requestVideoFrameCallback(resolve))));
    const ending = document.getAnimations().filter((animation) => !isEndless(animation));
    await Promise.all(ending.map((animation) => animation.finished));
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));

    function isEndless(animation: Animation): boolean {
      return animation.effect?.getComputedTiming().iterations === Infinity;
    }
  });
  await page.screenshot({ path: join(PICTURES, `${name}.png`) });
}

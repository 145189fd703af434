import type { Page } from "puppeteer-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { whyNoDisplay } from "../../scripts/setup/display.ts";
import type { SignedUp } from "../support/accounts.ts";
import { Backend } from "../support/backend.ts";
import { Belongings } from "../support/belongings.ts";
import { ChromiumPuppet } from "../support/chromium-puppet.ts";
import { Display } from "../support/display.ts";
import { PersonFirefox, whyNoFirefox } from "../support/firefox.ts";
import { describeWhere } from "../support/needs.ts";
import { untilMediaAdvances } from "../support/page-watch.ts";
import { friends, Person, say } from "../support/people.ts";
import type { Puppet } from "../support/puppet.ts";
import { untilNoGesture, untilPictured } from "../support/small-window.ts";

const PATIENT = { timeout: 20_000 };

describeWhere(whyNoDisplay(), "a browser that is shown", () => {
  const open = new Belongings();
  let display: Display;
  let server: string;
  let bob: Person;
  let alice: SignedUp;

  beforeAll(async () => {
    const backend = await Backend.start();
    open.add(() => backend.close());
    server = backend.url;
    const [first, other] = await friends(server);
    alice = first;
    bob = await Person.arrive(other, open);
    await bob.signIn(server);
    display = await Display.start();
    open.add(display.close);
  });

  afterAll(() => open.close());

  test("opens the small window of a call from any tab, and closes it, by a key of the browser's", async () => {
    const chromium = await ChromiumPuppet.launch({ display: display.name });
    open.add(() => chromium.close());
    const { call } = await talk(chromium);
    await untilNoGesture(call);
    await chromium.popup.bringToFront();
    await display.focus("Beckon - Chromium");
    await display.press("alt+shift+o");
    await chromium.untilSmallWindow();
    await untilPictured(call);
    await display.focus("Beckon - Chromium");
    await display.press("alt+shift+o");
    await chromium.untilNoSmallWindow();
    await bob.leaveCall();
    await bob.browser.closeCallPages();
  });

  describeWhere(whyNoFirefox, "Firefox", () => {
    test("shows the screen, whole and in its own size, and the camera comes back; once more, until the call's end", async () => {
      const firefox = await PersonFirefox.launch({ display: display.name });
      open.add(() => firefox.close());
      const { call, bobCall } = await talk(firefox);
      for (const isLast of [false, true]) {
        await firefox.click(say("call.screen"), call);
        await bob.sees(bobCall, say("screen.theirs", { name: alice.name }));
        await expect.poll(() => seen(bobCall), PATIENT).toEqual({ width: 1280, height: 900, fit: "contain" });
        // It stays so however much the machine has to do.
        expect(await preference(call)).toBe("maintain-resolution");
        if (isLast) break;
        await firefox.click(say("screen.stop"), call);
        await expect.poll(() => seen(bobCall), PATIENT).toMatchObject({ fit: "cover" });
        await expect.poll(() => preference(call), PATIENT).toBeUndefined();
        await untilMediaAdvances(bobCall);
      }
      await bob.hangUp(bobCall);
      await expect.poll(() => call.evaluate(() => document.body.innerText), PATIENT).toContain(say("call.again"));
    });
  });

  /** Alice, at this browser, calls Bob. */
  async function talk(
    browser: Puppet,
  ): Promise<{ call: Page; bobCall: Awaited<ReturnType<typeof bob.browser.callPage>> }> {
    await browser.signIn(server, alice);
    await browser.click(say("row.video", { name: bob.name }));
    await bob.accept();
    const [call, bobCall] = await Promise.all([browser.callPage(), bob.browser.callPage()]);
    await Promise.all([untilMediaAdvances(call), untilMediaAdvances(bobCall)]);
    return { call, bobCall };
  }
});

/** What is kept of the picture that is sent, where the machine has too much to do. */
function preference(call: Page): Promise<string | undefined> {
  return call.evaluate(() => {
    const { connections } = (globalThis as unknown as { beckonWatch: { connections: RTCPeerConnection[] } })
      .beckonWatch;
    const senders = connections.flatMap((connection) => connection.getSenders());
    const sender = senders.find(({ track }) => track?.kind === "video" && track.readyState === "live");
    return sender?.getParameters().degradationPreference;
  });
}

/** The picture of the other side, as it comes and is shown. */
function seen(call: Awaited<ReturnType<Person["browser"]["callPage"]>>) {
  return call.evaluate(() => {
    const video = document.querySelector<HTMLVideoElement>(".their-picture video");
    if (video === null) return undefined;
    return { width: video.videoWidth, height: video.videoHeight, fit: getComputedStyle(video).objectFit };
  });
}

import type { Page } from "playwright-core";
import { expect, onTestFinished, test } from "vitest";
import { setDevice } from "../support/call-devices.ts";
import { untilMediaAdvances, watched } from "../support/page-watch.ts";
import { say } from "../support/people.ts";
import { setStage } from "../support/stage.ts";
import { talk } from "../support/talk.ts";
import { untilGone } from "../support/until-gone.ts";

/** The part of the extension API that these tests ask for. */
declare const chrome: {
  windows: { create: (wanted: { url: string }) => Promise<{ id: number }>; remove: (window: number) => Promise<void> };
  tabs: { query: (wanted: { windowId: number }) => Promise<unknown[]> };
};

/** A worker that was stopped has to begin first. */
const PATIENT = { timeout: 10_000 };
const SECRET = "The key is under the third pot";

const stage = setStage();

test("a duplicated call tab is told so and touches nothing; the call goes on, and ends everywhere", async () => {
  const { alice, bob } = stage;
  const { aliceCall, bobCall } = await talk(alice, bob);
  const duplicate = await alice.browser.context.newPage();
  await duplicate.goto(aliceCall.url());
  await alice.sees(duplicate, say("call.elsewhere"));
  expect(await watched(duplicate)).toMatchObject({ mediaAsked: 0, sockets: 0 });
  await Promise.all([untilMediaAdvances(aliceCall), untilMediaAdvances(bobCall)]);

  // After its worker's death the page that has the call takes it up again, not the other.
  await alice.browser.stopWorker();
  await Promise.all([untilMediaAdvances(aliceCall), untilMediaAdvances(bobCall)]);
  await untilGone(duplicate, () => duplicate.getByRole("button", { name: say("call.close") }).click());
  await Promise.all([untilMediaAdvances(aliceCall), untilMediaAdvances(bobCall)]);

  await bob.hangUp(bobCall);
  await alice.sees(aliceCall, say("ended.caller.hangup"));
  for (const page of [aliceCall, bobCall]) await untilConnectionsClosed(page);
});

test("Alice calls again after the popup's note of the ended call was dismissed", async () => {
  const { alice, bob } = stage;
  const { aliceCall, bobCall } = await talk(alice, bob);
  await bob.hangUp(bobCall);
  await alice.sees(aliceCall, say("ended.caller.hangup"));
  await bobCall.close();
  const dismiss = alice.popup.getByRole("button", { name: say("notice.dismiss") });
  await dismiss.click();
  await dismiss.waitFor({ state: "hidden" });

  await alice.callAgain(aliceCall);
  await bob.accept();
  const again = await bob.browser.callPage();
  await Promise.all([untilMediaAdvances(aliceCall), untilMediaAdvances(again)]);
  await bob.hangUp(again);
  await alice.sees(aliceCall, say("ended.caller.hangup"));
});

test("a call again that cannot be placed says why", async () => {
  const { alice, bob } = stage;
  const { aliceCall: former, bobCall } = await talk(alice, bob);
  await bob.hangUp(bobCall);
  await alice.sees(former, say("ended.caller.hangup"));
  await bobCall.close();

  await bob.call(alice);
  await alice.accept();
  const present = await alice.browser.callPage(former);
  await untilMediaAdvances(present);
  await former.getByRole("button", { name: say("call.again") }).click();
  await former
    .getByRole("alert")
    .filter({ hasText: say("problem.in-a-call") })
    .waitFor();
  await untilMediaAdvances(present);
  await alice.hangUp(present);
});

test("who wants a relay alone where there is none reads so at once, and the next call without it connects", async () => {
  const { alice, bob } = stage;
  await setDevice(alice.popup, { relayOnly: true });
  onTestFinished(() => setDevice(alice.popup, { relayOnly: null }));
  await alice.call(bob);
  const aliceCall = await alice.browser.callPage();
  // Nobody has answered.
  await alice.sees(aliceCall, say("call.failed-relay-missing"));

  await setDevice(alice.popup, { relayOnly: null });
  await aliceCall.getByRole("button", { name: say("call.again") }).click();
  await bob.accept();
  await Promise.all([untilMediaAdvances(aliceCall), untilMediaAdvances(await bob.browser.callPage())]);
  await alice.hangUp(aliceCall);
});

test("who signs out while talking lets go of all devices, and the tab says nothing of whom it was with or what was said", async () => {
  const { alice, bob } = stage;
  const { aliceCall, bobCall } = await talk(alice, bob);
  await aliceCall.keyboard.press("c");
  await aliceCall.getByLabel(say("exchange.write", { name: bob.name })).fill(SECRET);
  await aliceCall.keyboard.press("Enter");
  await aliceCall.getByText(say("exchange.delivered")).waitFor();
  await expect.poll(() => kept(aliceCall)).toContain(SECRET);
  expect(await shownIn(aliceCall)).toContain(SECRET);

  await alice.popup.bringToFront();
  await alice.signOut();
  await alice.sees(aliceCall, say("call.unknown"));
  await untilConnectionsClosed(aliceCall);
  const words = await shownIn(aliceCall);
  for (const secret of [bob.name, SECRET, say("call.messages")]) expect(words).not.toContain(secret);
  expect(await kept(aliceCall)).toBe("{}");
  await bob.sees(bobCall, say("ended.callee.hangup"));
  await alice.signInAgain();

  await aliceCall.reload();
  await alice.sees(aliceCall, say("call.unknown"));
  expect(await shownIn(aliceCall)).not.toContain(SECRET);
  expect(await kept(aliceCall)).toBe("{}");
});

test("the key of the browser switches the microphone of the talk from any tab, also after the worker's death", async () => {
  const { alice, bob } = stage;
  const { aliceCall, bobCall } = await talk(alice, bob);
  const microphone = bobCall.getByRole("button", { name: say("call.microphone"), exact: true });
  const settings = await bob.browser.openSettings();
  const keys = settings.getByRole("region", { name: say("settings.section-shortcuts") }).locator("kbd");
  // The browser is asked for them once the page stands.
  await expect.poll(() => keys.allTextContents(), PATIENT).toEqual(["Alt+Shift+K", "Alt+Shift+M", "Alt+Shift+O"]);

  await bob.browser.pressShortcut("toggle-microphone");
  await expect.poll(() => microphone.getAttribute("aria-pressed"), PATIENT).toBe("false");
  await aliceCall.getByText(say("call.their-microphone-off")).waitFor();
  await expect.poll(() => sendsSound(bobCall), PATIENT).toBe(false);

  await bob.browser.stopWorker();
  await bob.browser.pressShortcut("toggle-microphone");
  await expect.poll(() => microphone.getAttribute("aria-pressed"), PATIENT).toBe("true");
  await aliceCall.getByText(say("call.their-microphone-off")).waitFor({ state: "hidden" });
  await expect.poll(() => sendsSound(bobCall), PATIENT).toBe(true);
  await untilMediaAdvances(aliceCall, "sound");

  await settings.close();
  await bob.hangUp(bobCall);
  await alice.sees(aliceCall, say("ended.caller.hangup"));
  // Without a talk there is nothing to switch.
  await bob.browser.pressShortcut("toggle-microphone");
});

test("a call tab that is the last of its window closes, and the window stays", async () => {
  const { browser, popup } = stage.alice;
  const address = popup.url().replace("popup.html", `call.html?call=${crypto.randomUUID()}`);
  const [page, window] = await Promise.all([
    browser.context.waitForEvent("page"),
    popup.evaluate(async (url) => (await chrome.windows.create({ url })).id, address),
  ]);
  onTestFinished(() => popup.evaluate((id) => chrome.windows.remove(id), window));
  await untilGone(page, () => page.getByRole("button", { name: say("call.close") }).click());
  expect(await popup.evaluate(async (id) => (await chrome.tabs.query({ windowId: id })).length, window)).toBe(1);
});

/** All that the page says. */
function shownIn(page: Page): Promise<string> {
  return page.evaluate(() => `${document.title}\n${document.body.innerText}`);
}

/** What the tab would still have after a reload. */
function kept(page: Page): Promise<string> {
  return page.evaluate(() => JSON.stringify(Object.fromEntries(Object.entries(sessionStorage))));
}

/** Whether the page's open connection sends what a microphone hears. */
function sendsSound(page: Page): Promise<boolean> {
  return page.evaluate(() => {
    const { beckonWatch } = globalThis as unknown as { beckonWatch: { connections: RTCPeerConnection[] } };
    const open = beckonWatch.connections.filter(({ signalingState }) => signalingState !== "closed");
    return open.some((connection) =>
      connection.getSenders().some(({ track }) => track?.kind === "audio" && track.enabled),
    );
  });
}

/** Waits until every connection that the page made is closed, and no track of it lives. */
async function untilConnectionsClosed(page: Page): Promise<void> {
  await page.waitForFunction(() => {
    const { beckonWatch } = globalThis as unknown as { beckonWatch: { connections: RTCPeerConnection[] } };
    return beckonWatch.connections.every((connection) => {
      const isLive = connection.getSenders().some(({ track }) => track?.readyState === "live");
      return connection.signalingState === "closed" && !isLive;
    });
  });
}

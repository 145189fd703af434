import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { REACH_CHECKS, type ReachCheckName } from "../../extension/core/reach.ts";
import { createText } from "../../extension/locales/text.ts";
import type { SignedUp } from "../support/accounts.ts";
import { say } from "../support/people.ts";
import { setStage } from "../support/stage.ts";
import { talk } from "../support/talk.ts";
import { until } from "../support/until.ts";

/** The part of the extension API that the tests of the settings ask for. */
declare const chrome: {
  runtime: {
    getContexts: (filter: { contextTypes: string[] }) => Promise<{ documentUrl: string }[]>;
    sendMessage: (message: unknown) => Promise<{ ok: boolean; value?: unknown }>;
    connect: (info: { name: string }) => { postMessage: (message: object) => void };
  };
  storage: {
    local: {
      get: (names: string[]) => Promise<{ token: string; device: string }>;
    };
  };
};

const stage = setStage();
let settings: Page;

beforeAll(async () => {
  settings = await stage.bob.browser.openSettings();
});

afterAll(() => settings.close());

describe("a ring", () => {
  test("is silent in quiet hours, the caller is told so, and sounds again as the person chose it", async () => {
    const { alice, bob } = stage;
    const quiet = settings.getByRole("switch", { name: say("settings.quiet") });
    await quiet.check();
    await settings.getByLabel(say("settings.quiet-from"), { exact: true }).selectOption("0:00");
    await settings.getByLabel(say("settings.quiet-to"), { exact: true }).selectOption("23:45");
    await alice.call(bob);
    const call = await alice.browser.callPage();
    await bob.card.getByText(say("ringing.video-silent")).waitFor();
    await alice.sees(call, say("call.ringing-silent"));
    expect(await ringing()).toBeUndefined();

    await settings.getByLabel(say("settings.ring-sound"), { exact: true }).selectOption("bell");
    await settings.getByLabel(say("settings.ring-volume"), { exact: true }).fill("0.5");
    await quiet.uncheck();
    const address = await until("the ring", ringing);
    expect(Object.fromEntries(new URL(address).searchParams)).toMatchObject({ sound: "bell", volume: "0.5" });
    await bob.decline();
    await alice.sees(call, say("ended.caller.declined", { name: bob.name }));
  });
});

describe("the microphone", () => {
  test("that was chosen is the one that the call uses", async () => {
    const { alice, bob } = stage;
    const microphones = await settings.evaluate(async () => {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
      const usual = stream.getTracks()[0]?.getSettings().deviceId;
      for (const track of stream.getTracks()) track.stop();
      const all = await navigator.mediaDevices.enumerateDevices();
      return all.filter(({ kind, deviceId }) => kind === "audioinput" && deviceId !== usual && deviceId.length > 20);
    });
    const chosen = microphones[0]?.deviceId;
    expect(chosen).toBeDefined();
    await change({ microphone: chosen });
    onTestFinished(() => change({ microphone: null }));
    const forget = await bob.browser.runFirst(noteTracks, undefined);
    onTestFinished(forget);
    await alice.call(bob);
    await bob.accept();
    const call = await bob.browser.callPage();
    const used = await until("the microphone of the call", () =>
      call.evaluate(() => (globalThis as { microphoneUsed?: string }).microphoneUsed),
    );
    expect(used).toBe(chosen);
    await bob.hangUp(call);
  });
});

describe("whether people can reach Bob", () => {
  test("is tried by the real way, and all works that the server has", async () => {
    await tryIt(settings);
    await settings.getByText(say("reach.same-network")).waitFor({ timeout: 30_000 });
    expect(await states(settings)).toEqual({
      session: "passed",
      server: "passed",
      availability: "passed",
      notification: "passed",
      ring: "passed",
      badge: "passed",
      microphone: "passed",
      camera: "passed",
      // The server of the tests names neither.
      stun: "off",
      turn: "off",
    });
    expect(await stage.bob.browser.notifies("test")).toBe(false);
    expect(await ringing()).toBeUndefined();
  });

  test.each([
    ["a refused camera", withholdCamera, "reach.camera-refused"],
    ["a silent microphone", silenceMicrophone, "reach.microphone-silent"],
  ] as const)("names what to mend: %s", async (_, inject, sentence) => {
    const page = await stage.bob.browser.openSettings();
    onTestFinished(() => page.close());
    await page.evaluate(inject);
    await tryIt(page);
    await status(page, sentence).waitFor({ timeout: 30_000 });
  });

  test("is tried also by a browser that analyses no sound, where the person sees themselves all the same", async () => {
    const page = await stage.bob.browser.openSettings();
    onTestFinished(() => page.close());
    await page.evaluate(withholdAnalysis);
    await page.getByRole("button", { name: say("devices.try"), exact: true }).click();
    const picture = page.getByRole("img", { name: say("devices.picture") });
    await picture.waitFor();
    await tryIt(page);
    await page.getByText(say("reach.same-network")).waitFor({ timeout: 30_000 });
    expect(await picture.isVisible()).toBe(true);
  });

  test("names what to mend: a relay that is wanted and not there", async () => {
    await change({ relayOnly: true });
    onTestFinished(() => change({ relayOnly: null }));
    await settings.getByText(say("settings.relay-none")).waitFor();
    await tryIt(settings);
    await status(settings, "reach.relay-missing").waitFor({ timeout: 30_000 });
  });
});

test("do not disturb is said of a ring that nobody would hear", async () => {
  const { bob } = stage;
  await bob.choose("dnd");
  try {
    await tryIt(settings);
    await status(settings, "reach.do-not-disturb").waitFor({ timeout: 30_000 });
  } finally {
    // Before the others' turn, who have to find him available.
    await bob.choose("available");
  }
});

test("the language is that of every open page at once, and of the toolbar's button", async () => {
  const { bob } = stage;
  const { t } = createText("ja");
  const open = async (name: string) => {
    const page = await bob.browser.context.newPage();
    await page.goto(settings.url().replace(/options\.html.*/, name));
    onTestFinished(() => page.close());
    return page;
  };
  const [welcome, invite] = await Promise.all([open("welcome.html#friend"), open("invite.html")]);
  // What was said before the change is said in the other language after it.
  await welcome.getByLabel(say("welcome.friend-field"), { exact: true }).fill("!");
  await welcome.getByRole("button", { name: say("welcome.friend-add"), exact: true }).click();
  await welcome
    .getByRole("alert")
    .filter({ hasText: say("welcome.friend-wrong") })
    .waitFor();
  await invite.getByText(say("invite.none")).waitFor();
  await settings.getByRole("combobox", { name: say("settings.section-language"), exact: true }).selectOption("ja");
  await settings.getByRole("heading", { name: t("settings.title"), exact: true }).waitFor();
  await bob.popup.getByLabel(t("list.search"), { exact: true }).waitFor();
  await welcome.getByRole("heading", { name: t("welcome.friend-title"), exact: true }).waitFor();
  await welcome
    .getByRole("alert")
    .filter({ hasText: t("welcome.friend-wrong") })
    .waitFor();
  await invite.getByText(t("invite.none")).waitFor();
  expect(await welcome.title()).toBe(t("welcome.page-title", { step: t("welcome.friend-title") }));
  expect(await invite.title()).toBe(t("invite.page-title"));
  for (const page of [settings, bob.popup, welcome, invite]) {
    expect(await page.evaluate(() => document.documentElement.lang)).toBe("ja");
  }
  await settings.getByRole("combobox", { name: t("settings.section-language"), exact: true }).selectOption("");
  await settings.getByRole("heading", { name: say("settings.title"), exact: true }).waitFor();
});

test("the diagnostics that are copied hold nothing of anybody, not even after a call and a trouble", async () => {
  const { alice, bob, backend } = stage;
  const { aliceCall, bobCall } = await talk(alice, bob);
  const addresses = (await Promise.all([aliceCall, bobCall].map(candidateAddresses))).flat();
  const call = new URL(bobCall.url()).searchParams.get("call");
  await bob.hangUp(bobCall);
  await alice.sees(aliceCall, say("ended.caller.hangup"));
  // Something to tell of: a page of a call that says what nobody understands.
  await settings.evaluate(() => chrome.runtime.connect({ name: "call" }).postMessage({ type: "?" }));

  await settings.getByRole("button", { name: say("settings.diagnostics"), exact: true }).click();
  await settings.getByText(say("settings.diagnostics-copied")).waitFor();
  const text = await pasted(settings);
  expect(JSON.parse(text)).toMatchObject({ session: "signed-in", line: "online", contacts: 1 });
  expect(text).toContain("a call page was not understood");

  const { token, device } = await settings.evaluate(() => chrome.storage.local.get(["token", "device"]));
  // The stage made both over the server's functions.
  const accounts = [alice.account, bob.account] as SignedUp[];
  const people = accounts.flatMap(({ name, handle, email, password, user }) => [name, handle, email, password, user]);
  const host = new URL(backend.url).host;
  const secrets = [token, device, call, host, host.split(":")[1], ...addresses, ...people];
  expect(addresses.length).toBeGreaterThan(0);
  expect(secrets.every((secret) => typeof secret === "string" && secret.length > 2)).toBe(true);
  expect(secrets.filter((secret) => text.includes(secret!))).toEqual([]);
});

/** Under which addresses a call's page has sought the other side, and was sought itself. */
function candidateAddresses(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const { connections } = (globalThis as unknown as { beckonWatch: { connections: RTCPeerConnection[] } })
      .beckonWatch;
    const found: string[] = [];
    for (const connection of connections) {
      const descriptions = [connection.localDescription, connection.remoteDescription];
      for (const description of descriptions) {
        for (const [, address] of description?.sdp.matchAll(/^a=candidate:\S+ \d+ \S+ \d+ (\S+) \d+/gm) ?? [])
          if (address !== undefined) found.push(address);
      }
    }
    return found;
  });
}

/** What is on the clipboard, read as a person does. */
async function pasted(page: Page): Promise<string> {
  await page.evaluate(() => document.body.append(document.createElement("textarea")));
  const area = page.locator("body > textarea");
  await area.press("ControlOrMeta+V");
  const text = await area.inputValue();
  await area.evaluate((node) => node.remove());
  return text;
}

/** Changes a setting of Bob's device, as the page does. */
async function change(device: object): Promise<void> {
  const answer = await settings.evaluate(
    (wanted) => chrome.runtime.sendMessage({ type: "setDevice", change: wanted }),
    device,
  );
  expect(answer).toEqual({ ok: true });
}

/** The address of the document that rings at Bob's browser. */
async function ringing(): Promise<string | undefined> {
  return settings.evaluate(
    // A document that is only just being made has no address yet.
    async () =>
      (await chrome.runtime.getContexts({ contextTypes: ["OFFSCREEN_DOCUMENT"] }))[0]?.documentUrl || undefined,
  );
}

async function tryIt(page: Page): Promise<void> {
  const again = page.getByRole("button", { name: say("reach.run-again") });
  await page
    .getByRole("button", { name: say("reach.run"), exact: true })
    .or(again.first())
    .first()
    .click();
}

function status(
  page: Page,
  sentence: "reach.camera-refused" | "reach.microphone-silent" | "reach.relay-missing" | "reach.do-not-disturb",
): Locator {
  return page.getByRole("status").filter({ hasText: say(sentence) });
}

/** What came of each check, as the page shows it. */
async function states(page: Page): Promise<Partial<Record<ReachCheckName, string | null>>> {
  const all = await Promise.all(
    REACH_CHECKS.map(async (name) => [name, await page.locator(`[data-check="${name}"]`).getAttribute("data-state")]),
  );
  return Object.fromEntries(all) as Partial<Record<ReachCheckName, string | null>>;
}

/** Notes which microphone a page is given. */
function noteTracks(): void {
  const { mediaDevices } = navigator;
  const real = mediaDevices.getUserMedia.bind(mediaDevices);
  mediaDevices.getUserMedia = async (wanted) => {
    const stream = await real(wanted);
    const id = stream.getAudioTracks()[0]?.getSettings().deviceId;
    if (id !== undefined) Object.assign(globalThis, { microphoneUsed: id });
    return stream;
  };
}

function withholdCamera(): void {
  const { mediaDevices } = navigator;
  const real = mediaDevices.getUserMedia.bind(mediaDevices);
  mediaDevices.getUserMedia = (wanted) =>
    wanted?.video ? Promise.reject(new DOMException("", "NotAllowedError")) : real(wanted);
}

/** As where there is no output, or too many contexts are open. */
function withholdAnalysis(): void {
  AudioContext.prototype.createMediaStreamSource = () => {
    throw new DOMException("", "NotSupportedError");
  };
}

/** A real track that hears nothing. */
function silenceMicrophone(): void {
  const { mediaDevices } = navigator;
  const real = mediaDevices.getUserMedia.bind(mediaDevices);
  mediaDevices.getUserMedia = (wanted) => {
    const sink = new AudioContext().createMediaStreamDestination();
    return wanted?.audio ? Promise.resolve(sink.stream) : real(wanted);
  };
}

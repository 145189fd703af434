import { describe, expect, test } from "vitest";
import { visitGallery } from "../support/gallery/visit.ts";
import { say } from "../support/people.ts";

const { page, open, become, asked, focused, button } = visitGallery();

const chiyo = "Chiyo Mori";
/** Playwright waits for what is disabled, which a person clicks all the same. */
const DISABLED = { force: true };
const waiting = () => page().getByRole("region", { name: say("waiting.region", { name: chiyo }) });

describe("a ring that waits, in the popup", () => {
  test("takes no focus, is answered by no key, and moves no control", async () => {
    await open("strip-live");
    const hangUp = await button("Hang up").boundingBox();
    expect(await focused()).toBe("Search by name");
    await become("strip-waiting");
    await waiting().waitFor();
    expect(await focused()).toBe("Search by name");
    for (const key of ["Space", "Enter", "m", "v"]) await page().keyboard.press(key);
    expect((await asked()).filter((name) => name.endsWith("Call"))).toEqual([]);
    expect(await button("Hang up").boundingBox()).toEqual(hangUp);
  });

  test("says what accepting does, and can be declined", async () => {
    await open("strip-waiting");
    await button("End this call and accept").click();
    await button("Decline").click();
    expect(await asked()).toEqual(["acceptCall", "declineCall"]);
    await open("ringing-two");
    await waiting().getByRole("button", { name: "Accept", exact: true }).waitFor();
  });

  test("takes no second click once it is accepted", async () => {
    await open("strip-waiting-answered");
    for (const name of ["End this call and accept", "Decline"]) await button(name).click(DISABLED);
    expect(await asked()).toEqual([]);
  });
});

test("the call's page fades where nobody moves, but not while something goes wrong", async () => {
  const head = () => page().locator(".head .top");
  await open("call-live");
  await become("call-live-unmoved");
  await expect.poll(() => head().evaluate((element) => getComputedStyle(element).opacity)).toBe("0");
  await become("call-interrupted-unmoved");
  await expect.poll(() => head().evaluate((element) => getComputedStyle(element).opacity)).toBe("1");
  await head().getByText(say("call.interrupted")).waitFor();
});

test("the call's page does not fade over what was written or while one is muted, and its tab says how much is new", async () => {
  const faded = () =>
    page()
      .locator(".foot")
      .evaluate((element) => getComputedStyle(element).opacity);
  await open("call-live");
  await become("call-live-unmoved");
  await expect.poll(faded).toBe("0");
  await become("call-unread-unmoved");
  await expect.poll(faded).toBe("1");
  expect(await page().title()).toMatch(/^\(3\) Bob Tanaka/);
  await page()
    .getByRole("status")
    .filter({ hasText: say("call.messages-unread", { count: 3 }) })
    .waitFor({ state: "attached" });
  await become("call-live-unmoved");
  await expect.poll(faded).toBe("0");
  expect(await page().title()).toMatch(/^Bob Tanaka/);
  await become("call-muted-unmoved");
  await expect.poll(faded).toBe("1");
});

test("the words of a narrow call lie over no control, and nothing beneath them is reached by the keyboard", async () => {
  await page().setViewportSize({ width: 480, height: 600 });
  await open("call-words");
  const reached = new Set<string>();
  for (let name = await focused(); !reached.has(name); name = await focused()) {
    reached.add(name);
    await page().keyboard.press("Tab");
  }
  for (const name of [say("call.hang-up"), say("call.microphone")]) {
    expect(reached).toContain(name);
    await button(name).click({ trial: true });
  }
  for (const name of [say("quality.good"), say("call.own-picture-hide")]) expect(reached).not.toContain(name);
});

test("a file is answered by the keyboard, and the focus stays with it", async () => {
  await open("call-words");
  await button(say("exchange.decline-label", { file: "the coast from above.jpg" })).press("Enter");
  expect(await focused()).toBe("the coast from above.jpg");
});

describe("how the line is, in the call's tab", () => {
  const aloud = (words: string) => page().getByRole("status").filter({ hasText: words });
  const opacity = (part: string) =>
    page()
      .locator(part)
      .evaluate((one) => getComputedStyle(one).opacity);
  const fades = (part: string, to: "0" | "1") => expect.poll(() => opacity(part), { timeout: 10_000 }).toBe(to);

  test("is read aloud where it is not good, and the words stay where nobody moves", async () => {
    await open("call-live");
    expect(await aloud(say("quality.good")).count()).toBe(0);
    await become("call-line-weak");
    await aloud(say("quality.weak")).waitFor({ state: "attached" });
    await become("call-live-unmoved");
    await fades(".top", "0");
    await become("call-line-weak-unmoved");
    await fades(".top", "1");
  });

  test("opens to its figures and closes by the keyboard, and the focus comes back", async () => {
    await page().setViewportSize({ width: 960, height: 600 });
    await open("call-live");
    await button(say("quality.good")).press("Enter");
    const panel = page().getByRole("dialog", { name: say("quality.panel") });
    await panel.waitFor();
    // What is read stays, also where nobody moves and all else fades.
    await become("call-live-unmoved");
    await fades(".foot", "0");
    expect(await opacity(".top")).toBe("1");
    await page().keyboard.press("Escape");
    await panel.waitFor({ state: "detached" });
    expect(await button(say("quality.good")).evaluate((one) => one === document.activeElement)).toBe(true);
  });
});

describe("a ring that waits, in the call's tab", () => {
  test("takes no focus, is answered by no key, and is read aloud politely", async () => {
    await page().setViewportSize({ width: 960, height: 600 });
    await open("call-live");
    await button("Microphone").focus();
    await become("call-waiting");
    await waiting().waitFor();
    expect(await focused()).toBe("Microphone");
    for (const key of ["m", "v", "Escape"]) await page().keyboard.press(key);
    await page().keyboard.press("Space");
    expect(await answers()).toEqual([]);
    await page()
      .getByRole("status")
      .filter({ hasText: say("waiting.announced", { name: chiyo }) })
      .waitFor({ state: "attached" });
  });

  test.each([
    [960, 600],
    [420, 600],
  ])("covers no control and no other word, at %i × %i", async (width, height) => {
    await page().setViewportSize({ width, height });
    await open("call-waiting");
    const card = await waiting().boundingBox();
    if (card === null) throw new Error("The card is not drawn");
    const others = [button("Microphone"), button("Camera"), button("Hang up"), button(say("quality.good"))];
    for (const other of others) {
      const box = await other.boundingBox();
      if (box === null) throw new Error("Something beside the card is not drawn");
      const apart =
        box.x >= card.x + card.width ||
        box.y >= card.y + card.height ||
        card.x >= box.x + box.width ||
        card.y >= box.y + box.height;
      expect(apart).toBe(true);
    }
    expect(card.x + card.width).toBeLessThanOrEqual(width);
  });

  test("can be accepted and declined", async () => {
    await open("call-waiting");
    await button("End this call and accept").click();
    await button("Decline").click();
    expect(await answers()).toEqual(["onacceptwaiting", "ondeclinewaiting"]);
  });
});

describe("silencing", () => {
  test("leaves the card, its answers and the focus where they were", async () => {
    await open("ringing");
    await button("Silence").click();
    const before = await button("Accept").boundingBox();
    expect(await asked()).toEqual(["silenceRing"]);
    await become("ringing-silenced");
    await page().getByText(say("ringing.video-silenced")).waitFor();
    expect(await button("Accept").boundingBox()).toEqual(before);
    expect(await focused()).toBe("Silence");
    await button("Silence").click(DISABLED);
    expect(await asked()).toEqual(["silenceRing"]);
  });

  test("is not offered where there is no sound", async () => {
    for (const scene of ["ringing-silent", "ringing-waiting"]) {
      await open(scene);
      await button("Accept").waitFor();
      expect(await button("Silence").count()).toBe(0);
    }
  });
});

describe("what the caller reads", () => {
  const words = [
    ["inviting", say("call.inviting")],
    ["ringing-silent", say("call.ringing-silent")],
    ["ringing-waiting", say("call.ringing-waiting")],
    ["ringing", say("call.ringing", { devices: 2 })],
    ["answered", say("call.answered")],
  ] as const;

  test("is read aloud once at each change, in the call's tab", async () => {
    await open("call-inviting");
    await hear();
    for (const [scene, sentence] of words.slice(1)) {
      await become(`call-${scene}`);
      await page().getByRole("status").filter({ hasText: sentence }).waitFor({ state: "attached" });
    }
    expect(await heard()).toEqual(words.slice(1).map(([, sentence]) => sentence));
  });

  test("is read aloud once at each change, in the popup", async () => {
    await open("strip-inviting");
    await hear();
    const told = words.slice(1).map(([scene, sentence]) => [scene, `Bob Tanaka · ${sentence}`] as const);
    for (const [scene, sentence] of told) {
      await become(`strip-${scene}`);
      await page().getByRole("status").filter({ hasText: sentence }).waitFor({ state: "attached" });
    }
    expect(await heard()).toEqual(told.map(([, sentence]) => sentence));
  });
});

/** What was said to the rings that wait, or to the call itself. */
async function answers(): Promise<string[]> {
  return (await asked()).filter((name) => name.endsWith("waiting") || name === "onhangup");
}

/** Notes what a screen reader reads of the page's live regions from now on. */
async function hear(): Promise<void> {
  await page().evaluate(() => {
    const noted: string[] = [];
    Object.assign(globalThis, { noted });
    const observer = new MutationObserver((records) => {
      const live = records.map(({ target }) => (target instanceof Element ? target : target.parentElement));
      const regions = new Set(live.map((element) => element?.closest("[role=status], [role=alert]")));
      for (const region of regions) if (region) noted.push(region.textContent);
    });
    observer.observe(document.body, { subtree: true, childList: true, characterData: true });
  });
}

function heard(): Promise<string[]> {
  return page().evaluate(() => (globalThis as unknown as { noted: string[] }).noted);
}

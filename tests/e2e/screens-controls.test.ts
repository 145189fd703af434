import { describe, expect, test } from "vitest";
import { enlarge } from "../support/gallery/draw.ts";
import { visitGallery } from "../support/gallery/visit.ts";
import { say } from "../support/people.ts";

const { page, open, become, asked: askedAll, focused, button } = visitGallery();

const WIDE = { width: 960, height: 600 };
const NARROW = { width: 360, height: 600 };

const group = () => page().getByRole("group", { name: say("call.controls") });
const more = () => group().getByRole("button", { name: say("call.more") });
const item = (name: string) => page().getByRole("menuitemcheckbox", { name });
const keys = () => page().getByRole("dialog", { name: say("keys.title") });
const aloud = (words: string) => page().getByRole("status").filter({ hasText: words }).waitFor({ state: "attached" });
const isFull = () => page().evaluate(() => document.fullscreenElement !== null);

/** What the person asked for. That the browser holds the sound back is no wish of theirs. */
async function asked(): Promise<string[]> {
  return (await askedAll()).filter((name) => name !== "onsoundblocked");
}

describe("the keys of a call", () => {
  test("are shown by one of them, with what the buttons say of theirs, and Escape closes them", async () => {
    await page().setViewportSize(WIDE);
    await open("call-live");
    await page().keyboard.press("?");
    const listed = await keys().locator("kbd").allTextContents();
    const titles = await group()
      .getByRole("button")
      .evaluateAll((all) => all.map((one) => (one as HTMLElement).title));
    const named = titles.flatMap((title) => /\((\w+)\)$/.exec(title)?.slice(1) ?? []);
    expect(named.length).toBeGreaterThanOrEqual(4);
    expect(listed).toEqual(expect.arrayContaining(named));
    await page().keyboard.press("Escape");
    await keys().waitFor({ state: "detached" });
    expect(await focused()).toBe(say("call.more"));
  });

  test("are letters where a person writes", async () => {
    await page().setViewportSize(WIDE);
    await open("call-words");
    await page().getByRole("textbox").fill("");
    await page().getByRole("textbox").pressSequentially("mv?");
    expect(await page().getByRole("textbox").inputValue()).toBe("mv?");
    expect(await asked()).toEqual([]);
    expect(await keys().count()).toBe(0);
  });

  test("switch what the buttons switch, and what has changed is read aloud", async () => {
    await open("call-live");
    for (const key of ["m", "v", "c", "o"]) await page().keyboard.press(key);
    expect(await asked()).toEqual(["ontogglemicrophone", "ontogglecamera", "onshow", "onownpicture"]);
    expect(
      await page()
        .getByRole("status")
        .filter({ hasText: say("said.microphone-on") })
        .count(),
    ).toBe(0);
    await become("call-live-muted");
    await aloud(say("said.microphone-off"));
    await aloud(say("said.camera-off"));
  });
});

describe("the full screen of a call", () => {
  test("begins and ends by its key, which is read aloud, and ends with the call", async () => {
    await page().setViewportSize(WIDE);
    await open("call-live");
    await page().keyboard.press("f");
    await aloud(say("said.full-screen-on"));
    expect(await isFull()).toBe(true);
    await page().keyboard.press("f");
    await aloud(say("said.full-screen-off"));
    await expect.poll(isFull).toBe(false);
    await button(say("call.full-screen")).click();
    await expect.poll(isFull).toBe(true);
    await become("call-ended");
    await expect.poll(isFull).toBe(false);
  });
});

describe("the bar of a call", () => {
  test("puts into its menu what it has no room for, where the keyboard finds it", async () => {
    await page().setViewportSize(NARROW);
    await open("call-live");
    await more().waitFor();
    expect(await button(say("call.full-screen")).count()).toBe(0);
    await more().press("Enter");
    await item(say("call.full-screen")).waitFor();
    await page().keyboard.press("End");
    await page().keyboard.press("Enter");
    await keys().waitFor();
  });

  test("tells of messages in its menu that nobody has seen", async () => {
    await page().setViewportSize({ width: 300, height: 600 });
    await open("call-words-unread");
    await button(say("call.more-unread", { count: 3 })).click();
    await item(say("call.messages-unread", { count: 3 })).click();
    expect(await asked()).toEqual(["onshow"]);
  });

  test("is not covered by the figures of the line, also with text twice as large", async () => {
    await page().setViewportSize(WIDE);
    await open("call-line");
    await button(say("quality.good")).click();
    await enlarge(page(), "call-line");
    const panel = page().getByRole("dialog", { name: say("quality.panel") });
    const [above, below] = [await panel.boundingBox(), await group().boundingBox()];
    if (above === null || below === null) throw new Error("Something is not drawn");
    expect(above.y + above.height).toBeLessThanOrEqual(below.y);
    // What there is no room for is reached by scrolling.
    expect(await panel.evaluate((one) => one.scrollHeight > one.clientHeight)).toBe(true);
  });
});

describe("one's own picture", () => {
  const own = () => button(say("call.own-picture"));

  test("goes to another corner by the arrow keys and by the pointer", async () => {
    await page().setViewportSize(WIDE);
    await open("call-live");
    await own().press("ArrowLeft");
    await own().press("Enter");
    expect(await asked()).toEqual(["onownpicture"]);
    const box = await own().boundingBox();
    if (box === null) throw new Error("It is not drawn");
    await page().mouse.move(box.x + 20, box.y + 20);
    await page().mouse.down();
    await page().mouse.move(100, 100, { steps: 3 });
    await page().mouse.up();
    expect(await asked()).toEqual(["onownpicture", "onownpicture"]);
    await become("call-own-moved");
    await expect.poll(async () => ((await own().boundingBox()) ?? WIDE_AWAY).x).toBeLessThan(100);
  });

  test.each([
    [960, "call-joining"],
    [960, "call-inviting-offline"],
    [700, "call-ringing-waiting"],
    [700, "call-long-name"],
    [400, "call-inviting-offline"],
  ] as const)("leaves the words free with text twice as large, %i pixels wide: %s", async (width, scene) => {
    await page().setViewportSize({ width, height: 600 });
    await open(scene);
    await enlarge(page(), scene);
    const boxOf = async (part: string) => {
      const box = await page().locator(part).boundingBox();
      if (box === null) throw new Error(`Not drawn: ${part}`);
      return { left: box.x, right: box.x + box.width, top: box.y, bottom: box.y + box.height };
    };
    const own = await boxOf(".own");
    for (const part of ["main h1", "main h1 + p"]) {
      const words = await boxOf(part);
      const isBeside = words.right <= own.left || words.bottom <= own.top;
      expect(isBeside, `${part} ${JSON.stringify(words)} beside ${JSON.stringify(own)}`).toBe(true);
    }
  });

  test("is hidden and shown again where it stands", async () => {
    await page().setViewportSize(WIDE);
    await open("call-live");
    await button(say("call.own-picture-hide")).click();
    await become("call-own-hidden");
    await aloud(say("said.own-picture-hidden"));
    expect(await own().count()).toBe(0);
    await button(say("call.own-picture-show")).click();
    expect(await asked()).toEqual(["onownpicture", "onownpicture"]);
  });
});

const WIDE_AWAY = { x: Number.POSITIVE_INFINITY };

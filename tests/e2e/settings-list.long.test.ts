import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DEVICE_PARTS, SETTINGS_PARTS, type SettingsPartId } from "../../extension/components/settings-parts.ts";
import { overflowing, seriousOn } from "../support/judge-page.ts";
import { say } from "../support/people.ts";
import { setStage } from "../support/stage.ts";
import { until } from "../support/until.ts";

const stage = setStage();
let page: Page;

beforeAll(async () => {
  page = await stage.bob.browser.openSettings();
  // The account is the longest section, and comes late.
  await page.getByLabel(say("sign.handle"), { exact: true }).waitFor();
});

afterAll(() => page.close());

describe("the list of the sections", () => {
  const marked = () => page.getByRole("navigation", { name: say("settings.sections") }).locator("[aria-current]");
  const isMarked = (id: SettingsPartId) =>
    until(`mark at "${id}"`, async () => {
      const names = await marked().allTextContents();
      return names.length === 1 && names[0]?.trim() === say(`settings.section-${id}`) ? true : undefined;
    });

  test("marks where one has scrolled to, from the first section to the last", async () => {
    await isMarked("account");
    const order: string[] = [];
    await page.mouse.move(700, 400);
    while (order.at(-1) !== say("settings.section-steps")) {
      if (order.length > 0) await page.mouse.wheel(0, 60);
      await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
      const [name = ""] = await marked().allTextContents();
      if (order.at(-1) !== name.trim()) order.push(name.trim());
    }
    expect(order).toEqual(SETTINGS_PARTS.map((id) => say(`settings.section-${id}`)));
    // Not by colour alone.
    const weight = (node: Element) => getComputedStyle(node).fontWeight;
    const other = page.getByRole("link", { name: say("settings.section-account"), exact: true });
    expect(await marked().evaluate(weight)).not.toBe(await other.evaluate(weight));
  });

  test("marks where a link led, also where the page cannot scroll so far, and where the keyboard went on", async () => {
    for (const id of ["data", "shortcuts", "language", "language", "ring"] as const) {
      await page.getByRole("link", { name: say(`settings.section-${id}`), exact: true }).click();
      await isMarked(id);
    }
    const sound = page.getByLabel(say("settings.ring-sound"), { exact: true });
    await page.keyboard.press("Tab");
    expect(await sound.evaluate((node) => node === document.activeElement)).toBe(true);
    // Backwards, to what stands at the end of the section before.
    await page.keyboard.press("Shift+Tab");
    await isMarked("devices");
    await page.mouse.wheel(0, -20_000);
    await isMarked("account");
  });

  test("is behind a button that names where one is, where there is no room beside the sections", async () => {
    await page.setViewportSize({ width: 560, height: 700 });
    const list = page.getByRole("navigation", { name: say("settings.sections") });
    await list.getByRole("button").click();
    expect(await overflowing(page)).toEqual([]);
    expect(await seriousOn(page)).toEqual([]);
    await list.getByRole("link", { name: say("settings.section-privacy") }).click();
    await list.getByRole("link").first().waitFor({ state: "hidden" });
    await isMarked("privacy");
    expect(await list.getByRole("button").textContent()).toContain(say("settings.section-privacy"));
    // What the link led to is not behind the button.
    const bar = await list.boundingBox();
    const title = await page.getByRole("heading", { name: say("settings.section-privacy"), exact: true }).boundingBox();
    expect(title?.y).toBeGreaterThanOrEqual((bar?.y ?? 0) + (bar?.height ?? 0));
    await list.getByRole("button").press("Enter");
    await page.keyboard.press("Escape");
    await list.getByRole("link").first().waitFor({ state: "hidden" });
  });
});

test("what holds on this device alone is there without an account as well", async () => {
  const { bob } = stage;
  await page.setViewportSize({ width: 1000, height: 700 });
  await bob.signOut();
  await page.getByText(say("settings.signed-out")).waitFor();
  const links = page.getByRole("navigation", { name: say("settings.sections") }).getByRole("link");
  expect(await links.evaluateAll((all) => all.map((link) => (link as HTMLAnchorElement).hash.slice(1)))).toEqual(
    DEVICE_PARTS,
  );
  const opened = bob.browser.context.waitForEvent("page");
  await page.getByRole("button", { name: say("settings.sign-in") }).click();
  const welcome = await opened;
  await welcome.getByRole("tab", { name: say("sign.in") }).waitFor();
  await welcome.close();
  await bob.signInAgain();
  await page.getByRole("link", { name: say("settings.section-account"), exact: true }).waitFor();
});

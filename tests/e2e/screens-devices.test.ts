import { describe, expect, test } from "vitest";
import { visitGallery } from "../support/gallery/visit.ts";
import { say } from "../support/people.ts";

const { page, open, become, asked, focused, button } = visitGallery();

/** What a person asked for in a call. */
const acts = async () => (await asked()).filter((name) => name !== "onsoundblocked");

describe("Space, held in a call while muted,", () => {
  test("talks until it is let go, and says so aloud", async () => {
    await open("call-live-muted");
    await page().keyboard.down("Space");
    await page().keyboard.down("Space");
    expect(await acts()).toEqual(["onhold"]);
    await become("call-live-held");
    await page()
      .getByRole("status")
      .filter({ hasText: say("call.held", { name: "Bob Tanaka" }) })
      .waitFor();
    await page().keyboard.up("Space");
    expect(await acts()).toEqual(["onhold", "onletgo"]);
  });

  test("does nothing where the microphone is on, or cannot be had, or another key is held with it", async () => {
    await open("call-live");
    await page().keyboard.press("Space");
    await become("call-two-problems");
    await button(say("call.try-again")).first().waitFor();
    await page().keyboard.press("Space");
    await become("call-live-muted");
    await page().keyboard.press("Control+Space");
    expect(await acts()).toEqual([]);
  });

  test("presses a button that the keyboard marked, and talks from one that was only clicked", async () => {
    await open("call-live-muted");
    await button("Camera").click();
    await page().keyboard.press("Space");
    expect(await acts()).toEqual(["ontogglecamera", "onhold", "onletgo"]);
    for (const passed of [say("call.choose-microphone"), "Microphone"]) {
      await page().keyboard.press("Shift+Tab");
      expect(await focused()).toBe(passed);
    }
    await page().keyboard.press("Space");
    expect(await acts()).toEqual(["ontogglecamera", "onhold", "onletgo", "ontogglemicrophone"]);
  });

  test("is a space where a person writes", async () => {
    await page().setViewportSize({ width: 960, height: 600 });
    await open("call-words-muted");
    const field = page().locator("textarea");
    await field.fill("to");
    await page().keyboard.press("Space");
    await page().keyboard.type("you");
    expect(await field.inputValue()).toBe("to you");
    expect(await acts()).toEqual([]);
  });

  test("is let go where the window loses the keyboard, and with the call", async () => {
    await open("call-live-muted");
    await page().keyboard.down("Space");
    await page().evaluate(() => window.dispatchEvent(new Event("blur")));
    expect(await acts()).toEqual(["onhold", "onletgo"]);
    await page().keyboard.up("Space");
    await page().keyboard.down("Space");
    await become("call-ended");
    await button(say("call.again")).waitFor();
    expect((await acts()).slice(2)).toEqual(["onhold", "onletgo"]);
  });
});

describe("the menus of the devices in a call", () => {
  test("are opened, read and chosen from by the keyboard, where Space chooses also while muted", async () => {
    await page().setViewportSize({ width: 960, height: 600 });
    await open("call-words-muted");
    await button(say("call.choose-microphone")).press("Enter");
    await page()
      .getByRole("menu", { name: say("call.choose-microphone") })
      .waitFor();
    const group = page().getByRole("group", { name: say("call.device-speaker"), exact: true });
    expect(await group.getByRole("menuitemradio", { checked: true }).innerText()).toBe(say("settings.own-choice"));
    await page().keyboard.press("End");
    expect(await focused()).toBe("Wireless Headset");
    await page().keyboard.press("Space");
    expect(await acts()).toEqual(["onlook", "onchoose:speaker:headset"]);
    expect(await focused()).toBe(say("call.choose-microphone"));
  });

  test("offer the blur where the platform has it alone", async () => {
    await page().setViewportSize({ width: 960, height: 600 });
    await open("call-cameras");
    await button(say("call.choose-camera")).click();
    const blur = page().getByRole("menuitemcheckbox", { name: say("call.blur"), checked: true });
    await blur.click();
    expect(await acts()).toEqual(["onlook", "onunblur"]);
    await open("call-microphones");
    await button(say("call.choose-camera")).click();
    await page()
      .getByRole("menuitemradio", { name: say("call.own-choice-now", { name: "Integrated Camera" }) })
      .waitFor();
    expect(await page().getByRole("menuitemcheckbox").count()).toBe(0);
  });

  test("say what became of a device, until it was read", async () => {
    await page().setViewportSize({ width: 960, height: 600 });
    await open("call-devices-kept");
    await page()
      .getByText(say("call.device-busy", { device: "camera", name: "Desk Camera C920" }))
      .waitFor();
    await button(say("notice.dismiss")).first().click();
    expect(await acts()).toEqual(["ondismiss:camera"]);
  });
});

test("the ring around who speaks moves with their loudness, and stands still where a person wants no motion", async () => {
  await page().emulateMedia({ reducedMotion: "no-preference" });
  await open("call-live-audio");
  const ring = page().locator("[style*='--level']");
  const scale = () => ring.evaluate((one) => Number(getComputedStyle(one, "::before").scale));
  await expect.poll(scale).toBeCloseTo(1 + 0.6 * 0.12, 3);
  await page().emulateMedia({ reducedMotion: "reduce" });
  await expect.poll(scale).toBe(1.08);
  expect(await ring.evaluate((one) => getComputedStyle(one, "::before").opacity)).toBe("1");
  await become("call-live");
  await ring.waitFor({ state: "detached" });
});

import { describe, expect, test } from "vitest";
import { visitGallery } from "../support/gallery/visit.ts";

const { page, open, asked, button } = visitGallery();

describe("the own availability", () => {
  const radio = (name: string) => page().getByRole("radio", { name });

  async function openMenu(): Promise<void> {
    await open("home");
    await page().locator("header .own").click();
    await radio("Available").waitFor();
  }

  test("is looked through by the arrow keys without a word to anybody, and chosen by Enter or Space", async () => {
    for (const key of ["Enter", "Space"]) {
      await openMenu();
      await radio("Available").press("ArrowDown");
      await page().keyboard.press("ArrowDown");
      expect(await radio("Do not disturb").isChecked()).toBe(true);
      await page().getByRole("status").filter({ hasText: "Press Enter to choose “Do not disturb”." }).waitFor();
      expect(await asked()).not.toContain("setPresence");
      await page().keyboard.press(key);
      expect((await asked()).filter((name) => name === "setPresence")).toHaveLength(1);
      await page().reload();
    }
  });

  test("is what it was for who leaves without a choice, and at once what is clicked on", async () => {
    await openMenu();
    await radio("Available").press("ArrowDown");
    await page().keyboard.press("Tab");
    expect(await radio("Available").isChecked()).toBe(true);
    expect(await asked()).not.toContain("setPresence");
    await radio("Away").click();
    expect(await asked()).toContain("setPresence");
  });

  test("is what is clicked on also where the arrow keys were there before", async () => {
    await openMenu();
    await radio("Available").press("ArrowDown");
    await radio("Away").click();
    expect((await asked()).filter((name) => name === "setPresence")).toHaveLength(1);
  });

  test("goes on as it was, until when it was to, for who comes back to it", async () => {
    await openMenu();
    for (const key of ["Enter", "Space"]) {
      await radio("Available").press("ArrowDown");
      await page().keyboard.press("ArrowUp");
      expect(await radio("Available").isChecked()).toBe(true);
      await page().keyboard.press(key);
    }
    await radio("Available").press("ArrowDown");
    await radio("Available").click();
    expect(await radio("Available").isChecked()).toBe(true);
    expect(await asked()).not.toContain("setPresence");
  });
});

test("where a contact is added stays in its place when a link is made there", async () => {
  await open("home");
  await button("Add a contact").click();
  const panel = page().getByRole("dialog", { name: "Add a contact" });
  await panel.getByRole("textbox").first().waitFor();
  // Once it has appeared.
  const tops = () =>
    panel.evaluate(async (node) => {
      await Promise.all(node.getAnimations().map(({ finished }) => finished));
      return node.getBoundingClientRect().top;
    });
  const former = await tops();
  await panel.getByRole("button", { name: "Make a link" }).click();
  await panel.getByRole("img").waitFor();
  expect(await tops()).toBe(former);
  // All of the code is in view, to be shown to somebody's camera.
  const code = await panel.getByRole("img").boundingBox();
  expect(code!.y + code!.height).toBeLessThanOrEqual(560);
  expect(await panel.evaluate((node) => node.scrollWidth <= node.clientWidth)).toBe(true);
  expect(await panel.evaluate((node) => node.getBoundingClientRect().bottom <= innerHeight)).toBe(true);
});

describe("the settings", () => {
  test("let go of a speaker that is gone", async () => {
    await open("settings-chosen");
    const ringer = page().getByRole("combobox", { name: "What rings" });
    expect(await ringer.locator("option:checked").textContent()).toBe("The one that you chose");
    await ringer.selectOption("");
    expect(await asked()).toContain("setDevice");
  });

  test("say the quiet hours by the clock of every other time", async () => {
    await open("settings-chosen");
    for (const [name, time] of [
      ["From", "22:00"],
      ["To", "7:00"],
    ] as const)
      expect(await page().getByRole("combobox", { name, exact: true }).locator("option:checked").textContent()).toBe(
        time,
      );
  });

  test("say for a while that something was saved, and not for ever", async () => {
    await open("settings");
    await page().getByRole("textbox", { name: "Name", exact: true }).fill("Alice O.");
    await button("Save").click();
    const saved = page().getByText("Saved.", { exact: true });
    await saved.waitFor();
    await saved.waitFor({ state: "detached" });
    expect(await button("Save").count()).toBe(1);
  });
});

import { describe, expect, test } from "vitest";
import { visitGallery } from "../support/gallery/visit.ts";

const { page, open, button } = visitGallery();

describe("the form of the profile", () => {
  test("keeps what is typed while the rest is being saved", async () => {
    await open("settings");
    const email = page().getByRole("textbox", { name: "E-mail" });
    await page().getByRole("textbox", { name: "Name", exact: true }).fill("Alice O.");
    await email.evaluate((node: HTMLInputElement) => {
      node.form?.requestSubmit();
      // Before the answer is there.
      node.value = "alice.o@example.org";
      node.dispatchEvent(new InputEvent("input", { bubbles: true }));
    });
    await button("Save").waitFor();
    await expect.poll(() => button("Save").getAttribute("aria-disabled")).toBe("false");
    expect(await email.inputValue()).toBe("alice.o@example.org");
  });
});

import { describe, expect, test } from "vitest";
import { visitGallery } from "../support/gallery/visit.ts";

const { page, open, become, focused, button } = visitGallery();

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

describe("the handle of a new account", () => {
  const field = (name: string) => page().getByRole("textbox", { name, exact: true });

  test("follows the name, until the person writes one, also an empty one", async () => {
    await open("sign-up");
    await page().getByRole("tab", { name: "Create account" }).click();
    await field("Name").pressSequentially("Zoë O’Hara");
    expect(await field("Handle").inputValue()).toBe("zoe.ohara");
    await field("Name").fill("Carol Ruiz");
    expect(await field("Handle").inputValue()).toBe("carol.ruiz");
    await field("Handle").fill("");
    await field("Name").fill("Carol Ruiz-Ito");
    expect(await field("Handle").inputValue()).toBe("");
  });

  test("is the one that was typed for signing in, and a proposed one is typed for nothing", async () => {
    await open("sign-up");
    const tab = (name: string) => page().getByRole("tab", { name }).click();
    await tab("Create account");
    await field("Name").fill("Carol Ruiz");
    await tab("Sign in");
    expect(await field("Handle").inputValue()).toBe("");
    await field("Handle").fill("carol");
    await tab("Create account");
    await field("Name").fill("Carol Ruiz");
    expect(await field("Handle").inputValue()).toBe("carol");
  });
});

describe("the focus", () => {
  /** Presses a button by the keyboard, and tells what has the focus once `then` is there. */
  async function press(name: string, then: string): Promise<string> {
    await button(name).press("Enter");
    await button(then).waitFor();
    return focused();
  }

  test.each([
    ["settings", "Change the password", "current-password", "Cancel"],
    ["settings", "Sign out everywhere else", "Cancel", "Cancel"],
    ["settings", "Use another server", "Cancel", "Cancel"],
    ["settings", "Delete my account…", "current-password", "Keep the account"],
  ])("goes in %s with %s into what it opens, and comes back", async (scene, opener, first, closer) => {
    await open(scene);
    expect(await press(opener, closer)).toBe(first);
    expect(await press(closer, opener)).toBe(opener);
  });

  test("goes on from a picture that was chosen, and back", async () => {
    await open("settings");
    await button("Choose a picture…").focus();
    await page()
      .locator("input[type=file]")
      .setInputFiles({ name: "x.png", mimeType: "image/png", buffer: Buffer.from("x") });
    await button("Use this picture").waitFor();
    expect(await focused()).toBe("Use this picture");
    expect(await press("Do not use it", "Choose a picture…")).toBe("Choose a picture…");
  });

  test("goes on with the cameras that a try found", async () => {
    await open("welcome-devices-asked");
    await page().getByRole("navigation").getByRole("button").nth(2).click();
    await button("Try camera and microphone").focus();
    await become("welcome-devices");
    const camera = page().getByRole("combobox", { name: "Camera" });
    await camera.waitFor();
    expect(await camera.evaluate((node) => node === document.activeElement)).toBe(true);
  });

  test("comes back from a forgotten password", async () => {
    await open("welcome-account");
    await page().getByRole("tab", { name: "Sign in" }).click();
    await page().getByRole("tabpanel").waitFor();
    expect(await press("Forgot your password?", "Back to signing in")).toBe("email");
    expect(await press("Back to signing in", "Forgot your password?")).toBe("username");
  });

  test("stays on whether links open by themselves", async () => {
    await open("invite");
    await button("Accept").waitFor();
    await button("Open links by themselves").focus();
    await become("invite-links-granted");
    await button("Stop that").waitFor();
    expect(await focused()).toBe("Stop that");
  });
});

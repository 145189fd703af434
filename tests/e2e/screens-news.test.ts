import { describe, expect, test } from "vitest";
import { visitGallery } from "../support/gallery/visit.ts";

const { page, open, become, asked, focused, row, button } = visitGallery();

/** The words of each thing that the open menu offers. */
async function menuItems(): Promise<string[]> {
  const items = await page().getByRole("menuitem").allTextContents();
  return items.map((words) => words.trim());
}

describe("the focus", () => {
  test("begins where a person begins, and goes on with them", async () => {
    await open("sign-server");
    expect(await focused()).toBe("server");
    await page().keyboard.type("https://beckon.example.org/some/path");
    await page().keyboard.press("Enter");
    await page().getByText("Beckon server at beckon.example.org", { exact: true }).waitFor();
    expect(await focused()).toBe("username");
    await become("home");
    await row("Bob Tanaka").waitFor();
    expect(await focused()).toBe("Search by name");
  });

  test("stays in the list when a request leaves it", async () => {
    await open("home-requests");
    await button("Accept the request of Hana Kimura").focus();
    await become("home");
    await button("Accept the request of Hana Kimura").waitFor({ state: "detached" });
    expect(await focused()).toBe("Search by name");
  });

  test("is before the answers once the call is over, where it had been on Hang up: another Enter calls nobody", async () => {
    await open("call-live");
    await button("Hang up").focus();
    await become("call-ended");
    await button("Call again").waitFor();
    await page().keyboard.press("Enter");
    expect(await asked()).not.toContain("oncallagain");
    await page().keyboard.press("Tab");
    expect(await focused()).toBe("Close");
    await page().keyboard.press("Tab");
    expect(await focused()).toBe("Call again");
  });

  test("stays in the place to add somebody when the list is empty no more", async () => {
    await open("home-empty");
    expect(await focused()).toBe("Add a contact");
    await page().keyboard.press("Enter");
    await page().getByRole("textbox", { name: "Their handle, or an invite link" }).fill("bob.tanaka");
    await page().keyboard.press("Enter");
    await become("home");
    await row("Bob Tanaka").waitFor();
    await page().getByText("If somebody here is called @bob.tanaka, they have your request now.").waitFor();
    expect(await focused()).toBe("contact-handle");
  });
});

describe("signing up", () => {
  test("judges again, as it is typed, what was wrong", async () => {
    await open("sign-up");
    await page().getByRole("tab", { name: "Create account" }).click();
    await button("Create account").click();
    await page().getByText("Enter a name.").waitFor();
    expect(await focused()).toBe("name");
    expect(await page().getByRole("alert").count()).toBe(4);
    await page().keyboard.type("Alice Okada");
    // The handle was proposed meanwhile.
    expect(await page().getByRole("alert").count()).toBe(2);
    await page().getByRole("textbox", { name: "Handle" }).fill("alice");
    await page().getByRole("textbox", { name: "E-mail" }).fill("alice@example.org");
    await page().getByRole("textbox", { name: "Password" }).fill("open sesame");
    expect(await page().getByRole("alert").count()).toBe(0);
    await page().keyboard.press("Enter");
    await page().getByText("Somebody has that handle already.").waitFor();
    await page().getByRole("textbox", { name: "Handle" }).fill("alice.okada");
    expect(await page().getByRole("alert").count()).toBe(0);
  });
});

describe("a refusal", () => {
  const sentence = "You are in a call. Hang up first.";

  test("of an invitation says what stands in its way, and leaves another try", async () => {
    await open("invite-blocked");
    await button("Accept").click();
    await page().getByRole("alert").filter({ hasText: "You have blocked this person. Unblock them first" }).waitFor();
    await button("Try again").click();
    await button("Accept").waitFor();
    await open("invite-own");
    await page().getByRole("alert").filter({ hasText: "This is your own invitation." }).waitFor();
    expect(await button("Try again").count()).toBe(0);
  });

  test("goes when what it was about has changed", async () => {
    await open("home-problem");
    await button("Video call with Bob Tanaka").click();
    await page().locator("footer").getByText(sentence).waitFor();
    await become("strip-live");
    await page().locator("footer").getByText(sentence).waitFor({ state: "detached" });
  });

  test("goes by itself, but not under the pointer", async () => {
    await page().clock.install();
    await open("home-problem");
    await button("Video call with Bob Tanaka").click();
    const notice = page().locator("footer").getByText(sentence);
    await notice.hover();
    await page().clock.runFor(20_000);
    expect(await notice.isVisible()).toBe(true);
    await page().getByRole("textbox", { name: "Search by name" }).hover();
    await page().clock.runFor(9_000);
    await notice.waitFor({ state: "detached" });
  });
});

test("while in a call, no row offers another one, and its menu says why", async () => {
  await open("strip-live");
  expect(
    await page()
      .getByRole("button", { name: /^(Video|Audio) call with/ })
      .count(),
  ).toBe(0);
  await row("Bob Tanaka").press("Enter");
  await page().getByRole("menu").getByText("You are in a call. Hang up first.").waitFor();
  expect(await menuItems()).toEqual(["Add to favourites *", "Remove from contacts", "Block…"]);
  await page().locator("header").getByText("In a call").waitFor();
});

test("while offline, no row offers a call, and its menu says why", async () => {
  await open("home-offline");
  await row("Bob Tanaka").press("Enter");
  await page()
    .getByRole("menu")
    .getByText("There is no connection to the server. Try again when it is back.")
    .waitFor();
  expect(await menuItems()).toEqual(["Add to favourites *", "Remove from contacts", "Block…"]);
  expect(await asked()).toEqual([]);
});

test("while offline, oneself is offline too, and the rest is told as of when it was so", async () => {
  await open("home-offline");
  await page().locator("header").getByText("Offline", { exact: true }).waitFor();
  await page().getByRole("heading", { name: "Online at 10:42 — 4" }).waitFor();
  await page()
    .getByText("No connection to beckon.example.org. Trying again in 4 s. Contacts as of 10:42.", { exact: true })
    .waitFor();
});

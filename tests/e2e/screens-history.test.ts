import { expect, test } from "vitest";
import { visitGallery } from "../support/gallery/visit.ts";

const { page, open, become, asked, focused, row, button } = visitGallery();

const HISTORY = "History";

test("the history is read while it is looked at, and no longer; the focus goes along", async () => {
  await open("history");
  await button(HISTORY).press("Enter");
  await row("Chiyo Mori").waitFor();
  expect(await focused()).toBe("Back to your contacts");
  expect(await asked()).toEqual(["showHistory"]);
  await page().keyboard.press("Enter");
  await page().getByRole("textbox", { name: "Search by name" }).waitFor();
  expect(await asked()).toEqual(["showHistory", "hideHistory"]);
  expect(await focused()).toBe("Search by name");
});

test("its rows are worked by keys, and call back by the same ways as the contact's", async () => {
  await open("history");
  await button(HISTORY).click();
  await row("Bob Tanaka").first().focus();
  await page().keyboard.press("ArrowDown");
  expect(await focused()).toContain("Chiyo Mori");
  await page().keyboard.press("Enter");
  await page().getByRole("menuitem", { name: "Video call" }).press("Enter");
  await button("Video call with Bob Tanaka").first().click();
  await button("Tell me when Daniel Ruiz is free").click();
  expect(await asked()).toEqual(["showHistory", "placeCall", "placeCall", "watchContact"]);
});

test("whoever is a contact no more is read aloud, and offers nothing to press", async () => {
  await open("history");
  await button(HISTORY).click();
  await page()
    .getByRole("group", { name: /^Deleted account/ })
    .waitFor();
  const buttons = page().getByRole("listitem").filter({ hasText: "Deleted account" }).getByRole("button");
  expect(await buttons.count()).toBe(0);
});

test("a missed call is told in words and by its place in the foot", async () => {
  await open("home-missed");
  await button("1 missed call History").click();
  await become("history");
  await page().getByText("Missed while you were offline").waitFor();
  await page().getByText("Incoming video call").first().waitFor({ state: "attached" });
});

test("older calls are read on demand", async () => {
  await open("history");
  await button(HISTORY).click();
  await button("Show older calls").click();
  expect(await asked()).toEqual(["showHistory", "moreCalls"]);
  await become("history-more");
  await page().getByText("Reading older calls…").waitFor();
  await become("history-failed");
  await button("Try again").click();
  expect(await asked()).toEqual(["showHistory", "moreCalls", "readCalls"]);
});

test("the bell takes the place of the call for who cannot answer, and a second click takes it back", async () => {
  await open("home-watched");
  const bell = page().getByRole("button", { name: "Tell me when Daniel Ruiz is free", pressed: true });
  await bell.click();
  expect(await asked()).toEqual(["watchContact"]);
  expect(await page().getByRole("button", { name: "Tell me when Bob Tanaka is free" }).count()).toBe(0);
  await page().getByRole("button", { name: "Tell me when Gwen Abbott is free", pressed: false }).waitFor();
  expect(await page().getByRole("button", { name: "Video call with Gwen Abbott" }).count()).toBe(0);
});

test("the choice of an availability can end tomorrow morning", async () => {
  await open("home-away");
  await page().locator("header button").first().click();
  await page().getByLabel("For how long").selectOption({ label: "Until tomorrow 8:00" });
  expect(await asked()).toEqual(["setPresence"]);
});

test("the settings are worked by keys, and many contacts are found by name", async () => {
  await page().setViewportSize({ width: 960, height: 900 });
  await open("settings-200");
  await page().getByRole("switch", { name: "Show that I am in a call" }).press("Space");
  await page().getByRole("radio", { name: "Let it wait quietly" }).press("ArrowDown");
  await page().getByRole("textbox", { name: "Search by name" }).fill("person 12");
  expect(
    await page()
      .getByRole("switch", { name: /^Person/ })
      .count(),
  ).toBe(11);
  await page().getByRole("switch", { name: "Person 12", exact: true }).press("Space");
  // What the page asks when it opens is its own.
  expect((await asked()).slice(-3)).toEqual(["setSettings", "setSettings", "letThrough"]);
  await page().getByText("As many as there can be. Take one away to add another.").waitFor();
  expect(await page().getByRole("switch", { name: "Person 120", exact: true }).isDisabled()).toBe(true);
});

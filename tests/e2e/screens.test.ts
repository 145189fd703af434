import { describe, expect, test } from "vitest";
import { visitGallery } from "../support/gallery/visit.ts";

const { page, open, become, asked, focused, row, button } = visitGallery();

describe("the own line", () => {
  test("says until when the quiet hours last", async () => {
    await open("home-quiet");
    await page().getByText("Available · quiet until 12:00").waitFor();
  });
});

describe("the contact list", () => {
  test("calls on one click", async () => {
    await open("home");
    await button("Video call with Bob Tanaka").click();
    expect(await asked()).toEqual(["placeCall"]);
  });

  test("moves by arrow keys and calls on Enter who is available", async () => {
    await open("home");
    await page().getByRole("textbox", { name: "Search by name" }).press("ArrowDown");
    await page().keyboard.press("ArrowDown");
    await page().keyboard.press("ArrowUp");
    expect(await row("Bob Tanaka").evaluate((node) => node === document.activeElement)).toBe(true);
    await page().keyboard.press("Enter");
    expect(await asked()).toEqual(["placeCall"]);
  });

  test("says what will happen before it calls who is offline", async () => {
    await open("home");
    await row("Emi Sato").press("Enter");
    await page().getByText("Emi Sato is offline. They will see a missed call.").waitFor();
    expect(await asked()).toEqual([]);
    await page().keyboard.press("Enter");
    expect(await asked()).toEqual(["placeCall"]);
  });

  test("gives the focus back when a menu is closed", async () => {
    await open("home");
    await row("Emi Sato").press("Enter");
    await page().keyboard.press("Escape");
    await page().getByRole("menu").waitFor({ state: "detached" });
    expect(await row("Emi Sato").evaluate((node) => node === document.activeElement)).toBe(true);
  });

  test("closes a menu by a click on what opened it, and by one elsewhere", async () => {
    await open("home");
    const more = button("More about Emi Sato");
    await more.click();
    await page().getByRole("menu").waitFor();
    await more.click();
    await page().getByRole("menu").waitFor({ state: "detached" });
    await more.click();
    await page().getByRole("menu").waitFor();
    await page()
      .getByRole("heading", { name: "Online — 4" })
      .click({ position: { x: 4, y: 4 } });
    await page().getByRole("menu").waitFor({ state: "detached" });
  });

  test("asks before it removes", async () => {
    await open("home");
    await button("More about Emi Sato").click();
    await page().getByRole("menuitem", { name: "Remove from contacts" }).click();
    expect(await asked()).toEqual([]);
    await button("Remove").click();
    expect(await asked()).toEqual(["removeContact"]);
  });

  test("marks and unmarks a favourite by the menu and by its key, and the focus goes along", async () => {
    await open("home");
    await row("Emi Sato").focus();
    await page().keyboard.press("*");
    await become("home-favourites");
    await page().getByRole("heading", { name: "Favourites — 2" }).waitFor();
    expect(await focused()).toContain("Emi Sato");
    await page().keyboard.press("ArrowUp");
    expect(await focused()).toContain("Bob Tanaka");
    await page().keyboard.press("Shift+F10");
    await page().getByRole("menuitem", { name: "Remove from favourites" }).press("Enter");
    expect(await focused()).toContain("Bob Tanaka");
    expect(await asked()).toEqual(["favourite", "favourite"]);
  });

  test("keeps the focus when the row goes, when the list is sorted anew, and when somebody goes offline", async () => {
    await open("home-favourites");
    await row("Emi Sato").focus();
    await become("home-favourite-gone");
    await row("Emi Sato").waitFor({ state: "detached" });
    expect(await focused()).toContain("Bob Tanaka");
    await become("home");
    await page()
      .getByRole("heading", { name: /^Favourites/ })
      .waitFor({ state: "detached" });
    expect(await focused()).toContain("Bob Tanaka");
    await become("home-resorted");
    await row("Zoë Tanaka").waitFor();
    expect(await focused()).toContain("Zoë Tanaka");
  });

  test("opens the menu by the menu key and by the other mouse button, and moves in it by Home and End", async () => {
    await open("home");
    await row("Emi Sato").press("ContextMenu");
    await page().getByRole("menu", { name: "More about Emi Sato" }).waitFor();
    await page().keyboard.press("End");
    expect(await focused()).toBe("Block…");
    await page().keyboard.press("Home");
    expect(await focused()).toBe("Video call");
    await page().keyboard.press("Escape");
    await row("Bob Tanaka").click({ button: "right" });
    await page().getByRole("menu", { name: "More about Bob Tanaka" }).waitFor();
  });

  test("searches by what is typed anywhere in it, and Escape clears", async () => {
    await open("home-200");
    await row("Person 1").first().focus();
    await page().keyboard.press("End");
    expect(await focused()).toContain("Person 198");
    await page().keyboard.press("Home");
    await page().keyboard.type("@person.57");
    expect(await focused()).toBe("Search by name");
    await row("Person 58").waitFor();
    expect(await page().locator("[data-row]").count()).toBe(1);
    await page().keyboard.press("ArrowDown");
    expect(await focused()).toContain("Person 58");
    await page().keyboard.press("Escape");
    expect(await focused()).toBe("Search by name");
    await expect.poll(() => page().locator("[data-row]").count()).toBe(200);
    await page().keyboard.type("x");
    await page().keyboard.press("Escape");
    expect(await page().getByRole("textbox", { name: "Search by name" }).inputValue()).toBe("");
  });

  test("[PRES-5] asks before it blocks, and lets go of whom it blocked", async () => {
    await open("home");
    await button("More about Emi Sato").click();
    await page().getByRole("menuitem", { name: "Block…" }).click();
    await page().getByText("You will not see Emi Sato any more").waitFor();
    expect(await asked()).toEqual([]);
    await button("Block").click();
    expect(await asked()).toEqual(["blockContact"]);
    await become("home-blocked");
    await button("Unblock Jonas Weber").click();
    expect(await asked()).toEqual(["blockContact", "unblockContact"]);
  });

  test("[PRES-5] asks before it blocks who asks to be a contact", async () => {
    await open("home-requests");
    await button("Block Hana Kimura…").click();
    await button("Do not block").click();
    expect(await asked()).toEqual([]);
    await button("Block Hana Kimura…").click();
    await button("Block").click();
    expect(await asked()).toEqual(["blockContact"]);
  });
});

describe("the ringing card", () => {
  test("takes no focus, and no key answers or calls who is behind it; then the focus is back", async () => {
    await open("home");
    await page().getByRole("textbox", { name: "Search by name" }).press("ArrowDown");
    expect(await focused()).toContain("Bob Tanaka");
    await become("ringing");
    await page().getByRole("region", { name: "Incoming call" }).waitFor();
    await page().keyboard.press("Enter");
    await page().keyboard.press("Space");
    expect(await asked()).toEqual([]);
    await become("home");
    await page().getByRole("region", { name: "Incoming call" }).waitFor({ state: "detached" });
    expect(await focused()).toContain("Bob Tanaka");
  });

  test("is the first thing that Tab comes to, and nothing that it covers is", async () => {
    await open("ringing");
    const reached: string[] = [];
    for (let presses = 0; presses < 4; presses++) {
      await page().keyboard.press("Tab");
      reached.push(await focused());
    }
    expect(reached).toEqual(["Decline", "Accept", "Answer without video", "Silence"]);
  });

  test("moves nothing, and takes no click that was meant for what it covers", async () => {
    await open("home");
    const before = await row("Emi Sato").boundingBox();
    const clickedAt = await button("Video call with Bob Tanaka").boundingBox();
    if (clickedAt === null) throw new Error("The button is not drawn");
    // In one go with the card's appearance, as a pointer that was already on its way.
    const under = await page().evaluate(
      async ({ x, y }) => {
        location.hash = "ringing";
        await new Promise((resolve) => addEventListener("hashchange", resolve, { once: true }));
        await new Promise(requestAnimationFrame);
        return document.elementFromPoint(x, y)?.closest("section")?.getAttribute("aria-label") ?? "not the card";
      },
      { x: clickedAt.x + clickedAt.width / 2, y: clickedAt.y + clickedAt.height / 2 },
    );
    expect(under).toBe("not the card");
    expect(await row("Emi Sato").boundingBox()).toEqual(before);
    await button("Accept").click();
    expect(await asked()).toEqual(["acceptCall"]);
  });

  test("[PRES-5] asks before it blocks who rings, and a double click does no more than ask", async () => {
    await open("ringing");
    await button("Block Bob Tanaka…").dblclick();
    await page().getByText("To Bob Tanaka you will look offline").waitFor();
    // The second of two clicks, wherever the question is drawn.
    await button("Block").dispatchEvent("click", { detail: 2 });
    expect(await asked()).toEqual([]);
    await button("Do not block").click();
    expect(await focused()).toBe("Block Bob Tanaka…");
    expect(await asked()).toEqual([]);
    await button("Block Bob Tanaka…").click();
    await button("Block").click();
    expect(await asked()).toEqual(["declineCall", "blockContact"]);
  });

  test("has Decline to the left of Accept, and a way to answer without a camera", async () => {
    await open("ringing");
    const decline = await button("Decline").boundingBox();
    const accept = await button("Accept").boundingBox();
    expect((decline?.x ?? 0) + (decline?.width ?? 0)).toBeLessThan((accept?.x ?? 0) - 8);
    await button("Answer without video").click();
    await button("Decline").click();
    expect(await asked()).toEqual(["acceptCall", "declineCall"]);
  });
});

describe("the call's page", () => {
  test("is worked by keys", async () => {
    await open("call-live");
    await page().keyboard.press("m");
    await page().keyboard.press("v");
    await page().keyboard.press("Control+m");
    const toggled = (await asked()).filter((name) => name.startsWith("ontoggle"));
    expect(toggled).toEqual(["ontogglemicrophone", "ontogglecamera"]);
  });

  test("asks for the camera again where it had a problem", async () => {
    await open("call-devices-refused");
    await button("Camera").click();
    await button("Try again").click();
    expect(await asked()).toEqual(["onretrymedia", "onretrymedia"]);
  });

  test("offers to call again after an ending, and names it in the title", async () => {
    await open("call-ended-no-answer");
    expect(await page().title()).toBe("Bob Tanaka · Bob Tanaka did not answer.");
    await button("Call again").click();
    await button("Close").click();
    expect(await asked()).toEqual(["oncallagain", "onclose"]);
  });
});

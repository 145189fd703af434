import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openBrowser } from "../support/gallery/open.ts";
import { serveGallery } from "../support/gallery/server.ts";

let browser: Browser;
let gallery: Awaited<ReturnType<typeof serveGallery>>;
let page: Page;

beforeAll(async () => {
  gallery = await serveGallery();
  browser = await openBrowser();
});

afterAll(async () => {
  await browser.close();
  await gallery.close();
});

beforeEach(async () => {
  page = await browser.newPage({ viewport: { width: 360, height: 560 } });
});

afterEach(async () => {
  await page.close();
});

async function open(scene: string): Promise<void> {
  await page.goto(`${gallery.url}?locale=en#${scene}`);
  await page.locator("main").waitFor();
}

/** Changes the scene in place, as news from the background would. */
async function become(scene: string): Promise<void> {
  await page.evaluate((name) => {
    location.hash = name;
  }, scene);
}

/** What the person asked for so far. */
async function asked(): Promise<string[]> {
  const names = await page.locator("body").getAttribute("data-asked");
  return (names ?? "").split(" ").filter((name) => name !== "");
}

const row = (name: string) => page.locator("[data-row]", { hasText: name });
const button = (name: string) => page.getByRole("button", { name, exact: true });

describe("the contact list", () => {
  test("calls on one click", async () => {
    await open("home");
    await button("Video call with Bob Tanaka").click();
    expect(await asked()).toEqual(["placeCall"]);
  });

  test("moves by arrow keys and calls on Enter who is available", async () => {
    await open("home");
    await page.getByRole("textbox", { name: "Search by name" }).press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowUp");
    expect(await row("Bob Tanaka").evaluate((node) => node === document.activeElement)).toBe(true);
    await page.keyboard.press("Enter");
    expect(await asked()).toEqual(["placeCall"]);
  });

  test("says what will happen before it calls who is offline", async () => {
    await open("home");
    await row("Emi Sato").press("Enter");
    await page.getByText("Emi Sato is offline. They will see a missed call.").waitFor();
    expect(await asked()).toEqual([]);
    await page.keyboard.press("Enter");
    expect(await asked()).toEqual(["placeCall"]);
  });

  test("gives the focus back when a menu is closed", async () => {
    await open("home");
    await row("Emi Sato").press("Enter");
    await page.keyboard.press("Escape");
    await page.getByRole("menu").waitFor({ state: "detached" });
    expect(await row("Emi Sato").evaluate((node) => node === document.activeElement)).toBe(true);
  });

  test("closes a menu by a click on what opened it, and by one elsewhere", async () => {
    await open("home");
    const more = button("More about Emi Sato");
    await more.click();
    await page.getByRole("menu").waitFor();
    await more.click();
    await page.getByRole("menu").waitFor({ state: "detached" });
    await more.click();
    await page.getByRole("menu").waitFor();
    await page.getByRole("heading", { name: "Online — 4" }).click();
    await page.getByRole("menu").waitFor({ state: "detached" });
  });

  test("asks before it removes", async () => {
    await open("home");
    await button("More about Emi Sato").click();
    await page.getByRole("menuitem", { name: "Remove from contacts" }).click();
    expect(await asked()).toEqual([]);
    await button("Remove").click();
    expect(await asked()).toEqual(["removeContact"]);
  });
});

describe("the ringing card", () => {
  test("takes no focus, and no key that was being typed answers", async () => {
    await open("home");
    const search = page.getByRole("textbox", { name: "Search by name" });
    await search.focus();
    await become("ringing");
    await page.getByRole("region", { name: "Incoming call" }).waitFor();
    expect(await search.evaluate((node) => node === document.activeElement)).toBe(true);
    await page.keyboard.press("Enter");
    await page.keyboard.press("Space");
    expect(await asked()).toEqual([]);
  });

  test("moves nothing, and lets a click through that was meant for what it covers", async () => {
    await open("home");
    const before = await row("Emi Sato").boundingBox();
    const clickedAt = await button("Video call with Bob Tanaka").boundingBox();
    if (clickedAt === null) throw new Error("The button is not drawn");
    // In one go with the card's appearance, as a pointer that was already on its way.
    const under = await page.evaluate(
      async ({ x, y }) => {
        location.hash = "ringing";
        await new Promise((resolve) => addEventListener("hashchange", resolve, { once: true }));
        await new Promise(requestAnimationFrame);
        return document.elementFromPoint(x, y)?.closest("button")?.getAttribute("aria-label");
      },
      { x: clickedAt.x + clickedAt.width / 2, y: clickedAt.y + clickedAt.height / 2 },
    );
    expect(under).toBe("Video call with Bob Tanaka");
    expect(await row("Emi Sato").boundingBox()).toEqual(before);
    await button("Accept").click();
    expect(await asked()).toEqual(["acceptCall"]);
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
    await page.keyboard.press("m");
    await page.keyboard.press("v");
    await page.keyboard.press("Control+m");
    const toggled = (await asked()).filter((name) => name.startsWith("ontoggle"));
    expect(toggled).toEqual(["ontogglemicrophone", "ontogglecamera"]);
  });

  test("asks for the camera again where it had a problem", async () => {
    await open("call-devices-refused");
    await button("Camera").click();
    await button("Try again").click();
    expect(await asked()).toEqual(["onretrymedia", "onretrymedia"]);
  });

  test("moves the own picture by arrow keys", async () => {
    await page.setViewportSize({ width: 960, height: 600 });
    await open("call-live");
    const own = page.getByRole("button", { name: /own picture/ });
    const before = await own.boundingBox();
    await own.press("ArrowLeft");
    await own.press("ArrowUp");
    const after = await own.boundingBox();
    expect(after?.x).toBeLessThan(before?.x ?? 0);
    expect(after?.y).toBeLessThan(before?.y ?? 0);
  });

  test("offers to call again after an ending, and names it in the title", async () => {
    await open("call-ended-no-answer");
    expect(await page.title()).toBe("Bob Tanaka · Bob Tanaka did not answer.");
    await button("Call again").click();
    await button("Close").click();
    expect(await asked()).toEqual(["oncallagain", "onclose"]);
  });
});

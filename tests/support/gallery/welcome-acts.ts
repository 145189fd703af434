import type { Page } from "playwright-core";

type Act = (page: Page) => Promise<void>;

/** Goes to a step of the first run by its place in the list. */
function step(place: number): Act {
  return async (page) => {
    await page.locator("nav li button").nth(place).click();
    await page.locator(`nav li:nth-child(${place + 1}) [aria-current=step]`).waitFor();
  };
}

async function makeLink(page: Page): Promise<void> {
  await step(4)(page);
  await page.locator("section button.accent").click();
  await page.locator("svg[role=img]").waitFor();
}

async function forget(page: Page): Promise<void> {
  await step(1)(page);
  await page.locator("[role=tab]").first().click();
  await page.locator("form button.quiet").click();
  await page.locator("input[name=email]").fill("alice@example.org");
  await page.locator("button[type=submit]").click();
  await page.locator("form [role=status]:not(:empty)").waitFor();
}

/** What a person does before a scene of the first run is looked at. */
export const WELCOME_ACTS: Record<string, Act> = {
  "welcome-server": step(0),
  "welcome-account": step(1),
  "welcome-account-invited": async (page) => {
    await step(1)(page);
    await page.locator("input[name=invite]").waitFor();
  },
  "welcome-account-closed": step(1),
  "welcome-forgotten": forget,
  "welcome-forgotten-unmailed": forget,
  "welcome-devices-asked": step(2),
  "welcome-devices": step(2),
  "welcome-devices-refused": step(2),
  "welcome-devices-missing": step(2),
  "welcome-ring": step(3),
  "welcome-ring-signed-out": step(3),
  "welcome-ring-running": step(3),
  "welcome-ring-good": step(3),
  "welcome-ring-good-alone": step(3),
  "welcome-ring-denied": step(3),
  "welcome-ring-offline": step(3),
  "welcome-ring-dnd": step(3),
  "welcome-friend": step(4),
  "welcome-friend-else": makeLink,
  "welcome-friend-taken": async (page) => {
    await step(4)(page);
  },
  "welcome-friend-link": makeLink,
  "welcome-friend-invited": async (page) => {
    await step(4)(page);
    await page.locator("button.go").waitFor();
  },
  "welcome-friend-signed-out": step(4),
  "welcome-done-signed-out": step(5),
};

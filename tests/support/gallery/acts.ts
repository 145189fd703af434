import type { Page } from "playwright-core";
import { ACCOUNT_ACTS } from "./account-acts.ts";
import { WELCOME_ACTS } from "./welcome-acts.ts";

async function enterServer(page: Page): Promise<void> {
  await page.locator("input[name=server]").fill("beckon.example.org");
  await page.locator("button[type=submit]").click();
}

async function enterServerAndReadProblem(page: Page): Promise<void> {
  await enterServer(page);
  await page.locator("[role=alert]").waitFor();
}

async function openLastMenu(page: Page): Promise<void> {
  await page.locator("[data-row]").last().press("Enter");
  await page.locator("[role=menu]").waitFor();
}

async function openHistory(page: Page): Promise<void> {
  await page.locator("nav button").first().click();
  await page.locator("section h1").waitFor();
}

/** What the sections hold stands below the first screen. */
async function showReach(page: Page): Promise<void> {
  await page.locator(".reach").scrollIntoViewIfNeeded();
}

/** Makes a link where a contact is added. */
async function makeLink(page: Page): Promise<void> {
  await page.locator("[aria-haspopup=dialog]").last().click();
  await page.locator("[role=dialog] section button").first().click();
  await page.locator("[role=dialog] svg[role=img]").waitFor();
}

/** Opens where a contact is added, down to the links that wait. */
async function showLinks(page: Page): Promise<void> {
  await page.locator("[aria-haspopup=dialog]").last().click();
  await page.locator("[role=dialog] .waiting p, [role=dialog] .waiting li").last().scrollIntoViewIfNeeded();
}

async function withdrawLink(page: Page): Promise<void> {
  await showLinks(page);
  await page.locator(".waiting li button").first().click();
  await page.locator(".waiting p[role=status]:not(:empty)").scrollIntoViewIfNeeded();
}

/** Opens the figures of a call's line. */
async function openFigures(page: Page): Promise<void> {
  await page.locator(".top [aria-haspopup=dialog]").click();
  await page.locator(".top [role=dialog]").waitFor();
}

/** Opens the menu behind the controls of a call. */
async function openMore(page: Page): Promise<void> {
  await page.locator("[data-floor] [aria-haspopup=menu]").last().click();
  await page.locator("[role=menu]").waitFor();
}

/** Opens the menu of the microphone, or of the camera. */
function openMenu(place: number): (page: Page) => Promise<void> {
  return async (page) => {
    await page.locator("[data-floor] span > [aria-haspopup]").nth(place).click();
    await page.locator(".popover").waitFor();
  };
}

const HISTORIES = [
  "history",
  "history-loading",
  "history-empty",
  "history-failed",
  "history-failed-known",
  "history-more",
  "history-failed-more",
  "history-offline",
  "history-offline-unknown",
  "history-in-call",
];

const LINES = ["call-line", "call-line-ours", "call-line-paused", "call-line-sound", "call-muted-speaking"];

/** What a person does before a scene is looked at. */
export const ACTS: Record<string, ((page: Page) => Promise<void>) | undefined> = {
  ...WELCOME_ACTS,
  "settings-server-leaving": async (page) => {
    await page.locator("#server button").first().click();
    await page.locator("#server .question").waitFor();
  },
  "sign-checking": enterServer,
  "sign-server-problem-server-address": enterServerAndReadProblem,
  "sign-server-problem-server-insecure": enterServerAndReadProblem,
  "sign-server-problem-server-unreachable": enterServerAndReadProblem,
  "sign-server-problem-server-not-beckon": enterServerAndReadProblem,
  "sign-server-problem-server-redirects": enterServerAndReadProblem,
  "sign-server-problem-server-too-old": enterServerAndReadProblem,
  "sign-server-problem-server-trouble": enterServerAndReadProblem,
  "sign-in": async (page) => {
    await page.locator("input[name=username]").fill("alice");
    await page.locator("input[name=password]").fill("open sesame");
    await page.locator("button[type=submit]").click();
    await page.locator("form [role=alert]").waitFor();
  },
  "sign-provider": async (page) => {
    await page.locator("[role=alert]").waitFor();
  },
  "sign-up": async (page) => {
    await page.locator("[role=tab]").last().click();
    await page.locator("button[type=submit]").click();
    await page.locator("form [role=alert]").first().waitFor();
  },
  "sign-up-password": async (page) => {
    await page.locator("[role=tab]").last().click();
    await page.locator("input[name=name]").fill("Carol Ruiz");
    await page.locator("input[name=username]").fill("carol");
    await page.locator("input[name=email]").fill("carol@example.org");
    await page.locator("input[name=password]").fill("carolcarol");
    await page.locator("button[type=submit]").click();
    await page.locator("form [role=alert]").waitFor();
  },
  "home-200": async (page) => {
    await page.locator("[data-row]").nth(199).waitFor({ state: "attached" });
  },
  "home-invite": makeLink,
  "home-invite-empty": makeLink,
  "home-invite-full": async (page) => {
    await page.locator("[aria-haspopup=dialog]").last().click();
    await page.locator("[role=dialog] section button").first().click();
    await page.locator("[role=dialog] section [role=alert]").waitFor();
  },
  "home-links": showLinks,
  "home-links-reading": showLinks,
  "home-links-offline": showLinks,
  "home-links-withdrawn": withdrawLink,
  "home-links-late": withdrawLink,
  "home-links-failed": withdrawLink,
  "invite-blocked": async (page) => {
    await page.locator("button.go").click();
    await page.locator("[role=alert]").waitFor();
  },
  "invite-added": async (page) => {
    await page.locator("button.go").click();
    await page.locator(".answers button.accent").waitFor();
  },
  "home-away": async (page) => {
    await page.locator("header button").first().click();
    await page.locator("[role=dialog]").waitFor();
  },
  "home-problem": async (page) => {
    await page.locator("[data-row]").first().press("Enter");
    await page.locator("footer p").first().waitFor();
  },
  "home-adding": async (page) => {
    await page.locator("header button").last().click();
    await page.locator("input[name=contact-handle]").fill("@Hana.Kimura");
    await page.locator("[role=dialog] button[type=submit]").click();
    await page.locator("[role=dialog] p[role=status]:not(:empty)").waitFor();
  },
  "home-looking": async (page) => {
    await page.locator("header .own").click();
    await page.locator("fieldset input:checked").press("ArrowDown");
    await page.locator("[role=dialog] p[role=status]:not(:empty)").waitFor();
  },
  "home-menu": openLastMenu,
  "home-offline-menu": openLastMenu,
  "home-removing": async (page) => {
    await page.locator("[data-row]").first().click();
    await page.locator("[role=menuitem]").nth(-2).click();
    await page.locator("[role=dialog]").waitFor();
  },
  "home-blocking": async (page) => {
    await page.locator("[data-row]").first().click();
    await page.locator("[role=menuitem]").last().click();
    await page.locator("[role=dialog]").waitFor();
  },
  "home-request-blocking": async (page) => {
    await page.locator(".who button").first().click();
    await page.locator(".question").waitFor();
  },
  "ringing-blocking": async (page) => {
    await page.locator("section .corner button").click();
    await page.locator("section .question").waitFor();
  },
  "home-not-found": async (page) => {
    await page.locator("input").fill("Zoë");
    await page.locator("[data-row]").first().waitFor({ state: "detached" });
  },
  "home-found": async (page) => {
    await page.locator("input").fill("ＭＯＲＩ");
    await page.locator("[data-row]").nth(1).waitFor({ state: "detached" });
  },
  "settings-reach": showReach,
  "settings-reach-good": showReach,
  "settings-reach-same-network": showReach,
  "settings-reach-quiet": showReach,
  "settings-reach-invisible": showReach,
  "settings-reach-failed": showReach,
  ...ACCOUNT_ACTS,
  ...Object.fromEntries(HISTORIES.map((name) => [name, openHistory])),
  "history-menu": async (page) => {
    await openHistory(page);
    await page.locator("[data-row]").nth(3).press("Enter");
    await page.locator("[role=menu]").waitFor();
  },
  ...Object.fromEntries(LINES.map((name) => [name, openFigures])),
  "call-microphones": openMenu(0),
  "call-cameras": openMenu(1),
  "call-cameras-unnamed": openMenu(1),
  "call-keys": async (page) => {
    await page.keyboard.press("?");
    await page.locator("[role=dialog]").waitFor();
  },
  "call-more": openMore,
  "call-more-narrow": async (page) => {
    await page.setViewportSize({ width: 400, height: 600 });
    await openMore(page);
  },
  "call-live": async (page) => {
    await page.waitForFunction(() => document.querySelector("video")?.videoWidth === 640);
  },
};

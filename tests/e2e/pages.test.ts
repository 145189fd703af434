import type { Browser, BrowserContext, Page } from "playwright-core";
import { beforeAll, describe, expect, test } from "vitest";
import { textsIn, type Language } from "../../server/locales/text.ts";
import { callFunction } from "../support/accounts.ts";
import { openBrowser } from "../support/gallery/open.ts";
import { overflowing, seriousOn } from "../support/judge-page.ts";
import { until } from "../support/until.ts";
import { startApp, type AppPerson, type TestApp } from "../support/server-app.ts";

const STORES = {
  CHROME_STORE_URL: "https://chromewebstore.google.com/detail/beckon/abc",
  FIREFOX_STORE_URL: "https://addons.mozilla.org/firefox/addon/beckon",
};

let app: TestApp;
let browser: Browser;
let alice: AppPerson;
/** The path of an invite link of hers. */
let invite: string;

beforeAll(async () => {
  [app, browser] = await Promise.all([startApp({ env: STORES }), openBrowser()]);
  alice = await app.signUp("Alice Okada");
  invite = new URL((await alice.call("createInviteLink", {})).url).pathname;
  return async () => {
    await browser.close();
    await app.close();
  };
});

/** Where the latest link of a kind leads that the log hands on to somebody. */
function linkTo(path: "verify" | "reset", person: AppPerson): string | undefined {
  const links = app.log.filter(({ handle }) => handle === person.account.handle).map(({ link }) => String(link));
  const link = links.findLast((text) => text.includes(`/${path}?`));
  return link?.replace(new URL(link).origin, app.url);
}

/** A tab in which every complaint of the browser is noted: a policy that forbids our own style, above all. */
async function openTab(language: Language): Promise<{ context: BrowserContext; page: Page; complaints: string[] }> {
  const context = await browser.newContext({
    locale: language,
    viewport: { width: 960, height: 720 },
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => {
    // A page that says no is told so by its status, which Chromium repeats here.
    if (message.type() === "error" && !message.text().includes("status of 4")) complaints.push(message.text());
  });
  return { context, page, complaints };
}

describe.each(["en", "ja"] as const)("the server's pages in %s", (language) => {
  const t = textsIn(language);
  const heading = (page: Page, name: string) => page.getByRole("heading", { level: 1, name });

  /** Judges what is there, light, dark and large on a small screen. */
  async function judge(page: Page, name: string): Promise<void> {
    for (const [colorScheme, rules] of [
      ["light", undefined],
      ["dark", ["color-contrast"]],
    ] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await seriousOn(page, rules), `${name} ${colorScheme}`).toEqual([]);
    }
    await page.setViewportSize({ width: 360, height: 640 });
    await page.evaluate(() => (document.documentElement.style.fontSize = "200%"));
    expect(await overflowing(page), `${name} at twice the text size`).toEqual([]);
    await page.setViewportSize({ width: 960, height: 720 });
  }

  test("an address is confirmed by one press of a key", async () => {
    const { context, page, complaints } = await openTab(language);
    const person = await app.signUp(language === "en" ? "Carol Ruiz" : "Hana Mori");
    const link = await until("link in the log", () => Promise.resolve(linkTo("verify", person)));
    await page.goto(link);
    await heading(page, t("verify.title")).waitFor();
    await judge(page, "verify");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await heading(page, t("verify.done-title")).waitFor();
    expect((await person.call("getProfile", {})).user.emailVerified).toBe(true);
    await page.goto(link);
    await page.getByRole("button", { name: t("verify.button") }).click();
    await heading(page, t("page.stale-title")).waitFor();
    await judge(page, "verify-stale");
    expect(complaints).toEqual([]);
    await context.close();
  });

  test("a password is chosen anew, after a slip", async () => {
    const { context, page, complaints } = await openTab(language);
    const bob = await app.signUp(language === "en" ? "Bob Tanaka" : "Yuki Tanaka");
    await callFunction(app.url, "requestPasswordReset", { email: bob.account.email });
    const link = await until("link in the log", () => Promise.resolve(linkTo("reset", bob)));
    await page.goto(link);
    await heading(page, t("reset.title")).waitFor();
    await judge(page, "reset");
    // The first field has the focus.
    await page.keyboard.type("a walk in the sun");
    await page.getByLabel(t("reset.again"), { exact: true }).fill("a walk in the snow");
    await page.keyboard.press("Enter");
    await page
      .getByRole("alert")
      .filter({ hasText: t("reset.differ") })
      .waitFor();
    await judge(page, "reset-differ");
    await page.keyboard.type("a walk in the sun");
    await page.keyboard.press("Tab");
    await page.keyboard.type("a walk in the sun");
    await page.getByRole("button", { name: t("reset.button") }).click();
    await heading(page, t("reset.done-title")).waitFor();
    await page.goto(link);
    await heading(page, t("page.stale-title")).waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  test("an invitation is read, and its code copied by keys", async () => {
    const { context, page, complaints } = await openTab(language);
    await page.goto(app.url + invite);
    await heading(page, t("invite.title", { name: "\u2068Alice Okada\u2069" })).waitFor();
    await judge(page, "invite");
    await page.keyboard.press("Tab");
    await page.keyboard.press("ControlOrMeta+A");
    expect(await page.evaluate(() => getSelection()?.toString())).toBe(invite.slice("/i/".length));
    await page.goto(`${app.url}/i/0000-0000-0000-0000`);
    await heading(page, t("invite.stale-title")).waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });
});

import type { Page } from "playwright-core";

async function choosePicture(page: Page, mimeType: string): Promise<void> {
  await page.locator("input[type=file]").setInputFiles({ name: "chosen", mimeType, buffer: Buffer.from("x") });
}

async function setFirstPassword(page: Page): Promise<void> {
  await page.locator("#account .closed button").click();
  await page.locator("#account input[name=new-password]").fill("a walk by the sea");
  await page.locator("#account form").last().locator("button[type=submit]").click();
}

/** What a person does in the sections about the account before they are looked at. */
export const ACCOUNT_ACTS: Record<string, ((page: Page) => Promise<void>) | undefined> = {
  "account-address": async (page) => {
    await page.locator("#account input[name=email]").fill("alice@elsewhere.example");
    await page.locator("#account input[name=current-password]").fill("not it");
    await page.locator("#account form button[type=submit]").click();
    await page.locator("#account [role=alert]").waitFor();
  },
  "account-taken": async (page) => {
    await page.locator("#account input[name=username]").fill("bob");
    await page.locator("#account form button[type=submit]").click();
    await page.locator("#account [role=alert]").waitFor();
  },
  "account-first-password": async (page) => {
    await setFirstPassword(page);
    await page.locator("#account form p[role=status]:not(:empty)").waitFor();
  },
  "account-first-password-closed": async (page) => {
    await setFirstPassword(page);
    await page.locator("#account [role=alert]").waitFor();
  },
  "account-provider-address": async (page) => {
    await page.locator("#account input[name=email]").fill("alice@elsewhere.example");
    await page.locator("#account form button[type=submit]").click();
    await page.locator("#account [role=alert]").waitFor();
  },
  "account-picture": async (page) => {
    await choosePicture(page, "image/png");
    await page.locator("#account img").waitFor();
  },
  "account-picture-refused": async (page) => {
    await choosePicture(page, "text/plain");
    await page.locator("#account .problem").waitFor();
  },
  "account-password": async (page) => {
    await page.locator("#account .closed button").click();
    await page.locator("#account input[name=current-password]").fill("not it");
    await page.locator("#account input[name=new-password]").fill("a walk by the sea");
    await page.locator("#account form").last().locator("button[type=submit]").click();
    await page.locator("#account [role=alert]").waitFor();
  },
  "account-devices-sure": async (page) => {
    await page.locator("#account .devices > div button").click();
    await page.locator("#account .question").waitFor();
    await page.locator("#account .question").scrollIntoViewIfNeeded();
  },
  "account-unmailed": async (page) => {
    await page.locator("#account form button").first().click();
    await page.locator("#account form p[role=status]:not(:empty)").waitFor();
  },
  "account-too-many": async (page) => {
    await page.locator("#account form button").first().click();
    await page.locator("#account form p[role=status]:not(:empty)").waitFor();
  },
  "data-exported": async (page) => {
    await page.locator("#data .export button").click();
    await page.locator("#data p[role=status]:not(:empty)").waitFor();
    await page.locator("#data").scrollIntoViewIfNeeded();
  },
  "data-deleting-provider": async (page) => {
    await page.locator("#data .closed button").click();
    await page.locator("#data form button[type=submit]").click();
    await page.locator("#data [role=alert]").waitFor();
    await page.locator("#data form").scrollIntoViewIfNeeded();
  },
  "data-deleting": async (page) => {
    await page.locator("#data .closed button").click();
    await page.locator("#data input[name=current-password]").fill("not it");
    await page.locator("#data form button[type=submit]").click();
    await page.locator("#data [role=alert]").waitFor();
    await page.locator("#data form").scrollIntoViewIfNeeded();
  },
};

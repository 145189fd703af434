import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Page } from "playwright-core";
import { ROOT } from "../../scripts/setup/command.ts";
import { createText } from "../../extension/locales/text.ts";
import { account, befriend, callFunction, type SignedUp, signUp } from "../support/accounts.ts";
import { Backend } from "../support/backend.ts";
import { Belongings } from "../support/belongings.ts";
import { Person, say } from "../support/people.ts";
import { until } from "../support/until.ts";

const NEW_PASSWORD = "a walk by the sea";

const open = new Belongings();
let backend: Backend;
let alice: Person;
/** Alice's as well. */
let laptop: Person;
let settings: Page;
let bob: SignedUp;
let former: SignedUp;

beforeAll(async () => {
  backend = await Backend.start();
  open.add(() => backend.close());
  former = await signUp(backend.url, account("Alice Okada"));
  bob = await signUp(backend.url, account("Bob Tanaka"));
  await befriend(backend.url, former, bob);
  [alice, laptop] = await Promise.all([Person.arrive(former, open), Person.arrive(former, open)]);
  await Promise.all([alice.signIn(backend.url), laptop.signIn(backend.url)]);
  settings = await alice.browser.openSettings();
});

afterAll(() => open.close());

/** Alice, as Bob's list names her. */
async function aliceAtBobs() {
  return (await callFunction(backend.url, "listContacts", {}, bob.token)).contacts[0];
}

function field(label: Parameters<typeof say>[0]) {
  return settings.getByLabel(say(label), { exact: true });
}

function button(label: Parameters<typeof say>[0], values?: Record<string, string>) {
  return settings.getByRole("button", { name: say(label, values), exact: true });
}

test("Alice may not take Bob's handle, and is called otherwise at once wherever she is shown", async () => {
  await field("sign.handle").fill(bob.handle);
  await button("account.save").click();
  await settings
    .getByRole("alert")
    .filter({ hasText: say("problem.handle-taken") })
    .waitFor();
  await field("sign.handle").fill("alice.o");
  await field("sign.name").fill("Alice Ōno");
  await button("account.save").click();
  await settings.getByText(say("account.saved"), { exact: true }).waitFor();
  await Promise.all([alice, laptop].map((device) => device.popup.getByRole("button", { name: "Alice Ōno" }).waitFor()));
  expect(await aliceAtBobs()).toMatchObject({ handle: "alice.o", name: "Alice Ōno" });
});

test("what another device changed stays changed by a form that was open here, and so does what is typed here", async () => {
  const here = await laptop.browser.openSettings();
  const [name, handle] = [here.getByLabel(say("sign.name"), { exact: true }), here.getByLabel(say("sign.handle"))];
  await expect.poll(() => name.inputValue()).toBe("Alice Ōno");
  await handle.fill("alice.oh");
  await field("sign.name").fill("Alice O");
  await button("account.save").click();
  await expect.poll(() => name.inputValue()).toBe("Alice O");
  expect(await handle.inputValue()).toBe("alice.oh");
  await here.getByRole("button", { name: say("account.save"), exact: true }).click();
  await here.getByText(say("account.saved"), { exact: true }).waitFor();
  expect(await aliceAtBobs()).toMatchObject({ handle: "alice.oh", name: "Alice O" });
  await here.close();

  await expect.poll(() => field("sign.handle").inputValue()).toBe("alice.oh");
  expect(await button("account.save").getAttribute("aria-disabled")).toBe("true");
  await field("sign.name").fill("Alice Ōno");
  await field("sign.handle").fill("alice.o");
  await button("account.save").click();
  await expect.poll(aliceAtBobs).toMatchObject({ handle: "alice.o", name: "Alice Ōno" });
});

test("her address is not confirmed, and whoever runs the server without mail is given the link again", async () => {
  const { email } = former;
  await settings.getByText(say("account.email-unverified-unmailed", { email })).waitFor();
  await button("account.email-make").click();
  await settings.getByText(say("account.email-unmailed")).waitFor();
});

test("her address is confirmed elsewhere, and nobody is told that another link is on its way", async () => {
  const { email } = former;
  await until("the confirmed address", async () => {
    const link = [...backend.log.matchAll(/"link":"([^"]+\/verify\?token=[^"]+)"/g)].at(-1)?.[1];
    const token = link === undefined ? null : new URL(link).searchParams.get("token");
    if (token === null) return undefined;
    await fetch(`${backend.url}/verify`, { method: "POST", body: new URLSearchParams({ token }) });
    const { user } = await callFunction(backend.url, "getProfile", {}, former.token);
    return user.emailVerified ? true : undefined;
  });
  await button("account.email-make").click();
  await settings.getByText(say("account.email-verified", { email })).waitFor();
  expect(await settings.getByText(say("account.email-unmailed")).count()).toBe(0);
});

test("another address needs her password; one given without it does not count, until she types it", async () => {
  const { email, password } = former;
  await field("sign.email").fill("alice@elsewhere.example");
  await field("account.password-current").fill("not the password");
  await button("account.save").click();
  await settings
    .getByRole("alert")
    .filter({ hasText: say("account.password-current-wrong") })
    .waitFor();
  await field("account.password-current").fill(password);
  await button("account.save").click();
  await settings.getByText(say("account.email-unverified-unmailed", { email: "alice@elsewhere.example" })).waitFor();
  await field("account.password-current").waitFor({ state: "detached" });
  const asked = { token: former.token, from: "198.51.100.7" };
  const { user } = await callFunction(backend.url, "updateProfile", { email }, asked);
  expect(user).toMatchObject({ email, resetsTo: "alice@elsewhere.example" });
  await settings.reload();
  await settings.getByText(say("account.email-held", { former: "alice@elsewhere.example" })).waitFor();
  await field("account.password-current").fill(password);
  await button("account.save").click();
  await settings.getByText(say("account.saved"), { exact: true }).waitFor();
  expect((await callFunction(backend.url, "getProfile", {}, former.token)).user).not.toHaveProperty("resetsTo");
});

test("a text is no picture; a picture is looked at first, sent small, and seen by Bob until it is removed", async () => {
  const input = settings.locator("input[type=file]");
  await input.setInputFiles({ name: "x.png", mimeType: "image/png", buffer: Buffer.from("no picture") });
  await settings.getByText(say("account.picture-unreadable")).waitFor();
  await input.setInputFiles(join(ROOT, "extension/public/icons/128.png"));
  await button("account.picture-use").click();
  await settings.getByText(say("account.picture-saved")).waitFor();
  await until("Alice's picture in her popup", async () => {
    const width = await alice.popup.locator("header img").evaluateAll((images) =>
      // They are images.
      images.map((image) => (image as HTMLImageElement).naturalWidth),
    );
    return width[0] ? true : undefined;
  });
  const { avatar } = (await aliceAtBobs())!;
  const got = await fetch(backend.url + avatar!);
  expect([got.status, got.headers.get("content-type")]).toEqual([200, expect.stringMatching(/^image\//)]);
  await button("account.picture-remove").click();
  await settings.getByText(say("account.picture-removed")).waitFor();
  expect(await aliceAtBobs()).not.toHaveProperty("avatar");
});

test("the list names both devices, and signs the other one out", async () => {
  const devices = settings.getByRole("region", { name: say("account.devices") }).getByRole("listitem");
  const others = devices.getByRole("button", { name: /^Sign out / });
  await devices.filter({ hasText: say("account.device-here") }).waitFor();
  await others.first().waitFor();
  // The browser of the tests, and the session that made the account.
  while ((await others.count()) > 0) {
    const before = await others.count();
    await others.first().click();
    await until("a shorter list", async () => ((await others.count()) < before ? true : undefined));
  }
  await laptop.popup.getByText(say("sign.session-ended")).waitFor();
  await alice.popup.getByRole("button", { name: "Alice Ōno" }).waitFor();
});

test("a new password needs the present one, and is the one to sign in with from then on", async () => {
  const handle = "alice.o";
  const others = settings.getByRole("region", { name: say("account.devices") }).getByRole("button");
  await laptop.fillSignIn({ ...former, handle });
  await laptop.popup.getByRole("button", { name: "Alice Ōno" }).waitFor();
  // As when a person comes back to the tab.
  await settings.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  await others.first().waitFor();
  await button("account.password-open").click();
  await field("account.password-current").fill("not the password");
  await field("account.password-new").fill(NEW_PASSWORD);
  await button("account.password-change").click();
  await settings
    .getByRole("alert")
    .filter({ hasText: say("account.password-current-wrong") })
    .waitFor();
  await field("account.password-current").fill(former.password);
  await button("account.password-change").click();
  await settings.getByText(say("account.password-changed")).waitFor();
  await others.first().waitFor({ state: "detached" });
  await laptop.popup.getByText(say("sign.session-ended")).waitFor();
  await laptop.fillSignIn({ ...former, handle });
  await laptop.popup
    .getByRole("alert")
    .filter({ hasText: say("problem.wrong-password") })
    .waitFor();
  await laptop.fillSignIn({ ...former, handle, password: NEW_PASSWORD });
  await laptop.popup.getByRole("button", { name: "Alice Ōno" }).waitFor();
});

test("everything about her comes as a file, without a secret", async () => {
  const [download] = await Promise.all([settings.waitForEvent("download"), button("data.export-save").click()]);
  expect(download.suggestedFilename()).toBe("beckon-alice.o.json");
  const file = await readFile(await download.path(), "utf8");
  expect(JSON.parse(file)).toMatchObject({ account: { handle: "alice.o", name: "Alice Ōno", email: former.email } });
  expect(file).toContain(bob.handle);
  for (const secret of [former.token, former.password, NEW_PASSWORD, bob.email]) expect(file).not.toContain(secret);
});

test("what came of a thing is said in the language that she reads now", async () => {
  const japanese = createText("ja");
  const input = settings.locator("input[type=file]");
  await input.setInputFiles({ name: "x.png", mimeType: "image/png", buffer: Buffer.from("no picture") });
  await settings.getByText(say("account.picture-unreadable")).waitFor();
  await settings.getByText(say("data.exported")).waitFor();
  const language = (name: string) => settings.getByRole("combobox", { name, exact: true });
  await language(say("settings.section-language")).selectOption("ja");
  await settings.getByText(japanese.t("account.picture-unreadable")).waitFor();
  await settings.getByText(japanese.t("data.exported")).waitFor();
  await language(japanese.t("settings.section-language")).selectOption("en");
  await settings.getByText(say("data.exported")).waitFor();
});

test("the account is erased by its password alone: signed out kindly and everywhere, gone from Bob's list", async () => {
  await button("data.delete-open").click();
  await settings.getByText(say("data.delete-sure")).waitFor();
  await field("account.password-current").fill("not the password");
  await button("data.delete-yes").click();
  await settings
    .getByRole("alert")
    .filter({ hasText: say("account.password-current-wrong") })
    .waitFor();
  await field("account.password-current").fill(NEW_PASSWORD);
  await button("data.delete-yes").click();
  await settings.getByText(say("sign.deleted")).waitFor();
  await alice.popup.getByText(say("sign.deleted")).waitFor();
  await laptop.popup.getByText(say("sign.session-ended")).waitFor();
  expect(await aliceAtBobs()).toBeUndefined();
  await laptop.fillSignIn({ ...former, handle: "alice.o", password: NEW_PASSWORD });
  await laptop.popup
    .getByRole("alert")
    .filter({ hasText: say("problem.wrong-password") })
    .waitFor();
});

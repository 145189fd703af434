import type { Page } from "puppeteer-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { account } from "../support/accounts.ts";
import { Backend } from "../support/backend.ts";
import { Belongings } from "../support/belongings.ts";
import { PersonFirefox, whyNoFirefox } from "../support/firefox.ts";
import { describeWhere } from "../support/needs.ts";
import { say } from "../support/people.ts";

describeWhere(whyNoFirefox, "Carol's first run in Firefox", () => {
  const open = new Belongings();
  const carol = account("Carol Ruiz");
  let server: string;
  let firefox: PersonFirefox;
  let welcome: Page;

  beforeAll(async () => {
    const backend = await Backend.start();
    open.add(() => backend.close());
    server = backend.url;
    firefox = await PersonFirefox.launch({ welcomed: true });
    open.add(() => firefox.close());
    welcome = await firefox.ownPage("/welcome.html");
  });

  afterAll(() => open.close());

  const says = (words: string, page = welcome) =>
    expect.poll(() => page.evaluate(() => document.body.innerText), { timeout: 20_000 }).toContain(words);

  test("begins in a tab that opens once, and leads to an account", async () => {
    await says(say("welcome.server-title"));
    await firefox.fill(say("sign.server"), server, welcome);
    await firefox.click(say("sign.continue"), welcome);
    await says(say("welcome.account-title"));
    await firefox.fill(say("sign.name"), carol.name, welcome);
    await firefox.fill(say("sign.handle"), carol.handle, welcome);
    await firefox.fill(say("sign.email"), carol.email, welcome);
    await firefox.fill(say("sign.password"), carol.password, welcome);
    await firefox.click(say("sign.up"), welcome);
    await says(say("welcome.devices-title"));
    expect(await firefox.count("/welcome.html")).toBe(1);
  });

  test("shows her own picture, and rings her by the way that a call takes", async () => {
    await firefox.click(say("devices.try"), welcome);
    await says(say("devices.speak"));
    await firefox.click(say("welcome.next"), welcome);
    await firefox.click(say("welcome.ring-run"), welcome);
    await says(say("welcome.ring-good"));
  });

  test("leads to the settings, which are hers", async () => {
    await firefox.click(say("welcome.again", { part: say("settings.section-reach") }), welcome);
    const settings = await firefox.ownPage("/options.html");
    await says(say("settings.account", { handle: carol.handle, server: new URL(server).host }), settings);
    const marked = () => settings.evaluate(() => document.querySelector("nav [aria-current]")?.textContent.trim());
    await expect.poll(marked, { timeout: 20_000 }).toBe(say("settings.section-reach"));
    await settings.close();
  });

  test("does not begin again with an update, which leaves her signed in", async () => {
    await firefox.update();
    await expect.poll(() => firefox.text(), { timeout: 20_000 }).toContain(carol.name);
    expect(await firefox.count("/welcome.html")).toBe(0);
  });
});

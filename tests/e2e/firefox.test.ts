import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Page } from "puppeteer-core";
import { hostsOf } from "../../server/oidc/redirects.ts";
import { type Account, callFunction, type SignedUp } from "../support/accounts.ts";
import { Belongings } from "../support/belongings.ts";
import { Backend } from "../support/backend.ts";
import { hasFirefox, PersonFirefox } from "../support/firefox.ts";
import { untilMediaAdvances } from "../support/page-watch.ts";
import { friends, Person, say } from "../support/people.ts";

/** The part of the extension API that a test asks for. */
declare const browser: { identity: { getRedirectURL: () => string } };

/** Without a Firefox these are skipped, except where the whole has to be shown to work. */
const canSkip = process.env["CI"] === undefined;

describe.skipIf(!hasFirefox && canSkip)("Bob in Firefox", () => {
  const open = new Belongings();
  let server: string;
  let aliceAccount: SignedUp;
  let bobAccount: Account;
  let alice: Person;
  let bob: PersonFirefox;

  beforeAll(async () => {
    const backend = await Backend.start();
    open.add(() => backend.close());
    server = backend.url;
    const [first, other] = await friends(server);
    aliceAccount = first;
    bobAccount = other;
    alice = await Person.arrive(aliceAccount, open);
    bob = await PersonFirefox.launch();
    open.add(() => bob.close());
    await alice.signIn(server);
  });

  afterAll(() => open.close());

  test("signs in in the popup, and sees Alice's presence change", async () => {
    await bob.signIn(server, bobAccount);
    const says = (words: string) => expect.poll(() => bob.text(), { timeout: 20_000 }).toContain(words);
    await says(`Alice Okada\n${say("availability.available")}`);
    await alice.contact(bobAccount, "available").waitFor();
    await alice.choose("dnd");
    await says(`Alice Okada\n${say("availability.dnd")}`);
    await alice.choose("available");
    await says(`Alice Okada\n${say("availability.available")}`);
  });

  test("answers Alice, who has Chromium; both see and hear each other until she hangs up", async () => {
    await alice.call(bobAccount);
    await bob.click(say("ringing.accept"));
    const [aliceCall, bobCall] = await Promise.all([alice.browser.callPage(), bob.callPage()]);
    await Promise.all([untilMediaAdvances(aliceCall), untilMediaAdvances(bobCall)]);
    await alice.hangUp(aliceCall);
    const says = () => bobCall.evaluate(() => document.body.innerText);
    await expect.poll(says, { timeout: 20_000 }).toContain(say("ended.callee.hangup"));
    await Promise.all([aliceCall.close(), bobCall.close()]);
    await alice.contact(bobAccount, "available").waitFor();
  });

  test("calls Alice, who has Chromium; both see and hear each other until he hangs up", async () => {
    await bob.click(say("row.video", { name: alice.name }));
    await alice.accept();
    const [aliceCall, bobCall] = await Promise.all([alice.browser.callPage(), bob.callPage()]);
    await Promise.all([untilMediaAdvances(aliceCall), untilMediaAdvances(bobCall)]);
    await bob.click(say("call.hang-up"), bobCall);
    await alice.sees(aliceCall, say("ended.callee.hangup"));
  });

  test("is answered by a provider where OIDC_EXTENSION_IDS says that this extension is", async () => {
    const page = await bob.openInvitePage();
    const redirect = await page.evaluate(() => browser.identity.getRedirectURL());
    expect(hostsOf(["beckon@beckon.extension"])).toContain(new URL(redirect).host);
    await page.close();
  });

  test("opens invite links by themselves once he allows it, and no more once he does not", async () => {
    const { url } = await callFunction(server, "createInviteLink", {}, aliceAccount.token);
    const path = (page: Page) => page.evaluate(() => location.pathname).catch(() => "");
    const before = await bob.follow(url);
    await expect.poll(() => path(before), { timeout: 20_000 }).toMatch(/^\/i\//);

    const choice = await bob.openInvitePage();
    const choiceSays = (words: string) =>
      expect.poll(() => choice.evaluate(() => document.body.innerText), { timeout: 20_000 }).toContain(words);
    const host = { server: new URL(server).host };
    await choiceSays(say("invite.links-offer", host));
    await bob.click(say("invite.links-allow"), choice);
    await choiceSays(say("invite.links-open", host));
    const page = await bob.follow(url);
    await expect
      .poll(() => page.evaluate(() => document.body.innerText).catch(() => ""), { timeout: 20_000 })
      .toContain(say("invite.already", { name: alice.name }));

    await choice.bringToFront();
    await bob.click(say("invite.links-stop"), choice);
    await choiceSays(say("invite.links-offer", host));
    const after = await bob.follow(url);
    await expect.poll(() => path(after), { timeout: 20_000 }).toMatch(/^\/i\//);
    await Promise.all([before, choice, page, after].map((one) => one.close()));
  });
});

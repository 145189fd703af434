import { afterAll, beforeAll, expect, test } from "vitest";
import type { Page } from "puppeteer-core";
import { hostsOf } from "../../server/oidc/redirects.ts";
import { type Account, callFunction, type SignedUp } from "../support/accounts.ts";
import { Belongings } from "../support/belongings.ts";
import { Backend } from "../support/backend.ts";
import { PersonFirefox, whyNoFirefox } from "../support/firefox.ts";
import { describeWhere } from "../support/needs.ts";
import { untilHeard } from "../support/heard.ts";
import { untilMediaAdvances } from "../support/page-watch.ts";
import { friends, Person, say } from "../support/people.ts";
import { hasSmallWindow, untilPictured } from "../support/small-window.ts";

/** The part of the extension API that a test asks for. */
declare const browser: { identity: { getRedirectURL: () => string } };

describeWhere(whyNoFirefox, "Bob in Firefox", () => {
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
    await Promise.all([aliceCall.close(), bobCall.close()]);
    await alice.contact(bobAccount, "available").waitFor();
  });

  test("talks without pictures: Space is held to talk, echoes are taken out, a ring moves, and his camera is added", async () => {
    await alice.call(bobAccount, "audio");
    await bob.click(say("ringing.accept"));
    const [aliceCall, bobCall] = await Promise.all([alice.browser.callPage(), bob.callPage()]);
    await Promise.all([untilMediaAdvances(aliceCall, "sound"), untilMediaAdvances(bobCall, "sound")]);
    await bobCall.bringToFront();
    expect(await askedOfSound(bobCall)).toMatchObject({ echoCancellation: true, noiseSuppression: true });
    await expect.poll(() => levelOf(bobCall), { timeout: 20_000 }).toBeGreaterThan(0.3);

    await bob.click(say("call.microphone"), bobCall);
    await untilHeard(aliceCall, false);
    await bobCall.keyboard.down(" ");
    await untilHeard(aliceCall, true);
    await bobCall.keyboard.up(" ");
    await untilHeard(aliceCall, false);
    expect(await aliceCall.getByText(say("call.their-microphone-off")).count()).toBe(1);

    await bob.click(say("call.camera"), bobCall);
    await aliceCall.getByLabel(say("call.picture", { name: bobAccount.name })).waitFor();
    await untilMediaAdvances(aliceCall, "picture");
    // Firefox tells the names of what is open.
    await bob.click(say("call.choose-camera"), bobCall);
    const items = () => bobCall.evaluate(() => document.querySelector("[role=menu]")?.textContent ?? "");
    await expect
      .poll(items, { timeout: 20_000 })
      .toContain(say("call.own-choice-now", { name: "Default Video Device" }));
    await bob.click(say("call.hang-up"), bobCall);
    await alice.sees(aliceCall, say("ended.caller.hangup"));
    await Promise.all([aliceCall.close(), bobCall.close()]);
  });

  test("keeps Alice in sight in a small window: by its button, and as he leaves the tab after a click, until he is back", async () => {
    await alice.call(bobAccount);
    await bob.click(say("ringing.accept"));
    const [aliceCall, bobCall] = await Promise.all([alice.browser.callPage(), bob.callPage()]);
    await untilMediaAdvances(bobCall);
    await bobCall.bringToFront();
    await bob.click(say("picture.name"), bobCall);
    await expect.poll(() => hasSmallWindow(bobCall), { timeout: 20_000 }).toBe(true);
    expect(await untilPictured(bobCall)).toContain(say("call.hang-up"));
    await bob.click(say("picture.name"), bobCall);
    await expect.poll(() => hasSmallWindow(bobCall), { timeout: 20_000 }).toBe(false);

    await bobCall.mouse.click(300, 200);
    await bob.popup.bringToFront();
    await expect.poll(() => hasSmallWindow(bobCall), { timeout: 20_000 }).toBe(true);
    await untilPictured(bobCall);
    await bobCall.bringToFront();
    await expect.poll(() => hasSmallWindow(bobCall), { timeout: 20_000 }).toBe(false);
    await alice.hangUp(aliceCall);
    await Promise.all([aliceCall.close(), bobCall.close()]);
    await bob.popup.bringToFront();
    await alice.contact(bobAccount, "available").waitFor();
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

/** What was asked of the microphone that the page sends. A pretended one of Firefox does nothing of it. */
function askedOfSound(call: Page): Promise<MediaTrackConstraints | undefined> {
  return call.evaluate(() => {
    const { connections } = (globalThis as unknown as { beckonWatch: { connections: RTCPeerConnection[] } })
      .beckonWatch;
    const tracks = connections.flatMap((connection) => connection.getSenders().map(({ track }) => track));
    return tracks.find((track) => track?.kind === "audio")?.getConstraints();
  });
}

/** How loud the page shows the other side to be. */
function levelOf(call: Page): Promise<number> {
  return call.evaluate(() => {
    const ring = document.querySelector("[style*='--level']");
    return ring === null ? 0 : Number(getComputedStyle(ring).getPropertyValue("--level"));
  });
}

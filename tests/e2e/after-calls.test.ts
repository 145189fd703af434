import type { Page } from "playwright-core";
import { afterEach, describe, expect, onTestFinished, test } from "vitest";
import { Belongings } from "../support/belongings.ts";
import { untilMediaAdvances } from "../support/page-watch.ts";
import { BADGE, Person, say } from "../support/people.ts";
import { newCallId, PresenceClient } from "../support/presence-client.ts";
import { setStage } from "../support/stage.ts";
import { account, befriend, signUp, type SignedUp } from "../support/accounts.ts";
import { until } from "../support/until.ts";

const stage = setStage();
const CALL = 0;

describe("a missed call", () => {
  test("[CALL-14] is in the badge, the history says why, and seen on one device it is seen on the other", async () => {
    const { alice, bob, backend } = stage;
    const open = new Belongings();
    onTestFinished(() => open.close());
    const laptop = await Person.arrive(bob.account, open);
    await laptop.signIn(backend.url);
    await alice.call(bob);
    await Promise.all([bob.card.waitFor(), laptop.card.waitFor()]);
    const call = await alice.browser.callPage();
    await alice.sees(call, say("call.ringing", { devices: 2 }));
    await alice.hangUp(call);
    await Promise.all([bob.browser.untilBadge("1"), laptop.browser.untilBadge("1")]);
    await laptop.browser.untilNotifies("missed:");
    await missedRow(laptop, alice).waitFor();

    await bob.openHistory();
    await bob.history
      .getByRole("listitem")
      .filter({ hasText: say("history.in-missed-ringing") })
      .waitFor();
    await Promise.all([bob.browser.untilBadge(BADGE.available), laptop.browser.untilBadge(BADGE.available)]);
    await laptop.browser.untilNotifiesNot("missed:");
    await missedRow(laptop, alice).waitFor({ state: "detached" });
    await bob.leaveHistory();
  });

  test("is called back in one click, and the history tells the same length of the talk as its tabs", async () => {
    const { alice, bob } = stage;
    await bob.openHistory();
    await bob.history
      .getByRole("listitem")
      .filter({ hasText: alice.name })
      .getByRole("button", { name: say("row.video", { name: alice.name }) })
      .first()
      .click();
    await alice.card.waitFor();
    await alice.accept();
    const [aliceCall, bobCall] = await Promise.all([alice.browser.callPage(), bob.browser.callPage()]);
    await Promise.all([untilMediaAdvances(aliceCall), untilMediaAdvances(bobCall)]);
    // Of a talk of no second nothing is told.
    await bobCall.getByText(/\b0:0[2-9]\b/).waitFor();
    await bob.popup.bringToFront();
    await bob.hangUp(bobCall);
    // The list is open, and has the talk as soon as it is over.
    const row = bob.history.getByRole("listitem").filter({ hasText: say("history.out-video") });
    await row.first().waitFor({ state: "attached" });
    const [told, ...lengths] = await Promise.all([row.first().innerText(), lengthIn(bobCall), lengthIn(aliceCall)]);
    for (const length of lengths) expect(told.split("\n")).toContain(length);
    await bob.leaveHistory();
  });
});

/** How long the talk was, as its tab says. */
async function lengthIn(call: Page): Promise<string> {
  const [before, after] = say("ended.length", { length: "\n" }).split("\n");
  const words = await call.getByText(new RegExp(`^${before ?? ""}.+${after ?? ""}$`)).innerText();
  return words.slice(before?.length, -(after?.length ?? 0));
}

describe("who asks to be told", () => {
  afterEach(async () => {
    await stage.bob.browser.setIdle("active");
  });

  test("is told when Bob comes back from away, and calls with one click", async () => {
    const { alice, bob } = stage;
    await bob.browser.setIdle("idle");
    await bob.popup.getByText(say("own.unattended")).waitFor();
    await alice.contact(bob, "away").waitFor();
    const bell = alice.popup.getByRole("button", { name: say("row.watch", { name: bob.name }) });
    await bell.click();
    await alice.popup.getByRole("button", { name: say("row.watch", { name: bob.name }), pressed: true }).waitFor();
    // The wish outlives the worker.
    await alice.browser.stopWorker();
    await bob.browser.setIdle("active");
    const id = await alice.browser.untilNotifies("free:");
    await alice.browser.clickNotificationButton(id, CALL);
    await bob.card.waitFor();
    await alice.browser.untilNotifiesNot("free:");
    await bob.decline();
    await alice.contact(bob, "available").waitFor();
    // Told once: the bell is off.
    expect(await bell.count()).toBe(0);
  });

  test("takes the wish back with a second click", async () => {
    const { alice, bob } = stage;
    await bob.choose("dnd");
    await alice.contact(bob, "dnd").waitFor();
    const bell = alice.popup.getByRole("button", { name: say("row.watch", { name: bob.name }) });
    await bell.click();
    await expect.poll(() => bell.getAttribute("aria-pressed")).toBe("true");
    await bell.click();
    await expect.poll(() => bell.getAttribute("aria-pressed")).toBe("false");
    await bob.choose("available");
    await alice.contact(bob, "available").waitFor();
    expect(await alice.browser.notifies("free:")).toBe(false);
  });
});

describe("the settings", () => {
  test("let a chosen contact ring through do not disturb, on every device, and no other", async () => {
    const { alice, bob, backend } = stage;
    // The stage made it over the server's functions.
    const callee = bob.account as SignedUp;
    const carol = await signUp(backend.url, account("Carol Sato"));
    await befriend(backend.url, carol, callee);
    const carolsClient = await PresenceClient.online(backend.url, { token: carol.token });
    onTestFinished(() => carolsClient.lose());
    await bob.contact(carol, "available").waitFor();

    const settings = await bob.browser.openSettings();
    const letThrough = settings.getByRole("switch", { name: alice.name });
    await letThrough.check();
    await settings.close();
    await bob.popup.bringToFront();
    await bob.choose("dnd");
    await alice.contact(bob, "dnd").waitFor();

    await carolsClient.must({ type: "call.invite", call: newCallId(), to: callee.user, media: "audio" });
    expect((await carolsClient.next("call.ended")).reason).toBe("unavailable");
    await bob.browser.untilBadge("1");
    expect(await bob.card.isVisible()).toBe(false);

    await alice.popup.bringToFront();
    await alice.popup.getByRole("button", { name: say("row.more", { name: bob.name }) }).click();
    await alice.popup.getByRole("menuitem", { name: say("row.menu-video") }).click();
    await bob.card.waitFor();
    await bob.decline();
    await bob.openHistory();
    await bob.history
      .getByRole("listitem")
      .filter({ hasText: say("history.in-missed-dnd") })
      .waitFor();
    await bob.leaveHistory();
    await bob.choose("available");
  });

  test("change on another device at once", async () => {
    const { bob, backend } = stage;
    const open = new Belongings();
    onTestFinished(() => open.close());
    const laptop = await Person.arrive(bob.account, open);
    await laptop.signIn(backend.url);
    const [here, there] = await Promise.all([bob.browser.openSettings(), laptop.browser.openSettings()]);
    await here.getByRole("radio", { name: say("settings.second-call-busy") }).check();
    await until("the same choice on the laptop", async () =>
      (await there.getByRole("radio", { name: say("settings.second-call-busy") }).isChecked()) ? true : undefined,
    );
    await there.getByRole("switch", { name: say("settings.show-busy") }).uncheck();
    await until("the same switch here", async () =>
      (await here.getByRole("switch", { name: say("settings.show-busy") }).isChecked()) ? undefined : true,
    );
    await there.getByRole("switch", { name: say("settings.show-busy") }).check();
    await here.getByRole("radio", { name: say("settings.second-call-wait") }).check();
    await here.close();
  });
});

function missedRow(who: Person, caller: Person) {
  return who.popup
    .getByRole("listitem")
    .filter({ hasText: caller.name })
    .filter({ hasText: say("row.missed", { time: "" }).trim() });
}

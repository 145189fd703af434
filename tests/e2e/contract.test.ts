import type { Page } from "playwright-core";
import { PARSE_APP_ID, PARSE_PATH } from "#protocol";
import { describe, expect, onTestFinished, test } from "vitest";
import { Belongings } from "../support/belongings.ts";
import { untilMediaAdvances } from "../support/page-watch.ts";
import { BADGE, Person, say } from "../support/people.ts";
import { setStage } from "../support/stage.ts";

/** The part of the extension API that tells what an installation keeps. */
declare const chrome: { storage: { local: { get: (key: string) => Promise<Record<string, string>> } } };

/** Long enough ahead that both popups are waiting for it. */
const AHEAD_MS = 500;

describe("calls, as people notice their rules", () => {
  const stage = setStage();

  test("[CALL-6] Alice and Bob call each other in the same moment, and are in one call", async () => {
    const { alice, bob } = stage;
    const at = Date.now() + AHEAD_MS;
    await Promise.all([clickAt(alice, bob, at), clickAt(bob, alice, at)]);
    const [aliceCall, bobCall] = await Promise.all([alice.browser.callPage(), bob.browser.callPage()]);
    await Promise.all([untilMediaAdvances(aliceCall), untilMediaAdvances(bobCall)]);
    await Promise.all([alice.card.waitFor({ state: "hidden" }), bob.card.waitFor({ state: "hidden" })]);
    await alice.hangUp(aliceCall);
    await bob.sees(bobCall, say("ended.caller.hangup"));
  });

  test("[CALL-3] Bob's laptop comes online while it rings, and rings as well", async () => {
    const { alice, bob, backend } = stage;
    const open = new Belongings();
    onTestFinished(() => open.close());
    const laptop = await Person.arrive(bob.account, open);
    await alice.call(bob);
    await bob.card.waitFor();
    const call = await alice.browser.callPage();
    await laptop.signIn(backend.url);
    await laptop.card.waitFor();
    await alice.sees(call, say("call.ringing", { devices: 2 }));
    await alice.hangUp(call);
    await Promise.all([laptop.card.waitFor({ state: "hidden" }), bob.card.waitFor({ state: "hidden" })]);
    await bob.seeMissed();
    // Seen at the desk is seen on the laptop.
    await laptop.browser.untilBadge(BADGE.available);
  });

  test("[CALL-2] after five calls that she took back, Alice is told to wait", async () => {
    const { alice, bob } = stage;
    // The test before took one back.
    for (let left = 4; left > 0; left -= 1) {
      await alice.call(bob);
      await bob.card.waitFor();
      await alice.hangUp(await alice.browser.callPage());
      await bob.card.waitFor({ state: "hidden" });
      await alice.browser.closeCallPages();
    }
    await alice.call(bob);
    await alice.sees(await alice.browser.callPage(), say("ended.caller.too-many-calls", { name: bob.name }));
    await bob.seeMissed();
  });
});

describe("presence, as people notice its rules", () => {
  const stage = setStage();

  test("[PRES-3] Bob's worker dies and comes back, and Alice sees no change", async () => {
    const { alice, bob } = stage;
    const seen = await noteChanges(alice, bob);
    await bob.browser.stopWorker();
    await bob.reopenPopup();
    await bob.contact(alice, "available").waitFor();
    // A change that follows shows that what came before it was heard.
    await bob.choose("away");
    await alice.contact(bob, "away").waitFor();
    expect(await seen()).toEqual([say("availability.available"), say("availability.away")]);
    await bob.choose("available");
    await alice.contact(bob, "available").waitFor();
  });

  test("[PRES-4] [CALL-8] Bob is invisible: to Alice he is offline, also when she calls; he has a missed call", async () => {
    const { alice, bob } = stage;
    await bob.choose("invisible");
    await alice.contact(bob, "offline").waitFor();
    await alice.callFromMenu(bob);
    await alice.sees(await alice.browser.callPage(), say("ended.caller.unreachable", { name: bob.name }));
    expect(await bob.card.isVisible()).toBe(false);
    await bob.seeMissed();
    await bob.choose("available");
  });

  test("[CALL-8] Bob does not want to be disturbed: nothing rings, Alice is told, and he has a missed call", async () => {
    const { alice, bob } = stage;
    await bob.choose("dnd");
    await alice.contact(bob, "dnd").waitFor();
    await alice.callFromMenu(bob);
    await alice.sees(await alice.browser.callPage(), say("ended.caller.unavailable", { name: bob.name }));
    expect(await bob.card.isVisible()).toBe(false);
    await bob.seeMissed();
    await bob.choose("available");
  });
});

describe("signing out and in again", () => {
  const stage = setStage();

  test("[CALL-8] Alice calls Bob while he is signed out, and he finds a missed call when he is back", async () => {
    const { alice, bob } = stage;
    await bob.signOut();
    await alice.contact(bob, "offline").waitFor();
    await alice.callFromMenu(bob);
    await alice.sees(await alice.browser.callPage(), say("ended.caller.unreachable", { name: bob.name }));
    await bob.signInAgain();
    await bob.popup.getByText(say("missed.count", { count: 1 })).waitFor();
    await bob.seeMissed();
  });

  test("[CONN-5] Bob's session is ended elsewhere: he is told so, and Alice sees him offline at once", async () => {
    const { alice, bob, backend } = stage;
    await revoke(backend.url, bob.popup);
    await bob.popup.getByText(say("sign.session-ended")).waitFor();
    await alice.contact(bob, "offline").waitFor();
    await bob.signInAgain();
  });
});

/** Clicks on the picture button of a contact at this instant, in ms since 1970. */
async function clickAt(person: Person, who: Person, at: number): Promise<void> {
  const button = person.popup.getByRole("button", { name: say("row.video", { name: who.name }) });
  await button.evaluate(
    (element, instant) =>
      new Promise<void>((resolve) => {
        setTimeout(() => {
          (element as HTMLButtonElement).click();
          resolve();
        }, instant - Date.now());
      }),
    at,
  );
}

/** From now on notes each availability that the row of a contact shows; returns how to read them, in their order. */
async function noteChanges(person: Person, who: Person): Promise<() => Promise<string[]>> {
  const words = (["available", "away", "busy", "dnd", "offline"] as const).map((name) => say(`availability.${name}`));
  await person.popup.evaluate(
    ([name, all]) => {
      const seen: string[] = [];
      Object.assign(globalThis, { seenAvailabilities: seen });
      const look = () => {
        const row = [...document.querySelectorAll("li")].find((item) => item.textContent.includes(name));
        const shown = all.find((word) => row?.textContent.includes(word));
        if (shown !== undefined && seen.at(-1) !== shown) seen.push(shown);
      };
      look();
      new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });
    },
    [who.name, words] as const,
  );
  return () =>
    person.popup.evaluate(() => (globalThis as unknown as { seenAvailabilities: string[] }).seenAvailabilities);
}

/** Ends the session of whoever is signed in here, as another device of theirs may. */
async function revoke(server: string, popup: Page): Promise<void> {
  const { token } = await popup.evaluate(() => chrome.storage.local.get("token"));
  const answer = await fetch(`${server}${PARSE_PATH}/logout`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "x-parse-application-id": PARSE_APP_ID,
      "x-parse-session-token": token ?? "",
    },
    body: "{}",
  });
  expect(answer.status).toBe(200);
}

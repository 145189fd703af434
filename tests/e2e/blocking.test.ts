import { describe, expect, test } from "vitest";
import { BADGE, say } from "../support/people.ts";
import { setStage } from "../support/stage.ts";

describe("[PRES-5] blocking, as people notice it", () => {
  const stage = setStage();

  test("Alice blocks Bob: he sees her go offline and cannot reach her, she sees nothing of it until she unblocks him", async () => {
    const { alice, bob } = stage;
    await alice.openMenu(bob);
    await alice.popup.getByRole("menuitem", { name: say("row.block") }).click();
    await alice.popup.getByText(say("row.block-sure", { name: bob.name })).waitFor();
    await alice.popup.getByRole("button", { name: say("row.block-yes"), exact: true }).click();
    const unblock = alice.popup.getByRole("button", { name: say("blocked.unblock-label", { name: bob.name }) });
    await unblock.waitFor();
    await bob.contact(alice, "offline").waitFor();

    await bob.callFromMenu(alice);
    const call = await bob.browser.callPage();
    await bob.sees(call, say("ended.caller.unreachable", { name: alice.name }));
    // He does as he likes; of her he is told nothing, and she nothing of him.
    await bob.popup.bringToFront();
    await bob.choose("dnd");
    await alice.popup.bringToFront();
    await alice.choose("away");
    await alice.choose("available");
    expect(await alice.card.isVisible()).toBe(false);
    expect(await alice.browser.badge()).toBe(BADGE.available);
    expect(await bob.contact(alice, "offline").isVisible()).toBe(true);
    await bob.popup.bringToFront();
    await bob.choose("available");

    await alice.popup.bringToFront();
    await unblock.click();
    await Promise.all([alice.contact(bob, "available").waitFor(), bob.contact(alice, "available").waitFor()]);
    await alice.openHistory();
    await alice.popup.getByText(say("history.empty")).waitFor();
    await alice.leaveHistory();
    await bob.call(alice);
    await alice.card.waitFor();
    await alice.decline();
  });

  test("[PRES-5] Alice blocks Bob from the ringing card: it is declined, and no other call of his rings", async () => {
    const { alice, bob } = stage;
    await bob.call(alice);
    await alice.card.waitFor();
    const call = await bob.browser.callPage();
    await alice.popup.bringToFront();
    await alice.card.getByRole("button", { name: say("row.block-label", { name: bob.name }) }).click();
    await alice.card.getByRole("button", { name: say("row.block-yes"), exact: true }).click();
    await alice.card.waitFor({ state: "hidden" });
    await bob.sees(call, say("ended.caller.declined", { name: alice.name }));
    await bob.contact(alice, "offline").waitFor();
    await bob.browser.closeCallPages();
    await bob.callFromMenu(alice);
    await bob.sees(await bob.browser.callPage(), say("ended.caller.unreachable", { name: alice.name }));
    expect(await alice.card.isVisible()).toBe(false);
    await alice.popup.getByRole("button", { name: say("blocked.unblock-label", { name: bob.name }) }).click();
  });
});

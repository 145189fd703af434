import { expect, onTestFinished, test } from "vitest";
import type { SignedUp } from "../support/accounts.ts";
import { callerOf } from "../support/calls.ts";
import { say } from "../support/people.ts";
import { newCallId } from "../support/presence-client.ts";
import { setStage } from "../support/stage.ts";
import { until } from "../support/until.ts";

const stage = setStage();

test("a ring's notification that Bob closed stays away, also when his worker dies; the card stays", async () => {
  const { alice, bob } = stage;
  await alice.call(bob);
  const { id } = await bob.browser.ringingNotification();
  await bob.browser.closeNotification(id);
  await bob.browser.stopWorker();
  // What the new worker hears shows that it is there, and has shown what it shows.
  await alice.choose("dnd");
  await bob.contact(alice, "dnd").waitFor();
  expect(await bob.browser.notifications()).toEqual([]);
  expect(await bob.card.isVisible()).toBe(true);
  await alice.choose("available");
  await bob.decline();
  await alice.sees(await alice.browser.callPage(), say("ended.caller.declined", { name: bob.name }));
});

test("rings that come and go at once leave one notification, that of the last missed call", async () => {
  const { bob, backend } = stage;
  // The stage made it over the server's functions.
  const carol = await callerOf(backend.url, "Carol Sato", bob.account as SignedUp);
  onTestFinished(() => carol.lose());
  let call = newCallId();
  for (let rings = 1; ; rings += 1) {
    await carol.must({ type: "call.invite", call, to: (bob.account as SignedUp).user, media: "audio" });
    await carol.must({ type: "call.cancel", call });
    if (rings === 4) break;
    call = newCallId();
  }
  await until("notification of the last", async () =>
    (await bob.browser.notifications()).includes(`missed:${call}`) ? true : undefined,
  );
  await bob.popup.getByText(say("missed.count", { count: 4 })).waitFor();
  expect(await bob.browser.notifications()).toEqual([`missed:${call}`]);
  await bob.seeMissed();
  await until("no notification", async () => ((await bob.browser.notifications()).length === 0 ? true : undefined));
});

import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { untilMediaAdvances } from "../support/page-watch.ts";
import { say } from "../support/people.ts";
import { setStage } from "../support/stage.ts";
import { talk } from "../support/talk.ts";

const stage = setStage();

test("the browser asks before a call's tab goes while the two talk, and at no other time", async () => {
  const { alice, bob } = stage;
  await alice.call(bob);
  await bob.card.waitFor();
  const ringing = await alice.browser.callPage();
  await touch(ringing);
  expect(await leave(ringing)).toBe("gone");
  await bob.card.waitFor({ state: "hidden" });
  await bob.seeMissed();

  const { aliceCall, bobCall } = await talk(alice, bob);
  await touch(aliceCall);
  expect(await leave(aliceCall)).toBe("asked");
  // She stays, and the talk did not notice.
  await Promise.all([untilMediaAdvances(aliceCall), untilMediaAdvances(bobCall)]);
  await alice.sees(aliceCall, say("call.live"));

  await bob.hangUp(bobCall);
  await alice.sees(aliceCall, say("ended.caller.hangup"));
  expect(await leave(aliceCall)).toBe("gone");
});

/** Browsers ask nothing in a page that the person has not touched. */
async function touch(call: Page): Promise<void> {
  const button = call.getByRole("button", { name: say("call.microphone"), exact: true });
  await button.click();
  await button.click();
}

/** Closes the tab as a person does; to a question the answer is to stay. */
async function leave(call: Page): Promise<"asked" | "gone"> {
  const asked = call.waitForEvent("dialog").then(async (dialog) => {
    expect(dialog.type()).toBe("beforeunload");
    await dialog.dismiss();
    return "asked" as const;
  });
  const gone = call.waitForEvent("close").then(() => "gone" as const);
  await call.close({ runBeforeUnload: true });
  // Of the two that wait one never comes.
  asked.catch(() => undefined);
  gone.catch(() => undefined);
  return Promise.race([asked, gone]);
}

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Account } from "../support/accounts.ts";
import { Belongings } from "../support/belongings.ts";
import { Backend } from "../support/backend.ts";
import { hasFirefox, PersonFirefox } from "../support/firefox.ts";
import { untilMediaAdvances } from "../support/page-watch.ts";
import { friends, Person, say } from "../support/people.ts";

/** Without a Firefox these are skipped, except where the whole has to be shown to work. */
const canSkip = process.env["CI"] === undefined;

describe.skipIf(!hasFirefox && canSkip)("Bob in Firefox", () => {
  const open = new Belongings();
  let server: string;
  let bobAccount: Account;
  let alice: Person;
  let bob: PersonFirefox;

  beforeAll(async () => {
    const backend = await Backend.start();
    open.add(() => backend.close());
    server = backend.url;
    const [aliceAccount, other] = await friends(server);
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
});

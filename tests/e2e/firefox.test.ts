import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Account } from "../support/accounts.ts";
import { Belongings } from "../support/belongings.ts";
import { Backend } from "../support/backend.ts";
import { hasFirefox, PersonFirefox } from "../support/firefox.ts";
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
    const popup = await bob.openPopup();
    // Firefox gives a password field no role to find it by: it is found by its label, as the others are.
    const fill = (label: string, value: string) =>
      popup.locator(`::-p-xpath(//input[@id=//label[normalize-space()="${label}"]/@for])`).fill(value);
    const click = (role: string, name: string) => popup.locator(`::-p-aria([name="${name}"][role="${role}"])`).click();
    const text = () => popup.evaluate(() => document.body.innerText);

    await fill(say("sign.server"), server);
    await click("button", say("sign.continue"));
    await fill(say("sign.handle"), bobAccount.handle);
    await fill(say("sign.password"), bobAccount.password);
    await click("button", say("sign.in"));

    await expect.poll(text, { timeout: 20_000 }).toContain(`Alice Okada\n${say("availability.available")}`);
    await alice.contact(bobAccount, "available").waitFor();
    await alice.choose("dnd");
    await expect.poll(text, { timeout: 5000 }).toContain(`Alice Okada\n${say("availability.dnd")}`);
  });
});

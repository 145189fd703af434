import type { Page } from "playwright-core";
import { createText } from "../../extension/locales/text.ts";
import { account, befriend, signUp, type Account, type SignedUp } from "./accounts.ts";
import type { Backend } from "./backend.ts";
import { type Belongings, closeOnceThere } from "./belongings.ts";
import type { ChromiumOptions } from "./chromium-options.ts";
import { PersonBrowser } from "./chromium.ts";
import { clickedAt, untilWatched } from "./page-watch.ts";
import { until } from "./until.ts";

/** What the screens say, in English. */
export const say = createText("en").t;

/** The shapes on the toolbar's icon. */
export const BADGE = { signedOut: "", offline: "–", available: "●", ringing: "☎", inCall: "■" } as const;

/** A person at their browser, with the popup open in a tab. */
export class Person {
  readonly account: Account;
  readonly browser: PersonBrowser;
  popup: Page;

  private constructor(person: Account, browser: PersonBrowser, popup: Page) {
    this.account = person;
    this.browser = browser;
    this.popup = popup;
  }

  /** Opens the person's browser, which is closed with `open`, and its popup; signed out. The account may still be made. */
  static async arrive(
    person: Account | Promise<Account>,
    open: Belongings,
    options: ChromiumOptions = {},
  ): Promise<Person> {
    const launching = PersonBrowser.launch(options);
    open.add(() => closeOnceThere(launching));
    const [known, browser] = await Promise.all([person, launching]);
    return new Person(known, browser, await browser.openPopup());
  }

  get name(): string {
    return this.account.name;
  }

  /** Gives the server's address, as a person does first. */
  async nameServer(server: string): Promise<void> {
    await this.popup.getByLabel(say("sign.server"), { exact: true }).fill(server);
    await this.popup.getByRole("button", { name: say("sign.continue") }).click();
  }

  /** Signs in through the popup's forms. */
  async signIn(server: string): Promise<void> {
    await this.nameServer(server);
    await this.fillSignIn(this.account);
    await this.ownMenu.waitFor();
  }

  /** Signs in at the server that this browser knows. */
  async signInAgain(): Promise<void> {
    await this.fillSignIn(this.account);
    await this.ownMenu.waitFor();
  }

  /** Makes the account through the popup's forms. */
  async signUp(server: string): Promise<void> {
    await this.nameServer(server);
    await this.fillSignUp(this.account);
    await this.ownMenu.waitFor();
  }

  async fillSignIn({ handle, password }: Account): Promise<void> {
    await this.popup.getByRole("tab", { name: say("sign.in") }).click();
    await this.#fill({ "sign.handle": handle, "sign.password": password });
    await this.popup.getByRole("button", { name: say("sign.in"), exact: true }).click();
  }

  async fillSignUp({ handle, name, email, password }: Account): Promise<void> {
    await this.popup.getByRole("tab", { name: say("sign.up") }).click();
    await this.#fill({ "sign.name": name, "sign.handle": handle, "sign.email": email, "sign.password": password });
    await this.popup.getByRole("button", { name: say("sign.up"), exact: true }).click();
  }

  /** The button that shows the person's own availability and opens its menu. */
  get ownMenu() {
    return this.popup.getByRole("button", { name: this.name });
  }

  /** Chooses an availability in the own menu. */
  async choose(availability: "available" | "away" | "dnd" | "invisible"): Promise<void> {
    await this.ownMenu.click();
    await this.popup.getByRole("radio", { name: say(`availability.${availability}`) }).check();
    await this.popup.keyboard.press("Escape");
  }

  /** Signs out in the own menu. */
  async signOut(): Promise<void> {
    await this.ownMenu.click();
    await this.popup.getByRole("button", { name: say("own.sign-out") }).click();
    await this.popup.getByRole("button", { name: say("sign.in"), exact: true }).waitFor();
  }

  /** The row of a contact who is shown as `availability`. */
  contact(who: Person | Account, availability: "available" | "away" | "busy" | "dnd" | "offline") {
    const words = say(`availability.${availability}`);
    return this.popup.getByRole("listitem").filter({ hasText: who.name }).filter({ hasText: words });
  }

  /** Clicks on the picture or sound button of a contact; returns when the click was made, in ms since 1970. */
  async call(who: Person | Account, media: "video" | "audio" = "video"): Promise<number> {
    await this.popup.bringToFront();
    await this.popup.getByRole("button", { name: say(`row.${media}`, { name: who.name }) }).click();
    return clickedAt(this.popup);
  }

  /** Opens the menu of a contact, in their row. */
  async openMenu(who: Pick<Person, "name">): Promise<void> {
    await this.popup.bringToFront();
    await this.popup.getByRole("button", { name: say("row.more", { name: who.name }) }).click();
  }

  /** Calls who is not available: by the row's menu, which says what will happen. */
  async callFromMenu(who: Pick<Person, "name">): Promise<void> {
    await this.openMenu(who);
    await this.popup.getByRole("menuitem", { name: say("row.menu-video") }).click();
  }

  /** The card of an incoming call. */
  get card() {
    return this.popup.getByRole("region", { name: say("ringing.region") });
  }

  /** Answers in the popup; returns when the click was made, in ms since 1970. */
  async accept(): Promise<number> {
    await this.popup.bringToFront();
    await this.card.getByRole("button", { name: say("ringing.accept") }).click();
    return clickedAt(this.popup);
  }

  async decline(): Promise<void> {
    await this.card.getByRole("button", { name: say("ringing.decline") }).click();
  }

  /** Waits until a call tab says this of its call. */
  async sees(call: Page, sentence: string): Promise<void> {
    await call.getByRole("status").filter({ hasText: sentence }).waitFor({ state: "attached" });
  }

  /** Hangs up in a call tab. */
  async hangUp(call: Page): Promise<void> {
    await call.getByRole("button", { name: say("call.hang-up") }).click();
  }

  /** The strip of the present call, in the popup. */
  get strip() {
    return this.popup.getByRole("region", { name: say("strip.region") });
  }

  /** Waits until the strip says this of the call. */
  async stripSays(sentence: string): Promise<void> {
    await this.strip.getByRole("status").filter({ hasText: sentence }).waitFor({ state: "attached" });
  }

  /** Hangs up in the popup, where a call is left. */
  async leaveCall(): Promise<void> {
    // In one go: the other side may hang up in the same moment, and the button is gone.
    await this.strip
      .getByRole("button", { name: say("strip.hang-up") })
      .evaluateAll((buttons) => buttons.forEach((button) => (button as HTMLElement).click()));
  }

  /** Calls again from the tab of an ended call, which becomes the tab of the new one. */
  async callAgain(call: Page): Promise<void> {
    const former = call.url();
    await call.getByRole("button", { name: say("call.again") }).click();
    await call.waitForURL((url) => url.href !== former, { waitUntil: "commit" });
    await untilWatched(call);
  }

  /** Waits until nothing is left of a call here but what the person may still read. */
  async untilQuiet(): Promise<void> {
    await Promise.all([
      this.card.waitFor({ state: "hidden" }),
      this.browser.untilNotRinging(),
      until("end of the call", async () => {
        const badge = await this.browser.badge();
        return badge === BADGE.ringing || badge === BADGE.inCall ? undefined : true;
      }),
    ]);
  }

  /** Goes to the history in the popup. */
  async openHistory(): Promise<void> {
    // Its button says so in both its forms.
    await this.popup
      .getByRole("navigation")
      .getByRole("button", { name: say("list.history") })
      .click();
    await this.history.waitFor();
  }

  get history() {
    return this.popup.getByRole("region", { name: say("history.title") });
  }

  async leaveHistory(): Promise<void> {
    await this.popup.getByRole("button", { name: say("history.back") }).click();
  }

  /** Sees what was missed, as a person does: in the history. */
  async seeMissed(): Promise<void> {
    await this.openHistory();
    await until("badge without a count", async () => (/^\d/.test(await this.browser.badge()) ? undefined : true));
    await this.leaveHistory();
  }

  /** Closes the popup and opens it anew. */
  async reopenPopup(): Promise<void> {
    const former = this.popup;
    // A browser ends with its last page, so the new one comes first.
    this.popup = await this.browser.openPopup();
    await former.close();
  }

  async #fill(fields: Partial<Record<Parameters<typeof say>[0], string>>): Promise<void> {
    for (const [label, value] of Object.entries(fields)) {
      // The keys are those of the parameter's type.
      const name = say(label as keyof typeof fields);
      await this.popup.getByLabel(name, { exact: true }).fill(value);
    }
  }
}

/** Alice Okada and Bob Tanaka, contacts of each other, each signed in at a browser of their own at a server that may still start. */
export async function aliceAndBob(
  starting: Backend | Promise<Backend>,
  open: Belongings,
  options: { readonly alice?: ChromiumOptions; readonly bob?: ChromiumOptions } = {},
): Promise<{ alice: Person; bob: Person }> {
  const server = Promise.resolve(starting).then(({ url }) => url);
  const accounts = server.then(friends);
  const [alice, bob, url] = await Promise.all([
    Person.arrive(
      accounts.then(([one]) => one),
      open,
      options.alice,
    ),
    Person.arrive(
      accounts.then(([, other]) => other),
      open,
      options.bob,
    ),
    server,
  ]);
  await Promise.all([alice.signIn(url), bob.signIn(url)]);
  await Promise.all([alice.contact(bob, "available").waitFor(), bob.contact(alice, "available").waitFor()]);
  return { alice, bob };
}

/** The accounts of Alice and Bob, made and befriended over the server's own functions. */
export async function friends(server: string): Promise<[SignedUp, SignedUp]> {
  const [alice, bob] = await Promise.all([
    signUp(server, account("Alice Okada")),
    signUp(server, account("Bob Tanaka")),
  ]);
  await befriend(server, alice, bob);
  return [alice, bob];
}

import type { FunctionName, FunctionParameters } from "#protocol";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { drawing } from "../support/drawings.ts";
import { newDeviceId, type OnlineClient } from "../support/presence-client.ts";
import { startApp, type AppPerson, type TestApp } from "../support/server-app.ts";
import { until } from "../support/until.ts";

/** What the product promises of a change in the contacts. */
const WITHIN_MS = 1_000;

let app: TestApp;
let alice: AppPerson;
let bob: AppPerson;
/** Two devices each. */
let alices: OnlineClient[];
let bobs: OnlineClient[];

beforeAll(async () => {
  app = await startApp({ env: { GRACE_MS: "1", SETTLE_MS: "1" } });
  [alice, bob] = await Promise.all([app.signUp("Alice Okada"), app.signUp("Bob Tanaka")]);
});

afterAll(() => app.close());

beforeEach(async () => {
  const connect = (person: AppPerson) => person.connect({ device: newDeviceId() });
  alices = await Promise.all([connect(alice), connect(alice)]);
  bobs = await Promise.all([connect(bob), connect(bob)]);
});

afterEach(async () => {
  for (const device of [...alices, ...bobs]) if (device.socket.readyState === 1) await device.must({ type: "bye" });
});

/** Each of the devices hears within the second that the list is another, counted from the asking. */
async function changes<F extends FunctionName>(
  heard: OnlineClient[],
  [who, name, parameters]: [AppPerson, F, FunctionParameters<F>],
): Promise<void> {
  const news = heard.map((device) => device.next("contacts.changed", () => true, WITHIN_MS));
  await who.call(name, parameters);
  await Promise.all(news);
  for (const device of [...alices, ...bobs]) {
    await device.fence();
    expect(device.waiting("contacts.changed")).toEqual([]);
  }
}

describe("two people with two devices each", () => {
  it("hear on all four of a request, of its withdrawal, of a decline, and of a contact and its end", async () => {
    const all = [...alices, ...bobs];
    await changes(all, [alice, "requestContact", { handle: bob.account.handle }]);
    const [outgoing] = (await alice.call("listContacts", {})).contacts;
    await changes(all, [alice, "removeContact", { user: outgoing!.user }]);
    expect((await bob.call("listContacts", {})).contacts).toEqual([]);
    await changes(all, [alice, "requestContact", { handle: bob.account.handle }]);
    await changes(all, [bob, "declineContact", { user: alice.id }]);
    await changes(all, [alice, "requestContact", { handle: bob.account.handle }]);
    await changes(all, [bob, "acceptContact", { user: alice.id }]);
    for (const device of alices) expect((await device.next("presence")).user).toBe(bob.id);
    for (const device of bobs) expect((await device.next("presence")).user).toBe(alice.id);
    await changes(all, [alice, "removeContact", { user: bob.id }]);
    for (const person of [alice, bob]) expect((await person.call("listContacts", {})).contacts).toEqual([]);
  });

  it("[PRES-5] hear of a block on the blocker's alone; to the other's one went offline", async () => {
    await app.befriend(alice, bob);
    for (const device of [...alices, ...bobs]) {
      await device.next("presence", ({ availability }) => availability === "available");
      await device.fence();
      while (device.waiting("contacts.changed").length > 0) await device.next("contacts.changed");
    }
    await changes(alices, [alice, "blockContact", { user: bob.id }]);
    for (const device of bobs)
      expect(await device.next("presence", undefined, WITHIN_MS)).toMatchObject({ availability: "offline" });
    await changes(alices, [alice, "unblockContact", { user: bob.id }]);
    for (const device of bobs)
      expect(await device.next("presence", undefined, WITHIN_MS)).toMatchObject({ availability: "available" });
    await alice.call("removeContact", { user: bob.id });
  });
});

describe("[PRES-5] who blocks somebody", () => {
  it("hears of no block in turn, nor of its end, be there another picture or name", async () => {
    const [carol, dan] = await Promise.all([app.signUp("Carol Ito"), app.signUp("Dan Mori")]);
    await app.befriend(carol, dan);
    await carol.call("setAvatar", { image: (await drawing().jpeg().toBuffer()).toString("base64") });
    const dans = await dan.connect();
    await dan.call("blockContact", { user: carol.id });
    expect(await dans.next("contacts.changed")).toMatchObject({ user: carol.id });
    await carol.call("blockContact", { user: dan.id });
    await carol.call("updateProfile", { name: "Renamed" });
    await carol.call("unblockContact", { user: dan.id });
    await dans.fence();
    expect(dans.waiting("contacts.changed")).toEqual([]);
  });
});

describe("[DEC-39] a contact that ends", () => {
  it("leaves the lists of both at once, also of who is away, and comes back to none of them", async () => {
    await app.befriend(alice, bob);
    const lists = (user: AppPerson) => ({ letThrough: [user.id], favourites: [user.id] });
    await alices[0]!.must({ type: "settings.set", ...lists(bob) });
    await bobs[0]!.must({ type: "settings.set", ...lists(alice) });
    expect((await alices[1]!.next("self")).settings).toMatchObject(lists(bob));
    for (const device of bobs) await device.must({ type: "bye" });
    await until("Bob's lists are kept", async () => {
      const probe = await bob.connect();
      await probe.must({ type: "bye" });
      return probe.welcome.settings.favourites === undefined ? undefined : true;
    });

    await alice.call("removeContact", { user: bob.id });
    for (const device of alices) {
      const { settings } = await device.next("self", (self) => self.settings.favourites === undefined, WITHIN_MS);
      expect(settings).toEqual({ showBusy: true, secondCall: "wait" });
    }
    await app.befriend(alice, bob);
    expect((await bob.connect()).welcome.settings).toEqual({ showBusy: true, secondCall: "wait" });
    for (const device of alices) await device.must({ type: "bye" });
    await until("Alice's settings are kept", async () => {
      const probe = await alice.connect();
      await probe.must({ type: "bye" });
      return probe.welcome.settings.letThrough === undefined ? true : undefined;
    });
  });
});

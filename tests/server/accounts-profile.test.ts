import { ParseCode } from "#protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ACCOUNT_LIMITS } from "../../server/accounts/rate-limits.ts";
import { callFunction } from "../support/accounts.ts";
import { talk } from "../support/calls.ts";
import { drawing } from "../support/drawings.ts";
import { loosened } from "../support/loosened.ts";
import type { OnlineClient } from "../support/presence-client.ts";
import { startApp, type AppPerson, type TestApp } from "../support/server-app.ts";

let app: TestApp;
let alice: AppPerson;
let bob: AppPerson;
let atAlice: OnlineClient;
let atBob: OnlineClient;

beforeAll(async () => {
  const limits = loosened(ACCOUNT_LIMITS, 1_000);
  app = await startApp({ accountLimits: { ...limits, handles: { ...ACCOUNT_LIMITS.handles } } });
  [alice, bob] = await Promise.all([app.signUp("Alice Okada"), app.signUp("Bob Tanaka")]);
  await app.befriend(alice, bob);
  [atAlice, atBob] = [await alice.connect(), await bob.connect()];
});

afterAll(() => app.close());

/** What the person's list says of another. */
async function listed(person: AppPerson, other: AppPerson) {
  const { contacts } = await person.call("listContacts", {});
  return contacts.find(({ user }) => user === other.id);
}

/** Somebody new, and so with no change counted yet. */
let count = 0;
async function newcomer(name = "Dora"): Promise<AppPerson> {
  count += 1;
  return app.signUp(`${name}-${String(count)} Someone`);
}

function refusal(code: number, sentence: string) {
  return new RegExp(`"code":${String(code)},"error":"[^"]*${sentence}`);
}

describe("a person's own profile", () => {
  it("is read by nobody but them, and holds no secret", async () => {
    const { user } = await alice.call("getProfile", {});
    expect(user).toEqual({
      id: alice.id,
      handle: "alice",
      name: "Alice Okada",
      email: "alice@example.org",
      emailVerified: false,
      hasPassword: true,
    });
    await expect(callFunction(app.url, "getProfile", {})).rejects.toThrow(refusal(ParseCode.invalidSession, "sign in"));
  });

  it("[DEC-36] a new name reaches every device of theirs and their contacts' within a second", async () => {
    const laptop = await bob.connect();
    const started = performance.now();
    const { user } = await bob.call("updateProfile", { name: " Bobby Tanaka " });
    expect(user).toMatchObject({ handle: "bob", name: "Bobby Tanaka", email: "bob@example.org" });
    for (const device of [atBob, laptop]) {
      const self = await device.next("self");
      expect(self.user).toEqual({ handle: "bob", name: "Bobby Tanaka" });
    }
    expect(await atAlice.next("contacts.changed")).toMatchObject({ user: bob.id });
    expect(performance.now() - started).toBeLessThan(1_000);
    expect(await listed(alice, bob)).toMatchObject({ handle: "bob", name: "Bobby Tanaka", state: "accepted" });
    await laptop.must({ type: "bye" });
    // The referee knows it as well.
    const again = await bob.connect();
    expect(again.welcome.user).toMatchObject({ handle: "bob", name: "Bobby Tanaka" });
    await again.must({ type: "bye" });
  });

  it("is told to whom they asked, and not to whom asks them", async () => {
    const [asker, asked] = [await newcomer(), await newcomer()];
    const [atAsker, atAsked] = [await asker.connect(), await asked.connect()];
    await asker.call("requestContact", { handle: asked.account.handle });
    await atAsked.next("contacts.changed");
    await atAsker.next("contacts.changed");
    await asked.call("updateProfile", { name: "Asked" });
    await asker.call("updateProfile", { name: "Asking" });
    await atAsked.next("contacts.changed", ({ user }) => user === asker.id);
    expect(await listed(asked, asker)).toMatchObject({ name: "Asking", state: "incoming" });
    await atAsker.fence();
    expect(atAsker.waiting("contacts.changed")).toEqual([]);
  });

  it("a blank name is the handle, and follows it", async () => {
    const person = await newcomer();
    expect((await person.call("updateProfile", { name: "  " })).user.name).toBe(person.account.handle);
    expect((await person.call("updateProfile", { username: "follows" })).user).toMatchObject({ name: "follows" });
    const named = await person.call("updateProfile", { name: "Dora", username: "stays" });
    expect(named.user).toMatchObject({ handle: "stays", name: "Dora" });
  });

  it("what is left out stays, and nothing asked changes nothing", async () => {
    const person = await newcomer();
    const before = await person.call("getProfile", {});
    expect(await person.call("updateProfile", {})).toEqual(before);
    const { email, password: current } = person.account;
    expect(await person.call("updateProfile", { email: "OTHER@example.org", current })).toEqual({
      user: { ...before.user, email: "other@example.org" },
    });
    // As clients do that know of no `current`.
    expect(await person.call("updateProfile", { email })).toEqual({
      user: { ...before.user, email, resetsTo: "other@example.org" },
    });
  });
});

describe("another handle", () => {
  it("is the one by which they are found and sign in", async () => {
    const [person, friend] = [await newcomer(), await newcomer()];
    const old = person.account.handle;
    await person.call("updateProfile", { username: "Renamed.One" });
    await friend.call("requestContact", { handle: "renamed.one" });
    expect(await listed(person, friend)).toMatchObject({ state: "incoming" });
    await friend.call("requestContact", { handle: old });
    expect((await person.call("listContacts", {})).contacts).toHaveLength(1);
    const renamed = { ...person.account, handle: "renamed.one" };
    Object.assign(person.account, renamed);
    expect(await person.signIn()).toMatch(/^r:/);
  });

  it("brings the requests that wait there, and makes contacts of whom the person had asked", async () => {
    const [person, stranger, met] = [await newcomer(), await newcomer(), await newcomer()];
    await person.call("requestContact", { handle: met.account.handle });
    // Their own request at the handle that they take is one to nobody.
    for (const asker of [stranger, met, person]) await asker.call("requestContact", { handle: "longed.for" });
    const [atPerson, atMet] = [await person.connect(), await met.connect()];
    await person.call("updateProfile", { username: "longed.for" });
    await atPerson.next("contacts.changed");
    expect(await atMet.next("contacts.changed", ({ user }) => user === person.id)).toBeDefined();
    await atMet.next("presence", ({ user }) => user === person.id);
    const { contacts } = await person.call("listContacts", {});
    expect(contacts.map(({ user, state }) => [user, state]).sort()).toEqual(
      [
        [met.id, "accepted"],
        [stranger.id, "incoming"],
      ].sort(),
    );
    expect(await listed(met, person)).toMatchObject({ state: "accepted", handle: "longed.for" });
  });

  it("whoever takes the old one inherits nothing", async () => {
    const [person, friend, asker] = [await newcomer(), await newcomer(), await newcomer()];
    await app.befriend(person, friend);
    await asker.call("requestContact", { handle: person.account.handle });
    const old = person.account.handle;
    await person.call("updateProfile", { username: "moved.on", email: "moved.on@example.org" });
    const heir = await app.signUp(old);
    expect(heir.account.handle).toBe(old);
    expect((await heir.call("listContacts", {})).contacts).toEqual([]);
    expect(await listed(person, asker)).toMatchObject({ state: "incoming" });
    expect(await listed(friend, person)).toMatchObject({ state: "accepted", handle: "moved.on" });
  });

  it("may be taken, and of two who ask for one at once only one has it", async () => {
    const [one, other] = [await newcomer(), await newcomer()];
    await expect(one.call("updateProfile", { username: "ALICE" })).rejects.toThrow(
      refusal(ParseCode.handleTaken, "This handle is taken; choose another."),
    );
    await expect(one.call("updateProfile", { email: "alice@example.org" })).rejects.toThrow(
      refusal(ParseCode.emailTaken, "already has an account"),
    );
    const both = await Promise.allSettled(
      [one, other].map((who) => who.call("updateProfile", { username: "contested" })),
    );
    expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    const handles = await Promise.all([one, other].map(async (who) => (await who.call("getProfile", {})).user.handle));
    expect(handles.filter((handle) => handle === "contested")).toHaveLength(1);
  });

  it("is changed five times a day at most, and tried for twenty times", async () => {
    const person = await newcomer();
    for (const at of [1, 2, 3, 4, 5]) await person.call("updateProfile", { username: `again.${String(at)}` });
    await expect(person.call("updateProfile", { username: "again.6" })).rejects.toThrow("That was too often");
    // A name and what is the case already are no such change.
    await person.call("updateProfile", { username: "again.5", name: "Again" });
    const guesser = await newcomer();
    for (let tries = 0; tries < 20; tries += 1) {
      await expect(guesser.call("updateProfile", { username: "alice" })).rejects.toThrow("taken");
    }
    await expect(guesser.call("updateProfile", { username: "alice" })).rejects.toThrow("That was too often");
    await expect(guesser.call("updateProfile", { email: "alice@example.org" })).rejects.toThrow("That was too often");
  });
});

it("[DEC-37] a handle is changed no more often by asking many times at once; one that is taken is no change", async () => {
  const person = await newcomer();
  for (let tries = 0; tries < 3; tries += 1)
    await expect(person.call("updateProfile", { username: "alice" })).rejects.toThrow("taken");
  const all = await Promise.allSettled(
    Array.from({ length: 12 }, (_, at) => person.call("updateProfile", { username: `at.once.${String(at)}` })),
  );
  expect(all.filter(({ status }) => status === "fulfilled")).toHaveLength(5);
});

describe("[PRES-5] whom they block", () => {
  it("learns nothing new until they are blocked no longer", async () => {
    const [blocker, blocked] = [await newcomer(), await newcomer()];
    await app.befriend(blocker, blocked);
    const atBlocked = await blocked.connect();
    const before = await listed(blocked, blocker);
    await blocker.call("blockContact", { user: blocked.id });
    await blocker.call("updateProfile", { name: "Nobody's business", username: "nobodys.business" });
    await atBlocked.fence();
    expect(atBlocked.waiting("contacts.changed")).toEqual([]);
    expect(await listed(blocked, blocker)).toEqual(before);
    expect(JSON.stringify((await blocked.connect()).welcome)).not.toContain("Nobody's business");
    await blocker.call("unblockContact", { user: blocked.id });
    expect(await atBlocked.next("contacts.changed")).toMatchObject({ user: blocker.id });
    expect(await listed(blocked, blocker)).toMatchObject({ name: "Nobody's business", handle: "nobodys.business" });
  });
});

it("[PRES-5] whom they block is called by their new name, in calls as well, once they are blocked no longer", async () => {
  const [blocker, blocked] = [await newcomer(), await newcomer()];
  await app.befriend(blocker, blocked);
  const [atBlocker, atBlocked] = [await blocker.connect(), await blocked.connect()];
  await blocker.call("blockContact", { user: blocked.id });
  await blocked.call("updateProfile", { name: "Newly Named" });
  await blocker.call("unblockContact", { user: blocked.id });
  await atBlocker.next("presence", ({ user }) => user === blocked.id);
  const { call } = await talk(atBlocker, blocked.id, atBlocked);
  const again = await blocker.connect();
  expect(again.welcome.calls).toMatchObject([{ call, state: "running", with: { name: "Newly Named" } }]);
  await atBlocker.must({ type: "call.hangup", call });
});

it("[PRES-5] a block with a picture is one change of the picture to everybody, and to the blocked one an absence besides", async () => {
  const [blocker, blocked, friend] = [await newcomer(), await newcomer(), await newcomer()];
  await app.befriend(blocker, blocked);
  await app.befriend(blocker, friend);
  await blocker.call("setAvatar", { image: (await drawing().png().toBuffer()).toString("base64") });
  const devices = [await blocker.connect(), await blocked.connect(), await friend.connect()];
  for (const device of devices) await device.fence();
  for (const device of devices) device.clear();
  await blocker.call("blockContact", { user: blocked.id });
  for (const device of devices) await device.fence();
  const news = (user: string) => ({ type: "contacts.changed", user });
  const [own, theirs, others] = devices.map((device) => device.waiting());
  expect(own).toMatchObject([news(blocked.id), { type: "self" }]);
  expect(theirs).toMatchObject([{ type: "presence", user: blocker.id, availability: "offline" }, news(blocker.id)]);
  expect(others).toEqual([news(blocker.id)]);
});

it("[DEC-50] people are told what a ticket would name, which is nothing where the operator named nothing", async () => {
  expect(await alice.call("getIceServers", {})).toEqual({ iceServers: [] });
});

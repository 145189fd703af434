import { ParseCode, type Contact } from "#protocol";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startAccountsAlone, type AccountsAlone } from "../support/accounts-alone.ts";
import { befriend, type TestPerson } from "../support/backend-accounts.ts";

let stage: AccountsAlone;
/** Blocks Bob, and is called otherwise since. */
let alice: TestPerson;
let bob: TestPerson;
let carol: TestPerson;
/** Alice's handle of now. */
let anew: string;

beforeAll(async () => {
  stage = await startAccountsAlone();
  return stage.stop;
});

beforeEach(async () => {
  [alice, bob, carol] = await stage.people("alice", "bob", "carol");
  anew = `anew-${alice.handle}`;
});

async function blockAndRename(): Promise<void> {
  await alice.call("blockContact", { user: bob.id });
  await alice.call("updateProfile", { name: "Secret", username: anew });
}

async function contactsOf(person: TestPerson): Promise<Contact[]> {
  return (await person.call("listContacts", {})).contacts;
}

describe("[PRES-5] who is blocked cannot tell", () => {
  it.each(["a contact", "whoever asked"])("by an invite link, which shows %s what their list does", async (which) => {
    await bob.call("requestContact", { handle: alice.handle });
    if (which === "a contact") await alice.call("acceptContact", { user: bob.id });
    await blockAndRename();
    const shown = { user: { id: alice.id, handle: alice.handle, name: "alice" } };
    const { code } = await alice.call("createInviteLink", {});
    expect(await bob.call("readInviteLink", { code })).toMatchObject(shown);
    expect(await bob.call("redeemInviteLink", { code })).toEqual(shown);
    expect(await contactsOf(bob)).toMatchObject([{ user: alice.id, handle: alice.handle, name: "alice" }]);
    const another = await alice.call("createInviteLink", {});
    expect(await carol.call("readInviteLink", { code: another.code })).toMatchObject({ user: { name: "Secret" } });
  });

  it("by asking for the handle that their list shows, though nobody has it any more, or somebody else", async () => {
    await befriend(alice, bob);
    await blockAndRename();
    const before = await contactsOf(bob);
    expect(await bob.call("requestContact", { handle: alice.handle })).toEqual({});
    expect(await contactsOf(bob)).toEqual(before);
    await carol.call("updateProfile", { username: alice.handle });
    expect(await bob.call("requestContact", { handle: alice.handle })).toEqual({});
    expect(await contactsOf(bob)).toEqual(before);
    expect(await contactsOf(carol)).toEqual([]);
  });

  it("by asking for the handle of now, which is like one that nobody has", async () => {
    await befriend(alice, bob);
    await blockAndRename();
    const before = await contactsOf(bob);
    for (const handle of [anew, `nobody-${alice.handle}`]) await bob.call("requestContact", { handle });
    const [own, ...asked] = await contactsOf(bob);
    expect([own]).toEqual(before);
    expect(asked).toMatchObject([
      { state: "outgoing", handle: anew },
      { state: "outgoing", handle: `nobody-${alice.handle}` },
    ]);
    expect(await contactsOf(alice)).toMatchObject([{ user: bob.id, state: "blocked" }]);
    await alice.call("unblockContact", { user: bob.id });
    expect(await contactsOf(bob)).toMatchObject([
      { user: alice.id, handle: anew, state: "accepted" },
      { handle: `nobody-${alice.handle}`, state: "outgoing" },
    ]);
  });

  it("by wanting the handle that their list shows for themselves", async () => {
    await befriend(alice, bob);
    await blockAndRename();
    const taken = { status: 400, body: { code: ParseCode.handleTaken } };
    expect(await bob.try("updateProfile", { username: alice.handle })).toMatchObject(taken);
    expect((await carol.try("updateProfile", { username: alice.handle })).status).toBe(200);
  });

  it("and a request at the handle of now reaches the blocker once they unblock", async () => {
    await bob.call("requestContact", { handle: alice.handle });
    await blockAndRename();
    const [first] = await contactsOf(bob);
    await bob.call("removeContact", { user: first!.user });
    await bob.call("requestContact", { handle: anew });
    await alice.call("unblockContact", { user: bob.id });
    expect(await contactsOf(alice)).toMatchObject([{ user: bob.id, state: "incoming" }]);
    await alice.call("acceptContact", { user: bob.id });
    expect(await contactsOf(bob)).toMatchObject([{ user: alice.id, handle: anew, state: "accepted" }]);
  });
});

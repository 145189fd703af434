import { ParseCode, type FunctionResult } from "#protocol";
import type { Client } from "pg";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { MAX_OPEN_INVITES } from "../../server/accounts/invites.ts";
import { startAccountsAlone, type AccountsAlone } from "../support/accounts-alone.ts";
import { ask, befriend, PASSWORD, TestPerson, type Answer } from "../support/backend-accounts.ts";
import { until } from "../support/until.ts";

const NEVER_MADE = "0000-0000-0000-0000";
const notFound = { status: 404, body: { code: ParseCode.notFound } };

let stage: AccountsAlone;
let client: Client;
/** Invites. */
let alice: TestPerson;
let bob: TestPerson;

// As in accounts-invites: what a link does between people is the same everywhere.
beforeAll(async () => {
  stage = await startAccountsAlone({ registration: "invite" });
  ({ client } = stage);
  return stage.stop;
});

beforeEach(async () => {
  [alice, bob] = await stage.people("Alice", "Bob");
});

async function make(by = alice): Promise<{ id: string; code: string; expires: number }> {
  const { id = "", code, expires } = await by.call("createInviteLink", {});
  return { id, code, expires };
}

async function idsOf(person: TestPerson): Promise<string[]> {
  return (await person.call("listInviteLinks", {})).links.map(({ id }) => id);
}

async function signUpWith(invite: string): Promise<Answer> {
  const username = `new${crypto.randomUUID().slice(0, 8)}`;
  const form = { username, password: PASSWORD, email: `${username}@example.org`, invite };
  return ask(stage.accounts, "/functions/signUp", {
    body: form,
    headers: { "X-Parse-Installation-Id": crypto.randomUUID() },
  });
}

async function untilSomebodyWaits(): Promise<void> {
  await until("act that waits for the link", async () => {
    const { rows } = await client.query(
      "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
    );
    return rows.length > 0 ? true : undefined;
  });
}

/** Everything that somebody is told of a code who has it. */
async function everythingSaidOf(code: string) {
  const answers = [
    await bob.try("readInviteLink", { code }),
    await bob.try("redeemInviteLink", { code }),
    await alice.try("readInviteLink", { code }),
    await alice.try("redeemInviteLink", { code }),
    await signUpWith(code),
  ].map(({ status, body }) => ({ status, body }));
  return { answers, page: await stage.accounts.links.shownInvite(code) };
}

describe("[DEC-58] links that wait", () => {
  it("are listed to who made them alone, the latest first, and without anything that opens them", async () => {
    const [first, second] = [await make(), await make()];
    const { links } = await alice.call("listInviteLinks", {});
    expect(links).toEqual([
      { id: second.id, at: expect.any(Number) as number, expires: second.expires },
      { id: first.id, at: expect.any(Number) as number, expires: first.expires },
    ]);
    expect(links[0]!.at).toBeGreaterThanOrEqual(links[1]!.at);
    expect(await idsOf(bob)).toEqual([]);
    // Their names open nothing, neither as they are nor as codes.
    for (const { id } of links) expect(await bob.try("readInviteLink", { code: id })).toMatchObject(notFound);
  });

  it("say to their maker alone for whom they are", async () => {
    const { code } = await alice.call("createInviteLink", { note: "  Mum, at home " });
    await alice.call("createInviteLink", { note: " " });
    const { links } = await alice.call("listInviteLinks", {});
    expect(links.map(({ note }) => note)).toEqual([undefined, "Mum, at home"]);
    const { account } = await alice.call("exportAccount", {});
    expect(account["invites"]).toMatchObject([{ note: "Mum, at home" }, {}]);
    expect(JSON.stringify(await everythingSaidOf(code))).not.toContain("Mum");
    for (const note of ["x".repeat(65), "Mum\n", "\u202emuM"])
      expect(await alice.try("createInviteLink", { note })).toMatchObject({ status: 400, body: { field: "note" } });
  });

  it("are those that nobody has used and whose week is not over", async () => {
    const [used, over, waits] = [await make(), await make(), await make()];
    await bob.call("redeemInviteLink", { code: used.code });
    await client.query(`UPDATE "InviteLink" SET "expires" = now() WHERE "objectId" = $1`, [over.id]);
    expect(await idsOf(alice)).toEqual([waits.id]);
    for (const { id } of [used, over])
      expect(await alice.try("withdrawInviteLink", { link: id })).toMatchObject(notFound);
  });

  it("are all listed, and one that is withdrawn makes room for another", async () => {
    const all = await Promise.all(Array.from({ length: MAX_OPEN_INVITES }, () => make()));
    expect((await idsOf(alice)).sort()).toEqual(all.map(({ id }) => id).sort());
    expect(await alice.try("createInviteLink", {})).toMatchObject({ status: 400, body: { reason: "links-full" } });
    await alice.call("withdrawInviteLink", { link: all[0]!.id });
    await make();
    expect(await alice.try("createInviteLink", {})).toMatchObject({ status: 400, body: { reason: "links-full" } });
  });
});

describe("[DEC-58] a link that was withdrawn", () => {
  it("is to everybody a link that never was", async () => {
    const { id, code } = await make();
    expect(await bob.call("readInviteLink", { code })).toMatchObject({ user: { id: alice.id } });
    expect(await alice.call("withdrawInviteLink", { link: id })).toEqual({});
    expect(await everythingSaidOf(code)).toEqual(await everythingSaidOf(NEVER_MADE));
    expect(await idsOf(alice)).toEqual([]);
    expect(await alice.try("withdrawInviteLink", { link: id })).toMatchObject(notFound);
  });

  it("is so to contacts of who made it, too", async () => {
    await befriend(alice, bob);
    const { id, code } = await make();
    await alice.call("withdrawInviteLink", { link: id });
    expect(await everythingSaidOf(code)).toEqual(await everythingSaidOf(NEVER_MADE));
  });

  it("was their own: nobody else withdraws it, or learns that it is there", async () => {
    const { id, code } = await make();
    const [one, other] = [
      await bob.try("withdrawInviteLink", { link: id }),
      await bob.try("withdrawInviteLink", { link: "a".repeat(24) }),
    ];
    expect(one).toMatchObject(notFound);
    expect(one.body).toEqual(other.body);
    expect(await idsOf(alice)).toEqual([id]);
    expect(await bob.call("redeemInviteLink", { code })).toMatchObject({ user: { id: alice.id } });
  });

  it("leaves whoever it let in their account, and makes them no contact any more", async () => {
    const { id, code } = await make();
    const answer = await signUpWith(code);
    expect(answer.status).toBe(200);
    const { user, sessionToken } = answer.body["result"] as FunctionResult<"signUp">;
    const dave = Object.assign(new TestPerson(stage.accounts, user.handle), { token: sessionToken });
    expect(await idsOf(alice)).toEqual([id]);
    await alice.call("withdrawInviteLink", { link: id });
    expect(await dave.try("redeemInviteLink", { code })).toMatchObject(notFound);
    expect((await dave.call("listContacts", {})).contacts).toEqual([]);
  });

  it("was not used meanwhile: of the two that cross one comes to nothing", async () => {
    const [used, gone] = [await make(), await make()];
    await client.query("BEGIN");
    await client.query(`UPDATE "InviteLink" SET "used" = now(), "usedBy" = $2 WHERE "objectId" = $1`, [
      used.id,
      bob.id,
    ]);
    const withdrawn = alice.try("withdrawInviteLink", { link: used.id });
    await untilSomebodyWaits();
    await client.query("COMMIT");
    expect(await withdrawn).toMatchObject(notFound);
    expect((await client.query(`SELECT 1 FROM "InviteLink" WHERE "objectId" = $1`, [used.id])).rows).toHaveLength(1);

    await client.query("BEGIN");
    await client.query(`DELETE FROM "InviteLink" WHERE "objectId" = $1`, [gone.id]);
    const redeemed = bob.try("redeemInviteLink", { code: gone.code });
    await untilSomebodyWaits();
    await client.query("COMMIT");
    expect(await redeemed).toMatchObject(notFound);
    expect((await bob.call("listContacts", {})).contacts).toEqual([]);
  });
});

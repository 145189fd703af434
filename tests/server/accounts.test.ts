import { ParseCode, type CallId, type DeviceId, type UserId } from "#protocol";
import { beforeAll, describe, expect, it } from "vitest";
import type { Identity } from "../../server/accounts/accounts.ts";
import type { EndedCall } from "../../server/core/events.ts";
import { startAccountsAlone } from "../support/accounts-alone.ts";
import {
  ask,
  befriend,
  nextEvent,
  PASSWORD,
  signUp,
  type TestAccounts,
  type TestPerson,
} from "../support/backend-accounts.ts";

let accounts: TestAccounts;

beforeAll(async () => {
  const started = await startAccountsAlone();
  accounts = started.accounts;
  return started.stop;
});

async function identityOf(person: TestPerson): Promise<Identity> {
  const check = await accounts.accounts.identify(person.token, person.device as DeviceId);
  if (!check.ok) throw new Error(check.reason);
  return check.identity;
}

function endedCall(caller: TestPerson, callee: TestPerson, change: Partial<EndedCall> = {}): EndedCall {
  return {
    call: crypto.randomUUID() as CallId,
    caller: caller.id as UserId,
    callee: callee.id as UserId,
    media: "video",
    startedAt: 1_760_000_000_000,
    endedAt: 1_760_000_045_000,
    reason: "no-answer",
    outcomes: { caller: "no-answer", callee: "missed" },
    missedWhile: "silent",
    ...change,
  };
}

describe("signing up", () => {
  it("makes an account and a session for the device", async () => {
    const ada = await signUp(accounts, "ada", " Ada Lovelace ");
    const identity = await identityOf(ada);
    expect(identity).toEqual({
      user: { id: ada.id, handle: "ada", name: "Ada Lovelace" },
      session: expect.any(String) as string,
      chosen: { availability: "available" },
      settings: { showBusy: true, secondCall: "wait" },
      contacts: [],
      blocked: [],
      blockedBy: [],
      missed: 0,
    });
  });

  it("takes the handle for a name that was not given, or is blank", async () => {
    expect((await identityOf(await signUp(accounts, "blank1", "   "))).user.name).toBe("blank1");
    expect((await identityOf(await signUp(accounts, "blank2"))).user.name).toBe("blank2");
  });

  it("works without an installation id", async () => {
    const body = { username: "program", password: PASSWORD, email: "program@example.org" };
    const answer = await ask(accounts, "/functions/signUp", { body });
    expect(answer.body).toMatchObject({
      result: { user: { handle: "program" }, sessionToken: expect.any(String) as string },
    });
  });

  const form = { username: "newcomer", password: PASSWORD, email: "newcomer@example.org" };

  it.each([
    [{ ...form, username: "ada" }, ParseCode.handleTaken, "This handle is taken; choose another."],
    [{ ...form, username: "ADA" }, ParseCode.handleTaken, "This handle is taken; choose another."],
    [{ ...form, email: "Ada@Example.org" }, ParseCode.emailTaken, "This e-mail address already has an account"],
    [{ ...form, username: "ab" }, ParseCode.invalid, "In signUp 'username' must be 3 to 32 characters"],
    [{ ...form, username: "a b c" }, ParseCode.invalid, "In signUp 'username' must be 3 to 32 characters"],
    [{ ...form, password: "short" }, ParseCode.invalid, "In signUp 'password' must be 8 to 72 bytes long."],
    [{ ...form, password: "é".repeat(37) }, ParseCode.invalid, "In signUp 'password' must be 8 to 72 bytes long."],
    [{ ...form, password: "newcomer1" }, ParseCode.invalid, "In signUp 'password' must not hold the handle."],
    [{ ...form, password: "I am NewComer" }, ParseCode.invalid, "In signUp 'password' must not hold the handle."],
    [{ ...form, password: form.email }, ParseCode.invalid, "In signUp 'password' must not hold the"],
    [{ ...form, email: "nowhere" }, ParseCode.invalid, "In signUp 'email' must be an e-mail address."],
    [{ ...form, name: "x".repeat(65) }, ParseCode.invalid, "In signUp 'name' must be at most 64 characters."],
    [{ ...form, name: "ab\u202ecd" }, ParseCode.invalid, "In signUp 'name' must not hold control characters"],
    [
      { ...form, emailVerified: true },
      ParseCode.invalid,
      "signUp does not know the field 'emailVerified'; leave it out.",
    ],
    [{ ...form, ACL: {} }, ParseCode.invalid, "signUp does not know the field 'ACL'; leave it out."],
    [{ username: "newcomer", email: form.email }, ParseCode.invalid, "signUp needs the field 'password'; give it."],
    [{ ...form, username: 7 }, ParseCode.invalid, "In signUp 'username' must be text."],
  ])("refuses %j", async (body, code, sentence) => {
    const answer = await ask(accounts, "/functions/signUp", { body });
    expect(answer).toMatchObject({ status: 400, body: { code, error: expect.stringContaining(sentence) as string } });
    // The field that the sentence names stands by itself as well.
    expect(answer.body["field"]).toBe(/'(.+?)'/.exec(sentence)?.[1]);
  });
});

describe("signing in and out", () => {
  it("signs in on a second device without signing out the first", async () => {
    const grace = await signUp(accounts, "grace");
    const device = crypto.randomUUID();
    const answer = await ask(accounts, "/login", {
      body: { username: "Grace", password: PASSWORD },
      headers: { "X-Parse-Installation-Id": device },
    });
    expect(answer.status).toBe(200);
    // Nothing of the account but its id: the profile comes with the welcome.
    expect(Object.keys(answer.body).sort()).toEqual(["objectId", "sessionToken"]);
    const token = String(answer.body["sessionToken"]);
    expect((await accounts.accounts.identify(token, device as DeviceId)).ok).toBe(true);
    expect((await identityOf(grace)).user.id).toBe(grace.id);
  });

  it("takes the e-mail address as well", async () => {
    await signUp(accounts, "byemail");
    const answer = await ask(accounts, "/login", { body: { username: "ByEmail@example.org", password: PASSWORD } });
    expect(answer.status).toBe(200);
  });

  it.each([
    [{ username: "grace", password: "wrong password" }, 404, ParseCode.notFound],
    [{ username: "nobody.here", password: "wrong password" }, 404, ParseCode.notFound],
    [{ username: "grace" }, 400, ParseCode.invalid],
    [{ username: { $ne: "" }, password: "wrong password" }, 400, ParseCode.invalid],
    [{ username: "grace", password: PASSWORD, ignoreEmailVerification: true }, 400, ParseCode.invalid],
  ])("refuses %j", async (body, status, code) => {
    expect(await ask(accounts, "/login", { body })).toMatchObject({ status, body: { code } });
  });

  it("[CONN-5] ends a session that is signed out", async () => {
    const linus = await signUp(accounts, "linus");
    const { session } = await identityOf(linus);
    expect(await accounts.accounts.validSessions([session, "unknown"])).toEqual(new Set([session]));
    expect((await ask(accounts, "/logout", { headers: linus.headers })).status).toBe(200);
    expect(await accounts.accounts.validSessions([session])).toEqual(new Set());
    expect(await accounts.accounts.identify(linus.token, linus.device as DeviceId)).toEqual({
      ok: false,
      reason: "invalid",
    });
    expect(await linus.try("listContacts", {})).toMatchObject({
      status: 400,
      body: { code: ParseCode.invalidSession },
    });
  });
});

describe("what a person chose", () => {
  it("is kept", async () => {
    const chooser = await signUp(accounts, "chooser");
    const until = Date.now() + 3_600_000;
    accounts.accounts.saveChoice(chooser.id as UserId, { availability: "away", text: "first" });
    accounts.accounts.saveChoice(chooser.id as UserId, { availability: "dnd", until, text: "in a meeting" });
    const settings = { showBusy: false, secondCall: "busy", letThrough: ["aContact01" as UserId] } as const;
    accounts.accounts.saveSettings(chooser.id as UserId, { ...settings, letThrough: [...settings.letThrough] });
    await expect.poll(async () => (await identityOf(chooser)).settings.showBusy).toBe(false);
    expect(await identityOf(chooser)).toMatchObject({
      chosen: { availability: "dnd", until, text: "in a meeting" },
      settings,
    });
  });

  it("is available again once its time ran out, and its text stays", async () => {
    const chooser = await signUp(accounts, "expired");
    accounts.accounts.saveChoice(chooser.id as UserId, { availability: "dnd", until: Date.now() - 1, text: "lunch" });
    await expect
      .poll(async () => (await identityOf(chooser)).chosen)
      .toEqual({ availability: "available", text: "lunch" });
  });
});

describe("[CALL-14] records of calls", () => {
  it("are kept once, listed for both, and counted while unseen; why it was missed is for the callee alone", async () => {
    const caller = await signUp(accounts, "caller", "Cal");
    const callee = await signUp(accounts, "callee", "Lee");
    const ended = endedCall(caller, callee);
    const told = nextEvent(accounts, (event) => event.type === "missed" && event.of === callee.id);
    accounts.accounts.recordCall(ended);
    accounts.accounts.recordCall(ended);
    expect(await told).toEqual({ type: "missed", of: callee.id, count: 1 });
    const shared = { call: ended.call, media: "video", at: ended.startedAt, seconds: 0 };
    expect(await caller.call("listCalls", {})).toEqual({
      calls: [
        { ...shared, with: { user: callee.id, name: "Lee" }, direction: "out", outcome: "no-answer", seen: true },
      ],
    });
    expect(await callee.call("listCalls", {})).toEqual({
      calls: [
        {
          ...shared,
          with: { user: caller.id, name: "Cal" },
          direction: "in",
          outcome: "missed",
          seen: false,
          missedWhile: "silent",
        },
      ],
    });
    expect((await identityOf(callee)).missed).toBe(1);
    expect((await identityOf(caller)).missed).toBe(0);

    const cleared = nextEvent(accounts, (event) => event.type === "missed" && event.of === callee.id);
    await callee.call("markCallsSeen", {});
    expect(await cleared).toEqual({ type: "missed", of: callee.id, count: 0 });
    expect((await identityOf(callee)).missed).toBe(0);
    expect((await callee.call("listCalls", {})).calls[0]?.seen).toBe(true);
  });

  it("say how long the talk was", async () => {
    const caller = await signUp(accounts, "talker");
    const callee = await signUp(accounts, "listener");
    accounts.accounts.recordCall(
      endedCall(caller, callee, {
        acceptedAt: 1_760_000_005_000,
        endedAt: 1_760_000_067_400,
        reason: "hangup",
        outcomes: { caller: "answered", callee: "answered" },
      }),
    );
    await expect.poll(async () => (await callee.call("listCalls", {})).calls[0]?.seconds).toBe(62);
    expect((await identityOf(callee)).missed).toBe(0);
  });

  it("come in pages, newest first, those of the same instant too", async () => {
    const caller = await signUp(accounts, "pages.caller");
    const callee = await signUp(accounts, "pages.callee");
    const starts = [5, 1, 3, 3, 3, 2, 4].map((second) => 1_760_000_000_000 + second * 1000);
    for (const startedAt of starts) accounts.accounts.recordCall(endedCall(caller, callee, { startedAt }));
    await expect.poll(async () => (await caller.call("listCalls", {})).calls.length).toBe(7);
    const seen: { call: string; at: number }[] = [];
    let before: string | undefined;
    do {
      const page = await caller.call("listCalls", { limit: 2, ...(before === undefined ? {} : { before }) });
      seen.push(...page.calls);
      before = page.next;
    } while (before !== undefined);
    expect(seen.map((record) => record.at)).toEqual(starts.toSorted((a, b) => b - a));
    expect(new Set(seen.map((record) => record.call)).size).toBe(7);
  });

  it("are seen by nobody else", async () => {
    const caller = await signUp(accounts, "own.caller");
    const callee = await signUp(accounts, "own.callee");
    const stranger = await signUp(accounts, "own.stranger");
    accounts.accounts.recordCall(endedCall(caller, callee));
    await expect.poll(async () => (await callee.call("listCalls", {})).calls.length).toBe(1);
    expect(await stranger.call("listCalls", {})).toEqual({ calls: [] });
  });

  it.each([
    [{ limit: 0 }, "In listCalls 'limit' must be at least 1."],
    [{ limit: 101 }, "In listCalls 'limit' must be at most 100."],
    [{ limit: "5" }, "In listCalls 'limit' must be a number."],
    [{ before: "nonsense" }, "In listCalls 'before' must be the `next` of the page in front of it."],
  ])("refuse %j", async (body, error) => {
    const person = await signUp(accounts, `cursor.${crypto.randomUUID().slice(0, 8)}`);
    expect(await person.try("listCalls", body)).toMatchObject({
      status: 400,
      body: { code: ParseCode.invalid, error },
    });
  });
});

it("tells the gateway of contacts with their names", async () => {
  const one = await signUp(accounts, "named.one", "One");
  const two = await signUp(accounts, "named.two", "Two");
  await befriend(one, two);
  expect((await identityOf(one)).contacts).toEqual([{ id: two.id, name: "Two" }]);
});

it("is ready while the database answers", async () => {
  expect(await accounts.accounts.ready()).toBe(true);
});

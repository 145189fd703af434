import { ParseCode, type FunctionName } from "#protocol";
import { beforeAll, describe, expect, it } from "vitest";
import { startAccountsAlone } from "../support/accounts-alone.ts";
import { ask, PASSWORD, signUp, type TestAccounts } from "../support/backend-accounts.ts";

let accounts: TestAccounts;

beforeAll(async () => {
  const started = await startAccountsAlone();
  accounts = started.accounts;
  return started.stop;
});

describe("every function", () => {
  // A new function that is not listed here does not compile: each but those for people without an account needs a session.
  const parameters: Record<Exclude<FunctionName, "signUp" | "signInWithOidc" | "requestPasswordReset">, object> = {
    getProfile: {},
    updateProfile: {},
    setAvatar: { image: "" },
    changePassword: { current: PASSWORD, next: PASSWORD },
    requestVerification: {},
    listSessions: {},
    signOutSession: { session: "a" },
    signOutEverywhere: {},
    exportAccount: {},
    deleteAccount: { password: PASSWORD },
    createInviteLink: { note: "for Mum" },
    listInviteLinks: {},
    withdrawInviteLink: { link: "a" },
    readInviteLink: { code: "a" },
    redeemInviteLink: { code: "a" },
    listContacts: {},
    requestContact: { handle: "ada" },
    acceptContact: { user: "a" },
    declineContact: { user: "a" },
    removeContact: { user: "a" },
    blockContact: { user: "a" },
    unblockContact: { user: "a" },
    listCalls: {},
    markCallsSeen: {},
    getIceServers: {},
  };
  const others = Object.keys(parameters) as (keyof typeof parameters)[];

  it.each(others)("%s needs a session", async (name) => {
    const none = await ask(accounts, `/functions/${name}`, { body: parameters[name] });
    expect(none).toMatchObject({ status: 400, body: { code: ParseCode.invalidSession } });
    const wrong = await ask(accounts, `/functions/${name}`, {
      body: parameters[name],
      headers: { "X-Parse-Session-Token": "r:0123456789abcdef0123456789abcdef" },
    });
    expect(wrong).toMatchObject({ status: 400, body: { code: ParseCode.invalidSession } });
  });

  it.each(others)("%s refuses a field that it does not know", async (name) => {
    const person = await signUp(accounts, `odd.${name.toLowerCase()}`);
    const answer = await person.try(name, { ...parameters[name], extra: 1 });
    expect(answer).toMatchObject({
      status: 400,
      body: { code: ParseCode.invalid, error: `${name} does not know the field 'extra'; leave it out.` },
    });
  });
});

import type { Client } from "pg";
import { beforeAll, expect, it } from "vitest";
import { startAccountsAlone, type AccountsAlone } from "../support/accounts-alone.ts";
import { ask, PASSWORD, signUp, type TestAccounts, type TestPerson } from "../support/backend-accounts.ts";
import { until } from "../support/until.ts";

let stage: AccountsAlone;
let accounts: TestAccounts;
let client: Client;
let alice: TestPerson;
let bob: TestPerson;

beforeAll(async () => {
  stage = await startAccountsAlone();
  ({ client } = stage);
  // With few rows PostgreSQL would read them all, index or not. Of what connects from now on.
  await client.query("ALTER DATABASE beckon SET enable_seqscan = off");
  await stage.restart();
  ({ accounts } = stage);
  [alice, bob] = await stage.people("Alice", "Bob");
  return stage.stop;
});

/** What is asked in earnest, by the index that it is to be found by. */
const LOOKUPS: [string, () => Promise<unknown>][] = [
  ["beckon_reset_token", () => accounts.links.resetOf("no token")],
  ["beckon_verify_token", () => accounts.links.confirmAddress("no token")],
  ["beckon_former_address_token_key", () => accounts.links.formerAddress("no token")],
  [
    "beckon_former_address_email",
    () => ask(accounts, "/functions/requestPasswordReset", { body: { email: "nobody@example.org" } }),
  ],
  ["beckon_invite_hash", () => accounts.links.shownInvite("K7QM-2XPA-9D30-41VB")],
  ["beckon_avatar_file", () => alice.call("setAvatar", { image: "" })],
  ["beckon_shown_file", () => alice.call("setAvatar", { image: "" })],
  ["beckon_avatar_path", () => fetch(new URL("/avatars/abcdefghijklmnopqrstuvwx", accounts.url))],
  ["beckon_shown_path", () => fetch(new URL("/avatars/abcdefghijklmnopqrstuvwx", accounts.url))],
  ["beckon_session_token", () => alice.call("listContacts", {})],
  ["beckon_contact_block", () => alice.try("unblockContact", { user: bob.id })],
  ["beckon_call_caller", erase],
  ["beckon_call_callee", erase],
  ["beckon_invite_owner", erase],
  ["beckon_invite_admits", erase],
  ["beckon_invite_used_by", erase],
];

/** An account that is erased is looked for in everything. */
async function erase(): Promise<void> {
  const gina = await signUp(accounts, `gina-${crypto.randomUUID().slice(0, 8)}`);
  await gina.call("deleteAccount", { password: PASSWORD });
}

it.each(LOOKUPS)("%s is what it is found by", async (index, look) => {
  const scans = async () => {
    const { rows } = await client.query<{ scans: number }>(
      "SELECT idx_scan::int AS scans FROM pg_stat_user_indexes WHERE indexrelname = $1",
      [index],
    );
    expect(rows, index).toHaveLength(1);
    return rows[0]!.scans;
  };
  // A file that nobody names any more, so that there is one to look for.
  await client.query("INSERT INTO beckon_stale_file (name, since) VALUES ('gone', now()) ON CONFLICT DO NOTHING");
  const before = await scans();
  // Its counts are written now and then.
  await until(`a look into ${index}`, async () => {
    await look();
    return (await scans()) > before ? true : undefined;
  });
});

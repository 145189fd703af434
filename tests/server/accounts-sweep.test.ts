import { randomBytes } from "node:crypto";
import type { Client } from "pg";
import { beforeAll, expect, it } from "vitest";
import { ParseCode } from "#protocol";
import { startAccountsAlone, type AccountsAlone } from "../support/accounts-alone.ts";
import { ask } from "../support/backend-accounts.ts";
import { until } from "../support/until.ts";

let stage: AccountsAlone;
let client: Client;

beforeAll(async () => {
  stage = await startAccountsAlone();
  ({ client } = stage);
  return stage.stop;
});

async function sessionOf(user: string, expires: string): Promise<string> {
  const id = randomBytes(5).toString("hex");
  await client.query(
    `INSERT INTO "_Session" ("objectId", "createdAt", "updatedAt", "user", "sessionToken", "expiresAt")
     VALUES ($1, now(), now(), $2, $1, now() + $3::interval)`,
    [id, user, expires],
  );
  return id;
}

it("sessions that have expired, and those of nobody, are gone after the next start; every other one stays", async () => {
  const [sam] = await stage.people("Sam");
  const dead = [await sessionOf(sam.id, "-1 second"), await sessionOf("nobody", "1 day")];
  const live = await sessionOf(sam.id, "1 minute");
  await stage.restart();
  const left = async () => (await client.query<{ id: string }>(`SELECT "objectId" AS id FROM "_Session"`)).rows;
  await until("end of the dead sessions", async () =>
    (await left()).some(({ id }) => dead.includes(id)) ? undefined : true,
  );
  expect((await left()).map(({ id }) => id)).toContain(live);
  expect((await ask(stage.accounts, "/functions/listContacts", { headers: sam.headers, body: {} })).status).toBe(200);
});

it("no invite link is left of an account that is erased while the link is made", async () => {
  const [sam] = await stage.people("Sam");
  // Whoever erases an account holds its row, and removes its links before it.
  await client.query("BEGIN");
  await client.query(`SELECT 1 FROM "_User" WHERE "objectId" = $1 FOR UPDATE`, [sam.id]);
  await client.query(`DELETE FROM "InviteLink" WHERE "owner" = $1`, [sam.id]);
  const made = sam.try("createInviteLink", {});
  await until("link that waits or is there", async () => {
    const { rows } = await client.query("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'");
    return rows.length > 0 ? true : undefined;
  });
  await client.query(`DELETE FROM "_User" WHERE "objectId" = $1`, [sam.id]);
  await client.query("COMMIT");
  expect(await made).toMatchObject({ status: 400, body: { code: ParseCode.invalidSession } });
  expect((await client.query(`SELECT 1 FROM "InviteLink" WHERE "owner" = $1`, [sam.id])).rows).toEqual([]);
});

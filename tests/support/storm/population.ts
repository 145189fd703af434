import { randomBytes, randomUUID } from "node:crypto";
import type { DeviceId, UserId } from "#protocol";
import type { Client } from "pg";
import { newRowId, readableBy } from "../../../server/accounts/rows.ts";
import { connectTo } from "../database-client.ts";

/** Someone with an account, a session, contacts, and an address of their own. */
export interface Inhabitant {
  user: UserId;
  token: string;
  device: DeviceId;
  contacts: UserId[];
  address: string;
}

/** As many rows in one statement as PostgreSQL takes well. */
const BATCH = 5_000;

/**
 * Puts people with sessions and contacts straight into the database, in the shape in which the accounts keep them:
 * signing up 5,000 takes half an hour. Each is a contact of those next to them in a ring.
 */
export async function settle(databaseUri: string, people: number, contacts: number): Promise<Inhabitant[]> {
  const inhabitants = inhabitantsOf(people, contacts);
  const client = await connectTo(databaseUri);
  try {
    for (const batch of batches(inhabitants)) await addPeople(client, batch);
    for (const batch of batches(wishesOf(inhabitants))) await addWishes(client, batch);
    // What PostgreSQL does by itself within a minute.
    await client.query("ANALYZE");
  } finally {
    await client.end();
  }
  return inhabitants;
}

function inhabitantsOf(people: number, contacts: number): Inhabitant[] {
  const ids = Array.from({ length: people }, () => randomBytes(5).toString("hex") as UserId);
  const steps = Array.from({ length: contacts / 2 }, (_, at) => at + 1);
  return ids.map((user, at) => ({
    user,
    token: `r:${randomBytes(16).toString("hex")}`,
    device: randomUUID() as DeviceId,
    // Both neighbours at each distance; the remainder of a division by people is a place in the ring.
    contacts: steps.flatMap((step) => [ids[(at + step) % people]!, ids[(at - step + people) % people]!]),
    address: `10.${String(at >> 16)}.${String((at >> 8) & 255)}.${String(at & 255)}`,
  }));
}

async function addPeople(client: Client, people: Inhabitant[]): Promise<void> {
  const users = people.map(({ user }) => user);
  await client.query(
    `INSERT INTO "_User" ("objectId", "createdAt", "updatedAt", "_rperm", "_wperm", "username", "email", "name")
     SELECT id, now(), now(), ARRAY[id], ARRAY[id], 'person-' || id, id || '@example.org', 'Person ' || id
     FROM unnest($1::text[]) AS id`,
    [users],
  );
  await client.query(
    `INSERT INTO "_Session" ("objectId", "createdAt", "updatedAt", "user", "sessionToken", "installationId", "expiresAt")
     SELECT session, now(), now(), person, token, device, now() + interval '30 days'
     FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS row(session, person, token, device)`,
    [users.map(() => newRowId()), users, people.map(({ token }) => token), people.map(({ device }) => device)],
  );
}

interface Wish {
  owner: UserId;
  target: UserId;
}

function wishesOf(people: Inhabitant[]): Wish[] {
  return people.flatMap(({ user, contacts }) => contacts.map((target) => ({ owner: user, target })));
}

async function addWishes(client: Client, wishes: Wish[]): Promise<void> {
  await client.query(
    `INSERT INTO "Contact" ("objectId", "createdAt", "updatedAt", "_rperm", "_wperm", "owner", "target", "handle")
     SELECT id, now(), now(), ARRAY[owner], $4::text[], owner, target, 'person-' || target
     FROM unnest($1::text[], $2::text[], $3::text[]) AS row(id, owner, target)`,
    [
      wishes.map(() => newRowId()),
      wishes.map(({ owner }) => owner),
      wishes.map(({ target }) => target),
      readableBy().write,
    ],
  );
}

function* batches<T>(all: readonly T[]): Iterable<T[]> {
  for (let from = 0; from < all.length; from += BATCH) yield all.slice(from, from + BATCH);
}

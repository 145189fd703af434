import type { Migration } from "../database/schema-version.ts";

/**
 * The steps from an empty database to the present shape, run after Parse has made its classes and columns. A step that
 * was released is never changed: a data folder may be older than any of them.
 */
export const MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    name: "one wish of one person for another",
    run: async (database) => {
      // Of doubles the oldest stays: it says since when.
      await database.rows(`
        DELETE FROM "Contact" AS later USING "Contact" AS first
        WHERE later."owner" = first."owner"
          AND coalesce(later."target", '@' || later."handle") = coalesce(first."target", '@' || first."handle")
          AND (first."createdAt", first."objectId") < (later."createdAt", later."objectId")`);
      await database.rows(
        `CREATE UNIQUE INDEX beckon_contact_pair ON "Contact" ("owner", "target") WHERE "target" IS NOT NULL`,
      );
      await database.rows(
        `CREATE UNIQUE INDEX beckon_contact_handle ON "Contact" ("owner", "handle") WHERE "target" IS NULL`,
      );
      await database.rows(`CREATE INDEX beckon_contact_target ON "Contact" ("target")`);
    },
  },
  {
    version: 2,
    name: "one record of one call, found by each of its people",
    run: async (database) => {
      await database.rows(`
        DELETE FROM "Call" AS later USING "Call" AS first
        WHERE later."call" = first."call" AND first."objectId" < later."objectId"`);
      await database.rows(`CREATE UNIQUE INDEX beckon_call_id ON "Call" ("call")`);
      await database.rows(`CREATE INDEX beckon_call_caller ON "Call" ("caller", "startedAt" DESC, "objectId" DESC)`);
      await database.rows(`CREATE INDEX beckon_call_callee ON "Call" ("callee", "startedAt" DESC, "objectId" DESC)`);
      await database.rows(
        `CREATE INDEX beckon_call_missed ON "Call" ("callee") WHERE "calleeOutcome" = 'missed' AND NOT "seen"`,
      );
    },
  },
  {
    version: 3,
    name: "a session is found by its token",
    run: async (database) => {
      await database.rows(`CREATE INDEX beckon_session_token ON "_Session" ("sessionToken")`);
      await database.rows(`CREATE INDEX beckon_session_user ON "_Session" ("user")`);
    },
  },
  {
    version: 4,
    name: "requests are counted by the handle they are made at",
    run: async (database) => {
      await database.rows(`CREATE INDEX beckon_contact_asked ON "Contact" ("handle")`);
    },
  },
  {
    version: 5,
    name: "second calls wait",
    run: async (database) => {
      // The server took no other choice than `busy` before, so whoever has it kept has not chosen it.
      await database.rows(
        `UPDATE "_User" SET "settings" = "settings" - 'secondCall' WHERE "settings" ->> 'secondCall' = 'busy'`,
      );
    },
  },
  {
    version: 6,
    name: "a contact list is found by its owner",
    run: async (database) => {
      // Each of the two unique ones covers a part of a list only, so that reading one list would read everyone's.
      await database.rows(`CREATE INDEX beckon_contact_owner ON "Contact" ("owner")`);
    },
  },
  {
    version: 7,
    name: "a call has its row from the invite on",
    run: async (database) => {
      // Until now a row was written at the end of a call alone.
      await database.rows(`UPDATE "Call" SET "state" = 'ended' WHERE "state" IS NULL`);
      await database.rows(`CREATE INDEX beckon_call_open ON "Call" ("call") WHERE "state" <> 'ended'`);
      await database.rows(`CREATE INDEX beckon_call_ended ON "Call" ("endedAt" DESC) WHERE "state" = 'ended'`);
    },
  },
  {
    version: 8,
    name: "one block of one person by another, beside their wish",
    run: async (database) => {
      await database.rows(`DROP INDEX beckon_contact_pair`);
      await database.rows(
        `CREATE UNIQUE INDEX beckon_contact_pair ON "Contact" ("owner", "target")
         WHERE "target" IS NOT NULL AND "blocks" IS NOT TRUE`,
      );
      await database.rows(`CREATE UNIQUE INDEX beckon_contact_block ON "Contact" ("owner", "target") WHERE "blocks"`);
    },
  },
  {
    version: 9,
    name: "an invite link is found by the hash of its code",
    run: async (database) => {
      await database.rows(`CREATE UNIQUE INDEX beckon_invite_hash ON "InviteLink" ("hash")`);
      await database.rows(`CREATE INDEX beckon_invite_owner ON "InviteLink" ("owner")`);
      await database.rows(`CREATE INDEX beckon_invite_expires ON "InviteLink" ("expires")`);
    },
  },
  {
    version: 10,
    name: "a picture is found by its path, and a block keeps what its target goes on seeing",
    run: async (database) => {
      await database.rows(`CREATE UNIQUE INDEX beckon_avatar_path ON "_User" (("avatar" ->> 'path'))`);
      await database.rows(
        `CREATE INDEX beckon_shown_path ON "Contact" (("shown" -> 'avatar' ->> 'path')) WHERE "blocks"`,
      );
      // Files that a row names no longer, or not yet.
      await database.rows(
        "CREATE TABLE beckon_stale_file (name text PRIMARY KEY, since timestamptz NOT NULL DEFAULT now())",
      );
      await database.rows(`
        UPDATE "Contact" AS block SET "shown" = jsonb_build_object(
          'handle', u."username", 'name', coalesce(u."name", u."username"))
        FROM "_User" AS u WHERE block."blocks" AND u."objectId" = block."owner"`);
    },
  },
  {
    version: 11,
    name: "an address counts until another one is proved",
    run: async (database) => {
      await database.rows(`
        CREATE TABLE beckon_former_address (
          "user" text PRIMARY KEY,
          "email" text,
          "emailVerified" boolean NOT NULL,
          "token" text NOT NULL UNIQUE,
          "since" timestamptz NOT NULL DEFAULT now())`);
      await database.rows(`CREATE INDEX beckon_former_address_email ON beckon_former_address ("email")`);
    },
  },
  {
    version: 12,
    name: "links and files are found without reading everyone",
    run: async (database) => {
      await database.rows(
        `CREATE INDEX beckon_reset_token ON "_User" ("_perishable_token") WHERE "_perishable_token" IS NOT NULL`,
      );
      await database.rows(
        `CREATE INDEX beckon_verify_token ON "_User" ("_email_verify_token") WHERE "_email_verify_token" IS NOT NULL`,
      );
      await database.rows(`CREATE INDEX beckon_avatar_file ON "_User" (("avatar" ->> 'file'))`);
      await database.rows(
        `CREATE INDEX beckon_shown_file ON "Contact" (("shown" -> 'avatar' ->> 'file')) WHERE "blocks"`,
      );
    },
  },
  {
    version: 13,
    name: "calls of people who are no contacts keep their names",
    run: async (database) => {
      // What they were called when the contact ended was never written; nobody learns more than until now.
      const seen = (person: string, viewer: string) => `coalesce((
        SELECT veil."shown" ->> 'name' FROM "Contact" AS veil
        WHERE veil."blocks" AND veil."owner" = ${person}."objectId" AND veil."target" = ${viewer}."objectId"
      ), ${person}."name", ${person}."username")`;
      const wishes = (owner: string, target: string) => `EXISTS (
        SELECT 1 FROM "Contact" AS wish WHERE wish."owner" = ${owner}."objectId"
          AND wish."target" = ${target}."objectId" AND wish."blocks" IS NOT TRUE)`;
      await database.rows(`
        UPDATE "Call" AS c SET "callerName" = ${seen("caller", "callee")}, "calleeName" = ${seen("callee", "caller")}
        FROM "_User" AS caller, "_User" AS callee
        WHERE caller."objectId" = c."caller" AND callee."objectId" = c."callee"
          AND NOT (${wishes("caller", "callee")} AND ${wishes("callee", "caller")})`);
    },
  },
  {
    version: 14,
    name: "whoever erases an account reads nobody else's links",
    run: async (database) => {
      await database.rows(`CREATE INDEX beckon_invite_admits ON "InviteLink" ("admits") WHERE "admits" IS NOT NULL`);
      await database.rows(`CREATE INDEX beckon_invite_used_by ON "InviteLink" ("usedBy") WHERE "usedBy" IS NOT NULL`);
    },
  },
];

import { createRequire } from "node:module";
import { ParseCode, UserId } from "#protocol";
import * as v from "valibot";
import type { DatabasePool } from "../database/pool.ts";
import type { Alone } from "./alone.ts";
import type { Caller } from "./caller.ts";
import { endSessions } from "./devices.ts";
import type { PasswordTries } from "./password-tries.ts";
import { passwordProblem } from "./passwords.ts";
import { Refusal, sessionOver, tooMany, wrongField } from "./refusals.ts";

/** Parse's own way of keeping a password. It tells nothing of its types, and a sign-in goes through these two. */
const hashing = createRequire(import.meta.url)("parse-server/lib/password.js") as {
  hash(password: string): Promise<string>;
  compare(password: string, hash: string): Promise<boolean>;
};

/** Where there is no password, whoever acts must have signed in so lately. */
const FRESH = "10 minutes";

const Row = v.object({
  id: UserId,
  handle: v.string(),
  email: v.nullable(v.string()),
  hash: v.nullable(v.string()),
  isFresh: v.boolean(),
});
type Row = v.InferOutput<typeof Row>;

const READ = `
  SELECT u."objectId" AS id, u."username" AS handle, u."email" AS email, u."_hashed_password" AS hash,
    s."createdAt" > now() - $2::interval AS "isFresh"
  FROM "_Session" AS s JOIN "_User" AS u ON u."objectId" = s."user" WHERE s."objectId" = $1`;

/** What a person does with the password of their own account. */
export class OwnPassword {
  readonly #database: DatabasePool;
  readonly #alone: Alone;
  readonly #tries: PasswordTries;

  constructor(database: DatabasePool, alone: Alone, tries: PasswordTries) {
    this.#database = database;
    this.#alone = alone;
    this.#tries = tries;
  }

  /** Throws unless the password is right; or, where the account has none, unless the session is fresh. */
  async prove(caller: Caller, password: string | undefined): Promise<void> {
    const account = await this.#read(caller);
    if (account.hash !== null) await this.#prove(caller, account.hash, password);
    else if (!account.isFresh) {
      throw new Refusal(ParseCode.invalid, "Sign in anew first, and do this within ten minutes.");
    }
  }

  /**
   * Whether the caller is shown to be the account's person: by its password, or where it has none, by a fresh session.
   * Throws where a password is given and wrong.
   */
  async isProven(caller: Caller, password: string | undefined): Promise<boolean> {
    const account = await this.#read(caller);
    if (account.hash === null) return account.isFresh;
    if (password === undefined) return false;
    await this.#prove(caller, account.hash, password);
    return true;
  }

  /** Ends every other session. An account without a password gets its first. */
  async change(caller: Caller, current: string | undefined, next: string): Promise<void> {
    const account = await this.#read(caller);
    if (account.hash !== null) await this.#prove(caller, account.hash, current);
    const problem = passwordProblem(next, { handle: account.handle, email: account.email ?? undefined });
    if (problem !== undefined) throw wrongField("next", `In changePassword 'next' ${problem}.`);
    const hash = await hashing.hash(next);
    await this.#alone(async (database, tell) => {
      const kept = await database.rows(
        `UPDATE "_User" SET "_hashed_password" = $2, "_perishable_token" = NULL, "_perishable_token_expires_at" = NULL,
           "updatedAt" = now()
         WHERE "objectId" = $1 AND "_hashed_password" IS NOT DISTINCT FROM $3 RETURNING 1`,
        [account.id, hash, account.hash],
      );
      // Somebody else has changed it meanwhile, who may not be the same person.
      if (kept.length === 0) throw wrong();
      const ended = await endSessions(database, account.id, caller.session);
      if (ended.length > 0) tell({ type: "sessions-ended", sessions: ended.map(({ id }) => id) });
    });
  }

  async #read({ session }: Caller): Promise<Row> {
    const [row] = await this.#database.rows(READ, [session, FRESH]);
    if (row === undefined) throw sessionOver();
    return v.parse(Row, row);
  }

  /** Counted as a sign-in is: whoever holds a session may still be a stranger. */
  async #prove({ user, address, device }: Caller, hash: string, password: string | undefined): Promise<void> {
    if (password === undefined) throw new Refusal(ParseCode.invalid, "Your account has a password; give it.");
    const made = await this.#tries.begin({ account: user.handle, address, device });
    if (made.waitMs !== undefined) throw tooMany(made.waitMs);
    const isRight = await hashing.compare(password, hash);
    await (isRight ? made.right() : made.wrong());
    if (!isRight) throw wrong();
  }
}

/** As a sign-in says it. */
function wrong(): Refusal {
  return new Refusal(ParseCode.notFound, "The password is wrong; type it again.");
}

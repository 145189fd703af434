import { createRequire } from "node:module";
import { ParseCode, UserId, type OidcProof } from "#protocol";
import * as v from "valibot";
import type { DatabasePool } from "../database/pool.ts";
import type { Alone } from "./alone.ts";
import type { Caller } from "./caller.ts";
import { endSessions } from "./devices.ts";
import { renewFormer } from "./former-address.ts";
import { PROVIDER_ID, type OidcRedeem } from "./oidc-sign-in.ts";
import type { PasswordTries } from "./password-tries.ts";
import { passwordProblem } from "./passwords.ts";
import { Refusal, sessionOver, tooMany, wrongField } from "./refusals.ts";

/** Parse's own way of keeping a password. It tells nothing of its types, and a sign-in goes through these two. */
const hashing = createRequire(import.meta.url)("parse-server/lib/password.js") as {
  hash(password: string): Promise<string>;
  compare(password: string, hash: string): Promise<boolean>;
};

const Row = v.object({
  id: UserId,
  handle: v.string(),
  email: v.nullable(v.string()),
  hash: v.nullable(v.string()),
  providerId: v.nullable(v.string()),
});
type Row = v.InferOutput<typeof Row>;

const READ = `
  SELECT u."objectId" AS id, u."username" AS handle, u."email" AS email, u."_hashed_password" AS hash,
    ${PROVIDER_ID} AS "providerId"
  FROM "_Session" AS s JOIN "_User" AS u ON u."objectId" = s."user" WHERE s."objectId" = $1`;

export interface OwnPasswordParts {
  database: DatabasePool;
  alone: Alone;
  tries: PasswordTries;
  /** Undefined where the operator has no provider. */
  redeem: OidcRedeem | undefined;
}

/** By what a person shows that an account is theirs: its password, or a sign-in at the provider for this very act. */
export interface Given {
  password?: string | undefined;
  proof?: OidcProof | undefined;
}

/** What a person does with the password of their own account, and what takes it. */
export class OwnPassword {
  readonly #parts: OwnPasswordParts;

  constructor(parts: OwnPasswordParts) {
    this.#parts = parts;
  }

  /** Throws unless the caller is shown to be the account's person. A session alone shows nothing. [DEC-60] */
  async prove(caller: Caller, given: Given): Promise<void> {
    await this.#hold(caller, await this.#read(caller), given);
  }

  /** Whether the caller is shown to be the account's person. Throws where what was given is wrong. */
  async isProven(caller: Caller, given: Given): Promise<boolean> {
    if (given.password === undefined && given.proof === undefined) return false;
    await this.prove(caller, given);
    return true;
  }

  /** Ends every other session. An account without a password gets its first. */
  async change(caller: Caller, given: Given, next: string): Promise<void> {
    const account = await this.#read(caller);
    // First, since a proof is of use once.
    const problem = passwordProblem(next, { handle: account.handle, email: account.email ?? undefined });
    if (problem !== undefined) throw wrongField("next", `In changePassword 'next' ${problem}.`);
    await this.#hold(caller, account, given);
    const hash = await hashing.hash(next);
    await this.#parts.alone(async (database, tell) => {
      const kept = await database.rows(
        `UPDATE "_User" SET "_hashed_password" = $2, "_perishable_token" = NULL, "_perishable_token_expires_at" = NULL,
           "updatedAt" = now()
         WHERE "objectId" = $1 AND "_hashed_password" IS NOT DISTINCT FROM $3 RETURNING 1`,
        [account.id, hash, account.hash],
      );
      // Somebody else has changed it meanwhile, who may not be the same person.
      if (kept.length === 0) throw wrong();
      if (account.hash === null) await renewFormer(database, account.id);
      const ended = await endSessions(database, account.id, caller.session);
      if (ended.length > 0) tell({ type: "sessions-ended", sessions: ended.map(({ id }) => id) });
    });
  }

  async #read({ session }: Caller): Promise<Row> {
    const [row] = await this.#parts.database.rows(READ, [session]);
    if (row === undefined) throw sessionOver();
    return v.parse(Row, row);
  }

  async #hold(caller: Caller, { hash, providerId }: Row, { password, proof }: Given): Promise<void> {
    if (proof !== undefined) this.#holdProof(providerId, proof);
    else if (hash !== null) await this.#holdPassword(caller, hash, password);
    else throw new Refusal(ParseCode.invalid, "Your account has no password; sign in anew at the provider for this.");
  }

  /** A sign-in there as somebody else is as wrong as another's password. */
  #holdProof(providerId: string | null, { code, verifier }: OidcProof): void {
    const person = this.#parts.redeem?.(code, verifier, "proof");
    if (person === undefined) {
      throw new Refusal(ParseCode.invalid, "This proof is over, or its verifier is another; begin anew.");
    }
    if (person.id === providerId) return;
    throw new Refusal(ParseCode.notFound, "You signed in there as somebody else; sign in as who owns this account.");
  }

  /** Counted as a sign-in is: whoever holds a session may still be a stranger. */
  async #holdPassword({ user, address, device }: Caller, hash: string, password: string | undefined): Promise<void> {
    if (password === undefined) throw new Refusal(ParseCode.invalid, "Your account has a password; give it.");
    const made = await this.#parts.tries.begin({ account: user.handle, address, device });
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

import { ADDRESS_PATH, ParseCode, RESET_PATH, UserId, VERIFY_PATH } from "#protocol";
import { randomBytes } from "node:crypto";
import * as v from "valibot";
import type { Database, DatabasePool } from "../database/pool.ts";
import type { Mail, Recipient } from "../mail/mail.ts";
import { askedLanguage } from "./asked-language.ts";
import { reachedAt, settleFormer } from "./former-address.ts";
import { Counter, type Limit } from "./rate-limits.ts";
import { Refusal, tooMany } from "./refusals.ts";
import type { WriteBehind } from "./write-behind.ts";

/** How long a link in a mail works. */
export const VERIFY_SECONDS = 7 * 24 * 60 * 60;
export const RESET_SECONDS = 60 * 60;

export interface LetterParts {
  database: DatabasePool;
  behind: WriteBehind;
  mail: Mail;
  publicUrl: () => string;
  /** Mails of one kind to one address. */
  perRecipient: Limit;
}

const Row = v.object({ email: v.string(), handle: v.string() });

/** The mails of the accounts: each names a token that the account keeps until it is used or expires. */
export class Letters {
  readonly #parts: LetterParts;
  readonly #verifications: Counter;
  readonly #resets: Counter;
  readonly #notices: Counter;

  constructor(parts: LetterParts) {
    this.#parts = parts;
    this.#verifications = new Counter(parts.perRecipient);
    this.#resets = new Counter(parts.perRecipient);
    this.#notices = new Counter(parts.perRecipient);
  }

  /** For an address that an account was just given, with the token that Parse made for it. */
  async verify(email: string, handle: string, token: string): Promise<void> {
    const to = { address: email, handle, language: askedLanguage() };
    if ((await this.#verifications.count(email)) === undefined) this.#sendVerification(to, token);
  }

  /** For the address that an account has now, if it is not confirmed. Sent behind. */
  verification(user: UserId): void {
    const language = askedLanguage();
    this.#parts.behind.add(`verification ${user}`, async () => {
      const token = newToken();
      const to = await this.#renew(user, token);
      if (to !== undefined && (await this.#verifications.count(to.address)) === undefined) {
        this.#sendVerification({ ...to, language }, token);
      }
    });
  }

  /**
   * To the address that the account had until now: anybody's, since nobody need have confirmed it. By a token it is taken
   * back, where it still counts.
   */
  async addressChanged(email: string, handle: string, token?: string): Promise<void> {
    const to = { address: email, handle, language: askedLanguage() };
    if ((await this.#notices.count(email)) !== undefined) return;
    if (token === undefined) this.#parts.mail.addressChanged(to);
    else this.#parts.mail.addressHeld(to, this.#linkOf(ADDRESS_PATH, token));
  }

  /** Once more, as the account's owner asks. */
  async verifyAgain(user: UserId): Promise<void> {
    const { database } = this.#parts;
    const [asked] = await database.rows<{ email: string | null; verified: boolean | null }>(
      `SELECT "email", "emailVerified" AS verified FROM "_User" WHERE "objectId" = $1`,
      [user],
    );
    if (asked === undefined || asked.email === null) {
      throw new Refusal(ParseCode.invalid, "Your account has no e-mail address; give one first.");
    }
    if (asked.verified === true) return;
    const waitMs = await this.#verifications.count(asked.email);
    if (waitMs !== undefined) throw tooMany(waitMs);
    const token = newToken();
    const to = await this.#renew(user, token);
    // Another address has its own mail.
    if (to?.address === asked.email) this.#sendVerification(to, token);
  }

  /**
   * Answers before anything is looked up, so that neither words nor time tell whether anybody has the address. What is too
   * often for one address is passed over.
   */
  async reset(email: string): Promise<void> {
    if ((await this.#resets.count(email)) !== undefined) return;
    const language = askedLanguage();
    this.#parts.behind.add(`reset ${email}`, async () => {
      for (const user of await reachedAt(this.#parts.database, email)) {
        const given = await giveResetToken(this.#parts.database, user);
        if (given === undefined) continue;
        const to = { address: email, handle: given.handle, language };
        this.#parts.mail.passwordReset(to, this.#linkOf(RESET_PATH, given.token));
      }
    });
  }

  /** Gives an account with an address that is not confirmed a new token for it. */
  async #renew(user: UserId, token: string): Promise<Recipient | undefined> {
    const [row] = await this.#parts.database.rows(
      `UPDATE "_User" SET "emailVerified" = false, "_email_verify_token" = $2,
         "_email_verify_token_expires_at" = now() + make_interval(secs => $3), "updatedAt" = now()
       WHERE "objectId" = $1 AND "email" IS NOT NULL AND "emailVerified" IS NOT TRUE
       RETURNING "email", "username" AS handle`,
      [user, token, VERIFY_SECONDS],
    );
    return row === undefined ? undefined : recipientOf(row);
  }

  #sendVerification(to: Recipient, token: string): void {
    this.#parts.mail.verification(to, this.#linkOf(VERIFY_PATH, token));
  }

  #linkOf(path: string, token: string): string {
    return `${this.#parts.publicUrl()}${path}?token=${encodeURIComponent(token)}`;
  }
}

function recipientOf(row: unknown): Recipient {
  const { email, handle } = v.parse(Row, row);
  return { address: email, handle, language: askedLanguage() };
}

/** A new token for a new password, in place of the former. */
export async function giveResetToken(
  database: Database,
  user: UserId,
): Promise<{ handle: string; token: string } | undefined> {
  const token = newToken();
  const [row] = await database.rows<{ handle: string }>(
    `UPDATE "_User" SET "_perishable_token" = $2, "_perishable_token_expires_at" = now() + make_interval(secs => $3)
     WHERE "objectId" = $1 RETURNING "username" AS handle`,
    [user, token, RESET_SECONDS],
  );
  return row === undefined ? undefined : { handle: row.handle, token };
}

function newToken(): string {
  return randomBytes(24).toString("base64url");
}

export async function removeExpiredTokens(database: Database): Promise<void> {
  await database.rows(
    `UPDATE "_User" SET "_perishable_token" = NULL, "_perishable_token_expires_at" = NULL
     WHERE "_perishable_token_expires_at" <= now()`,
  );
  await database.rows(
    `UPDATE "_User" SET "_email_verify_token" = NULL, "_email_verify_token_expires_at" = NULL
     WHERE "_email_verify_token_expires_at" <= now()`,
  );
  await settleFormer(database);
}

import { Password, UserId } from "#protocol";
import * as v from "valibot";
import type { DatabasePool } from "../database/pool.ts";
import type { Alone, Tell } from "./alone.ts";
import { endSessions } from "./devices.ts";
import { formerOf, takeBack } from "./former-address.ts";
import { findInvite } from "./invite-rows.ts";
import { giveResetToken } from "./letters.ts";
import type { ParseUsers } from "./parse-mail.ts";
import { passwordProblem } from "./passwords.ts";

/** What came of a new password. */
export type ResetOutcome = "done" | "stale" | "wrong-length" | "holds-account";

/** Whoever invites, as a stranger may see them before there is any account. */
export interface ShownInvite {
  /** Undefined where the operator invites. */
  name: string | undefined;
  expires: number;
}

/** What the links in mails and messages lead to. Whoever holds one needs no session. */
export interface AccountLinks {
  /** Answers whether the token held. */
  confirmAddress(token: string): Promise<boolean>;
  /** Whose password a token changes; undefined where it does not hold. */
  resetOf(token: string): Promise<{ handle: string } | undefined>;
  /** Changes the password, once, and ends every session. */
  resetPassword(token: string, password: string): Promise<ResetOutcome>;
  /** Which address a token takes back; undefined where it does not hold. */
  formerAddress(token: string): Promise<string | undefined>;
  /** Takes the address back, once, and ends every session. Answers a token for a new password; undefined where it does not hold. */
  takeAddressBack(token: string): Promise<string | undefined>;
  /** Undefined where the code does not exist, has expired, was used or withdrawn: it is not said which. */
  shownInvite(code: string): Promise<ShownInvite | undefined>;
}

export interface AccountLinkParts {
  database: DatabasePool;
  users: ParseUsers;
  alone: Alone;
  tell: Tell;
}

const Account = v.object({ id: UserId, handle: v.string(), email: v.nullable(v.string()) });

export function accountLinks({ database, users, alone, tell }: AccountLinkParts): AccountLinks {
  const accountOf = async (token: string) => {
    const [row] = await database.rows(
      `SELECT "objectId" AS id, "username" AS handle, "email" AS email FROM "_User"
       WHERE "_perishable_token" = $1 AND "_perishable_token_expires_at" > now()`,
      [token],
    );
    return row === undefined ? undefined : v.parse(Account, row);
  };
  return {
    confirmAddress: async (token) => {
      const rows = await database.rows(
        `UPDATE "_User" SET "emailVerified" = true, "_email_verify_token" = NULL, "_email_verify_token_expires_at" = NULL,
           "updatedAt" = now()
         WHERE "_email_verify_token" = $1 AND "_email_verify_token_expires_at" > now() RETURNING 1`,
        [token],
      );
      return rows.length > 0;
    },
    resetOf: async (token) => {
      const account = await accountOf(token);
      return account === undefined ? undefined : { handle: account.handle };
    },
    resetPassword: async (token, password) => {
      const account = await accountOf(token);
      if (account === undefined) return "stale";
      if (!v.is(Password, password)) return "wrong-length";
      const { id, handle, email } = account;
      if (passwordProblem(password, { handle, email: email ?? undefined }) !== undefined) return "holds-account";
      const sessions = await database.rows<{ id: string }>(
        `SELECT "objectId" AS id FROM "_Session" WHERE "user" = $1`,
        [id],
      );
      // Whoever came by the former address has it again, and not somebody who had no more than a session.
      await alone((inside) => takeBack(inside, id));
      try {
        await users.updatePassword(token, password);
      } catch (error) {
        // Parse rejects with bare sentences. Where the token is gone somebody was faster with it.
        if ((await accountOf(token)) === undefined) return "stale";
        throw error instanceof Error ? error : new Error("Parse did not change a password.", { cause: error });
      }
      tell({ type: "sessions-ended", sessions: sessions.map((session) => session.id) });
      return "done";
    },
    formerAddress: async (token) => (await formerOf(database, token))?.email,
    takeAddressBack: async (token) =>
      alone(async (inside, tell) => {
        const account = await formerOf(inside, token);
        if (account === undefined) return undefined;
        await takeBack(inside, account.id);
        const ended = await endSessions(inside, account.id, "");
        tell({ type: "sessions-ended", sessions: ended.map(({ id }) => id) });
        return (await giveResetToken(inside, account.id))?.token;
      }),
    shownInvite: async (code) => {
      const invite = await findInvite(database, code);
      if (invite === undefined || invite.usedBy !== undefined) return undefined;
      return { name: invite.owner?.name, expires: invite.expires };
    },
  };
}

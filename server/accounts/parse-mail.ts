import * as v from "valibot";
import type { Logger } from "../logger.ts";
import type { Letters } from "./letters.ts";

/** What Parse hands to its adapter of e-mail, as far as it is used. */
interface ParseLetter {
  link: string;
  user: { get(field: string): unknown };
}

const Addressee = v.object({ email: v.string(), handle: v.string() });

/**
 * Parse's way to write to people: it makes a token whenever an account's address is new, and tells of it here. Everything
 * else goes out by {@link Letters} alone.
 */
export function emailAdapter(letters: Letters) {
  return {
    // Parse wants it to be there.
    sendMail: () => Promise.resolve(),
    sendVerificationEmail: ({ link, user }: ParseLetter): Promise<void> => {
      const { email, handle } = v.parse(Addressee, { email: user.get("email"), handle: user.get("username") });
      return letters.verify(email, handle, new URL(link).searchParams.get("token") ?? "");
    },
  };
}

/** Parse's controller of accounts, as far as it is used. */
export interface ParseUsers {
  sendVerificationEmail(...about: unknown[]): Promise<void>;
  updatePassword(token: string, password: string): Promise<unknown>;
}

/**
 * Parse does not wait for the mail to a new address, and what goes wrong with that would end the process: an address that
 * changes twice in a moment is enough. The owner can ask for the mail again.
 */
export function catchLostLetters(users: ParseUsers, logger: Logger): void {
  const send = users.sendVerificationEmail.bind(users);
  users.sendVerificationEmail = async (...about) => {
    await send(...about).catch((error: unknown) => {
      logger.warn("a mail about a new address was not written", { error });
    });
  };
}

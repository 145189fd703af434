import { ParseCode } from "#protocol";
import type { Config } from "../config.ts";
import type { Logger } from "../logger.ts";
import type { Contacts } from "./contacts.ts";
import type { Invites } from "./invites.ts";
import { Refusal } from "./refusals.ts";
import type { NewAccount } from "./sign-up.ts";

export interface NewcomerParts {
  registration: Config["registration"];
  invites: Invites;
  contacts: Contacts;
  logger: Logger;
}

/** Lets new people in as the operator wishes, whichever way they sign up. */
export class Newcomers {
  readonly #parts: NewcomerParts;

  constructor(parts: NewcomerParts) {
    this.#parts = parts;
  }

  /** Throws a {@link Refusal} where they may not come in. */
  async admit(invite: string | undefined, make: () => Promise<NewAccount>): Promise<NewAccount> {
    const { registration, invites, contacts, logger } = this.#parts;
    if (registration === "closed") {
      throw new Refusal(ParseCode.forbidden, "This server takes no new accounts; ask whoever runs it for one.");
    }
    const account = registration === "open" ? await make() : await invites.admit(invite, make);
    await contacts.adopt(account.user).catch((error: unknown) => {
      // The account is made; that nobody's request waits for it is no reason to say otherwise.
      logger.warn("requests to a new account were not handed over", { error });
    });
    return account;
  }
}

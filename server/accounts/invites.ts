import { INVITE_PATH, ParseCode, type UserId, type WaitingInvite } from "#protocol";
import type { DatabasePool } from "../database/pool.ts";
import type { Logger } from "../logger.ts";
import type { Profile } from "./accounts.ts";
import { wishes, type Person } from "./contact-rows.ts";
import type { ContactOutcome, Contacts } from "./contacts.ts";
import {
  addInvite,
  claimInvite,
  findInvite,
  hasAccounts,
  newInviteCode,
  removeInvite,
  removeOperatorInvites,
  settleClaim,
  useInvite,
  waitingInvites,
  type InviteLink,
} from "./invite-rows.ts";
import { because, Refusal, sessionOver } from "./refusals.ts";
import { namesSeen } from "./shown.ts";

/** So many links of one person may wait to be used. */
export const MAX_OPEN_INVITES = 50;

export interface InviteParts {
  database: DatabasePool;
  contacts: Contacts;
  /** The server as clients see it; asked at each link, since a free port is known only once the server listens. */
  publicUrl: () => string;
  logger: Logger;
}

/** A link as its owner hands it on. */
export interface NewInvite {
  id: string;
  code: string;
  url: string;
  expires: number;
}

/** Links that make one person a contact. Whoever is not to know whether a link holds is told what an expired one says. */
export class Invites {
  readonly #parts: InviteParts;

  constructor(parts: InviteParts) {
    this.#parts = parts;
  }

  /** `note` says for whom it is, to its owner alone; an empty one is none. */
  async create(owner: Profile, note = ""): Promise<NewInvite> {
    const code = newInviteCode();
    const made = await this.#parts.database.transaction(async (database) => {
      await database.rows("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", [`invites ${owner.id}`]);
      if ((await waitingInvites(database, owner.id)).length >= MAX_OPEN_INVITES) throw tooManyOpen();
      return addInvite(database, owner.id, code, note === "" ? undefined : note);
    });
    if (made === undefined) throw sessionOver();
    return { id: made.id, code, url: this.#urlOf(code), expires: made.expires };
  }

  async list(owner: Profile): Promise<WaitingInvite[]> {
    return waitingInvites(this.#parts.database, owner.id);
  }

  /** It is there no more. Whoever it let in has their account, and is no contact by it. */
  async withdraw(owner: Profile, id: string): Promise<void> {
    if (await removeInvite(this.#parts.database, owner.id, id)) return;
    throw new Refusal(ParseCode.notFound, "There is no such link of yours that waits; read the list again.");
  }

  /** Who invites. Changes nothing. */
  async read(user: Profile, code: string): Promise<{ user: Person; expires: number }> {
    const { database } = this.#parts;
    const link = await findInvite(database, code);
    const owner = ownerOf(link, user);
    const areContacts = (await wishes(database, user.id, owner.id)) && (await wishes(database, owner.id, user.id));
    if (link === undefined || (!areContacts && isTakenFrom(user, link))) throw notValid();
    // Also to whom the owner blocks: what their list says of the owner, and nothing new. [PRES-5]
    return { user: await namesSeen(database, owner, user.id), expires: link.expires };
  }

  /** Makes the two contacts, and uses the link up where they were not. */
  async redeem(user: Profile, code: string): Promise<{ outcome: ContactOutcome; owner: Person }> {
    const owner = ownerOf(await findInvite(this.#parts.database, code), user);
    const outcome = await this.#parts.contacts.meet(user, owner, async (database) => {
      // Looked up anew: whoever was faster has it.
      const link = await findInvite(database, code, "lock");
      if (link === undefined || isTakenFrom(user, link)) return undefined;
      return () => useInvite(database, link.id, user.id);
    });
    if (outcome === "not-found") throw notValid();
    return { outcome, owner: await namesSeen(this.#parts.database, owner, user.id) };
  }

  /** Makes an account that only an invited person may have. The link goes on waiting for that person to confirm it. */
  async admit<Account extends { user: Profile }>(
    code: string | undefined,
    make: () => Promise<Account>,
  ): Promise<Account> {
    const claim = code === undefined ? undefined : await claimInvite(this.#parts.database, code);
    if (claim === undefined) throw notAdmitted(code);
    const account = await make().catch(async (error: unknown) => {
      await this.#settle(claim, undefined);
      throw error;
    });
    await this.#settle(claim, account.user.id);
    return account;
  }

  /** The link lets nobody else in, whatever becomes of this. */
  async #settle(claim: string, admitted: UserId | undefined): Promise<void> {
    await settleClaim(this.#parts.database, claim, admitted).catch((error: unknown) => {
      this.#parts.logger.warn("what became of an invitation was not kept", { error });
    });
  }

  /** Tells the operator of a link for the first account, in place of one that an earlier start told of. */
  async inviteFirst(): Promise<void> {
    const { database, logger } = this.#parts;
    if (await hasAccounts(database)) return;
    const code = newInviteCode();
    await database.transaction(async (inside) => {
      await removeOperatorInvites(inside);
      await addInvite(inside, undefined, code);
    });
    logger.warn("nobody has an account here yet: this link is for the first one", { link: this.#urlOf(code) });
  }

  #urlOf(code: string): string {
    return `${this.#parts.publicUrl()}${INVITE_PATH}/${code}`;
  }
}

/** Whoever owns a link that holds. Throws a {@link Refusal} where it is one's own, or leads to nobody. */
function ownerOf(link: InviteLink | undefined, user: Profile): Person {
  if (link === undefined) throw notValid();
  if (link.owner === undefined) {
    throw new Refusal(ParseCode.notFound, "This invite is for an account alone; there is nobody to be a contact of.");
  }
  if (link.owner.id === user.id) {
    throw because("self", "This is your own invite link; send it to somebody else.");
  }
  return link.owner;
}

/** Whether somebody else has it, by having used it or by the account that it let in. */
function isTakenFrom(user: Profile, link: InviteLink): boolean {
  return link.usedBy !== undefined || (link.admits !== undefined && link.admits !== user.id);
}

function notValid(): Refusal {
  return new Refusal(ParseCode.notFound, "This invite has expired, was used or was withdrawn; ask for a new one.");
}

function notAdmitted(code: string | undefined): Refusal {
  const why =
    code === undefined
      ? "takes invited people only"
      : "does not take this invite code: it has expired, was used or withdrawn, or is not one of ours";
  return new Refusal(ParseCode.forbidden, `This server ${why}. Ask somebody who is here for an invite link.`);
}

function tooManyOpen(): Refusal {
  return because(
    "links-full",
    `You have ${String(MAX_OPEN_INVITES)} invite links that nobody has used yet; withdraw one, or wait until one is used or expires.`,
  );
}

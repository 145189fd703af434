import type { Contact, UserId } from "#protocol";
import type { Database, DatabasePool } from "../database/pool.ts";
import type { Profile } from "./accounts.ts";
import { adoptHidden, adoptRequests } from "./adopt.ts";
import type { Alone, Tell } from "./alone.ts";
import { moveAvatar } from "./avatar-rows.ts";
import { keepNames } from "./call-names.ts";
import {
  addBlock,
  blocksBetween,
  blocksTooMany,
  contactsOf,
  hasTooMany,
  isAskedTooOften,
  lockPair,
  personAt,
  personBy,
  removeBlock,
  unlist,
  unwish,
  wish,
  wishes,
  type Person,
} from "./contact-rows.ts";
import { hidePictures, nameSeen, shownNow } from "./shown.ts";
import { tellTruth } from "./tell-profile.ts";

/** What an act on the contacts came to. */
export type ContactOutcome =
  "done" | "not-found" | "self" | "blocked" | "too-many" | "too-many-theirs" | "too-many-asked" | "too-many-blocked";

/**
 * Who wishes to reach whom. Each act on two people runs alone, in this process and in the database, so that of two that
 * cross each sees what the other left, and their events come in the order of what is kept.
 */
export class Contacts {
  readonly #database: DatabasePool;
  readonly #alone: Alone;

  constructor(database: DatabasePool, alone: Alone) {
    this.#database = database;
    this.#alone = alone;
  }

  async list(user: UserId): Promise<Contact[]> {
    return contactsOf(this.#database, user);
  }

  /** Asks whoever has the handle. Known and unknown handles take the same way, so that neither words nor time tell. */
  async request(asker: Profile, handle: string): Promise<ContactOutcome> {
    if (handle === asker.handle) return "self";
    return this.#alone(async (database, tell) => {
      const target = await personAt(database, handle, asker.id);
      await lockPair(database, asker.id, target?.id ?? `@${handle}`);
      const blocks = await blocksBetween(database, asker.id, target?.id ?? "");
      if (blocks.ofOne) return "blocked";
      if (await hasTooMany(database, asker.id)) return "too-many";
      const isMutual = await wishes(database, target?.id ?? "", asker.id);
      if (!isMutual && (await isAskedTooOften(database, handle))) return "too-many-asked";
      const isNew = await wish(database, asker.id, { id: target?.id, handle });
      if (!isNew) return "done";
      tell({ type: "contacts-changed", of: asker.id });
      if (target === undefined) return "done";
      // To who blocks the asker nothing changed. [PRES-5]
      if (!blocks.ofOther) tell({ type: "contacts-changed", of: target.id, user: asker.id });
      if (isMutual) tell({ type: "contact", accepted: true, people: [named(asker), named(target)] });
      return "done";
    });
  }

  async accept(user: Profile, other: UserId): Promise<ContactOutcome> {
    return this.#alone(async (database, tell) => {
      await lockPair(database, user.id, other);
      const asker = await personBy(database, other);
      if (asker === undefined || !(await wishes(database, other, user.id))) return "not-found";
      const blocks = await blocksBetween(database, user.id, other);
      if (blocks.ofOne) return "blocked";
      if (!(await wishes(database, user.id, other)) && (await hasTooMany(database, user.id))) return "too-many";
      if (await wish(database, user.id, asker)) {
        tell({ type: "contact", accepted: true, people: [named(user), named(asker)] });
        tellBoth(tell, user.id, other, blocks);
      }
      return "done";
    });
  }

  async decline(user: Profile, other: UserId): Promise<ContactOutcome> {
    return this.#alone(async (database, tell) => {
      await lockPair(database, user.id, other);
      if ((await wishes(database, user.id, other)) || !(await unwish(database, other, user.id))) return "not-found";
      tell({ type: "contacts-changed", of: user.id, user: other });
      tell({ type: "contacts-changed", of: other });
      return "done";
    });
  }

  /** Ends it for both; with the id of an outgoing request, withdraws that. Whom either blocks, they go on blocking. */
  async remove(user: Profile, other: UserId): Promise<ContactOutcome> {
    return this.#alone(async (database, tell) => {
      const [request] = await database.rows<{ target: UserId | null }>(
        `SELECT "target" FROM "Contact" WHERE "objectId" = $1 AND "owner" = $2 AND "blocks" IS NOT TRUE`,
        [other, user.id],
      );
      if (request?.target === null) {
        await database.rows(`DELETE FROM "Contact" WHERE "objectId" = $1`, [other]);
        tell({ type: "contacts-changed", of: user.id });
        return "done";
      }
      const target = request?.target ?? other;
      await lockPair(database, user.id, target);
      const person = await personBy(database, target);
      const wasMutual = await wishes(database, target, user.id);
      const blocks = await blocksBetween(database, user.id, target);
      // Without the request's own id only a contact can be removed: an id alone must not tell what became of a request.
      if (person === undefined || (request === undefined && !wasMutual)) return "not-found";
      if (!(await unwish(database, user.id, target))) return "not-found";
      if (wasMutual) {
        await unwish(database, target, user.id);
        await keepNames(database, user.id, target);
        await unlist(database, [user.id], target);
        await unlist(database, [target], user.id);
        tell({ type: "contact", accepted: false, people: [named(user), named(person)] });
        tellBoth(tell, user.id, target, blocks);
        await hidePictures(database, user.id, target);
        for (const one of [user.id, target]) await moveAvatar(database, tell, one);
      } else {
        // Whoever only asked is not told whom.
        tell({ type: "contacts-changed", of: user.id });
        if (!blocks.ofOther) tell({ type: "contacts-changed", of: target, user: user.id });
      }
      return "done";
    });
  }

  /** Blocks a contact, or whoever asked to be one: nobody else is on the list by their own id. [PRES-5] */
  async block(user: Profile, other: UserId): Promise<ContactOutcome> {
    return this.#alone(async (database, tell) => {
      await lockPair(database, user.id, other);
      const blocks = await blocksBetween(database, user.id, other);
      if (blocks.ofOne) return "done";
      if (!(await wishes(database, other, user.id))) return "not-found";
      if (await blocksTooMany(database, user.id)) return "too-many-blocked";
      const wasMutual = await wishes(database, user.id, other);
      const shown = await shownNow(database, user.id, wasMutual);
      await addBlock(database, user.id, other, shown);
      tell({ type: "block", by: user.id, user: other, blocked: true });
      tell({ type: "contacts-changed", of: user.id, user: other });
      // The other hears of another path like everybody else, and goes on seeing the picture of this moment; one who blocks
      // sees none, and hears of none.
      await moveAvatar(database, tell, user.id);
      if (shown.avatar !== undefined && !blocks.ofOther) tell({ type: "contacts-changed", of: other, user: user.id });
      return "done";
    });
  }

  /** Everything is again as it would be without the block, also what the other did meanwhile. */
  async unblock(user: Profile, other: UserId): Promise<ContactOutcome> {
    return this.#alone(async (database, tell) => {
      await lockPair(database, user.id, other);
      const block = await removeBlock(database, user.id, other);
      if (block !== undefined) {
        const name = await nameSeen(database, other, user.id);
        tell({ type: "block", by: user.id, user: other, blocked: false, ...(name === undefined ? {} : { name }) });
        tell({ type: "contacts-changed", of: user.id, user: other });
        await tellTruth(database, tell, { of: user.id, to: other, shown: block.shown });
        await adoptHidden(database, tell, user, other);
        return "done";
      }
      return (await wishes(database, other, user.id)) ? "done" : "not-found";
    });
  }

  /**
   * Makes contacts of a user and whoever invited them. `take` answers how to use the invitation up, or undefined where it
   * does not hold any more. Who was a contact already needs none.
   */
  async meet(
    user: Profile,
    other: Person,
    take: (database: Database) => Promise<(() => Promise<void>) | undefined>,
  ): Promise<ContactOutcome> {
    return this.#alone(async (database, tell) => {
      const use = await take(database);
      await lockPair(database, user.id, other.id);
      const [mine, theirs] = [await wishes(database, user.id, other.id), await wishes(database, other.id, user.id)];
      const blocks = await blocksBetween(database, user.id, other.id);
      if (mine && theirs) return "done";
      if (use === undefined) return "not-found";
      if (blocks.ofOne) return "blocked";
      if (!mine && (await hasTooMany(database, user.id))) return "too-many";
      if (!theirs && (await hasTooMany(database, other.id))) return "too-many-theirs";
      await wish(database, user.id, other);
      await wish(database, other.id, user);
      await use();
      tell({ type: "contact", accepted: true, people: [named(user), named(other)] });
      tellBoth(tell, user.id, other.id, blocks);
      return "done";
    });
  }

  /** Hands a new account the requests that were made for its handle before. */
  async adopt(user: Profile): Promise<void> {
    await this.#alone((database, tell) => adoptRequests(database, tell, user));
  }
}

/** To who blocks the other nothing changed. [PRES-5] */
function tellBoth(tell: Tell, one: UserId, other: UserId, blocks: { ofOne: boolean; ofOther: boolean }): void {
  if (!blocks.ofOne) tell({ type: "contacts-changed", of: one, user: other });
  if (!blocks.ofOther) tell({ type: "contacts-changed", of: other, user: one });
}

function named(person: Profile | Person): { id: UserId; name: string } {
  return { id: person.id, name: person.name };
}

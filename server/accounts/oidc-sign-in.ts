import { Email, ParseCode, UserId, type DeviceId, type OidcPurpose } from "#protocol";
import { randomBytes, randomInt } from "node:crypto";
import { DatabaseError } from "pg";
import * as v from "valibot";
import { DatabaseAway, type DatabasePool } from "../database/pool.ts";
import type { ProvenPerson } from "../oidc/person.ts";
import type { Newcomers } from "./newcomers.ts";
import { handlesFor, nameOf } from "./oidc-handles.ts";
import { databaseAway, Refusal } from "./refusals.ts";
import type { NewAccount, ParseSdk } from "./sign-up.ts";
import type { WriteBehind } from "./write-behind.ts";

/** The name under which Parse links accounts. */
export const OIDC_PROVIDER = "oidc";

/** In SQL: the provider's id of a person, whose row has the alias `u`. */
export const PROVIDER_ID = `u."authData" -> '${OIDC_PROVIDER}' ->> 'id'`;

const MOST_HANDLES_TRIED = 20;

/**
 * Parse's adapter for our sign-in. It takes what {@link OidcSignIn} vouches for in the same process, and nothing that a
 * client could send.
 */
export class OidcAdapter {
  readonly #vouched = new Map<string, string>();

  /** For one use. */
  vouch(id: string): { id: string; proof: string } {
    const proof = randomBytes(32).toString("base64url");
    this.#vouched.set(proof, id);
    return { id, proof };
  }

  /** What Parse calls. It is not to know of the object that it lies in. */
  get forParse() {
    return {
      validateAppId: () => Promise.resolve(),
      validateAuthData: ({ id, proof }: { id?: unknown; proof?: unknown }) => {
        const isVouchedFor = typeof proof === "string" && typeof id === "string" && this.#vouched.get(proof) === id;
        return isVouchedFor ? Promise.resolve({ save: { id } }) : Promise.reject(new Error("nobody vouches for that"));
      },
    };
  }

  forget({ proof }: { proof: string }): void {
    this.#vouched.delete(proof);
  }
}

/** Whom a code of ours stands for; once, for what it was given, and for who has its verifier alone. */
export type OidcRedeem = (code: string, verifier: string, purpose: OidcPurpose) => ProvenPerson | undefined;

export interface OidcSignInParts {
  parse: ParseSdk;
  database: DatabasePool;
  adapter: OidcAdapter;
  /** Undefined where the operator has no provider. */
  redeem: OidcRedeem | undefined;
  newcomers: Newcomers;
  behind: WriteBehind;
}

export interface OidcForm {
  code: string;
  verifier: string;
  invite?: string | undefined;
}

const SignedIn = v.object({ id: UserId, handle: v.string(), name: v.string(), sessionToken: v.string() });

/** Signs people in whom the operator's provider vouches for. An account is theirs by that alone, never by its e-mail address. */
export class OidcSignIn {
  readonly #parts: OidcSignInParts;

  constructor(parts: OidcSignInParts) {
    this.#parts = parts;
  }

  async signIn({ code, verifier, invite }: OidcForm, device: DeviceId): Promise<NewAccount> {
    const { redeem } = this.#parts;
    if (redeem === undefined) throw new Refusal(ParseCode.notFound, "This server has no other way to sign in.");
    const person = redeem(code, verifier, "sign-in");
    if (person === undefined) {
      throw new Refusal(ParseCode.invalid, "This sign-in is over, or was not begun on this device; begin anew.");
    }
    if (await this.#isHere(person)) return this.#enter(person, device);
    return this.#parts.newcomers.admit(invite, () => this.#make(person, device));
  }

  async #isHere({ id }: ProvenPerson): Promise<boolean> {
    const query = new this.#parts.parse.Query("_User").equalTo(`authData.${OIDC_PROVIDER}.id`, id);
    return (await query.first({ useMasterKey: true }).catch(away(this.#parts.parse))) !== undefined;
  }

  async #make(person: ProvenPerson, device: DeviceId): Promise<NewAccount> {
    const { parse } = this.#parts;
    let tried = 0;
    for (const username of handlesFor(person.called, (below) => randomInt(below))) {
      const name = nameOf(person.name) ?? username;
      try {
        const account = await this.#enter(person, device, { username, name });
        await this.#keepEmailNow(account.user.id, person.email);
        return { ...account, isNew: true };
      } catch (error) {
        const code = error instanceof parse.Error ? error.code : undefined;
        // The same person, who signs in twice at once for the first time.
        if (code === parse.Error.ACCOUNT_ALREADY_LINKED) return this.#enter(person, device);
        tried += 1;
        if (code !== parse.Error.USERNAME_TAKEN || tried === MOST_HANDLES_TRIED) throw error;
      }
    }
    throw new Error("there is no end of handles");
  }

  /** Lets Parse find the account by what links it, or make it with these fields. */
  async #enter(
    person: ProvenPerson,
    device: DeviceId,
    fields?: { username: string; name: string },
  ): Promise<NewAccount> {
    const { parse, adapter } = this.#parts;
    const user = new parse.User();
    if (fields !== undefined) user.set(fields);
    const authData = adapter.vouch(person.id);
    try {
      // Parse makes no session for calls from inside the process, unless they name the device that it is for.
      await user.linkWith(OIDC_PROVIDER, { authData }, { useMasterKey: true, installationId: device });
    } catch (error) {
      return away(parse)(error);
    } finally {
      adapter.forget(authData);
    }
    const handle: unknown = user.get("username");
    const { sessionToken, ...profile } = v.parse(SignedIn, {
      id: user.id,
      handle,
      name: (user.get("name") as unknown) ?? handle,
      sessionToken: user.getSessionToken(),
    });
    return { user: profile, sessionToken };
  }

  /** The account is made, and is to be told so, also where the database has gone meanwhile: the address comes later then. */
  async #keepEmailNow(user: UserId, email: string | undefined): Promise<void> {
    await this.#keepEmail(user, email).catch((error: unknown) => {
      if (!(error instanceof DatabaseAway)) throw error;
      this.#parts.behind.add(`first address ${user}`, () => this.#keepEmail(user, email));
    });
  }

  /** An address that somebody has already stays theirs: it links nothing. One that the person gave since stays as well. */
  async #keepEmail(user: UserId, email: string | undefined): Promise<void> {
    const read = v.safeParse(Email, email);
    if (!read.success) return;
    try {
      await this.#parts.database.rows(
        `UPDATE "_User" SET "email" = $2, "emailVerified" = true WHERE "objectId" = $1 AND "email" IS NULL`,
        [user, read.output],
      );
    } catch (error) {
      if (!(error instanceof DatabaseError) || error.constraint !== "_User_unique_email") throw error;
    }
  }
}

/** A database that is away is said to be so. */
function away(parse: ParseSdk) {
  return (error: unknown): never => {
    if (error instanceof parse.Error && error.code === parse.Error.INTERNAL_SERVER_ERROR) throw databaseAway();
    throw error;
  };
}

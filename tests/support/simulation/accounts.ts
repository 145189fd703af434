import type { CallId, Choice, Contact, DeviceId, Settings, UserId } from "#protocol";
import type { JoiningUser, RefereeEffect } from "../../../server/core/events.ts";
import { settingsWithout } from "../../../server/core/settings.ts";
import { KeptRows } from "./kept-rows.ts";

export type CallRecord = Extract<RefereeEffect, { type: "record" }>;

export interface Account {
  id: UserId;
  handle: string;
  chosen: { availability: Choice; until?: number; text?: string };
  settings: Settings;
  contacts: Set<UserId>;
  /** Whom they block, with the instant of the block. [PRES-5] */
  blocked: Map<UserId, number>;
}

interface Session {
  user: UserId;
  device: DeviceId;
}

/** What the database keeps, and outlives every server. */
export class Accounts {
  readonly #accounts = new Map<UserId, Account>();
  readonly #sessions = new Map<string, Session>();
  /** The rows of calls, as far as they are written. */
  readonly rows = new KeptRows();
  /** What every server wanted to be written of calls that were over, be it written by now or lost. */
  readonly records = new Map<CallId, CallRecord[]>();

  add(id: UserId): Account {
    const account: Account = {
      id,
      handle: id.toLowerCase(),
      chosen: { availability: "available" },
      settings: { showBusy: true, secondCall: "wait" },
      contacts: new Set(),
      blocked: new Map(),
    };
    this.#accounts.set(id, account);
    return account;
  }

  all(): Account[] {
    return [...this.#accounts.values()];
  }

  get(id: UserId): Account {
    const account = this.#accounts.get(id);
    if (account === undefined) throw new Error(`The simulation has no account ${id}`);
    return account;
  }

  openSession(token: string, session: Session): void {
    this.#sessions.set(token, session);
  }

  session(token: string): Session | undefined {
    return this.#sessions.get(token);
  }

  closeSession(token: string): void {
    this.#sessions.delete(token);
  }

  areContacts(one: UserId, other: UserId): boolean {
    return this.get(one).contacts.has(other);
  }

  setContact(one: UserId, other: UserId, accepted: boolean): void {
    for (const [mine, theirs] of [
      [one, other],
      [other, one],
    ] as const) {
      if (accepted) this.get(mine).contacts.add(theirs);
      else this.#forget(this.get(mine), theirs);
    }
  }

  #forget(account: Account, gone: UserId): void {
    account.contacts.delete(gone);
    account.settings = settingsWithout(account.settings, gone);
  }

  /** Since when one blocks the other, if so. */
  blockedAt(one: UserId, other: UserId): number | undefined {
    return this.get(one).blocked.get(other);
  }

  setBlock(one: UserId, other: UserId, at: number | undefined): void {
    if (at === undefined) this.get(one).blocked.delete(other);
    else this.get(one).blocked.set(other, at);
  }

  /** As the contact list's function answers. */
  listContacts(id: UserId): Contact[] {
    const { contacts, blocked } = this.get(id);
    return [...new Set([...contacts, ...blocked.keys()])].map((user) => ({
      user,
      handle: this.get(user).handle,
      name: user,
      state: blocked.has(user) ? ("blocked" as const) : ("accepted" as const),
      since: 0,
    }));
  }

  /** As the gateway reads it when a device joins. */
  joining(id: UserId): JoiningUser {
    const { handle, chosen, settings, contacts, blocked } = this.get(id);
    return {
      id,
      handle,
      name: id,
      chosen,
      settings,
      contacts: [...contacts].map((contact) => ({ id: contact, name: contact })),
      missed: this.missed(id),
      blocked: [...blocked.keys()],
      blockedBy: this.all().flatMap((other) => (other.blocked.has(id) ? [other.id] : [])),
    };
  }

  missed(id: UserId): number {
    return this.rows.records.filter(({ callee, outcomes }) => callee === id && outcomes.callee === "missed").length;
  }

  noteRecord(record: CallRecord): void {
    this.records.set(record.call, [...(this.records.get(record.call) ?? []), record]);
  }
}

import type { CallId, Choice, Contact, DeviceId, Settings, UserId } from "#protocol";
import type { JoiningUser, RefereeEffect } from "../../../server/core/events.ts";

export type CallRecord = Extract<RefereeEffect, { type: "record" }>;

export interface Account {
  id: UserId;
  handle: string;
  chosen: { availability: Choice; until?: number; text?: string };
  settings: Settings;
  contacts: Set<UserId>;
  missed: number;
}

interface Session {
  user: UserId;
  device: DeviceId;
}

/** What the database keeps, and outlives every server. */
export class Accounts {
  readonly #accounts = new Map<UserId, Account>();
  readonly #sessions = new Map<string, Session>();
  /** By call: a record that is written again is the same record. */
  readonly records = new Map<CallId, CallRecord[]>();

  add(id: UserId): Account {
    const account: Account = {
      id,
      handle: id.toLowerCase(),
      chosen: { availability: "available" },
      settings: { showBusy: true, secondCall: "wait" },
      contacts: new Set(),
      missed: 0,
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
      else this.get(mine).contacts.delete(theirs);
    }
  }

  /** As the contact list's function answers. */
  listContacts(id: UserId): Contact[] {
    return [...this.get(id).contacts].map((user) => ({
      user,
      handle: this.get(user).handle,
      name: user,
      state: "accepted" as const,
      since: 0,
    }));
  }

  /** As the gateway reads it when a device joins. */
  joining(id: UserId): JoiningUser {
    const { handle, chosen, settings, contacts, missed } = this.get(id);
    return {
      id,
      handle,
      name: id,
      chosen,
      settings,
      contacts: [...contacts].map((contact) => ({ id: contact, name: contact })),
      missed,
    };
  }

  /** Whether the record counts as a missed call of the callee's that is new. */
  keep(record: CallRecord): boolean {
    const known = this.records.get(record.call) ?? [];
    this.records.set(record.call, [...known, record]);
    const isMissed = record.outcomes.callee === "missed" && known.length === 0;
    if (isMissed) this.get(record.callee).missed += 1;
    return isMissed;
  }
}

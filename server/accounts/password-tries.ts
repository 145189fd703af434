import { setTimeout as wait } from "node:timers/promises";
import type { KnownDevices } from "./known-devices.ts";
import { Counter, type AccountLimits } from "./rate-limits.ts";

/** Who tries a password. */
export interface Guesser {
  /** The handle or address of the account, as it is typed. */
  account: string;
  address: string;
  /** As the request names it. */
  device: string | undefined;
}

/** One try, and what is to be done with its counts once it is answered. The counters are in memory and do not fail. */
export interface PasswordTry {
  /** How long to wait before the next; undefined where it may go on. */
  waitMs: number | undefined;
  right: () => Promise<unknown>;
  wrong: () => Promise<unknown>;
  unanswered: () => Promise<unknown>;
}

/**
 * Guessing is slowed by address and account, wherever a password is asked for. Nobody else's wrong passwords keep an owner
 * out: not from another address, and where they are at the owner's own, not from a device on which the owner was signed in
 * before.
 */
export class PasswordTries {
  readonly #delayMs: number;
  readonly #devices: KnownDevices;
  readonly #byAddress: Counter;
  readonly #byBoth: Counter;
  readonly #byDevice: Counter;
  readonly #byAccount: Counter;

  constructor(limits: AccountLimits["login"], devices: KnownDevices) {
    this.#delayMs = limits.delayMs;
    this.#devices = devices;
    this.#byAddress = new Counter(limits.perAddress);
    this.#byBoth = new Counter(limits.perAccountAndAddress);
    this.#byDevice = new Counter(limits.perAccountAndAddress);
    this.#byAccount = new Counter(limits.perAccount);
  }

  /** Counts a try, and lets it wait where there were many. */
  async begin({ account, address, device }: Guesser): Promise<PasswordTry> {
    const isKnown = device !== undefined && (await this.#devices.knows(account, device));
    const made = isKnown ? await this.#ofOwner(account, device) : await this.#ofStranger(account, address);
    return { ...made, wrong: () => this.#byAccount.count(account) };
  }

  async #ofStranger(account: string, address: string): Promise<Omit<PasswordTry, "wrong">> {
    const both = `${address} ${account}`;
    const waitMs = (await this.#byAddress.count(address)) ?? (await this.#byBoth.count(both));
    if (waitMs === undefined && (await this.#byAccount.isBeyond(account))) await wait(this.#delayMs);
    return {
      waitMs,
      right: () => Promise.all([this.#byBoth.forget(both), this.#byAddress.undo(address)]),
      unanswered: () => Promise.all([this.#byBoth.undo(both), this.#byAddress.undo(address)]),
    };
  }

  async #ofOwner(account: string, device: string): Promise<Omit<PasswordTry, "wrong">> {
    const both = `${device} ${account}`;
    return {
      waitMs: await this.#byDevice.count(both),
      right: () => this.#byDevice.forget(both),
      unanswered: () => this.#byDevice.undo(both),
    };
  }
}

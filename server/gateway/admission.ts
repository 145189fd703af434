import type { Duplex } from "node:stream";
import { MAX_CONNECTIONS, MAX_CONNECTIONS_PER_ADDRESS, UPGRADES_PER_ADDRESS } from "../limits.ts";
import { TokenBucket, type Allowance } from "../token-bucket.ts";

/** How many connections there may be. */
export interface ConnectionLimits {
  total: number;
  perAddress: number;
  upgradesPerAddress: Allowance;
}

export const DEFAULT_CONNECTION_LIMITS: ConnectionLimits = {
  total: MAX_CONNECTIONS,
  perAddress: MAX_CONNECTIONS_PER_ADDRESS,
  upgradesPerAddress: UPGRADES_PER_ADDRESS,
};

/** Counts open connections in all and by address. */
export class Admission {
  readonly #limits: ConnectionLimits;
  readonly #addresses = new Map<string, { open: number; upgrades: TokenBucket }>();
  #open = 0;

  constructor(limits: ConnectionLimits) {
    this.#limits = limits;
  }

  /** Lets a connection in until its socket closes, or answers false where there are too many or too fast. */
  admit(address: string, socket: Duplex, now: number): boolean {
    const known = this.#addresses.get(address);
    const seen = known ?? { open: 0, upgrades: new TokenBucket(this.#limits.upgradesPerAddress, now) };
    if (known === undefined) this.#addresses.set(address, seen);
    if (!seen.upgrades.take(1, now)) return false;
    if (this.#open >= this.#limits.total || seen.open >= this.#limits.perAddress) return false;
    this.#open += 1;
    seen.open += 1;
    socket.once("close", () => {
      this.#open -= 1;
      seen.open -= 1;
    });
    return true;
  }

  /** Forgets the addresses of which nothing is left to know. */
  sweep(now: number): void {
    for (const [address, { open, upgrades }] of this.#addresses)
      if (open === 0 && upgrades.isFull(now)) this.#addresses.delete(address);
  }
}

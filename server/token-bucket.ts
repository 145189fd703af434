/** So much at once, and so much per second after that. */
export interface Allowance {
  burst: number;
  perSecond: number;
}

/** A token bucket (RFC 2697 in its simplest form): the time comes in, so that it runs under any clock. */
export class TokenBucket {
  readonly #allowance: Allowance;
  #level: number;
  #at: number;

  constructor(allowance: Allowance, now: number) {
    this.#allowance = allowance;
    this.#level = allowance.burst;
    this.#at = now;
  }

  /** Takes `amount` where there is enough; answers whether there was. `now` in ms. */
  take(amount: number, now: number): boolean {
    this.#fill(now);
    if (this.#level < amount) return false;
    this.#level -= amount;
    return true;
  }

  /** How long until `amount` is there, in ms. */
  waitMs(amount: number, now: number): number {
    this.#fill(now);
    return Math.max(0, Math.ceil(((amount - this.#level) / this.#allowance.perSecond) * 1000));
  }

  /** A full bucket remembers nothing and can be forgotten. */
  isFull(now: number): boolean {
    this.#fill(now);
    return this.#level >= this.#allowance.burst;
  }

  #fill(now: number): void {
    const gained = ((now - this.#at) / 1000) * this.#allowance.perSecond;
    this.#level = Math.min(this.#allowance.burst, this.#level + Math.max(0, gained));
    this.#at = now;
  }
}

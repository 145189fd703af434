import type { UserId } from "#protocol";

/** What waits to be written for a user: whoever signs in meanwhile is as they last wished. */
export class Unkept<Value> {
  readonly #waiting = new Map<UserId, Value>();

  hold(user: UserId, value: Value): void {
    this.#waiting.set(user, value);
  }

  get(user: UserId): Value | undefined {
    return this.#waiting.get(user);
  }

  /** The value was written; one that came after it goes on waiting. */
  release(user: UserId, written: Value): void {
    if (this.#waiting.get(user) === written) this.#waiting.delete(user);
  }

  /** Tells what waits for a user, or waited at this moment: a write may end while the user is being read. */
  reader(): (user: UserId) => Value | undefined {
    const waited = new Map(this.#waiting);
    return (user) => this.#waiting.get(user) ?? waited.get(user);
  }
}

import type { UserId } from "#protocol";
import type { AccountsEvent } from "./accounts.ts";
import type { Calls } from "./calls.ts";

/**
 * Tells how many missed calls someone has not seen. Each telling reads the count when those before it, for the same
 * person, have been told: however calls and looks at the list cross, the last that is told is what is kept.
 */
export class MissedCalls {
  readonly #calls: Pick<Calls, "missedBy">;
  readonly #emit: (event: AccountsEvent) => void;
  readonly #last = new Map<UserId, Promise<void>>();

  constructor(calls: Pick<Calls, "missedBy">, emit: (event: AccountsEvent) => void) {
    this.#calls = calls;
    this.#emit = emit;
  }

  /** To be called after the write that may have changed the count. Throws where the database cannot be asked. */
  async tell(user: UserId): Promise<void> {
    const turn = (this.#last.get(user) ?? Promise.resolve()).then(async () => {
      this.#emit({ type: "missed", of: user, count: await this.#calls.missedBy(user) });
    });
    const settled = turn.catch(() => undefined);
    this.#last.set(user, settled);
    await turn.finally(() => {
      if (this.#last.get(user) === settled) this.#last.delete(user);
    });
  }
}

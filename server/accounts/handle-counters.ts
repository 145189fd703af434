import type { UserId } from "#protocol";
import { Counter, type AccountLimits } from "./rate-limits.ts";

/** Holds back who would find out by trying which handles and addresses are taken. */
export class HandleCounters {
  readonly #changes: Counter;
  readonly #triesOfUser: Counter;
  readonly #triesOfAddress: Counter;

  constructor({ changesPerUser, triesPerUser, triesPerAddress }: AccountLimits["handles"]) {
    this.#changes = new Counter(changesPerUser);
    this.#triesOfUser = new Counter(triesPerUser);
    this.#triesOfAddress = new Counter(triesPerAddress);
  }

  /**
   * Counts a try, and the change before it is made: of many at once none passes that would be one too many. Answers how many
   * ms to wait where it is.
   */
  async try(asked: { user: UserId; address: string; asksForHandle: boolean }): Promise<number | undefined> {
    const hasChangedOften = asked.asksForHandle ? await this.#changes.count(asked.user) : undefined;
    const waitMs =
      hasChangedOften ??
      (await this.#triesOfUser.count(asked.user)) ??
      (await this.#triesOfAddress.count(asked.address));
    if (waitMs !== undefined && asked.asksForHandle) await this.unchanged(asked.user);
    return waitMs;
  }

  /** The handle was not changed after all. */
  async unchanged(user: UserId): Promise<void> {
    await this.#changes.undo(user);
  }
}

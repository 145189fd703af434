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

  /** Counts a try; answers how many ms to wait where it is one too many. */
  async try(asked: { user: UserId; address: string; asksForHandle: boolean }): Promise<number | undefined> {
    const hasChangedOften = asked.asksForHandle ? await this.#changes.waitFor(asked.user) : undefined;
    return (
      hasChangedOften ??
      (await this.#triesOfUser.count(asked.user)) ??
      (await this.#triesOfAddress.count(asked.address))
    );
  }

  /** The handle was changed. */
  async changed(user: UserId): Promise<void> {
    await this.#changes.count(user);
  }
}

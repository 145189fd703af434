import { FUNCTIONS, type FunctionName } from "#protocol";
import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";

/** At most so many within a span. */
export interface Limit {
  times: number;
  withinMs: number;
}

/** How often a function may be called; `perUser` where it needs a session. */
export interface FunctionLimit {
  perAddress: Limit;
  perUser?: Limit;
}

export interface AccountLimits {
  functions: Record<FunctionName, FunctionLimit>;
  login: {
    perAddress: Limit;
    /** Wrong passwords for one account from one address: its owner, elsewhere, is not locked out by them. */
    perAccountAndAddress: Limit;
    /** Beyond so many wrong passwords for one account from anywhere, each further try waits for `delayMs`. */
    perAccount: Limit;
    delayMs: number;
  };
  /** Changes of a handle; and tries at a handle or an address, of which each may say that it is taken. */
  handles: { changesPerUser: Limit; triesPerUser: Limit; triesPerAddress: Limit };
  /** Mails of one kind to one address. */
  mailPerRecipient: Limit;
  /** Pages for people: links of mails and invitations. */
  pagesPerAddress: Limit;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const often: FunctionLimit = {
  perAddress: { times: 1_200, withinMs: MINUTE },
  perUser: { times: 120, withinMs: MINUTE },
};
const seldom: FunctionLimit = {
  perAddress: { times: 3_000, withinMs: HOUR },
  perUser: { times: 60, withinMs: HOUR },
};

/** What a deployment allows. A club or an office, all of whose people begin on one day, may share one address. */
export const ACCOUNT_LIMITS: AccountLimits = {
  functions: {
    signUp: { perAddress: { times: 300, withinMs: HOUR } },
    signInWithOidc: { perAddress: { times: 300, withinMs: HOUR } },
    getProfile: often,
    updateProfile: seldom,
    setAvatar: seldom,
    changePassword: seldom,
    requestPasswordReset: { perAddress: { times: 300, withinMs: HOUR } },
    requestVerification: seldom,
    listSessions: often,
    signOutSession: often,
    signOutEverywhere: seldom,
    exportAccount: seldom,
    deleteAccount: seldom,
    createInviteLink: seldom,
    listInviteLinks: often,
    withdrawInviteLink: often,
    readInviteLink: seldom,
    redeemInviteLink: seldom,
    listContacts: often,
    requestContact: seldom,
    acceptContact: often,
    declineContact: often,
    removeContact: often,
    // It may give a picture another path, of which every contact is told.
    blockContact: seldom,
    unblockContact: often,
    listCalls: often,
    markCallsSeen: often,
    getIceServers: seldom,
  },
  login: {
    perAddress: { times: 300, withinMs: 15 * MINUTE },
    perAccountAndAddress: { times: 10, withinMs: 15 * MINUTE },
    perAccount: { times: 30, withinMs: 15 * MINUTE },
    delayMs: 1_000,
  },
  handles: {
    changesPerUser: { times: 5, withinMs: DAY },
    triesPerUser: { times: 20, withinMs: DAY },
    triesPerAddress: { times: 300, withinMs: HOUR },
  },
  mailPerRecipient: { times: 5, withinMs: HOUR },
  pagesPerAddress: { times: 300, withinMs: 15 * MINUTE },
};

/** Counts one kind of thing by key. */
export class Counter {
  readonly #limiter: RateLimiterMemory;

  constructor({ times, withinMs }: Limit) {
    this.#limiter = new RateLimiterMemory({ points: times, duration: withinMs / 1000 });
  }

  /** Counts one more; answers how many ms to wait where that is one too many, else undefined. */
  async count(key: string): Promise<number | undefined> {
    try {
      await this.#limiter.consume(key);
      return undefined;
    } catch (refusal) {
      if (refusal instanceof RateLimiterRes) return Math.max(1, refusal.msBeforeNext);
      throw refusal;
    }
  }

  async isBeyond(key: string): Promise<boolean> {
    return (await this.waitFor(key)) !== undefined;
  }

  /** How many ms to wait where one more would be one too many; counts nothing. */
  async waitFor(key: string): Promise<number | undefined> {
    const state = await this.#limiter.get(key);
    return state !== null && state.consumedPoints >= this.#limiter.points ? Math.max(1, state.msBeforeNext) : undefined;
  }

  async forget(key: string): Promise<void> {
    await this.#limiter.delete(key);
  }

  /** Takes one count back. */
  async undo(key: string): Promise<void> {
    await this.#limiter.reward(key);
  }
}

/** The counters of each function. */
export class FunctionCounters {
  readonly #byAddress = new Map<string, Counter>();
  readonly #byUser = new Map<string, Counter>();

  constructor(limits: AccountLimits["functions"]) {
    for (const name of Object.keys(FUNCTIONS) as FunctionName[]) {
      const { perAddress, perUser } = limits[name];
      this.#byAddress.set(name, new Counter(perAddress));
      if (perUser !== undefined) this.#byUser.set(name, new Counter(perUser));
    }
  }

  /** How many ms to wait, or undefined where the call may go on. */
  async countAddress(name: FunctionName, address: string): Promise<number | undefined> {
    return this.#byAddress.get(name)?.count(address);
  }

  async countUser(name: FunctionName, user: string): Promise<number | undefined> {
    return this.#byUser.get(name)?.count(user);
  }
}

import { setTimeout as wait } from "node:timers/promises";
import { DatabaseAway, isCrossed } from "../database/pool.ts";
import type { Logger } from "../logger.ts";

const FIRST_WAIT_MS = 100;
const MAX_WAIT_MS = 1_000;
/** Beyond this many the oldest are given up: an outage must not fill the memory. */
export const MAX_WAITING = 20_000;
/** The log is told of the first that is given up, and of each that many after it: an outage must not fill the disk either. */
const TELL_EVERY = 1_000;

/**
 * Writes what nobody waits for, in order, and tries again until it is kept. A later write with the same key takes the
 * place of one that still waits.
 */
export class WriteBehind {
  readonly #logger: Logger;
  readonly #waiting = new Map<string, () => Promise<void>>();
  readonly #closing = new AbortController();
  #running: Promise<void> | undefined;
  #givenUp = 0;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** `write` may run more than once, and must then leave what it leaves once. */
  add(key: string, write: () => Promise<void>): void {
    if (!this.#waiting.has(key) && this.#waiting.size >= MAX_WAITING) this.#giveUpOldest();
    this.#waiting.set(key, write);
    this.#running ??= this.#run();
  }

  /** Waits for what is to be written, at most `withinMs`; afterwards nothing more is tried. */
  async flush(withinMs: number): Promise<void> {
    const timer = setTimeout(() => this.#closing.abort(), withinMs);
    await this.#running;
    clearTimeout(timer);
    if (this.#waiting.size > 0) this.#logger.error("writes were lost at the stop", { count: this.#waiting.size });
  }

  async #run(): Promise<void> {
    let afterMs = FIRST_WAIT_MS;
    for (let next = this.#first(); next !== undefined && !this.#closing.signal.aborted; next = this.#first()) {
      const [key, write] = next;
      if (await this.#isDone(write)) {
        // A newer write of the same key may have come while this one was under way.
        if (this.#waiting.get(key) === write) this.#waiting.delete(key);
        afterMs = FIRST_WAIT_MS;
      } else {
        await wait(afterMs, undefined, { signal: this.#closing.signal }).catch(() => undefined);
        afterMs = Math.min(afterMs * 2, MAX_WAIT_MS);
      }
    }
    if (this.#givenUp > 0) this.#logger.error("writes were given up meanwhile", { count: this.#givenUp });
    this.#givenUp = 0;
    this.#running = undefined;
  }

  #first(): [string, () => Promise<void>] | undefined {
    return this.#waiting.entries().next().value;
  }

  /** Answers false where it is worth trying again. */
  async #isDone(write: () => Promise<void>): Promise<boolean> {
    try {
      await write();
      return true;
    } catch (error) {
      if (error instanceof DatabaseAway) {
        this.#logger.warn("a write waits for the database", { waiting: this.#waiting.size });
        return false;
      }
      if (isCrossed(error)) return false;
      this.#logger.error("a write was refused by the database and given up", { error });
      return true;
    }
  }

  #giveUpOldest(): void {
    const oldest = this.#first();
    if (oldest === undefined) return;
    this.#waiting.delete(oldest[0]);
    if (this.#givenUp % TELL_EVERY === 0)
      this.#logger.error("writes are given up, since too many wait for the database");
    this.#givenUp += 1;
  }
}

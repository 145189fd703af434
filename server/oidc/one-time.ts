import { randomBytes } from "node:crypto";

export interface OneTimeOptions {
  livesMs: number;
  /** Beyond this many the oldest are forgotten: nobody fills the memory. */
  most: number;
  /** In ms, of a clock that goes on evenly. */
  now: () => number;
}

/** Keeps values under names that nobody can guess, each to be taken once and in time. */
export class OneTime<Value> {
  readonly #options: OneTimeOptions;
  readonly #kept = new Map<string, { value: Value; until: number }>();

  constructor(options: OneTimeOptions) {
    this.#options = options;
  }

  put(value: Value): string {
    const { livesMs, most, now } = this.#options;
    // All live equally long, so the first are those that expire first.
    for (const [name, { until }] of this.#kept) {
      if (until > now() && this.#kept.size < most) break;
      this.#kept.delete(name);
    }
    const name = randomBytes(32).toString("base64url");
    this.#kept.set(name, { value, until: now() + livesMs });
    return name;
  }

  take(name: string): Value | undefined {
    const kept = this.#kept.get(name);
    this.#kept.delete(name);
    return kept !== undefined && kept.until > this.#options.now() ? kept.value : undefined;
  }
}

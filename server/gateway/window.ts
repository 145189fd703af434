/** Counts what happens within a sliding span; holds as many instants as the limit, no more. */
export class SlidingWindow {
  readonly #limit: number;
  readonly #withinMs: number;
  readonly #instants: number[] = [];

  constructor(limit: number, withinMs: number) {
    this.#limit = limit;
    this.#withinMs = withinMs;
  }

  /** Notes one more at `now` (ms); answers whether the limit is reached within the span. */
  note(now: number): boolean {
    this.#instants.push(now);
    if (this.#instants.length > this.#limit) this.#instants.shift();
    const [oldest = now] = this.#instants;
    return this.#instants.length >= this.#limit && now - oldest < this.#withinMs;
  }
}

/** How long it stays to be read that something was done. */
const SHOWN_MS = 8_000;

/** Something that was done: it is said for a while, and does not stay beside what comes later. */
export class Passing<Outcome> {
  #outcome = $state.raw<Outcome>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Undefined where there is nothing to say any more. */
  get outcome(): Outcome | undefined {
    return this.#outcome;
  }

  show(outcome: Outcome): void {
    this.clear();
    this.#outcome = outcome;
    this.#timer = setTimeout(() => this.clear(), SHOWN_MS);
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#outcome = undefined;
  }
}

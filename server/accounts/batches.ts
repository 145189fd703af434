interface Waiting<Answer> {
  resolve: (answer: Answer | undefined) => void;
  reject: (error: unknown) => void;
}

export interface BatchOptions<Answer> {
  /** What is known of these keys; a key that is missing in the answer is not known. */
  ask: (keys: string[]) => Promise<Map<string, Answer>>;
  /** So many keys are asked for at once. */
  size: number;
  /** So many questions are under way at once. */
  atOnce: number;
}

/**
 * Asks for many things in few questions: what is wanted while others are under way goes into the next one together.
 * Alone it is asked for at once. Where a question fails, everyone who waits hears so, and nobody waits for the next.
 */
export class Batches<Answer> {
  readonly #options: BatchOptions<Answer>;
  #waiting = new Map<string, Waiting<Answer>[]>();
  #underWay = 0;

  constructor(options: BatchOptions<Answer>) {
    this.#options = options;
  }

  get(key: string): Promise<Answer | undefined> {
    return new Promise((resolve, reject) => {
      const same = this.#waiting.get(key);
      if (same === undefined) this.#waiting.set(key, [{ resolve, reject }]);
      else same.push({ resolve, reject });
      this.#next();
    });
  }

  #next(): void {
    if (this.#underWay >= this.#options.atOnce || this.#waiting.size === 0) return;
    const batch = new Map([...this.#waiting].slice(0, this.#options.size));
    for (const key of batch.keys()) this.#waiting.delete(key);
    this.#underWay += 1;
    // Handles its own failure.
    void this.#answer(batch);
  }

  async #answer(batch: Map<string, Waiting<Answer>[]>): Promise<void> {
    try {
      const answers = await this.#options.ask([...batch.keys()]);
      for (const [key, waiting] of batch) for (const { resolve } of waiting) resolve(answers.get(key));
    } catch (error) {
      const everyone = [...batch.values(), ...this.#waiting.values()].flat();
      this.#waiting = new Map();
      for (const { reject } of everyone) reject(error);
    }
    this.#underWay -= 1;
    this.#next();
  }
}

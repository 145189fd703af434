interface Entry {
  at: number;
  order: number;
  run: () => void;
}

/** The fake clock: what was put in runs in the order of its time, and of its coming where the times are equal. */
export class Schedule {
  /** In ms since 1970. */
  now = 1_760_000_000_000;
  #order = 0;
  /** A binary heap; the earliest first. */
  readonly #heap: Entry[] = [];

  after(ms: number, run: () => void): void {
    this.at(this.now + ms, run);
  }

  at(at: number, run: () => void): void {
    this.#order += 1;
    const entry = { at: Math.max(at, this.now), order: this.#order, run };
    this.#heap.push(entry);
    this.#rise(this.#heap.length - 1);
  }

  /** Runs everything up to this instant. */
  runUntil(end: number): void {
    for (let first = this.#heap[0]; first !== undefined && first.at <= end; first = this.#heap[0]) {
      this.#takeFirst();
      this.now = first.at;
      first.run();
    }
    this.now = end;
  }

  #takeFirst(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    this.#heap[0] = last;
    let place = 0;
    for (;;) {
      const left = 2 * place + 1;
      const smaller = this.#isBefore(left + 1, left) ? left + 1 : left;
      if (!this.#isBefore(smaller, place)) return;
      this.#swap(smaller, place);
      place = smaller;
    }
  }

  #rise(from: number): void {
    let place = from;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (!this.#isBefore(place, parent)) return;
      this.#swap(place, parent);
      place = parent;
    }
  }

  #isBefore(one: number, other: number): boolean {
    const [a, b] = [this.#heap[one], this.#heap[other]];
    if (a === undefined || b === undefined) return a !== undefined;
    return a.at < b.at || (a.at === b.at && a.order < b.order);
  }

  #swap(one: number, other: number): void {
    const [a, b] = [this.#heap[one], this.#heap[other]];
    if (a === undefined || b === undefined) return;
    this.#heap[one] = b;
    this.#heap[other] = a;
  }
}

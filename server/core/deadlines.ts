import type { CallId, DeviceId, UserId } from "#protocol";

/** What falls due without anyone sending a message. */
export type Deadline =
  /** The lost device's grace is over. [PRES-3] */
  | { type: "grace"; user: UserId; device: DeviceId }
  /** The user's choice of availability runs out. */
  | { type: "choice"; user: UserId }
  /** Nobody answered. [CALL-7] */
  | { type: "ring"; call: CallId }
  /** A callee who was not seen since the server started did not come back. [CALL-11] */
  | { type: "settled"; call: CallId }
  /** The other side of a call that outlasted the server did not name it. [CALL-11] */
  | { type: "claim"; call: CallId }
  /** Neither device of a call came back. [CALL-13] */
  | { type: "abandon"; call: CallId };

interface Entry {
  at: number;
  /** Breaks ties, so that equal instants fall due in the order in which they were set. */
  order: number;
  key: string;
  deadline: Deadline;
}

/** All deadlines, the next one always at hand: a binary heap whose cleared entries are skipped when they surface. */
export class Deadlines {
  readonly #heap: Entry[] = [];
  readonly #current = new Map<string, Entry>();
  #order = 0;

  /** Sets this deadline, in place of an earlier one of the same subject. `at` is an instant in ms. */
  set(deadline: Deadline, at: number): void {
    const entry = { at, order: this.#order++, key: keyOf(deadline), deadline };
    this.#current.set(entry.key, entry);
    this.#heap.push(entry);
    this.#rise(this.#heap.length - 1);
    // Cleared entries are dropped all at once when they are the most, so that the heap stays as small as what it holds.
    if (this.#heap.length > 64 && this.#heap.length > 2 * this.#current.size) this.#rebuild();
  }

  has(deadline: Deadline): boolean {
    return this.#current.has(keyOf(deadline));
  }

  clear(deadline: Deadline): void {
    this.#current.delete(keyOf(deadline));
  }

  /** The instant of the next deadline. */
  next(): number | undefined {
    this.#skipCleared();
    return this.#heap[0]?.at;
  }

  /** Takes out the next deadline that has passed by `now`. */
  take(now: number): Deadline | undefined {
    this.#skipCleared();
    const first = this.#heap[0];
    if (first === undefined || first.at > now) return undefined;
    this.#current.delete(first.key);
    this.#pop();
    return first.deadline;
  }

  #skipCleared(): void {
    for (let first = this.#heap[0]; first && this.#current.get(first.key) !== first; first = this.#heap[0]) this.#pop();
  }

  #rebuild(): void {
    const kept = [...this.#current.values()].sort((one, other) => (isBefore(one, other) ? -1 : 1));
    this.#heap.splice(0, this.#heap.length, ...kept);
  }

  #pop(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    this.#heap[0] = last;
    this.#sink();
  }

  #rise(from: number): void {
    let index = from;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.#swapIfBefore(index, parent)) return;
      index = parent;
    }
  }

  #sink(): void {
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      const right = left + 1;
      const one = this.#heap[left];
      const other = this.#heap[right];
      if (one === undefined) return;
      const child = other !== undefined && isBefore(other, one) ? right : left;
      if (!this.#swapIfBefore(child, index)) return;
      index = child;
    }
  }

  #swapIfBefore(child: number, parent: number): boolean {
    const lower = this.#heap[child];
    const upper = this.#heap[parent];
    if (lower === undefined || upper === undefined || !isBefore(lower, upper)) return false;
    this.#heap[parent] = lower;
    this.#heap[child] = upper;
    return true;
  }
}

function isBefore(one: Entry, other: Entry): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}

function keyOf(deadline: Deadline): string {
  if (deadline.type === "grace") return `grace ${deadline.user} ${deadline.device}`;
  if (deadline.type === "choice") return `choice ${deadline.user}`;
  return `${deadline.type} ${deadline.call}`;
}

import {
  MAX_RINGS_PER_CALLEE,
  MAX_RINGS_PER_CALLER,
  RINGS_PER_CALLEE_WITHIN_MS,
  RINGS_PER_CALLER_WITHIN_MS,
  type UserId,
} from "#protocol";

/** How often each subject did something lately. Holds no subject that did nothing within the span. */
class SlidingCount {
  readonly #instants = new Map<string, number[]>();
  readonly #max: number;
  readonly #withinMs: number;

  constructor(max: number, withinMs: number) {
    this.#max = max;
    this.#withinMs = withinMs;
  }

  /** In how many ms the subject may do it again; 0 is now. */
  waitMs(subject: string, at: number): number {
    const recent = this.#recent(subject, at);
    const oldest = recent[recent.length - this.#max];
    return oldest === undefined ? 0 : oldest + this.#withinMs - at;
  }

  add(subject: string, at: number): void {
    const recent = [...this.#recent(subject, at), at];
    // Deleted first, so that the map stays in the order of the last addition.
    this.#instants.delete(subject);
    this.#instants.set(subject, recent);
    this.#forget(at);
  }

  clear(subject: string): void {
    this.#instants.delete(subject);
  }

  #recent(subject: string, at: number): number[] {
    return (this.#instants.get(subject) ?? []).filter((instant) => at - instant < this.#withinMs);
  }

  #forget(at: number): void {
    for (const [subject, instants] of this.#instants) {
      const last = instants.at(-1);
      if (last !== undefined && at - last < this.#withinMs) return;
      this.#instants.delete(subject);
    }
  }
}

/** How often a caller may ring. It outlives the caller's sockets. [CALL-2] */
export class RingLimits {
  readonly #unanswered = new SlidingCount(MAX_RINGS_PER_CALLEE, RINGS_PER_CALLEE_WITHIN_MS);
  readonly #placed = new SlidingCount(MAX_RINGS_PER_CALLER, RINGS_PER_CALLER_WITHIN_MS);

  /** In how many ms the caller may ring the callee; 0 is now. */
  waitMs(caller: UserId, callee: UserId, at: number): number {
    return Math.max(this.#unanswered.waitMs(pair(caller, callee), at), this.#placed.waitMs(caller, at));
  }

  placed(caller: UserId, at: number): void {
    this.#placed.add(caller, at);
  }

  /** A ring ended as `no-answer` or `cancelled`. */
  unanswered(caller: UserId, callee: UserId, at: number): void {
    this.#unanswered.add(pair(caller, callee), at);
  }

  /** The callee answered or declined: the count starts anew. */
  heard(caller: UserId, callee: UserId): void {
    this.#unanswered.clear(pair(caller, callee));
  }
}

function pair(caller: UserId, callee: UserId): string {
  return `${caller} ${callee}`;
}

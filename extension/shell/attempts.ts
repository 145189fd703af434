interface Attempt<Answer> {
  key: string;
  answer: Promise<Answer>;
  stop: AbortController;
}

/** Attempts at one thing, on several ways, of which one comes about. Each is told by its signal that it is not wanted any more. */
export class Attempts<Answer> {
  readonly #running = new Map<string, Attempt<Answer>>();

  /** Joins the same attempt where it runs; another one on that way is given up for the new one. */
  begin(way: string, key: string, act: (signal: AbortSignal) => Promise<Answer>): Promise<Answer> {
    const running = this.#running.get(way);
    if (running?.key === key) return running.answer;
    running?.stop.abort();
    const stop = new AbortController();
    const answer = act(stop.signal).finally(() => {
      if (this.#running.get(way)?.stop === stop) this.#running.delete(way);
    });
    this.#running.set(way, { key, answer, stop });
    return answer;
  }

  /** Whether the attempt of this signal may come about; all the others are given up then. */
  win(signal: AbortSignal): boolean {
    if (signal.aborted) return false;
    for (const { stop } of this.#running.values()) if (stop.signal !== signal) stop.abort();
    return true;
  }
}

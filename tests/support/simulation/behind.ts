import type { CallId } from "#protocol";
import type { Setting } from "./setting.ts";

/** What is written behind the server's back: most of it at once, and now and then the database is away for a while. */
export class Behind {
  readonly #setting: Setting;
  readonly #waiting = new Map<CallId, () => void>();
  #awayUntil = 0;

  constructor(setting: Setting) {
    this.#setting = setting;
  }

  /** What is written of the same call later takes the place of what still waits. */
  write(call: CallId, work: () => void): void {
    const isWaiting = this.#waiting.has(call);
    this.#waiting.set(call, work);
    if (isWaiting) return;
    const { random, schedule, weather } = this.#setting;
    if (weather !== "calm" && random.chance(0.02)) this.#awayUntil = schedule.now + random.between(1_000, 20_000);
    schedule.at(Math.max(this.#awayUntil, schedule.now) + random.between(1, 20), () => this.#run(call));
  }

  /** The server stops: what waits is written first, or lost where it was killed. */
  end(isKilled: boolean): void {
    if (!isKilled) for (const call of [...this.#waiting.keys()]) this.#run(call);
    this.#waiting.clear();
  }

  #run(call: CallId): void {
    const work = this.#waiting.get(call);
    this.#waiting.delete(call);
    work?.();
  }
}

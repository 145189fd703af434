import { createSubscriber } from "svelte/reactivity";

const TICK_MS = 1_000;

/** The time in ms since 1970, advanced once a second while something shows it. */
class Clock {
  readonly #subscribe = createSubscriber((update) => {
    const ticking = setInterval(update, TICK_MS);
    return () => clearInterval(ticking);
  });

  get now(): number {
    this.#subscribe();
    return Date.now();
  }
}

export const clock = new Clock();

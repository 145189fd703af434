/** Timers started by code that gives no way to end them. */
export interface HeldTimers {
  /** Runs `start` now and keeps hold of each timer that it sets, and that those timers set in their turn. */
  run(start: () => void): void;
  /** Ends them all. */
  clear(): void;
}

/**
 * PeerServer has two timers that set themselves anew for ever and no `close()`. While its code runs, which it does in one
 * synchronous stretch at a time, the global `setTimeout` is ours; no other code runs meanwhile. Meant for timers that
 * run out: one that its owner clears stays held.
 */
export function holdTimers(): HeldTimers {
  const held = new Set<NodeJS.Timeout>();
  let cleared = false;

  const run = (work: () => void): void => {
    const real = globalThis.setTimeout;
    const hold = (callback: () => void, afterMs?: number): NodeJS.Timeout => {
      const timer = real(() => {
        held.delete(timer);
        run(callback);
      }, afterMs);
      if (cleared) clearTimeout(timer);
      else held.add(timer);
      return timer;
    };
    // What PeerServer uses of it is the call with a function and a span.
    globalThis.setTimeout = hold as typeof setTimeout;
    try {
      work();
    } finally {
      globalThis.setTimeout = real;
    }
  };

  return {
    run,
    clear() {
      cleared = true;
      for (const timer of held) clearTimeout(timer);
      held.clear();
    },
  };
}

/**
 * Chromium keeps its way to a speaker for some seconds after the last use, and takes it up again though it leads elsewhere since
 * the speaker was gone.
 */
const REST_MS = 10_000;

/** The speakers that went away just now, none of which is used again before the browser has let go of it. */
export class SpeakerRest {
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();
  readonly #over: () => void;

  constructor(over: () => void) {
    this.#over = over;
  }

  /** It is gone, for the first time or again. */
  begin(speaker: string): void {
    clearTimeout(this.#timers.get(speaker));
    const end = () => {
      this.#timers.delete(speaker);
      this.#over();
    };
    this.#timers.set(speaker, setTimeout(end, REST_MS));
  }

  has(speaker: string): boolean {
    return this.#timers.has(speaker);
  }
}

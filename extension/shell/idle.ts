import { browser } from "wxt/browser";

const SECONDS_PER_MINUTE = 60;

/** Reports whether nobody is at this device, now and at each change. */
export class IdleWatch {
  #afterSeconds: number | undefined;
  readonly #changed: (idle: boolean) => void;

  /** Registers its listener, so it must be made on the first turn. */
  constructor(changed: (idle: boolean) => void) {
    this.#changed = changed;
    browser.idle.onStateChanged.addListener((state) => changed(state !== "active"));
  }

  /** After how many minutes without a touch the machine counts as left. */
  set({ idleMinutes }: { idleMinutes: number }): void {
    const afterSeconds = idleMinutes * SECONDS_PER_MINUTE;
    if (afterSeconds === this.#afterSeconds) return;
    this.#afterSeconds = afterSeconds;
    browser.idle.setDetectionInterval(afterSeconds);
    void browser.idle.queryState(afterSeconds).then((state) => this.#changed(state !== "active"));
  }
}

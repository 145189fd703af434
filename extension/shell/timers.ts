import { browser } from "wxt/browser";

const FLOOR_ALARM = "floor";
const FLOOR_MINUTES = 0.5;

/**
 * Wakes the runtime at its next deadline. A timeout is exact but dies with the worker; while somebody is signed in, an
 * alarm every 30 s brings the worker back and finds what became due meanwhile.
 */
export class Timers {
  #timeout: ReturnType<typeof setTimeout> | undefined;
  #wakeAt: number | undefined;
  #floor: boolean | undefined;
  readonly #due: () => void;

  /** Registers its listener, so it must be made on the first turn. */
  constructor(due: () => void) {
    this.#due = due;
    browser.alarms.onAlarm.addListener((alarm) => {
      if (alarm.name === FLOOR_ALARM) due();
    });
  }

  /** `wakeAt` in ms since 1970; `floor` while the background must not sleep for good. */
  set(wakeAt: number | undefined, floor: boolean): void {
    this.#setTimeout(wakeAt);
    if (floor === this.#floor) return;
    this.#floor = floor;
    // An alarm of the same name is replaced, so that a new start moves it and never doubles it.
    void (floor
      ? browser.alarms.create(FLOOR_ALARM, { periodInMinutes: FLOOR_MINUTES })
      : browser.alarms.clear(FLOOR_ALARM));
  }

  #setTimeout(wakeAt: number | undefined): void {
    if (wakeAt === this.#wakeAt && this.#timeout !== undefined) return;
    clearTimeout(this.#timeout);
    this.#wakeAt = wakeAt;
    this.#timeout = undefined;
    if (wakeAt === undefined) return;
    this.#timeout = setTimeout(
      () => {
        this.#timeout = undefined;
        this.#due();
      },
      Math.max(0, wakeAt - Date.now()),
    );
  }
}

import { browser } from "wxt/browser";

/** Nobody touched the machine for so long: this device counts as unattended. */
const UNATTENDED_SECONDS = 300;

/** Reports whether this device is unattended, now and at each change. Registers its listener, so call it on the first turn. */
export function watchIdle(changed: (idle: boolean) => void): void {
  browser.idle.setDetectionInterval(UNATTENDED_SECONDS);
  browser.idle.onStateChanged.addListener((state) => changed(state !== "active"));
  void browser.idle.queryState(UNATTENDED_SECONDS).then((state) => changed(state !== "active"));
}

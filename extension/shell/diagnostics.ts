import { browser } from "wxt/browser";
import type { AppState } from "../core/app-state-types.ts";
import { diagnosticsOf, type SocketEnd } from "../core/diagnostics.ts";
import { lastTroubles } from "./logger.ts";

/** What a report of a fault needs of this installation; nothing in it is anybody's. */
export function readDiagnostics(state: AppState, ends: readonly SocketEnd[]) {
  const now = Date.now();
  const { version, manifest_version: manifest } = browser.runtime.getManifest();
  return {
    beckon: { version, manifest },
    browser: navigator.userAgent,
    uiLanguage: browser.i18n.getUILanguage(),
    networkOnline: navigator.onLine,
    ...diagnosticsOf(state, ends, now),
    troubles: lastTroubles().map(({ at, line }) => ({ secondsAgo: Math.round((now - at) / 1000), line })),
  };
}

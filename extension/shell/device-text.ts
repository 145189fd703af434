import { browser } from "wxt/browser";
import type { AppState } from "../core/app-state-types.ts";
import { createText, localeOf, type Text } from "../locales/text.ts";

/** The texts of badge and notifications, in the language that the person chose last. */
export function deviceText(state: () => AppState): Text {
  const browsers = localeOf(browser.i18n.getUILanguage());
  let text = createText(browsers);
  const now = (): Text => {
    const locale = state().device.language ?? browsers;
    if (text.locale !== locale) text = createText(locale);
    return text;
  };
  return {
    get locale() {
      return now().locale;
    },
    t: (key, values) => now().t(key, values),
    instant: (at, from) => now().instant(at, from),
    minutes: (ms) => now().minutes(ms),
    clock: (ms) => now().clock(ms),
    length: (seconds) => now().length(seconds),
    bytes: (bytes) => now().bytes(bytes),
    compare: (a, b) => now().compare(a, b),
  };
}

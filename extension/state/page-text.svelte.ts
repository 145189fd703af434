import { browser } from "wxt/browser";
import { createText, localeOf, type Text } from "../locales/text.ts";
import { appView } from "./app-view.svelte.ts";

/** The texts of this page, in the language that the person chose for this device, or else in the browser's. */
class PageText {
  readonly #locale = $derived(localeOf(appView.view?.device.language ?? browser.i18n.getUILanguage()));
  readonly #text = $derived(createText(this.#locale));

  constructor() {
    // For as long as the page lives.
    $effect.root(() => {
      $effect(() => {
        document.documentElement.lang = this.#locale;
      });
    });
  }

  get text(): Text {
    return this.#text;
  }
}

export const pageText = new PageText();

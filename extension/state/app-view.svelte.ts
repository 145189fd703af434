import { browser } from "wxt/browser";
import type { View } from "../core/view.ts";
import { LastingPort } from "../messaging/page.ts";
import { CONTACTS_PORT } from "../messaging/pages.ts";

/** The background's view, as it stands in `storage.session`: there at once, also while the background sleeps. */
class AppView {
  #view = $state.raw<View>();

  /** Undefined until the stored view was read, and where no background has run yet. */
  get view(): View | undefined {
    return this.#view;
  }

  /** Begins to follow the view, and tells the background that contacts are shown for as long as this page lives. */
  follow(): void {
    browser.storage.session.onChanged.addListener((changes) => {
      if (changes["view"] !== undefined) this.#read(changes["view"].newValue);
    });
    void browser.storage.session.get("view").then(({ view }) => this.#read(view));
    new LastingPort(
      CONTACTS_PORT,
      () => undefined,
      () => undefined,
    );
  }

  #read(stored: unknown): void {
    // Our own background's writing, of this same build: the browser empties storage.session when it is replaced.
    if (stored !== undefined) this.#view = stored as View;
  }
}

export const appView = new AppView();

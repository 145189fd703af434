import { browser } from "wxt/browser";
import type { View } from "../core/view.ts";
import { LastingPort } from "../messaging/page.ts";
import { CONTACTS_PORT, HISTORY_PORT } from "../messaging/pages.ts";
import { share } from "./share.ts";

/** The background's view, as it stands in `storage.session`: there at once, also while the background sleeps. */
class AppView {
  #view = $state.raw<View>();

  /** Undefined until the stored view was read, and where no background has run yet. */
  get view(): View | undefined {
    return this.#view;
  }

  /** Begins to follow the view, for as long as this page lives. */
  follow(): void {
    browser.storage.session.onChanged.addListener((changes) => {
      if (changes["view"] !== undefined) this.#read(changes["view"].newValue);
    });
    void browser.storage.session.get("view").then(({ view }) => this.#read(view));
  }

  /** Tells the background that contacts are shown for as long as this page lives. */
  showContacts(): void {
    openPort(CONTACTS_PORT);
  }

  /** Tells the background that the history is shown, until the answer is called. */
  showHistory(): () => void {
    return openPort(HISTORY_PORT);
  }

  #read(stored: unknown): void {
    // Our own background's writing, of this same build: the browser empties storage.session when it is replaced.
    if (typeof stored === "string") this.#view = share(this.#view, JSON.parse(stored) as View);
  }
}

/** A port that says no more than that it is open. Gives its end. */
function openPort(name: string): () => void {
  const silent = () => undefined;
  const port = new LastingPort(name, silent, silent);
  return () => port.close();
}

export const appView = new AppView();

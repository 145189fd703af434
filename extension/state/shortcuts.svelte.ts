import { browser } from "wxt/browser";

interface Shortcut {
  name: "open" | "mute";
  keys: string;
}

/** The keys as the browser has them now. */
class Shortcuts {
  #list = $state.raw<readonly Shortcut[]>([]);

  get list(): readonly Shortcut[] {
    return this.#list;
  }

  /** Reads them now, and whenever the person comes back from changing them. */
  follow(): void {
    document.addEventListener("visibilitychange", () => void this.#read());
    void this.#read();
  }

  async #read(): Promise<void> {
    const all = await browser.commands.getAll();
    this.#list = all.map(({ name = "", shortcut = "" }) => ({
      name: name.startsWith("_execute") ? "open" : "mute",
      keys: shortcut,
    }));
  }
}

export const shortcuts = new Shortcuts();

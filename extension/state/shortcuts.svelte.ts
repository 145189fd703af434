import { browser } from "wxt/browser";

interface Shortcut {
  name: "open" | "mute" | "picture";
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
      name: nameOf(name),
      keys: shortcut,
    }));
  }
}

function nameOf(command: string): Shortcut["name"] {
  if (command.startsWith("_execute")) return "open";
  return command === "toggle-picture" ? "picture" : "mute";
}

export const shortcuts = new Shortcuts();

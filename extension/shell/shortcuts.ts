import { browser } from "wxt/browser";

/** The names of the commands in the manifest, beside the one that opens the popup. */
export type CallCommand = "toggle-microphone" | "toggle-picture";

/** Hears the keys of a call that work in any tab. Registers its listener, so call it on the first turn. */
export function watchShortcuts(pressed: (command: CallCommand) => void): void {
  browser.commands.onCommand.addListener((name) => {
    if (name === "toggle-microphone" || name === "toggle-picture") pressed(name);
  });
}

/** The browser's own page for changing the keys. */
export function openShortcutPage(): void {
  if (import.meta.env.FIREFOX) void firefoxCommands.openShortcutSettings();
  else void browser.tabs.create({ url: "chrome://extensions/shortcuts" });
}

/** Firefox's alone, since 137; not in the types that both browsers share. */
const firefoxCommands = browser.commands as unknown as { openShortcutSettings: () => Promise<void> };

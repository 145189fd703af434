import { browser } from "wxt/browser";

/** The command's name in the manifest. */
export const MUTE_COMMAND = "toggle-microphone";

/** Hears the key that switches the microphone of a call. Registers its listener, so call it on the first turn. */
export function watchShortcuts(toggleMicrophone: () => void): void {
  browser.commands.onCommand.addListener((name) => {
    if (name === MUTE_COMMAND) toggleMicrophone();
  });
}

/** The browser's own page for changing the keys. */
export function openShortcutPage(): void {
  if (import.meta.env.FIREFOX) void firefoxCommands.openShortcutSettings();
  else void browser.tabs.create({ url: "chrome://extensions/shortcuts" });
}

/** Firefox's alone, since 137; not in the types that both browsers share. */
const firefoxCommands = browser.commands as unknown as { openShortcutSettings: () => Promise<void> };

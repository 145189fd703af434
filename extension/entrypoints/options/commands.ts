import { readPicture } from "../../shell/picture-file.ts";
import { saveFile } from "../../shell/download.ts";
import { openShortcutPage } from "../../shell/shortcuts.ts";
import type { SettingsCommands } from "../../components/settings-props.ts";
import { readProof } from "../../messaging/commands.ts";
import { copyDiagnostics } from "../../messaging/diagnostics.ts";
import { askServer, sendCommand } from "../../messaging/page.ts";
import { openWelcome } from "../../messaging/tabs.ts";

/** What the page of the settings asks for, as commands to the background. */
export const commands: SettingsCommands = {
  setSettings: (change) => sendCommand({ type: "setSettings", ...change }),
  letThrough: (user, on) => sendCommand({ type: "letThrough", user, on }),
  setDevice: (change) => sendCommand({ type: "setDevice", change }),
  account: {
    ask: askServer,
    prove: async () => readProof(await sendCommand({ type: "proveByProvider" })),
    deleteAccount: (given) => sendCommand({ type: "deleteAccount", ...given }),
    readPicture,
    saveFile,
  },
  openWelcome,
  retryNow: () => sendCommand({ type: "retryNow" }),
  signOut: () => sendCommand({ type: "signOut" }),
  tryRing: () => sendCommand({ type: "tryRing" }),
  changeShortcuts: openShortcutPage,
  copyDiagnostics,
};

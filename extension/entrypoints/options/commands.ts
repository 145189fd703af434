import type { SettingsCommands } from "../../components/settings-props.ts";
import { sendCommand } from "../../messaging/page.ts";

/** What the page of the settings asks for, as commands to the background. */
export const commands: SettingsCommands = {
  setSettings: (change) => sendCommand({ type: "setSettings", ...change }),
  letThrough: (user, on) => sendCommand({ type: "letThrough", user, on }),
  setDevice: (change) => sendCommand({ type: "setDevice", ...change }),
  retryNow: () => sendCommand({ type: "retryNow" }),
};

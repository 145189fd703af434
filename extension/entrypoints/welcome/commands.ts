import type { WelcomeCommands } from "../../components/welcome-props.ts";
import { inviteCommands, signCommands } from "../../messaging/page-commands.ts";
import { sendCommand } from "../../messaging/page.ts";
import { closeOwnTab, openSettings } from "../../messaging/tabs.ts";
import { reachCheck } from "../../state/reach-check.svelte.ts";

/** What the welcome page asks for, as commands to the background. */
export const commands: WelcomeCommands = {
  ...signCommands,
  ...inviteCommands,
  requestContact: (handle) => sendCommand({ type: "requestContact", handle }),
  closeInvite: (code) => sendCommand({ type: "closeInvite", code }),
  setDevice: (change) => sendCommand({ type: "setDevice", change }),
  ring: () => void reachCheck.ring(),
  openSettings,
  leave: () => void closeOwnTab(),
};

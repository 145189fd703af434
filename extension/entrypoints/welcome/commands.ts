import { browser } from "wxt/browser";
import type { WelcomeCommands } from "../../components/welcome-props.ts";
import { inviteCommands, signCommands } from "../../messaging/page-commands.ts";
import { sendCommand } from "../../messaging/page.ts";
import { closeOwnTab } from "../../messaging/tabs.ts";
import { testRing } from "./test-ring.ts";

/** What the welcome page asks for, as commands to the background. */
export const commands: WelcomeCommands = {
  ...signCommands,
  ...inviteCommands,
  requestContact: (handle) => sendCommand({ type: "requestContact", handle }),
  openInvite: (invite) => sendCommand({ type: "openInvite", ...invite }),
  closeInvite: (code) => sendCommand({ type: "closeInvite", code }),
  testRing,
  openSettings: () => void browser.runtime.openOptionsPage(),
  leave: () => void closeOwnTab(),
};

import type { InvitePageCommands } from "../../components/invite-props.ts";
import { closeOwnTab } from "../../messaging/tabs.ts";
import { inviteCommands, signCommands } from "../../messaging/page-commands.ts";
import { sendCommand } from "../../messaging/page.ts";

/** What the page of an invite asks for, as commands to the background. */
export const commands: InvitePageCommands = {
  ...signCommands,
  ...inviteCommands,
  closeInvite: (code) => sendCommand({ type: "closeInvite", code }),
  leave: () => void closeOwnTab(),
};

import type { PopupCommands } from "../../components/popup-props.ts";
import { inviteCommands, signCommands } from "../../messaging/page-commands.ts";
import { openInvitePage, openSettings, openWelcome } from "../../messaging/tabs.ts";
import { sendCommand } from "../../messaging/page.ts";
import { appView } from "../../state/app-view.svelte.ts";

/** What the popup asks for, as commands to the background. */
export const commands: PopupCommands = {
  ...signCommands,
  ...inviteCommands,
  signOut: () => sendCommand({ type: "signOut" }),
  setPresence: (change) => sendCommand({ type: "setPresence", ...change }),
  setDevice: (change) => sendCommand({ type: "setDevice", change }),
  requestContact: (handle) => sendCommand({ type: "requestContact", handle }),
  acceptContact: (user) => sendCommand({ type: "acceptContact", user }),
  declineContact: (user) => sendCommand({ type: "declineContact", user }),
  removeContact: (user) => sendCommand({ type: "removeContact", user }),
  blockContact: (user) => sendCommand({ type: "blockContact", user }),
  unblockContact: (user) => sendCommand({ type: "unblockContact", user }),
  placeCall: (user, media) => sendCommand({ type: "placeCall", user, media }),
  acceptCall: (call, media) => sendCommand({ type: "acceptCall", call, media }),
  declineCall: (call) => sendCommand({ type: "declineCall", call }),
  silenceRing: (call) => sendCommand({ type: "silenceRing", call }),
  hangUp: (call) => sendCommand({ type: "hangUp", call }),
  dismissCall: (call) => sendCommand({ type: "dismissCall", call }),
  watchContact: (user, on) => sendCommand({ type: "watchContact", user, on }),
  letThrough: (user, on) => sendCommand({ type: "letThrough", user, on }),
  favourite: (user, on) => sendCommand({ type: "favourite", user, on }),
  showHistory: () => appView.showHistory(),
  readCalls: () => sendCommand({ type: "readCalls" }),
  moreCalls: () => sendCommand({ type: "moreCalls" }),
  openInvitePage,
  openWelcome: () => openWelcome(),
  openSettings: () => openSettings(),
  retryNow: () => sendCommand({ type: "retryNow" }),
  showCallTab: () => sendCommand({ type: "showCallTab" }),
  togglePicture: import.meta.env.FIREFOX ? undefined : () => sendCommand({ type: "togglePicture" }),
};

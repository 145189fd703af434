import { askServer, sendCommand } from "./page.ts";

/** Signing in and up, as commands to the background; for every page that offers them. */
export const signCommands = {
  checkServer: (server: string) => sendCommand({ type: "checkServer", server }),
  signIn: (form: { server: string; handle: string; password: string }) => sendCommand({ type: "signIn", ...form }),
  signUp: (form: { server: string; handle: string; name: string; email: string; password: string }) =>
    sendCommand({ type: "signUp", ...form }),
};

/** What is asked about invite links, for every page that makes or answers them. */
export const inviteCommands = {
  createInviteLink: () => askServer("createInviteLink", {}),
  readInviteLink: (code: string) => askServer("readInviteLink", { code }),
  redeemInviteLink: (code: string) => askServer("redeemInviteLink", { code }),
};

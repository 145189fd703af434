import { askServer, sendCommand } from "./page.ts";

interface SignUpForm {
  server: string;
  handle: string;
  name: string;
  email: string;
  password: string;
  invite?: string | undefined;
}

/** Signing in and up, as commands to the background; for every page that offers them. */
export const signCommands = {
  checkServer: (server: string) => sendCommand({ type: "checkServer", server }),
  signIn: (form: { server: string; handle: string; password: string }) => sendCommand({ type: "signIn", ...form }),
  signUp: ({ invite, ...form }: SignUpForm) =>
    sendCommand({ type: "signUp", ...form, ...(invite === undefined ? {} : { invite }) }),
  signInByProvider: ({ invite, server }: { server: string; invite?: string | undefined }) =>
    sendCommand({ type: "signInByProvider", server, ...(invite === undefined ? {} : { invite }) }),
  openInvite: (invite: { code: string; server?: string }) => sendCommand({ type: "openInvite", ...invite }),
  requestPasswordReset: (form: { server: string; email: string }) =>
    sendCommand({ type: "requestPasswordReset", ...form }),
};

/** What is asked about invite links, for every page that makes or answers them. */
export const inviteCommands = {
  // A server of before the notes takes a link without one.
  createInviteLink: (note: string) => askServer("createInviteLink", note === "" ? {} : { note }),
  listInviteLinks: () => askServer("listInviteLinks", {}),
  withdrawInviteLink: (link: string) => askServer("withdrawInviteLink", { link }),
  readInviteLink: (code: string) => askServer("readInviteLink", { code }),
  redeemInviteLink: (code: string) => askServer("redeemInviteLink", { code }),
};

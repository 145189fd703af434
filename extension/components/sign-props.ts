import type { PendingInvite } from "../core/view.ts";
import type { CommandAnswer } from "../messaging/commands.ts";

type Answer = Promise<CommandAnswer>;

/** `invite` is the code of an invitation, where the server takes invited people only. */
export interface SignUpFilled {
  handle: string;
  name: string;
  email: string;
  password: string;
  invite?: string | undefined;
}

/** What signing in and up may ask for, wherever it stands. The promises never reject. */
export interface SignCommands {
  checkServer: (server: string) => Answer;
  signIn: (form: { server: string; handle: string; password: string }) => Answer;
  signUp: (form: SignUpFilled & { server: string }) => Answer;
  signInByProvider: (form: { server: string; invite?: string | undefined }) => Answer;
  /** The invitation waits here for the person's answer. */
  openInvite: (invite: PendingInvite) => Answer;
  /** Answers alike whether anybody has the address. */
  requestPasswordReset: (form: { server: string; email: string }) => Answer;
}

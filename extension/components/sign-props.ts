import type { CommandAnswer } from "../messaging/commands.ts";

type Answer = Promise<CommandAnswer>;

/** What signing in and up may ask for, wherever it stands. The promises never reject. */
export interface SignCommands {
  checkServer: (server: string) => Answer;
  signIn: (form: { server: string; handle: string; password: string }) => Answer;
  signUp: (form: { server: string; handle: string; name: string; email: string; password: string }) => Answer;
}

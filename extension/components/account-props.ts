import type { FunctionParameters } from "#protocol";
import type { Asked, AskedFunction, CommandAnswer } from "../messaging/commands.ts";

/** What the sections about the account may ask for. The promises never reject. */
export interface AccountCommands {
  ask: <F extends AskedFunction>(name: F, parameters: FunctionParameters<F>) => Promise<Asked<F>>;
  /** Erases the account; the background signs out then. */
  deleteAccount: (password: string | undefined) => Promise<CommandAnswer>;
  /** A picture out of a file, square and small, as a data URL; undefined where the file is none. */
  readPicture: (file: Blob) => Promise<string | undefined>;
  /** Gives the person a file to keep. */
  saveFile: (name: string, content: string) => void;
}

/** Why something was refused. */
export type Refused = Extract<CommandAnswer, { ok: false }>;

import type { FunctionParameters, OidcProof, OwnProfile } from "#protocol";
import type { Text } from "../locales/text.ts";
import type { Asked, AskedFunction, CommandAnswer, Refused } from "../messaging/commands.ts";

/** By what a person shows that an account is theirs. */
export type Given = { password: string } | { proof: OidcProof };

/** What the sections about the account may ask for. The promises never reject. */
export interface AccountCommands {
  ask: <F extends AskedFunction>(name: F, parameters: FunctionParameters<F>) => Promise<Asked<F>>;
  /** Leads the person to the provider, to show for one act that the account is theirs. */
  prove: () => Promise<{ ok: true; value: OidcProof } | Refused>;
  /** Erases the account; the background signs out then. */
  deleteAccount: (given: Given) => Promise<CommandAnswer>;
  /** A picture out of a file, square and small, as a data URL; undefined where the file is none. */
  readPicture: (file: Blob) => Promise<string | undefined>;
  /** Gives the person a file to keep. */
  saveFile: (name: string, content: string) => void;
}

/** What a part about the account is given of it. */
export interface AccountPartProps {
  profile: OwnProfile;
  /** The name of the provider by which who has no password signs in. */
  provider: string;
  text: Text;
  commands: AccountCommands;
}

/** What a part is given that shows and changes the profile. */
export interface ProfilePartProps extends AccountPartProps {
  /** Otherwise whoever runs the server has the links. */
  sendsMail: boolean;
  onchange: (profile: OwnProfile) => void;
}

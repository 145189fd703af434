import type { View } from "../core/view.ts";
import type { Text } from "../locales/text.ts";
import type { Asked, CommandAnswer } from "../messaging/commands.ts";
import type { SignCommands } from "./sign-props.ts";

/** What is asked about invite links. The promises never reject. */
export interface InviteCommands {
  /** `note` says for whom it is, to oneself alone. */
  createInviteLink: (note: string) => Promise<Asked<"createInviteLink">>;
  /** Those that wait to be used. */
  listInviteLinks: () => Promise<Asked<"listInviteLinks">>;
  withdrawInviteLink: (link: string) => Promise<Asked<"withdrawInviteLink">>;
  /** Who invites; changes nothing. */
  readInviteLink: (code: string) => Promise<Asked<"readInviteLink">>;
  /** Uses the link up: the two are contacts. */
  redeemInviteLink: (code: string) => Promise<Asked<"redeemInviteLink">>;
}

/** What the page of an invite may ask for. */
export interface InvitePageCommands extends SignCommands, InviteCommands {
  /** The person has answered the invite, or does not want to now. */
  closeInvite: (code: string) => Promise<CommandAnswer>;
  /** Closes the page. */
  leave: () => void;
}

/** Whether links open by themselves on this device, and how to change that. */
export interface LinkPermissionProps {
  state: "granted" | "missing" | "impossible";
  /** Only within a click: the browser asks the person. */
  ongive: () => void;
  ontake: () => void;
}

/** Everything that `InviteScreen.svelte` draws. */
export interface InviteScreenProps {
  /** Undefined until the stored view was read. */
  view: View | undefined;
  text: Text;
  commands: InvitePageCommands;
  /** About a server. */
  linksOf: (server: string) => LinkPermissionProps;
}

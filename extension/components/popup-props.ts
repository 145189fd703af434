import type { CallId, Choice, Media, UserId } from "#protocol";
import type { DeviceChange } from "../core/device-settings.ts";
import type { View } from "../core/view.ts";
import type { Text } from "../locales/text.ts";
import type { CommandAnswer } from "../messaging/commands.ts";
import type { InviteCommands } from "./invite-props.ts";
import type { SignCommands } from "./sign-props.ts";

type Answer = Promise<CommandAnswer>;

/** What the popup may ask for. The promises never reject: what goes wrong is a problem in the answer. */
export interface PopupCommands extends SignCommands, InviteCommands {
  signOut: () => Answer;
  /** `forMs` from now; without it the choice has no end. */
  setPresence: (change: { availability?: Choice; text?: string; forMs?: number }) => Answer;
  /** For this device alone. */
  setDevice: (change: DeviceChange) => Answer;
  requestContact: (handle: string) => Answer;
  acceptContact: (user: UserId) => Answer;
  declineContact: (user: UserId) => Answer;
  /** Removes a contact, or withdraws an outgoing request. */
  removeContact: (user: UserId) => Answer;
  blockContact: (user: UserId) => Answer;
  unblockContact: (user: UserId) => Answer;
  placeCall: (user: UserId, media: Media) => Answer;
  acceptCall: (call: CallId, media: Media) => Answer;
  declineCall: (call: CallId) => Answer;
  silenceRing: (call: CallId) => Answer;
  hangUp: (call: CallId) => Answer;
  dismissCall: (call: CallId) => Answer;
  /** To be told when both are free, until the day ends; or no longer. */
  watchContact: (user: UserId, on: boolean) => Answer;
  /** Whether they ring through one's own do not disturb. */
  letThrough: (user: UserId, on: boolean) => Answer;
  /** Whether they stand first in the list. */
  favourite: (user: UserId, on: boolean) => Answer;
  /** The history is before somebody's eyes, until the answer is called. */
  showHistory: () => () => void;
  readCalls: () => Answer;
  moreCalls: () => Answer;
  /** Opens the page that asks about the invite that waits. */
  openInvitePage: () => void;
  /** Opens the welcome page again. */
  openWelcome: () => void;
  /** Opens the page of the settings. */
  openSettings: () => void;
  retryNow: () => Answer;
  showCallTab: () => Answer;
  /** Within a click. Undefined where the browser does not let a page's window open by what is clicked elsewhere. */
  togglePicture: (() => Answer) | undefined;
}

/** What a person can do with a contact, wherever they are listed. */
export interface ContactActs {
  oncall: (user: UserId, media: Media) => void;
  onwatch: (user: UserId, on: boolean) => void;
  onletthrough: (user: UserId, on: boolean) => void;
  onfavourite: (user: UserId, on: boolean) => void;
  /** Also withdraws an outgoing request. */
  onremove: (user: UserId) => void;
  onblock: (user: UserId) => void;
  onunblock: (user: UserId) => void;
}

/** Everything that `PopupScreen.svelte` draws. */
export interface PopupScreenProps {
  /** Undefined until the stored view was read. */
  view: View | undefined;
  /** In ms since 1970, advanced once a second by the page. */
  now: number;
  text: Text;
  commands: PopupCommands;
}

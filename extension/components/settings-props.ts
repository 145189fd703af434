import type { SecondCall, UserId } from "#protocol";
import type { DeviceChange } from "../core/device-settings.ts";
import type { Reach } from "../core/reach.ts";
import type { View } from "../core/view.ts";
import type { Text } from "../locales/text.ts";
import type { CommandAnswer } from "../messaging/commands.ts";
import type { AccountCommands } from "./account-props.ts";
import type { DeviceOption, DevicePreviewProps } from "./device-props.ts";
import type { LinkPermissionProps } from "./invite-props.ts";
import type { SettingsPartId } from "./settings-parts.ts";
import type { Step } from "./welcome-props.ts";

type Answer = Promise<CommandAnswer>;

/** What the page of the settings may ask for. */
export interface SettingsCommands {
  setSettings: (change: { showBusy?: boolean; secondCall?: SecondCall }) => Answer;
  letThrough: (user: UserId, on: boolean) => Answer;
  setDevice: (change: DeviceChange) => Answer;
  /** Opens the welcome page again, at a step of it where one is named. */
  openWelcome: (step?: Step) => void;
  retryNow: () => Answer;
  signOut: () => Answer;
  /** Rings for a moment as calls ring here. */
  tryRing: () => Answer;
  /** Opens the browser's own page for changing the keys. */
  changeShortcuts: () => void;
  /** Puts what a report of a fault needs on the clipboard; false where that could not be done. */
  copyDiagnostics: () => Promise<boolean>;
  account: AccountCommands;
}

/** What the server of the session is and has. */
export interface ServerDetails {
  version: string;
  hasStun: boolean;
  hasRelay: boolean;
  sendsMail: boolean;
  /** The operator's provider, by its name for people. */
  provider?: string;
}

/** Keys that work anywhere in the browser; none where `keys` is empty. */
export interface Shortcut {
  name: "open" | "mute" | "picture";
  keys: string;
}

/** What the page knows beside the view. */
export interface SettingsSurroundings {
  /** Camera and microphone, before the person's own eyes. */
  preview: DevicePreviewProps;
  /** Undefined until the browser told. */
  speakers: readonly DeviceOption[] | undefined;
  /** Undefined until the server told; null where it does not answer. */
  server: ServerDetails | null | undefined;
  shortcuts: readonly Shortcut[];
  /** About a server. */
  linksOf: (server: string) => LinkPermissionProps;
  reach: Reach | undefined;
  /** Within a click, since the browser asks for camera and microphone. */
  onreach: () => void;
}

/** Shows what went wrong with a command, if something did. */
export type RunCommand = (answer: Answer) => void;

/** A section of the page; `id` is its anchor. */
export interface SettingsPart {
  id: SettingsPartId;
  title: string;
}

/** Everything that `SettingsScreen.svelte` draws. */
export interface SettingsScreenProps {
  /** Undefined until the stored view was read. */
  view: View | undefined;
  /** In ms since 1970, advanced once a second by the page. */
  now: number;
  text: Text;
  commands: SettingsCommands;
  around: SettingsSurroundings;
}

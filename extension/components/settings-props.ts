import type { SecondCall, UserId } from "#protocol";
import type { DeviceChange } from "../core/device-settings.ts";
import type { View } from "../core/view.ts";
import type { Text } from "../locales/text.ts";
import type { CommandAnswer } from "../messaging/commands.ts";
import type { AccountCommands } from "./account-props.ts";

type Answer = Promise<CommandAnswer>;

/** What the page of the settings may ask for. */
export interface SettingsCommands {
  setSettings: (change: { showBusy?: boolean; secondCall?: SecondCall }) => Answer;
  letThrough: (user: UserId, on: boolean) => Answer;
  setDevice: (change: DeviceChange) => Answer;
  /** Opens the welcome page again. */
  openWelcome: () => void;
  retryNow: () => Answer;
  account: AccountCommands;
}

/** Shows what went wrong with a command, if something did. */
export type RunCommand = (answer: Answer) => void;

/** A section of the page; `id` is its anchor. */
export interface SettingsPart {
  id: string;
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
}

import type { DeviceChange } from "../core/device-settings.ts";
import type { Reach } from "../core/reach.ts";
import type { View } from "../core/view.ts";
import type { MessageKey, Text } from "../locales/text.ts";
import type { CommandAnswer } from "../messaging/commands.ts";
import type { DeviceOption, DevicePreviewProps } from "./device-props.ts";
import type { InviteCommands, LinkPermissionProps } from "./invite-props.ts";
import type { SettingsPartId } from "./settings-parts.ts";
import type { SignCommands } from "./sign-props.ts";

/** The steps of the first run, in their order. Each can be passed over, and found again. */
export const STEPS = ["server", "account", "devices", "ring", "friend", "done"] as const;
export type Step = (typeof STEPS)[number];

/** What the welcome page may ask for. The promises never reject. */
export interface WelcomeCommands extends SignCommands, InviteCommands {
  requestContact: (handle: string) => Promise<CommandAnswer>;
  closeInvite: (code: string) => Promise<CommandAnswer>;
  setDevice: (change: DeviceChange) => Promise<CommandAnswer>;
  /** Rings once, by the way that a call takes; what comes of it is in the `reach` of the page. */
  ring: () => void;
  /** Opens the settings, at a part of them where one is named. */
  openSettings: (part?: SettingsPartId) => void;
  /** Closes the page. */
  leave: () => void;
}

/** Everything that `WelcomeScreen.svelte` draws. */
export interface WelcomeScreenProps {
  /** Undefined until the stored view was read. */
  view: View | undefined;
  /** In ms since 1970, advanced once a second by the page. */
  now: number;
  text: Text;
  /** The step that was asked for; else the one at which the person stands. */
  first?: Step | undefined;
  /** What the tab had tried and found to be well before it was loaded again. */
  kept: readonly string[];
  /** What is to outlive the next time. */
  onkeep: (steps: readonly Step[]) => void;
  commands: WelcomeCommands;
  preview: DevicePreviewProps;
  /** Undefined until the browser told. */
  speakers: readonly DeviceOption[] | undefined;
  /** What came of the ring to oneself; undefined until it was tried. */
  reach: Reach | undefined;
  linksOf: (server: string) => LinkPermissionProps;
  /** The toolbars differ. */
  browser: "chrome" | "firefox";
}

/** The step that a page's address names behind its #, if it names one. */
export function stepOf(hash: string): Step | undefined {
  return STEPS.find((step) => `#${step}` === hash);
}

/** The title of a step: nobody is there before they have an account. */
export function titleKey(step: Step, view: View | undefined): MessageKey {
  return step === "done" && view?.at === "signed-out" ? "welcome.almost-title" : `welcome.${step}-title`;
}

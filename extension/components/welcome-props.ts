import type { View } from "../core/view.ts";
import type { Text } from "../locales/text.ts";
import type { CommandAnswer } from "../messaging/commands.ts";
import type { DevicePreviewProps } from "./device-props.ts";
import type { InviteCommands, LinkPermissionProps } from "./invite-props.ts";
import type { SignCommands } from "./sign-props.ts";

/** The steps of the first run, in their order. Each can be passed over, and found again. */
export const STEPS = ["server", "account", "devices", "friend", "done"] as const;
export type Step = (typeof STEPS)[number];

/** What the welcome page may ask for. The promises never reject. */
export interface WelcomeCommands extends SignCommands, InviteCommands {
  requestContact: (handle: string) => Promise<CommandAnswer>;
  openInvite: (invite: { code: string; server?: string }) => Promise<CommandAnswer>;
  closeInvite: (code: string) => Promise<CommandAnswer>;
  /** Rings for a moment, with a notification; tells whether the browser may show one. */
  testRing: (text: Text) => Promise<"shown" | "denied">;
  openSettings: () => void;
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
  commands: WelcomeCommands;
  preview: DevicePreviewProps;
  linksOf: (server: string) => LinkPermissionProps;
  /** The toolbars differ. */
  browser: "chrome" | "firefox";
}

import { MAX_LET_THROUGH } from "#protocol";
import type { SettingsCommands } from "../../../extension/components/settings-props.ts";
import type { ContactView, SignedInView } from "../../../extension/core/view.ts";
import type { CommandAnswer } from "../../../extension/messaging/commands.ts";
import { accountCommands, type AccountScene, accountScenes } from "./account-scenes.ts";
import { NOW } from "./now.ts";
import type { SettingsScene } from "./scenes.ts";

const OFFLINE = { at: "offline", why: "network", retryAt: NOW + 4000, asOf: NOW } as const;

/** The page of the settings in each of its states, of somebody with few contacts or `many`. */
export function settingsScenes(home: SignedInView, many: ContactView[]): Record<string, SettingsScene> {
  const all = many.slice(0, MAX_LET_THROUGH).map(({ user }) => user);
  const scene = (more: Partial<SignedInView>): SettingsScene => ({ screen: "settings", view: { ...home, ...more } });
  return {
    settings: scene({}),
    "settings-loading": { screen: "settings", view: undefined },
    "settings-signed-out": { screen: "settings", view: { at: "signed-out", sessionEnded: false, device: home.device } },
    "settings-unknown": scene({ line: OFFLINE, settings: { ...home.settings, known: false } }),
    "settings-waiting": scene({ line: OFFLINE, settings: { ...home.settings, change: "waiting" } }),
    "settings-refused": scene({ settings: { ...home.settings, change: "refused" } }),
    "settings-nobody": scene({ contacts: [] }),
    ...accountScenes(scene({})),
    "settings-200": scene({ contacts: many, settings: { ...home.settings, letThrough: all } }),
  };
}

/** The commands of the page of the settings answer well; `note` hears the name of each. */
export function settingsCommands(note: (name: string) => void, account: AccountScene = {}): SettingsCommands {
  const reply = (name: string) => (): Promise<CommandAnswer> => {
    note(name);
    return Promise.resolve({ ok: true });
  };
  return {
    setSettings: reply("setSettings"),
    letThrough: reply("letThrough"),
    setDevice: reply("setDevice"),
    openWelcome: () => note("openWelcome"),
    retryNow: reply("retryNow"),
    account: accountCommands(note, account),
  };
}

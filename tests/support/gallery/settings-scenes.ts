import { MAX_LET_THROUGH } from "#protocol";
import type { DevicePreviewProps } from "../../../extension/components/device-props.ts";
import type { SettingsCommands, SettingsSurroundings } from "../../../extension/components/settings-props.ts";
import type { DeviceSettings } from "../../../extension/core/device-settings.ts";
import { newReach, type Reach } from "../../../extension/core/reach.ts";
import type { ContactView, SignedInView, View } from "../../../extension/core/view.ts";
import type { CommandAnswer } from "../../../extension/messaging/commands.ts";
import { accountCommands, type AccountScene, accountScenes } from "./account-scenes.ts";
import { linksOf } from "./invite-scenes.ts";
import { NOW } from "./now.ts";

export interface SettingsScene {
  screen: "settings";
  view: View | undefined;
  /** What the page knows beside the view, where it is not the usual. */
  around?: Partial<SettingsSurroundings>;
  /** What the server says of the account, where it is not the usual. */
  account?: AccountScene;
}

const PREVIEW: DevicePreviewProps = {
  state: "off",
  stream: undefined,
  level: 0,
  problem: () => undefined,
  options: () => [],
  chosen: () => undefined,
  onopen: () => undefined,
  onchoose: () => undefined,
  onclose: () => undefined,
};

const SPEAKERS = [
  { id: "desk", label: "USB speakers" },
  { id: "headset", label: "Headset Pro (Bluetooth)" },
];

const OFFLINE = { at: "offline", why: "network", retryAt: NOW + 4000, asOf: NOW } as const;

/** The page of the settings in each of its states, of somebody with few contacts or `many`. */
export function settingsScenes(home: SignedInView, many: ContactView[]): Record<string, SettingsScene> {
  const all = many.slice(0, MAX_LET_THROUGH).map(({ user }) => user);
  const scene = (more: Partial<SignedInView>): SettingsScene => ({ screen: "settings", view: { ...home, ...more } });
  const device = (more: Partial<DeviceSettings>) => scene({ device: { ...home.device, ...more } });
  const passed = { at: "passed" } as const;
  const good: Reach = {
    session: passed,
    server: passed,
    availability: passed,
    notification: passed,
    ring: passed,
    badge: { at: "passed", note: "badge-hidden" },
    microphone: passed,
    camera: passed,
    stun: passed,
    turn: { at: "off", why: "turn-none" },
  };
  return {
    settings: scene({}),
    "settings-chosen": device({
      quietHours: { from: 1320, to: 420 },
      ringer: "gone",
      speaker: "desk",
      relayOnly: true,
      ringVolume: 0.4,
    }),
    "settings-server-away": { ...scene({}), around: { server: null, speakers: [] } },
    "settings-server-leaving": scene({}),
    "settings-reach": { ...scene({}), around: { reach: { ...newReach(), session: { at: "running" } } } },
    "settings-reach-good": { ...scene({}), around: { reach: good } },
    "settings-reach-same-network": {
      ...scene({}),
      around: { reach: { ...good, stun: { at: "off", why: "stun-none" } } },
    },
    "settings-reach-quiet": {
      ...scene({}),
      around: { reach: { ...good, ring: { at: "off", why: "ring-quiet-hours" } } },
    },
    "settings-reach-invisible": {
      ...scene({ self: { ...home.self, availability: "invisible" } }),
      around: { reach: { ...good, availability: { at: "off", why: "invisible" } } },
    },
    "settings-reach-failed": {
      ...scene({}),
      around: { reach: { ...good, microphone: { at: "failed", why: "microphone-silent" } } },
    },
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

/** What the page of the settings knows beside the view. */
export function settingsAround({ around = {} }: SettingsScene, note: (name: string) => void): SettingsSurroundings {
  return {
    preview: PREVIEW,
    speakers: SPEAKERS,
    server: { version: "0.1.0", hasStun: true, hasRelay: false, sendsMail: true },
    shortcuts: [
      { name: "open", keys: "Alt+Shift+K" },
      { name: "mute", keys: "" },
      { name: "picture", keys: "Alt+Shift+O" },
    ],
    linksOf,
    reach: undefined,
    onreach: () => note("onreach"),
    ...around,
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
    signOut: reply("signOut"),
    tryRing: reply("tryRing"),
    changeShortcuts: () => note("changeShortcuts"),
    copyDiagnostics: () => Promise.resolve(true),
    account: accountCommands(note, account),
  };
}

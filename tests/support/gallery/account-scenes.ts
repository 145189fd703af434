import type { OwnProfile, UserId } from "#protocol";
import { DEVICE_AT_FIRST } from "../../../extension/core/device-settings.ts";
import type { AccountCommands } from "../../../extension/components/account-props.ts";
import { readAsked, readProof, type AskedFunction, type CommandAnswer } from "../../../extension/messaging/commands.ts";
import { NOW } from "./now.ts";
import type { SettingsScene } from "./settings-scenes.ts";

const HOUR = 3_600_000;

/** What the server answers to the questions about the account; `never` leaves a question waiting. */
export type AccountScene = Partial<Record<AskedFunction | "deleteAccount" | "prove", CommandAnswer | "never">>;

const PROFILE: OwnProfile = {
  id: "alice" as UserId,
  handle: "alice",
  name: "Alice Okada",
  email: "alice@example.org",
  emailVerified: false,
  hasPassword: true,
};

/** A square with a ring, as somebody's picture. */
export const PICTURE = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><path fill="#7a5cff" d="M0 0h8v8H0z"/><circle cx="4" cy="4" r="2" fill="none" stroke="#fff"/></svg>',
)}`;

const SESSIONS = [
  { id: "one", device: "Chrome on Linux", at: NOW - 900 * HOUR, lastUsed: NOW, current: true },
  { id: "two", device: "Firefox on Windows", at: NOW - 400 * HOUR, lastUsed: NOW - HOUR, current: false },
  { id: "three", device: "", at: NOW - 700 * HOUR, lastUsed: NOW - 60 * HOUR, current: false },
];

/** Who came by the provider, and has no password. */
const BY_PROVIDER: Partial<OwnProfile> = { hasPassword: false, byProvider: true };

function profileOf(more: Partial<OwnProfile>): AccountScene {
  return { getProfile: { ok: true, value: { user: { ...PROFILE, ...more } } } };
}

const USUAL: AccountScene = {
  ...profileOf({}),
  updateProfile: { ok: true, value: { user: { ...PROFILE, name: "Alice O." } } },
  setAvatar: { ok: true, value: { user: { ...PROFILE, avatar: "/avatars/one" } } },
  changePassword: { ok: true, value: {} },
  requestVerification: { ok: true, value: {} },
  listSessions: { ok: true, value: { sessions: SESSIONS } },
  signOutSession: { ok: true, value: {} },
  signOutEverywhere: { ok: true, value: {} },
  exportAccount: { ok: true, value: { account: { id: "alice" }, contacts: [], calls: [], devices: [] } },
  deleteAccount: { ok: true },
  prove: { ok: true, value: { code: "code", verifier: "v".repeat(43) } },
};

/** The sections about the account in each of their states; what a person does in them first stands in acts.ts. */
export function accountScenes(settings: SettingsScene): Record<string, SettingsScene> {
  const scene = (account: AccountScene): SettingsScene => ({ ...settings, account });
  const provided = (account: AccountScene): SettingsScene => ({
    ...scene({ ...profileOf(BY_PROVIDER), ...account }),
    around: { server: { version: "0.1.0", hasStun: true, hasRelay: false, sendsMail: true, provider: "Example Club" } },
  });
  const refused = { ok: false, problem: "wrong-password" } as const;
  return {
    "account-loading": scene({ getProfile: "never", listSessions: "never" }),
    "account-failed": scene({ getProfile: { ok: false, problem: "server-away" } }),
    "account-unmailed": {
      ...scene({}),
      around: { server: { version: "0.1.0", hasStun: true, hasRelay: false, sendsMail: false } },
    },
    "account-verified": scene(profileOf({ emailVerified: true })),
    "account-no-password": provided({}),
    "account-first-password": provided({ prove: "never" }),
    "account-first-password-closed": provided({ prove: { ok: false, problem: "provider-closed" } }),
    "account-provider-address": provided({ updateProfile: refused }),
    "account-provider-password": provided(profileOf({ byProvider: true })),
    "account-address": scene({ updateProfile: refused }),
    "account-address-held": scene(profileOf({ emailVerified: true, resetsTo: "alice@old.example" })),
    "account-address-stale": provided(profileOf({ ...BY_PROVIDER, resetsTo: "" })),
    "account-taken": scene({ updateProfile: { ok: false, problem: "handle-taken" } }),
    "account-picture": scene({}),
    "account-picture-refused": scene({}),
    "account-password": scene({ changePassword: refused }),
    "account-devices-sure": scene({}),
    "account-too-many": scene({ requestVerification: { ok: false, problem: "too-many" } }),
    "data-exported": scene({}),
    "data-deleting": scene({ deleteAccount: refused }),
    "data-deleting-provider": provided({ prove: { ok: false, problem: "provider-failed" } }),
    "data-deleted": {
      ...settings,
      view: { at: "signed-out", sessionEnded: false, device: DEVICE_AT_FIRST, deleted: true },
    },
  };
}

/** The commands about the account answer as the scene says; `note` hears the name of each. */
export function accountCommands(note: (name: string) => void, given: AccountScene): AccountCommands {
  const answers = { ...USUAL, ...given };
  const reply = (name: AskedFunction | "deleteAccount" | "prove"): Promise<CommandAnswer> => {
    note(name);
    const answer = answers[name] ?? { ok: true };
    return answer === "never" ? new Promise<never>(() => undefined) : Promise.resolve(answer);
  };
  return {
    ask: async (name) => readAsked(name, await reply(name)),
    prove: async () => readProof(await reply("prove")),
    deleteAccount: () => reply("deleteAccount"),
    readPicture: (file) => Promise.resolve(file.type.startsWith("image/") ? PICTURE : undefined),
    saveFile: () => note("saveFile"),
  };
}

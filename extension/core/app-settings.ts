import { MAX_FAVOURITES, MAX_LET_THROUGH, type ServerMessageOf, type Settings, type UserId } from "#protocol";
import { type AppStep, ask } from "./app-parts.ts";
import type { PageCommand } from "./app-event-types.ts";
import type { SettingsList, SignedIn, WantedSettings } from "./app-state-types.ts";
import { isQuietAt } from "./device-settings.ts";
import { step } from "./machine.ts";
import { isAccepted } from "./roster.ts";

/** Each list of contacts among the settings, by the command that changes it. */
const LISTS = {
  "let-through": { list: "letThrough", most: MAX_LET_THROUGH },
  favourite: { list: "favourites", most: MAX_FAVOURITES },
} as const;

type Listing = Extract<PageCommand, { type: keyof typeof LISTS }>;

/** The settings as the person wants them, confirmed or not. */
export function settingsOf({ settings, wantedSettings }: SignedIn): Settings {
  const wanted = { ...settings, ...wantedSettings?.change };
  for (const { list, user, on } of wantedSettings?.listed ?? []) {
    const others = (wanted[list] ?? []).filter((one) => one !== user);
    wanted[list] = on ? [...others, user] : others;
  }
  return wanted;
}

/** What the person changes is shown at once, and told to the server until it has confirmed it. */
export function setSettings(state: SignedIn, change: WantedSettings["change"], at: number): AppStep {
  const { change: before, listed: lists } = wantedOf(state);
  return want(state, { change: { ...before, ...change }, listed: lists }, at);
}

/** Puts a contact on a list of the settings, or takes them off it. */
export function setListed(state: SignedIn, { type, user, on }: Listing, at: number): AppStep {
  const { list } = LISTS[type];
  const { change, listed: before } = wantedOf(state);
  const others = before.filter((one) => one.list !== list || one.user !== user);
  return want(state, { change, listed: [...others, { list, user, on }] }, at);
}

function wantedOf({ wantedSettings }: SignedIn): Omit<WantedSettings, "request"> {
  return wantedSettings ?? { change: {}, listed: [] };
}

function want(state: SignedIn, wanted: Omit<WantedSettings, "request">, at: number): AppStep {
  const request = state.lastRequest + 1;
  const next: SignedIn = { ...state, wantedSettings: { ...wanted, request }, lastRequest: request };
  delete next.settingsRefused;
  return askSettings(next, at);
}

/** Whether no more contacts can be put on the list. */
export function isFull(state: SignedIn, { type, user, on }: Listing): boolean {
  const { list, most } = LISTS[type];
  const names = listed(state, list);
  return on && !names.includes(user) && names.length >= most;
}

/** Who is on a list of the settings, confirmed or not, and still a contact. */
export function listed(state: SignedIn, list: SettingsList): UserId[] {
  return (settingsOf(state)[list] ?? []).filter((user) => isKnown(state, user));
}

/**
 * Tells the server what the person changed, where it has not confirmed that yet. A list travels whole, as the server told it last
 * and with what was changed here.
 */
export function askSettings(state: SignedIn, at: number): AppStep {
  const { wantedSettings } = state;
  if (!wantedSettings) return step(state);
  const { request, change, listed: wished } = wantedSettings;
  const lists = Object.fromEntries(wished.map(({ list }) => [list, listed(state, list)]));
  return ask(state, at, { type: "settings.set", id: request, ...change, ...lists });
}

/** The answer to the last change; undefined where it answers something else. */
export function settingsAnswered(
  state: SignedIn,
  message: ServerMessageOf<"ok"> | ServerMessageOf<"error">,
): SignedIn | undefined {
  const { wantedSettings, ...rest } = state;
  if (wantedSettings?.request !== message.re || wantedSettings === undefined) return undefined;
  return message.type === "ok" ? { ...rest, settings: settingsOf(state) } : { ...rest, settingsRefused: true };
}

/**
 * Whether their ring makes no sound here. Do not disturb does so at once, also before the server has heard of it; those whom
 * the person lets through are heard.
 */
export function isSilentFor(state: SignedIn, from: UserId): boolean {
  if (state.device.ringSilently || state.isQuietHour === true) return true;
  const chosen = state.self.wanted?.availability ?? state.self.availability;
  return chosen === "dnd" && settingsOf(state).letThrough?.includes(from) !== true;
}

/** The same object where nothing is new. Where nobody knows the minute, it is as it was. */
export function withQuietHour(state: SignedIn, minute: number | undefined): SignedIn {
  const isQuiet = minute === undefined ? state.isQuietHour === true : isQuietAt(state.device.quietHours, minute);
  if (isQuiet === (state.isQuietHour === true)) return state;
  if (isQuiet) return { ...state, isQuietHour: true };
  const { isQuietHour, ...rest } = state;
  return isQuietHour ? rest : state;
}

function isKnown({ roster }: SignedIn, user: UserId): boolean {
  return !roster.known || roster.contacts.some((contact) => contact.user === user && isAccepted(contact));
}

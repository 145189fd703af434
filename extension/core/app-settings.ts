import type { ServerMessageOf, Settings, UserId } from "#protocol";
import { type AppStep, ask } from "./app-parts.ts";
import type { PageCommand, SignedIn } from "./app-types.ts";
import { step } from "./machine.ts";
import { isAccepted } from "./roster.ts";

type LetThrough = Extract<PageCommand, { type: "let-through" }>;

/** The settings as the person wants them, confirmed or not. */
export function settingsOf({ settings, wantedSettings }: SignedIn): Settings {
  return { ...settings, ...wantedSettings?.change };
}

/** What the person changes is shown at once, and told to the server until it has confirmed it. */
export function setSettings(state: SignedIn, change: Partial<Settings>, at: number): AppStep {
  const request = state.lastRequest + 1;
  const wantedSettings = { change: { ...state.wantedSettings?.change, ...change }, request };
  const next: SignedIn = { ...state, wantedSettings, lastRequest: request };
  delete next.settingsRefused;
  return askSettings(next, at);
}

/** Lets a contact ring through do not disturb, or no longer. The list travels whole. */
export function setLetThrough(state: SignedIn, { user, on }: LetThrough, at: number): AppStep {
  const others = (settingsOf(state).letThrough ?? []).filter((one) => one !== user && isKnown(state, one));
  return setSettings(state, { letThrough: on ? [...others, user] : others }, at);
}

/** Tells the server what the person changed, where it has not confirmed that yet. */
export function askSettings(state: SignedIn, at: number): AppStep {
  const { wantedSettings } = state;
  if (!wantedSettings) return step(state);
  return ask(state, at, { type: "settings.set", id: wantedSettings.request, ...wantedSettings.change });
}

/** The answer to the last change; undefined where it answers something else. */
export function settingsAnswered(
  state: SignedIn,
  message: ServerMessageOf<"ok"> | ServerMessageOf<"error">,
): SignedIn | undefined {
  const { wantedSettings, ...rest } = state;
  if (wantedSettings?.request !== message.re || wantedSettings === undefined) return undefined;
  return message.type === "ok"
    ? { ...rest, settings: { ...state.settings, ...wantedSettings.change } }
    : { ...rest, settingsRefused: true };
}

/**
 * Whether their ring makes no sound here. Do not disturb does so at once, also before the server has heard of it; those whom
 * the person lets through are heard.
 */
export function isSilentFor(state: SignedIn, from: UserId): boolean {
  if (state.device.ringSilently) return true;
  const chosen = state.self.wanted?.availability ?? state.self.availability;
  return chosen === "dnd" && settingsOf(state).letThrough?.includes(from) !== true;
}

function isKnown({ roster }: SignedIn, user: UserId): boolean {
  return !roster.known || roster.contacts.some((contact) => contact.user === user && isAccepted(contact));
}

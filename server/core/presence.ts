import type { Availability, ContactPresence, Settings, UserId } from "#protocol";
import type { ChosenPresence } from "./events.ts";

/** What others see of a user. */
export interface Shown {
  availability: Availability;
  text?: string;
}

/** What others were last told; `since` is the instant of the last change of availability, where there was one. */
export interface Told extends Shown {
  since?: number;
}

/** What makes the whole of a user's presence. */
export interface PresenceParts {
  chosen: ChosenPresence;
  settings: Settings;
  devices: ReadonlyMap<unknown, { idle: boolean }>;
  inCall: boolean;
}

/** Merges a user's devices, choice and calls into the one status that others see. [PRES-1] [PRES-4] */
export function shownOf({ chosen, settings, devices, inCall }: PresenceParts): Shown {
  if (devices.size === 0 || chosen.availability === "invisible") return { availability: "offline" };
  const text = chosen.text === undefined ? {} : { text: chosen.text };
  if (chosen.availability !== "available") return { availability: chosen.availability, ...text };
  if (inCall && settings.showBusy) return { availability: "busy", ...text };
  // A device in its grace counts as it was. [PRES-3]
  for (const device of devices.values()) if (!device.idle) return { availability: "available", ...text };
  return { availability: "away", ...text };
}

/** What others must be told now, or undefined where nothing changed for them. [PRES-2] */
export function changeOf(told: Told, shown: Shown, at: number): Told | undefined {
  const sameAvailability = told.availability === shown.availability;
  if (sameAvailability && told.text === shown.text) return undefined;
  if (!sameAvailability) return { ...shown, since: at };
  return { ...shown, ...(told.since === undefined ? {} : { since: told.since }) };
}

/** What was told of a user, as a contact reads it now. */
export function presenceOf(user: UserId, told: Told, at: number): ContactPresence {
  return {
    user,
    availability: told.availability,
    ...(told.text === undefined ? {} : { text: told.text }),
    ...(told.since === undefined ? {} : { since: at - told.since }),
  };
}

/** The part of `presence.set` that changes a choice; `until` is a span in ms. */
export interface ChoiceChange {
  availability?: ChosenPresence["availability"];
  until?: number;
  text?: string;
}

/**
 * The choice after a change. What is left out stays; `text: ""` clears; a new choice without `until` has no end, and
 * `available` never has one, since it is what a choice ends in.
 */
export function chosenAfter(chosen: ChosenPresence, change: ChoiceChange, at: number): ChosenPresence {
  const availability = change.availability ?? chosen.availability;
  const text = change.text ?? chosen.text;
  const kept = change.availability === undefined ? chosen.until : undefined;
  const until = change.until === undefined ? kept : at + change.until;
  return {
    availability,
    ...(until === undefined || availability === "available" ? {} : { until }),
    ...(text === undefined || text === "" ? {} : { text }),
  };
}

/** The choice once its time has run out: `available` again, the text stays. */
export function chosenWhenOver(chosen: ChosenPresence): ChosenPresence {
  return { availability: "available", ...(chosen.text === undefined ? {} : { text: chosen.text }) };
}

export function sameChoice(one: ChosenPresence, other: ChosenPresence): boolean {
  return one.availability === other.availability && one.until === other.until && one.text === other.text;
}

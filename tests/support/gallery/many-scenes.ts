import type { Availability, UserId } from "#protocol";
import type { ContactView } from "../../../extension/core/view.ts";
import { NOW } from "./now.ts";
import { type Scene, SCENES } from "./scenes.ts";

const STATES: Availability[] = ["available", "away", "busy", "dnd", "offline", "offline"];
const COUNT = 500;

/** Scenes that are measured and not looked at: so many contacts, and the same once each has changed. */
export const MANY_SCENES: Record<string, Scene | undefined> = {
  "many-none": many([]),
  many: many(people(0)),
  "many-moved": many(people(1)),
};

function many(contacts: ContactView[]): Scene | undefined {
  const home = SCENES["home"];
  if (home?.screen !== "popup" || home.view?.at !== "signed-in") return undefined;
  return { ...home, view: { ...home.view, contacts } };
}

function people(turn: number): ContactView[] {
  return Array.from({ length: COUNT }, (_, index) => ({
    user: `person${String(index)}` as UserId,
    handle: `h.${String(index)}`,
    name: `${index % 2 === 0 ? "Person" : "ペルソナ"} ${String(index)}`,
    state: "accepted" as const,
    availability: STATES[(index + turn) % STATES.length] ?? "offline",
    since: NOW - index * 60_000,
  }));
}

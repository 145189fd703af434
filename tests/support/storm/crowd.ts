import type { AppState } from "../../../extension/core/app-state-types.ts";
import { presenceOf, type Roster } from "../../../extension/core/roster.ts";
import { callFunction } from "../accounts.ts";
import { type Happening, LiveDevice } from "../live-device.ts";
import type { Inhabitant } from "./population.ts";

/** One person must get in within this span. */
const ARRIVE_WITHIN_MS = 60_000;

/** What is noted of one device since {@link Crowd.begin}; instants in ms since 1970. */
interface Notes {
  helloAt?: number;
  welcomedAt?: number;
  /** When it was first told that all of its contacts are available, by the server and not by its own memory. */
  rightAt?: number;
}

/** Many people, each with one device that decides as the extension does. */
export class Crowd {
  readonly #devices: LiveDevice[];
  readonly #contactsOf: Map<LiveDevice, Inhabitant>;
  #notes = new Map<LiveDevice, Notes>();
  #hellos: number[] = [];
  #failedTries = 0;
  #flaps = 0;
  #unlisted = 0;
  #rightCount = 0;
  #afterRight: (() => void) | undefined;

  constructor(url: string, people: readonly Inhabitant[]) {
    this.#devices = people.map(({ user, token, device, address }) => {
      const listContacts = async () => (await callFunction(url, "listContacts", {}, { token, from: address })).contacts;
      const watch = (who: LiveDevice, before: AppState, event: Happening) => this.#watch(who, before, event);
      return new LiveDevice({ user, token, device, url, listContacts, from: address, watch });
    });
    this.#contactsOf = new Map(this.#devices.map((device, at) => [device, people[at]!]));
  }

  /** Everyone signs in and reads their contact list, so many at once. */
  async arrive(atOnce: number, signal: AbortSignal): Promise<void> {
    const waiting = [...this.#devices];
    const arriveOneByOne = async () => {
      for (let device = waiting.shift(); device !== undefined; device = waiting.shift()) {
        signal.throwIfAborted();
        device.signIn();
        await device.until("contact list", ({ roster }) => roster.known || undefined, ARRIVE_WITHIN_MS);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, arriveOneByOne));
  }

  /** Notes anew. */
  begin(): void {
    this.#notes = new Map();
    this.#hellos = [];
    this.#failedTries = 0;
    this.#flaps = 0;
    this.#unlisted = 0;
    this.#rightCount = 0;
  }

  /** Resolves once everyone is back and right, or the signal is aborted. */
  async allRight(signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      const look = () => {
        if (this.#rightCount === this.size) resolve();
      };
      this.#afterRight = look;
      signal.addEventListener("abort", () => resolve(), { once: true });
      if (signal.aborted) resolve();
      look();
    });
    this.#afterRight = undefined;
  }

  /** What was seen since {@link begin}; instants in ms since 1970, in order. */
  get seen() {
    const notes = [...this.#notes.values()];
    return {
      hellos: this.#hellos.toSorted((a, b) => a - b),
      welcomed: sorted(notes.map(({ welcomedAt }) => welcomedAt)),
      right: sorted(notes.map(({ rightAt }) => rightAt)),
      failedTries: this.#failedTries,
      /** How often anyone was shown that a contact is gone. */
      flaps: this.#flaps,
      /** Contact lists that could not be read, and are tried again. */
      unlisted: this.#unlisted,
    };
  }

  get size(): number {
    return this.#devices.length;
  }

  async close(): Promise<void> {
    await Promise.all(this.#devices.map((device) => device.close()));
  }

  #watch(device: LiveDevice, before: AppState, event: Happening): void {
    const after = device.state;
    if (after.at !== "signed-in") throw new Error(`${device.user} was signed out by ${event.type}.`);
    const notes = this.#notes.get(device) ?? {};
    this.#notes.set(device, notes);
    const wasAt = before.at === "signed-in" ? before.connection.line.at : undefined;
    if (event.type === "socket-opened" && after.connection.line.at === "greeting") {
      notes.helloAt = Date.now();
      this.#hellos.push(notes.helloAt);
    }
    if (event.type === "socket-closed" && wasAt !== "online") this.#failedTries += 1;
    if (event.type === "contacts-refused") this.#unlisted += 1;
    if (after.connection.line.at === "online" && wasAt !== "online") notes.welcomedAt = Date.now();
    if (before.at !== "signed-in" || before.roster === after.roster) return;
    this.#compare(device, notes, before.roster, after.roster);
  }

  #compare(device: LiveDevice, notes: Notes, before: Roster, after: Roster): void {
    const { contacts } = this.#contactsOf.get(device)!;
    let isRight = device.isOnline;
    for (const contact of contacts) {
      const isShown = (roster: Roster) => presenceOf(roster, contact).availability === "available";
      if (isShown(before) && !isShown(after)) this.#flaps += 1;
      isRight &&= after.presence[contact]?.availability === "available";
    }
    if (!isRight || notes.welcomedAt === undefined || notes.rightAt !== undefined) return;
    notes.rightAt = Date.now();
    this.#rightCount += 1;
    this.#afterRight?.();
  }
}

function sorted(instants: readonly (number | undefined)[]): number[] {
  return instants.filter((at) => at !== undefined).sort((a, b) => a - b);
}

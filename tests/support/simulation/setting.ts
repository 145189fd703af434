import { Random } from "./random.ts";
import { Schedule } from "./schedule.ts";

/** How rough a run is. `calm`: nothing breaks. `usual`: what happens to people. `rough`: frames are doubled and reordered. */
export type Weather = "calm" | "usual" | "rough";

/** What all parts of one run share. */
export class Setting {
  readonly seed: number;
  readonly random: Random;
  readonly schedule = new Schedule();
  readonly weather: Weather;
  /** How likely it is that somebody sees to a ring: in some runs everyone is quick, in some nobody is there. */
  readonly attention: number;
  readonly trace: string[] = [];
  readonly problems: string[] = [];
  readonly #traced: boolean;
  readonly #startedAt = this.schedule.now;

  constructor(seed: number, traced: boolean) {
    this.seed = seed;
    this.random = new Random(seed);
    this.#traced = traced;
    const kind = seed % 10;
    this.weather = kind === 0 ? "calm" : kind === 9 ? "rough" : "usual";
    this.attention = this.random.next();
  }

  get now(): number {
    return this.schedule.now;
  }

  /** One line of the trace; what it costs to make is paid only where it is read. */
  note(who: string, what: string, more?: unknown): void {
    if (this.#traced) this.trace.push(`${this.#clock()} ${who.padEnd(9)} ${what} ${brief(more)}`.trimEnd());
  }

  problem(sentence: string): void {
    this.problems.push(`${this.#clock()} ${sentence}`);
    this.note("CHECK", sentence);
  }

  #clock(): string {
    return `${((this.now - this.#startedAt) / 1000).toFixed(3)} s`.padStart(11);
  }
}

function brief(more: unknown): string {
  if (more === undefined) return "";
  const text = JSON.stringify(more, (key, value: unknown) => (key === "ticket" ? "…" : value));
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}

import type { ServerMessage } from "#protocol";
import type { SocketEnd } from "../core/diagnostics.ts";
import { isQuietAt } from "../core/device-settings.ts";
import type { ToolbarBadge } from "./badge.ts";
import { ringSoundOf } from "../core/outward.ts";
import type { Command, CommandAnswer } from "../messaging/commands.ts";
import type { LineTrial, RingTrial } from "../messaging/trials.ts";
import { minuteOfDay } from "./day.ts";
import { readDiagnostics } from "./diagnostics.ts";
import type { Notifications } from "./notifications.ts";
import type { Ringer } from "./ringer.ts";
import type { Runtime } from "./runtime.ts";

/** Long enough for a line that has to be opened first. */
const PONG_WITHIN_MS = 10_000;

/** Long enough to be seen and heard, and to be told from a call. */
const TRIAL_MS = 3_000;

/** How many ends of sockets a report tells of. */
const MAX_ENDS = 20;

export type Trial = Extract<Command, { type: "tryLine" | "tryRing" | "readDiagnostics" }>;

export function isTrial(command: Command): command is Trial {
  return command.type === "tryLine" || command.type === "tryRing" || command.type === "readDiagnostics";
}

/** Tries what people are reached by, with what a call would use. */
export class Trials {
  #heard: (() => void)[] = [];
  readonly #ends: SocketEnd[] = [];
  readonly #runtime: Runtime;
  readonly #ringer: Ringer;
  readonly #notifications: Notifications;
  readonly #badge: ToolbarBadge;
  /** Two pages that ask at once hear of one ring: a second would end the first. */
  #ringing: Promise<RingTrial> | undefined;

  constructor(runtime: Runtime, ringer: Ringer, notifications: Notifications, badge: ToolbarBadge) {
    this.#runtime = runtime;
    this.#ringer = ringer;
    this.#notifications = notifications;
    this.#badge = badge;
  }

  async handle({ type }: Trial): Promise<CommandAnswer> {
    await this.#runtime.started;
    switch (type) {
      case "tryLine":
        return { ok: true, value: await this.#tryLine() };
      case "tryRing":
        this.#ringing ??= this.#tryRing().finally(() => (this.#ringing = undefined));
        return { ok: true, value: await this.#ringing };
      case "readDiagnostics":
        return { ok: true, value: readDiagnostics(this.#runtime.state, this.#ends) };
    }
  }

  /** A message of the socket's. */
  heard({ type }: ServerMessage): void {
    if (type !== "pong") return;
    for (const hear of this.#heard.splice(0)) hear();
  }

  /** The socket has closed. */
  ended(code: number): void {
    this.#ends.push({ at: Date.now(), code });
    this.#ends.splice(0, this.#ends.length - MAX_ENDS);
  }

  async #tryLine(): Promise<LineTrial> {
    const pong = new Promise<true>((resolve) => this.#heard.push(() => resolve(true)));
    // The first opens a line where there is none, whose first word is a ping; the second sends one on a line that stands.
    this.#runtime.dispatch({ type: "retry-now" });
    this.#runtime.dispatch({ type: "network-online" });
    const late = new Promise<false>((resolve) => setTimeout(() => resolve(false), PONG_WITHIN_MS));
    if (await Promise.race([pong, late])) return "answered";
    const { state } = this.#runtime;
    return state.at === "signed-in" && state.connection.line.at === "online" ? "silent" : "offline";
  }

  async #tryRing(): Promise<RingTrial> {
    const { device } = this.#runtime.state;
    const [notification, heard, badge] = await Promise.all([
      this.#notifications.test(TRIAL_MS),
      this.#ringer.test(ringSoundOf(device), TRIAL_MS),
      this.#badge.test(TRIAL_MS),
    ]);
    const isQuietHour = isQuietAt(device.quietHours, minuteOfDay(new Date()));
    return { ...notification, ...(heard === undefined ? {} : { heard }), isQuietHour, badge };
  }
}

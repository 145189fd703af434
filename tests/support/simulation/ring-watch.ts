import type { CallId, ServerMessage, ServerMessageOf, UserId } from "#protocol";
import type { Accounts } from "./accounts.ts";
import type { Setting } from "./setting.ts";

/** What no server may ever say of a ring, whoever hears it. */
export class RingWatch {
  readonly #callees = new Map<CallId, UserId>();
  readonly #accounts: Accounts;
  readonly #setting: Setting;

  constructor(accounts: Accounts, setting: Setting) {
    this.#accounts = accounts;
    this.#setting = setting;
  }

  heard(to: UserId, message: ServerMessage): void {
    if (message.type === "call.incoming") this.#hearIncoming(to, message);
    if (message.type === "call.ringing") this.#hearMode(to, message.call, message.mode);
    if (message.type === "welcome") this.#hearWelcome(to, message);
  }

  #hearIncoming(to: UserId, { call, from, waiting }: ServerMessageOf<"call.incoming">): void {
    this.#callees.set(call, to);
    const { chosen, settings } = this.#accounts.get(to);
    const isLetThrough = settings.letThrough?.includes(from.user) === true;
    if (chosen.availability === "invisible" || (chosen.availability === "dnd" && !isLetThrough))
      this.#setting.problem(`${to} is ${chosen.availability} and rung by ${from.user} [CALL-8]`);
    if (waiting === true && settings.secondCall === "busy")
      this.#setting.problem(`${to} has a ring waiting, and chose busy [CALL-9]`);
  }

  #hearWelcome(to: UserId, { calls }: ServerMessageOf<"welcome">): void {
    const talks = calls.some(({ state }) => state === "running");
    for (const entry of calls) {
      if (entry.state === "outgoing") this.#hearMode(to, entry.call, entry.mode);
      if (entry.state !== "incoming") continue;
      this.#callees.set(entry.call, to);
      if ((entry.waiting === true) !== talks)
        this.#setting.problem(`${to} is told wrongly whether ${entry.call} waits [CALL-9]`);
    }
  }

  #hearMode(to: UserId, call: CallId, mode: string | undefined): void {
    const callee = this.#callees.get(call);
    if (mode === "waiting" && callee && !this.#accounts.get(callee).settings.showBusy)
      this.#setting.problem(`${to} learns from ${call} that ${callee} is in a call [PRES-1, CALL-9]`);
  }
}

import { type CallId, LATE_RING_MS, type UserId, type WelcomeCall } from "#protocol";
import type { KeptCall } from "../../../server/core/events.ts";
import type { Accounts, CallRecord } from "./accounts.ts";
import type { Setting } from "./setting.ts";

/** Whether someone is reached by the server just now. */
type IsConnected = (user: UserId) => boolean;

/** What must become of the calls that a server found written when it started. [CALL-11] */
export class Restored {
  readonly #setting: Setting;
  readonly #accounts: Accounts;
  readonly #isConnected: IsConnected;
  readonly #calls: Map<CallId, KeptCall>;
  readonly #rings = new Map<CallId, KeptCall>();

  constructor(setting: Setting, accounts: Accounts, open: KeptCall[], isConnected: IsConnected) {
    this.#setting = setting;
    this.#accounts = accounts;
    this.#isConnected = isConnected;
    this.#calls = new Map(open.map((call) => [call.call, call]));
    for (const call of open) if (call.phase.at === "ringing") this.#rings.set(call.call, call);
  }

  has(call: CallId): boolean {
    return this.#calls.has(call);
  }

  hasTalk(call: CallId): boolean {
    return this.#calls.get(call)?.phase.at === "running";
  }

  /** It is rung no more: somebody answered. */
  changed({ call, phase }: KeptCall): void {
    if (phase.at === "running") this.#rings.delete(call);
  }

  /** Returns what is to be judged after the server's turn. */
  ended(record: CallRecord): () => void {
    const ring = this.#rings.get(record.call);
    this.#rings.delete(record.call);
    return () => {
      if (ring !== undefined) this.#judge(ring, record);
    };
  }

  /** Each device of the callee learns of the ring by its welcome. [CALL-12] */
  welcomed(user: UserId, calls: WelcomeCall[]): void {
    const { availability } = this.#accounts.get(user).chosen;
    if (availability === "invisible" || availability === "dnd") return;
    for (const ring of this.#rings.values()) {
      const { call, callee, phase } = ring;
      const isDue = phase.at === "ringing" && phase.until - this.#setting.now >= LATE_RING_MS;
      if (callee.user === user && isDue && !this.#isHidden(ring) && !calls.some((listed) => listed.call === call))
        this.#setting.problem(`${user} is not told of ${call}, which rings [CALL-11]`);
    }
  }

  /** To who blocks the caller it is nothing. [PRES-5] */
  #isHidden({ caller, callee }: KeptCall): boolean {
    return this.#accounts.blockedAt(callee.user, caller.user) !== undefined;
  }

  /** A ring ends by its own time, by a person, or because someone is not there. */
  #judge(ring: KeptCall, { call, reason }: CallRecord): void {
    if (ring.phase.at !== "ringing") return;
    const { now } = this.#setting;
    if (reason === "no-answer" && now < ring.phase.until)
      this.#setting.problem(`${call} ended before its time, ${ring.phase.until - now} ms were left [CALL-11]`);
    const { callee } = ring;
    const isInvisible = this.#accounts.get(callee.user).chosen.availability === "invisible";
    const areContacts = this.#accounts.areContacts(ring.caller.user, callee.user);
    const isReachable = this.#isConnected(callee.user) && !isInvisible && areContacts && !this.#isHidden(ring);
    if (reason === "unreachable" && isReachable)
      this.#setting.problem(`${call} ended as unreachable, and ${callee.user} is there [CALL-11]`);
  }
}

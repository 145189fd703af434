import { INITIAL_STATE, update } from "../core/app.ts";
import { outward } from "../core/outward.ts";
import { viewOf } from "../core/projection.ts";
import type { AppEffect } from "../core/app-effect-types.ts";
import type {
  CallPageEvent,
  ContactsEvent,
  HistoryEvent,
  LifeEvent,
  PageCommand,
  SocketEvent,
} from "../core/app-event-types.ts";
import type { AppState } from "../core/app-state-types.ts";
import type { Outward } from "../core/outward-types.ts";
import { minuteOfDay } from "./day.ts";
import { createLogger, errorName } from "./logger.ts";
import type { Store } from "./store.ts";

const log = createLogger("runtime");

/** An event as the world tells it; the runtime adds the time and the luck. */
export type Happening = LifeEvent | SocketEvent | PageCommand | CallPageEvent | ContactsEvent | HistoryEvent;

/** What carries out decisions. Nothing here is waited for: each outcome is a new event. */
export interface Outside {
  carryOut: (effect: AppEffect) => void;
  /** Makes the world look like this; called after each change, also where nothing differs. */
  reconcile: (wanted: Outward, state: AppState) => void;
}

/** The one loop: queue → update → store → run effects → new events. Nothing awaits inside a decision. */
export class Runtime {
  #state: AppState = INITIAL_STATE;
  #outside: Outside | undefined;
  #running = false;
  readonly #queue: Happening[] = [];
  readonly #store: Pick<Store, "read" | "write">;
  readonly #started = Promise.withResolvers<boolean>();

  constructor(store: Pick<Store, "read" | "write">) {
    this.#store = store;
  }

  get state(): AppState {
    return this.#state;
  }

  /**
   * Fulfilled once the stored state was read; a handler of the browser's waits for it before it looks at the state. False where
   * it cannot be read: nothing is decided then, since all that is kept would be lost by it.
   */
  get started(): Promise<boolean> {
    return this.#started.promise;
  }

  /** Reads what the last run left and begins. Events that came before are dealt with after `started`. */
  async start(outside: Outside): Promise<void> {
    const stored = await this.#store.read().catch((caught: unknown) => errorName(caught));
    if (typeof stored === "string") {
      log.error("what was stored could not be read", { why: stored });
      // Pages have something to show, whose commands are told what is wrong.
      await this.#store.write(this.#state, viewOf(this.#state));
      this.#started.resolve(false);
      return;
    }
    const { state, saved } = stored;
    this.#state = state ?? this.#state;
    this.#outside = outside;
    this.#queue.unshift(saved === undefined ? { type: "started" } : { type: "started", saved });
    this.#started.resolve(true);
    await this.#run();
  }

  dispatch(event: Happening): void {
    this.#queue.push(event);
    void this.#run();
  }

  /** Handles its own failures. */
  async #run(): Promise<void> {
    if (this.#running || this.#outside === undefined) return;
    this.#running = true;
    while (this.#queue.length > 0) {
      const effects = this.#decide();
      // Written before anything is done about it: the worker may die in the middle of that.
      await this.#store.write(this.#state, viewOf(this.#state));
      for (const effect of effects) this.#attempt(effect.type, () => this.#outside?.carryOut(effect));
      this.#attempt("reconcile", () => this.#outside?.reconcile(outward(this.#state), this.#state));
    }
    this.#running = false;
  }

  /** Lets every waiting event decide, and returns the effects in order. */
  #decide(): AppEffect[] {
    const effects: AppEffect[] = [];
    for (const event of this.#queue.splice(0)) {
      this.#attempt(event.type, () => {
        const now = new Date();
        const next = update(this.#state, {
          ...event,
          at: now.getTime(),
          random: Math.random(),
          minute: minuteOfDay(now),
        });
        this.#state = next.state;
        effects.push(...next.effects);
      });
    }
    return effects;
  }

  /** A bug in one event must not stop the loop. */
  #attempt(what: string, act: () => void): void {
    try {
      act();
    } catch (caught) {
      log.error("an event was not carried out", { what, why: errorName(caught) });
    }
  }
}

import type { CallId } from "#protocol";
import * as v from "valibot";
import { callPageOf } from "../core/projection.ts";
import type { AppState } from "../core/app-state-types.ts";
import type { Port } from "../messaging/background.ts";
import { FromCallPage, type ToCallPage } from "../messaging/call-port.ts";
import { createLogger } from "./logger.ts";
import type { CallCommand } from "./shortcuts.ts";

const log = createLogger("call-pages");

/** A page comes back to a worker that was woken within a second, also from a tab in the background. */
const RETURNS_WITHIN_MS = 3_000;

/** What pages were asked to do, for those that come back too late to have heard of it. */
interface Asked {
  type: CallCommand;
  heardBy: ReadonlySet<CallId>;
  until: number;
}

interface Page {
  port: Port;
  /** What it was told last, so that it hears of changes alone. */
  told: string;
  /** False once it was told that there is no such call here: another tab may have it then. */
  hasCall: boolean;
}

export interface CallPageListener {
  here: (call: CallId, page: { tab: number | undefined; fresh: boolean }) => void;
  gone: (call: CallId) => void;
  /** `reply` answers this page. */
  said: (call: CallId, message: Exclude<FromCallPage, { type: "here" }>, reply: (message: ToCallPage) => void) => void;
}

/** The call pages that are open, by the call that each shows: one for each call, and the first of them. */
export class CallPages {
  readonly #pages = new Map<CallId, Page>();
  readonly #listener: CallPageListener;
  #asked: readonly Asked[] = [];

  constructor(listener: CallPageListener) {
    this.#listener = listener;
  }

  meet(port: Port): void {
    let call: CallId | undefined;
    let isOpen = true;
    const reply = (answer: ToCallPage) => {
      if (isOpen) port.postMessage(answer);
    };
    port.onMessage.addListener((raw: unknown) => {
      const message = v.safeParse(FromCallPage, raw);
      if (!message.success) {
        log.warn("a call page was not understood");
        return;
      }
      if (message.output.type === "here") {
        if (this.#isElsewhere(message.output.call, port)) {
          reply({ type: "open-elsewhere" });
          return;
        }
        const isBack = call === undefined && !message.output.fresh;
        if (call !== undefined && this.#pages.get(call)?.port === port) this.#pages.delete(call);
        call = message.output.call;
        this.#pages.set(call, { port, told: "", hasCall: true });
        this.#listener.here(call, { tab: port.sender?.tab?.id, fresh: message.output.fresh });
        if (isBack) this.#askLate(call, reply);
      } else if (call !== undefined) {
        this.#listener.said(call, message.output, reply);
      }
    });
    port.onDisconnect.addListener(() => {
      isOpen = false;
      // A page that was loaded again may be here already when its former port goes.
      if (call === undefined || this.#pages.get(call)?.port !== port) return;
      this.#pages.delete(call);
      this.#listener.gone(call);
    });
  }

  has(call: CallId): boolean {
    return this.#pages.has(call);
  }

  /** Whether another tab has the call. The same tab may be here anew before its former port goes. */
  #isElsewhere(call: CallId, port: Port): boolean {
    const page = this.#pages.get(call);
    return page?.hasCall === true && page.port.sender?.tab?.id !== port.sender?.tab?.id;
  }

  /** Tells each page the whole truth of its call, where it changed. */
  publish(state: AppState): void {
    for (const [call, page] of this.#pages) {
      const message = messageOf(state, call);
      const told = JSON.stringify(message);
      if (told === page.told) continue;
      page.told = told;
      page.hasCall = message.type === "call";
      page.port.postMessage(message);
    }
  }

  /** Has the page of `from` go on with `to`; it makes itself known anew. False where there is no such page. */
  goOn(from: CallId, to: CallId): boolean {
    const page = this.#pages.get(from);
    if (page === undefined) return false;
    // It is told nothing more of the call that it leaves.
    this.#pages.delete(from);
    page.port.postMessage({ type: "go-on", call: to } satisfies ToCallPage);
    return true;
  }

  /**
   * Has each call's page do this. At once, in the turn of the person's click or key: the browser hands that on with it. A
   * key may have woken the worker, to which no page has come back yet: those switch the microphone as they come. A window
   * they could not open, without that turn.
   */
  ask(type: CallCommand): void {
    for (const { port } of this.#pages.values()) port.postMessage({ type } satisfies ToCallPage);
    if (type === "toggle-picture") return;
    const now = Date.now();
    const asked = { type, heardBy: new Set(this.#pages.keys()), until: now + RETURNS_WITHIN_MS };
    this.#asked = [...this.#asked.filter(({ until }) => now < until), asked];
  }

  #askLate(call: CallId, reply: (message: ToCallPage) => void): void {
    for (const { type, heardBy, until } of this.#asked) if (Date.now() < until && !heardBy.has(call)) reply({ type });
  }

  /** Hands data of the other side to the page of `call`. */
  signal(call: CallId, data: unknown): void {
    this.#pages.get(call)?.port.postMessage({ type: "signal", data } satisfies ToCallPage);
  }
}

function messageOf(state: AppState, call: CallId): ToCallPage {
  if (state.at === "signed-out") return { type: "signed-out" };
  const view = callPageOf(state, call);
  return view === undefined ? { type: "unknown-call" } : { type: "call", ...view };
}

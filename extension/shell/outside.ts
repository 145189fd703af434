import { type CallId, type CallRecord, type FunctionResult, unreachable } from "#protocol";
import type { AppEffect } from "../core/app-effect-types.ts";
import type { AppState, ServerFacts } from "../core/app-state-types.ts";
import type { Outward } from "../core/outward-types.ts";
import { type Caller, callFunction, logOut } from "./api.ts";
import type { ToolbarBadge } from "./badge.ts";
import type { CallPages } from "./call-pages.ts";
import type { IdleWatch } from "./idle.ts";
import type { Notifications } from "./notifications.ts";
import type { Ringer } from "./ringer.ts";
import type { Happening, Outside } from "./runtime.ts";
import { forgetLinks } from "./invite-links.ts";
import { deviceName } from "./device-name.ts";
import type { PresenceSocket } from "./socket.ts";
import type { Store } from "./store.ts";
import { fateOf } from "./tab-fate.ts";
import type { CallTabs } from "./tabs.ts";
import type { Timers } from "./timers.ts";

/** Everything outside that decisions reach. */
export interface Surroundings {
  store: Store;
  socket: PresenceSocket;
  timers: Timers;
  tabs: CallTabs;
  pages: CallPages;
  badge: ToolbarBadge;
  notifications: Notifications;
  ringer: Ringer;
  idle: IdleWatch;
  dispatch: (event: Happening) => void;
}

/** Carries out what the core decides. */
export class BrowserOutside implements Outside {
  readonly #around: Surroundings;
  /** The server of the present or last session, for what is said to it after the session ended. */
  #server: ServerFacts | undefined;

  constructor(around: Surroundings) {
    this.#around = around;
  }

  carryOut(effect: AppEffect): void {
    const { socket, tabs, pages, store } = this.#around;
    switch (effect.type) {
      case "open-socket":
        socket.open(effect.socket, effect.url);
        break;
      case "close-socket":
        socket.close(effect.socket);
        break;
      case "hello":
        this.#sayHello(effect);
        break;
      case "send":
        socket.send(effect.socket, effect.message);
        break;
      case "list-contacts":
        void this.#listContacts(effect.reading);
        break;
      case "list-calls":
        void this.#listCalls(effect);
        break;
      case "mark-calls-seen":
        void this.#markCallsSeen();
        break;
      case "open-call-tab":
        this.#openCallTab(effect);
        break;
      case "focus-call-tab":
        void tabs.focus(effect.call);
        break;
      case "reload-call-tab":
        void tabs.reload(effect.tab);
        break;
      case "watch-call-tab":
        void this.#watchTab(effect.call, effect.tab);
        break;
      case "signal-page":
        pages.signal(effect.call, effect.data);
        break;
      case "forget-links":
        void forgetLinks(effect.server);
        break;
      case "forget-token":
        if (effect.revoke) this.#revoke();
        void store.forgetToken();
        break;
      default:
        unreachable(effect);
    }
  }

  reconcile(wanted: Outward, state: AppState): void {
    const { badge, notifications, ringer, idle, timers, store, pages } = this.#around;
    if (state.at === "signed-in") this.#server = state.session.server;
    badge.show(wanted.badge);
    notifications.show([
      ...(wanted.notification ? [wanted.notification] : []),
      ...(wanted.free ?? []),
      ...(wanted.requests ?? []),
      ...(wanted.friends ?? []),
    ]);
    ringer.ring(wanted.ringing);
    idle.set(wanted);
    timers.set(wanted.wakeAt, state.at === "signed-in");
    void store.save(wanted.saved);
    pages.publish(state);
  }

  /** A page that is there goes on with the call, and keeps its camera; else a tab is opened, or one of ours used again. */
  #openCallTab({ call, replacing }: Extract<AppEffect, { type: "open-call-tab" }>): void {
    const { tabs, pages } = this.#around;
    if (replacing === undefined || !pages.goOn(replacing, call)) void tabs.open(call, replacing);
    else void tabs.goOn(replacing, call);
  }

  #sayHello({ socket, idle, active }: Extract<AppEffect, { type: "hello" }>): void {
    const { store } = this.#around;
    if (store.token === undefined) return;
    this.#around.socket.send(socket, {
      type: "hello",
      token: store.token,
      device: { id: store.device, name: deviceName() },
      idle,
      ...(active.length > 0 ? { active } : {}),
    });
  }

  async #watchTab(call: CallId, tab: number): Promise<void> {
    const { pages, dispatch } = this.#around;
    const fate = await fateOf(call, tab, () => pages.has(call));
    // It may have come back while the browser was asked.
    if (fate !== undefined && !pages.has(call))
      dispatch({ type: fate === "closed" ? "tab-closed" : "page-crashed", call });
  }

  /** Never rejects. */
  async #listContacts(reading: number): Promise<void> {
    const caller = this.#caller;
    if (caller === undefined) return;
    const listed = await callFunction(caller, "listContacts", {});
    this.#around.dispatch(
      listed.ok
        ? { type: "contacts-listed", reading, contacts: listed.value.contacts }
        : { type: "contacts-refused", reading },
    );
  }

  /** Never rejects. */
  async #listCalls({ reading, limit, before }: Extract<AppEffect, { type: "list-calls" }>): Promise<void> {
    const caller = this.#caller;
    if (caller === undefined) return;
    const page = { limit, ...(before === undefined ? {} : { before }) };
    const listed = await callFunction(caller, "listCalls", page);
    this.#around.dispatch(
      listed.ok ? { type: "calls-listed", reading, ...pageOf(listed.value) } : { type: "calls-refused", reading },
    );
  }

  /** Never rejects. */
  async #markCallsSeen(): Promise<void> {
    const caller = this.#caller;
    if (caller === undefined) return;
    const marked = await callFunction(caller, "markCallsSeen", {});
    if (!marked.ok) this.#around.dispatch({ type: "seen-refused" });
  }

  get #caller(): Caller | undefined {
    const { store } = this.#around;
    const server = this.#server;
    return server === undefined ? undefined : { server, device: store.device, token: store.token };
  }

  /** Tells Parse, as well as it can: a session that nobody holds any more runs out by itself. */
  #revoke(): void {
    const caller = this.#caller;
    if (caller?.token !== undefined) void logOut(caller);
  }
}

/** Without a cursor that is not there. */
function pageOf({ calls, next }: FunctionResult<"listCalls">): { calls: CallRecord[]; next?: string } {
  return next === undefined ? { calls } : { calls, next };
}

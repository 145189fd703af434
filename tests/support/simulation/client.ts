import {
  type CallId,
  type ClientMessage,
  type DeviceId,
  type ServerMessage,
  unreachable,
  type UserId,
} from "#protocol";
import { INITIAL_STATE, update } from "../../../extension/core/app.ts";
import type { AppEffect } from "../../../extension/core/app-effect-types.ts";
import type { AppEvent, PageCommand } from "../../../extension/core/app-event-types.ts";
import type { AppState, Saved, Session } from "../../../extension/core/app-state-types.ts";
import { refusal } from "../../../extension/core/refusal.ts";
import { outward } from "../../../extension/core/outward.ts";
import { callPageOf, viewOf } from "../../../extension/core/projection.ts";
import type { CallPageView } from "../../../extension/core/view.ts";
import type { Accounts } from "./accounts.ts";
import type { Backend } from "./backend.ts";
import type { MediaWorld } from "./media.ts";
import type { Setting } from "./setting.ts";
import type { ClientEnd, Wire } from "./wire.ts";

export type Happening = AppEvent extends infer Event
  ? Event extends { at: number; random: number }
    ? Omit<Event, "at" | "random">
    : never
  : never;

/** The alarm that brings a dead worker back. */
const ALARM_MS = 30_000;

export interface Surroundings {
  setting: Setting;
  accounts: Accounts;
  backend: Backend;
  media: MediaWorld;
  /** Called where a device has forgotten all. */
  begunAnew: (client: Client) => void;
  /** Called after every event of every client. */
  check: (client: Client, before: AppState, effects: AppEffect[]) => void;
}

/** One installation: the real core behind a shell that is as small as the simulation allows. */
export class Client implements ClientEnd {
  readonly name: string;
  readonly user: UserId;
  readonly device: DeviceId;
  state: AppState = INITIAL_STATE;
  /** The calls that this device's person placed or accepted. */
  readonly acted = new Set<CallId>();
  isAwake = false;
  isOnNetwork = true;
  readonly #around: Surroundings;
  #onlineSince: number | undefined;
  #stored: string | undefined;
  #saved: Saved | undefined;
  #token: string | undefined;
  #tokens = 0;
  #wire: Wire | undefined;
  #wakeAt: number | undefined;
  #ringing: string | undefined;
  #life = 0;

  constructor(name: string, user: UserId, around: Surroundings) {
    this.name = name;
    this.user = user;
    this.device = around.setting.random.uuid() as DeviceId;
    this.#around = around;
  }

  /** Since when this device is online and its socket carries, which the device itself cannot know. */
  get linkedSince(): number | undefined {
    return this.#wire?.carries === true ? this.#onlineSince : undefined;
  }

  /** What the page of this call sees. */
  pageView(call: CallId): CallPageView | undefined {
    return callPageOf(this.state, call);
  }

  signIn(): void {
    const { accounts, setting, begunAnew } = this.#around;
    begunAnew(this);
    this.#tokens += 1;
    this.#token = `${this.name}-${this.#tokens}`;
    accounts.openSession(this.#token, { user: this.user, device: this.device });
    setting.note(this.name, "signs in");
    this.dispatch({ type: "signed-in", session: this.#session() });
  }

  /** The session is revoked elsewhere. */
  revoke(): void {
    if (this.#token !== undefined) this.#around.backend.revoke(this.#token);
  }

  /** What the person does, where it can be done. */
  act(command: PageCommand): void {
    if (!this.isAwake) this.wake();
    if (refusal(this.state, command) !== undefined) return;
    const { setting } = this.#around;
    setting.note(this.name, `does ${command.type}`);
    if (command.type === "accept-call") this.acted.add(command.call);
    if (command.type === "place-call") {
      this.acted.add(command.call);
      // Whoever calls the person who rings accepts that ring.
      if (this.state.at === "signed-in" && this.state.call.at === "ringing-in") this.acted.add(this.state.call.call);
    }
    this.#update(command);
  }

  /** What the device says besides what its core does, where it is online. */
  say(message: ClientMessage): void {
    if (this.#onlineSince === undefined) return;
    this.#around.setting.note(this.name, `says ${message.type}`, message);
    this.#wire?.toServer(message);
  }

  /** An event of the world; it wakes the worker. */
  dispatch(happening: Happening): void {
    if (!this.isAwake) this.wake();
    this.#update(happening);
  }

  /** The browser ends the worker: what is not in the stored state is gone. */
  die(): void {
    if (!this.isAwake) return;
    const { setting, media } = this.#around;
    setting.note(this.name, "worker dies");
    this.isAwake = false;
    this.#life += 1;
    this.#stored = JSON.stringify(this.state);
    this.#wire?.closeByDeath();
    this.#wire = undefined;
    this.#ringing = undefined;
    this.#onlineSince = undefined;
    this.#wakeAt = undefined;
    const life = this.#life;
    setting.schedule.after(setting.random.between(0, ALARM_MS), () => {
      if (life === this.#life) this.wake();
    });
    media.workerDied(this);
  }

  wake(): void {
    if (this.isAwake) return;
    this.isAwake = true;
    this.#life += 1;
    this.state = this.#stored === undefined ? INITIAL_STATE : (JSON.parse(this.#stored) as AppState);
    this.#update(this.#saved === undefined ? { type: "started" } : { type: "started", saved: this.#saved });
    this.#around.media.workerWoke(this);
  }

  /** The browser is started anew: pages and the session's storage are gone, what was saved is not. */
  restartBrowser(): void {
    this.die();
    this.#around.setting.note(this.name, "browser restarts");
    this.#around.media.closeUnheard(this);
    this.#stored = undefined;
    this.#around.begunAnew(this);
    this.wake();
  }

  setNetwork(on: boolean): void {
    if (this.isOnNetwork === on) return;
    const { setting, media } = this.#around;
    setting.note(this.name, on ? "network returns" : "network goes");
    this.isOnNetwork = on;
    if (!on) this.cutSocket(setting.random.chance(0.5));
    media.networkChanged(this);
    if (on && this.isAwake) this.#update({ type: "network-online" });
  }

  cutSocket(isNoticed: boolean): void {
    this.#wire?.cut(isNoticed);
  }

  opened(wire: Wire): void {
    this.#wire = wire;
    this.#socketEvent({ type: "socket-opened", socket: wire.number });
  }

  closed(wire: Wire, code: number): void {
    this.#socketEvent({ type: "socket-closed", socket: wire.number, code });
  }

  received(wire: Wire, message: ServerMessage): void {
    this.#socketEvent({ type: "socket-message", socket: wire.number, message });
  }

  #socketEvent(happening: Happening): void {
    if (this.isAwake) this.#update(happening);
  }

  #update(happening: Happening): void {
    const { setting, check, media } = this.#around;
    const before = this.state;
    // Every member of the union has lost these two by the type above, and here has them back.
    const event = { ...happening, at: setting.now, random: setting.random.next() };
    const { state, effects } = update(before, event);
    this.state = state;
    setting.note(this.name, `‹ ${happening.type}`, interesting(happening));
    for (const effect of effects) this.#carryOut(effect);
    const isOnline = state.at === "signed-in" && state.connection.line.at === "online";
    this.#onlineSince = isOnline ? (this.#onlineSince ?? setting.now) : undefined;
    this.#reconcile();
    check(this, before, effects);
    media.viewChanged(this);
  }

  #reconcile(): void {
    const { setting } = this.#around;
    const wanted = outward(this.state);
    this.#saved = wanted.saved;
    viewOf(this.state);
    this.#arm(wanted.wakeAt);
    const ringing = wanted.ringing && `${wanted.ringing.call} ${wanted.ringing.mode}`;
    if (ringing === this.#ringing) return;
    this.#ringing = ringing;
    if (wanted.ringing === undefined) {
      setting.note(this.name, "is silent");
      return;
    }
    const { call, mode } = wanted.ringing;
    setting.note(this.name, "rings", { call, mode });
    const life = this.#life;
    setting.schedule.after(setting.random.between(5, 200), () => {
      if (life === this.#life && this.#ringing === ringing) this.#update({ type: "alerted", call, mode });
    });
  }

  #arm(wakeAt: number | undefined): void {
    if (this.#wakeAt === wakeAt) return;
    this.#wakeAt = wakeAt;
    if (wakeAt === undefined) return;
    const life = this.#life;
    this.#around.setting.schedule.at(wakeAt, () => {
      if (life !== this.#life || this.#wakeAt !== wakeAt) return;
      this.#wakeAt = undefined;
      this.#update({ type: "due" });
    });
  }

  #carryOut(effect: AppEffect): void {
    const { setting, media, backend } = this.#around;
    setting.note(this.name, `› ${effect.type}`, effect.type === "send" ? effect.message : undefined);
    switch (effect.type) {
      case "open-socket": {
        this.#open(effect.socket);
        return;
      }
      case "close-socket":
        if (this.#wire?.number === effect.socket) this.#wire.closeByClient();
        return;
      case "hello": {
        this.#send(effect.socket, {
          type: "hello",
          token: this.#token ?? "",
          device: { id: this.device, name: this.name },
          idle: effect.idle,
          active: effect.active,
        });
        return;
      }
      case "send": {
        this.#send(effect.socket, effect.message);
        return;
      }
      case "list-contacts": {
        this.#listContacts(effect.reading);
        return;
      }
      case "open-call-tab": {
        media.open(this, effect.call, effect.replacing);
        return;
      }
      case "reload-call-tab": {
        media.reload(this, effect.call);
        return;
      }
      case "watch-call-tab": {
        media.watch(this, effect.call, effect.tab);
        return;
      }
      // Nobody looks at the history here.
      case "list-calls":
      case "mark-calls-seen":
      case "focus-call-tab":
      case "signal-page":
      case "forget-links":
        return;
      case "forget-token": {
        const token = this.#token;
        this.#token = undefined;
        if (effect.revoke && token !== undefined)
          setting.schedule.after(setting.random.between(5, 100), () => backend.revoke(token));
        return;
      }
      default:
        return unreachable(effect);
    }
  }

  #open(socket: number): void {
    const { setting, backend } = this.#around;
    const life = this.#life;
    this.#wire?.closeByClient();
    this.#wire = undefined;
    setting.schedule.after(setting.random.between(2, 120), () => {
      if (life !== this.#life) return;
      if (this.isOnNetwork && backend.isUp) backend.connect(socket, this);
      else if (setting.random.chance(0.8)) this.#update({ type: "socket-closed", socket, code: 1006 });
    });
  }

  #send(socket: number, message: ClientMessage): void {
    if (this.#wire?.number === socket) this.#wire.toServer(message);
  }

  #listContacts(reading: number): void {
    const { setting, accounts, backend } = this.#around;
    const life = this.#life;
    const isReached = this.isOnNetwork && backend.isUp;
    const contacts = accounts.listContacts(this.user);
    setting.schedule.after(setting.random.between(5, 300), () => {
      if (life !== this.#life) return;
      this.#update(isReached ? { type: "contacts-listed", reading, contacts } : { type: "contacts-refused", reading });
    });
  }

  #session(): Session {
    const origin = "https://beckon.example";
    return {
      user: this.user,
      handle: this.user.toLowerCase(),
      name: this.user,
      server: { origin, presenceUrl: "wss://beckon.example/presence", parseUrl: `${origin}/parse`, peerPath: "/peer" },
    };
  }
}

function interesting(happening: Happening): unknown {
  if (happening.type === "socket-message") return happening.message;
  return happening.type === "contacts-listed" || happening.type === "signed-in"
    ? undefined
    : { ...happening, type: undefined };
}

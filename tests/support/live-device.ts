import {
  type CallId,
  type ClientMessage,
  type Contact,
  decodeServerFrame,
  type DeviceId,
  SUBPROTOCOL,
  unreachable,
  type UserId,
} from "#protocol";
import { WebSocket } from "ws";
import { INITIAL_STATE, update } from "../../extension/core/app.ts";
import type { AppEffect } from "../../extension/core/app-effect-types.ts";
import type { AppEvent } from "../../extension/core/app-event-types.ts";
import type { AppState, Session, SignedIn } from "../../extension/core/app-state-types.ts";
import { outward } from "../../extension/core/outward.ts";
import { presenceOf } from "../../extension/core/roster.ts";
import { newDeviceId } from "./presence-client.ts";
import { until } from "./until.ts";

/** An event without the time and the luck, which the device adds. */
export type Happening = AppEvent extends infer Event
  ? Event extends { at: number; random: number }
    ? Omit<Event, "at" | "random">
    : never
  : never;

export interface LiveDeviceOptions {
  user: UserId;
  token: string;
  /** The address of the server, or of a proxy before it. */
  url: string;
  /** Reads the contact list, as the extension does after each welcome. Rejects where it cannot be read. */
  listContacts: () => Promise<Contact[]>;
  device?: DeviceId;
  /** Whom a proxy on this machine would say that it speaks for. */
  from?: string;
  /** Called after every event. */
  watch?: (device: LiveDevice, before: AppState, event: Happening) => void;
}

/**
 * One installation on a real socket: the extension's own decisions, all of them, behind the smallest shell that Node
 * allows. Its call page is one whose media connects at once.
 */
export class LiveDevice {
  readonly user: UserId;
  readonly device: DeviceId;
  state: AppState = INITIAL_STATE;
  /** Each time that it began to ring. */
  readonly rings: CallId[] = [];
  readonly #options: LiveDeviceOptions;
  readonly #queue: Happening[] = [];
  #running = false;
  #socket: WebSocket | undefined;
  #timer: NodeJS.Timeout | undefined;
  #wakeAt: number | undefined;
  #ringing: CallId | undefined;
  #aheadMs = 0;
  #isAsleep = false;

  constructor(options: LiveDeviceOptions) {
    this.#options = options;
    this.user = options.user;
    this.device = options.device ?? newDeviceId();
  }

  /** The session begins. */
  signIn(): void {
    this.dispatch({ type: "signed-in", session: this.#session() });
  }

  dispatch(happening: Happening): void {
    this.#queue.push(happening);
    if (this.#running || this.#isAsleep) return;
    this.#running = true;
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) this.#decide(next);
    this.#running = false;
    this.#reconcile();
  }

  /** Waits until the state shows something. */
  async until<T>(what: string, look: (state: SignedIn) => T | undefined, withinMs?: number): Promise<T> {
    const seen = () => Promise.resolve(this.state.at === "signed-in" ? look(this.state) : undefined);
    return until(`${what} at ${this.user}`, seen, withinMs);
  }

  get isOnline(): boolean {
    return this.state.at === "signed-in" && this.state.connection.line.at === "online";
  }

  async untilOnline(withinMs?: number): Promise<void> {
    await this.until("line", () => this.isOnline || undefined, withinMs);
  }

  /** What this device shows of a contact. */
  shown(contact: UserId): string {
    return this.state.at === "signed-in" ? presenceOf(this.state.roster, contact).availability : "signed out";
  }

  get call() {
    return this.state.at === "signed-in" ? this.state.call : undefined;
  }

  /** The machine sleeps: no timer fires and nothing that comes is heard. */
  sleep(): void {
    this.#isAsleep = true;
    clearTimeout(this.#timer);
    this.#wakeAt = undefined;
  }

  /** It wakes, and its clock says that so much time has passed. `first`: what runs before the other. */
  wake(sleptMs: number, first: "timers" | "network"): void {
    this.#isAsleep = false;
    this.#aheadMs += sleptMs;
    const heard = this.#queue.splice(0);
    const due = { type: "due" } as const;
    for (const happening of first === "timers" ? [due, ...heard] : [...heard, due]) this.dispatch(happening);
  }

  /** Ends it without a word, as a killed browser. */
  close(): Promise<void> {
    this.sleep();
    this.#socket?.terminate();
    return Promise.resolve();
  }

  #decide(happening: Happening): void {
    const before = this.state;
    // Every member of the union has lost these two by the type above, and here has them back.
    const event: AppEvent = { ...happening, at: Date.now() + this.#aheadMs, random: Math.random() };
    const { state, effects } = update(before, event);
    this.state = state;
    for (const effect of effects) this.#carryOut(effect);
    if (state.at === "signed-in" && state.call.at === "joining")
      this.#queue.push({ type: "media-connected", call: state.call.call });
    this.#options.watch?.(this, before, happening);
  }

  #reconcile(): void {
    const { wakeAt, ringing } = outward(this.state);
    this.#arm(wakeAt);
    if (ringing?.call === this.#ringing) return;
    this.#ringing = ringing?.call;
    if (ringing === undefined) return;
    this.rings.push(ringing.call);
    this.dispatch({ type: "alerted", call: ringing.call, mode: ringing.mode });
  }

  #arm(wakeAt: number | undefined): void {
    if (wakeAt === this.#wakeAt) return;
    clearTimeout(this.#timer);
    this.#wakeAt = wakeAt;
    if (wakeAt === undefined) return;
    const afterMs = Math.max(0, wakeAt - Date.now() - this.#aheadMs);
    this.#timer = setTimeout(() => {
      this.#wakeAt = undefined;
      this.dispatch({ type: "due" });
    }, afterMs);
  }

  #carryOut(effect: AppEffect): void {
    switch (effect.type) {
      case "open-socket":
        this.#open(effect.socket, effect.url);
        break;
      case "close-socket":
        this.#letGo();
        break;
      case "hello": {
        const { token } = this.#options;
        const { idle, active } = effect;
        this.#send({ type: "hello", token, device: { id: this.device, name: "a test" }, idle, active });
        break;
      }
      case "send":
        this.#send(effect.message);
        break;
      case "list-contacts":
        void this.#list(effect.reading);
        break;
      case "open-call-tab":
        this.#queue.push({ type: "page-here", call: effect.call, fresh: true });
        break;
      // Nobody looks at the history here.
      case "list-calls":
      case "mark-calls-seen":
      case "focus-call-tab":
      case "watch-call-tab":
      case "reload-call-tab":
      case "signal-page":
      case "forget-links":
      case "forget-token":
        break;
      default:
        unreachable(effect);
    }
  }

  #open(socket: number, url: string): void {
    this.#letGo();
    const { from } = this.#options;
    const headers = from === undefined ? {} : { "x-forwarded-for": from };
    const opened = new WebSocket(url, [SUBPROTOCOL], { perMessageDeflate: false, headers });
    this.#socket = opened;
    const isCurrent = () => this.#socket === opened;
    opened.on("open", () => isCurrent() && this.dispatch({ type: "socket-opened", socket }));
    opened.on("message", (data: Buffer) => {
      if (!isCurrent()) return;
      const decoded = decodeServerFrame(data.toString());
      if (decoded.ok) this.dispatch({ type: "socket-message", socket, message: decoded.message });
    });
    // Its close follows.
    opened.on("error", () => undefined);
    opened.on("close", (code) => isCurrent() && this.dispatch({ type: "socket-closed", socket, code }));
  }

  #letGo(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.close();
    // Where nobody answers, ws would wait for the closing handshake and keep the process.
    if (socket !== undefined && socket.readyState !== WebSocket.CLOSED)
      setTimeout(() => socket.terminate(), 1_000).unref();
  }

  #send(message: ClientMessage): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  /** Never rejects. */
  async #list(reading: number): Promise<void> {
    const contacts = await this.#options.listContacts().catch(() => undefined);
    this.dispatch(
      contacts === undefined ? { type: "contacts-refused", reading } : { type: "contacts-listed", reading, contacts },
    );
  }

  #session(): Session {
    const { user, url } = this.#options;
    const presenceUrl = `${url.replace(/^http/, "ws")}/presence`;
    return {
      user,
      handle: user,
      name: user,
      server: { origin: url, presenceUrl, parseUrl: `${url}/parse`, peerPath: "/peer" },
    };
  }
}

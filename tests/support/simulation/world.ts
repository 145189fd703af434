import type { CallId, ContactPresence, DeviceId, ServerMessage, UserId, WelcomeCall } from "#protocol";
import type { AppEffect } from "../../../extension/core/app-effect-types.ts";
import type { AppState } from "../../../extension/core/app-state-types.ts";
import { Accounts } from "./accounts.ts";
import { Backend } from "./backend.ts";
import { Client } from "./client.ts";
import { MediaWorld } from "./media.ts";
import { Moments } from "./moments.ts";
import { RingWatch } from "./ring-watch.ts";
import type { Setting } from "./setting.ts";

const NAMES = ["Alice", "Bob", "Carol", "Dave"];

/** Everyone and everything of one run, and what must hold at every moment of it. */
export class World {
  readonly setting: Setting;
  readonly accounts = new Accounts();
  readonly media: MediaWorld;
  readonly backend: Backend;
  readonly clients: Client[] = [];
  readonly users: UserId[] = [];
  /** The calls that each server named, by the number of the server's life. */
  readonly named = new Map<CallId, Set<number>>();
  readonly merged = new Set<CallId>();
  readonly moments = new Moments(this);
  readonly #ringWatch: RingWatch;

  constructor(setting: Setting) {
    this.setting = setting;
    this.media = new MediaWorld(setting);
    this.#ringWatch = new RingWatch(this.accounts, setting);
    this.backend = new Backend(setting, this.accounts, (to, message) => this.#heard(to, message));
    const { random } = setting;
    for (const name of NAMES.slice(0, random.between(3, 4))) this.#addUser(name as UserId);
    for (const one of this.users)
      for (const other of this.users) if (one < other && random.chance(0.9)) this.accounts.setContact(one, other, true);
    for (const client of this.clients)
      setting.schedule.after(random.between(0, 3_000), () => {
        client.wake();
        client.signIn();
      });
  }

  readonly anyClient = (): Client => {
    const client = this.setting.random.pick(this.clients);
    if (!client) throw new Error("The simulation has no client");
    return client;
  };

  /** The faults are over: everything is up and awake again. */
  settle(): void {
    this.setting.note("world", "quiet begins");
    if (!this.backend.isUp) this.backend.start();
    for (const client of this.clients) {
      client.setNetwork(true);
      client.wake();
    }
  }

  /** What the server says of this user's calls to one more device. */
  probe(user: UserId): WelcomeCall[] {
    let calls: WelcomeCall[] = [];
    const { accounts, backend, setting } = this;
    const token = `probe-${user}`;
    const device = setting.random.uuid() as DeviceId;
    accounts.openSession(token, { user, device });
    const wire = backend.connect(0, {
      opened: () => undefined,
      closed: () => undefined,
      received: (_wire, message) => {
        if (message.type === "welcome") ({ calls } = message);
      },
    });
    wire.toServer({ type: "hello", token, device: { id: device, name: "probe" } });
    setting.schedule.runUntil(setting.now + 5_000);
    return calls;
  }

  #addUser(user: UserId): void {
    const { setting, accounts, media, backend } = this;
    accounts.add(user);
    this.users.push(user);
    const devices = setting.random.between(1, 3);
    for (let device = 1; device <= devices; device += 1) {
      const check = (client: Client, before: AppState, effects: AppEffect[]): void =>
        this.moments.check(client, before, effects);
      const begunAnew = (client: Client): void => this.moments.forget(client);
      const around = { setting, accounts, media, backend, check, begunAnew };
      this.clients.push(new Client(`${user}-${device}`, user, around));
    }
  }

  /** What no server may ever say. */
  #heard(to: UserId, message: ServerMessage): void {
    this.#ringWatch.heard(to, message);
    if (message.type === "presence") this.#hearPresence(to, message);
    if (message.type === "welcome") {
      for (const contact of message.contacts) this.#hearPresence(to, contact);
      for (const { call } of message.calls) this.moments.named(to, call);
      for (const call of message.calls)
        if (call.state === "incoming" && this.#isBlocked(to, call.from.user))
          this.setting.problem(`${to} is rung by ${call.from.user}, whom they block [PRES-5]`);
    }
    if (message.type === "call.incoming" && this.#isBlocked(to, message.from.user))
      this.setting.problem(`${to} is rung by ${message.from.user}, whom they block [PRES-5]`);
    if (message.type === "call.ended" && message.reason === "merged") this.merged.add(message.call);
    if (!("call" in message)) return;
    this.moments.heard(to, message);
    const { call } = message;
    const lives = this.named.get(call) ?? new Set();
    this.named.set(call, lives.add(this.backend.life));
  }

  #hearPresence(to: UserId, contact: ContactPresence): void {
    const { user, availability, text } = contact;
    this.#hearBlocked(to, contact);
    if (!this.accounts.areContacts(to, user))
      this.setting.problem(`${to} hears of ${user}, who is no contact [PRES-5]`);
    const { chosen } = this.accounts.get(user);
    const shows = availability !== "offline" || text !== undefined;
    // Judged after the server's turn: the choice and the news of it are two effects of it.
    if (chosen.availability !== "invisible" || !shows) return;
    this.backend.afterTurn(() => {
      if (this.accounts.get(user).chosen.availability === "invisible")
        this.setting.problem(`${to} hears that ${user}, who is invisible, is ${availability} [PRES-4]`);
    });
  }
  /** No one learns anything of who blocks them: neither how they are now, nor when they were otherwise. [PRES-5] */
  #hearBlocked(to: UserId, { user, availability, text, since }: ContactPresence): void {
    if (this.#isBlocked(to, user)) this.setting.problem(`${to} hears of ${user}, whom they block [PRES-5]`);
    if (!this.#isBlocked(user, to)) return;
    if (availability !== "offline" || text !== undefined)
      this.setting.problem(`${to} hears that ${user}, who blocks them, is ${availability} [PRES-5]`);
    const blockedAt = this.accounts.blockedAt(user, to) ?? 0;
    if (since !== undefined && this.setting.now - since > blockedAt)
      this.setting.problem(`${to} hears that ${user} came and went since they block them [PRES-5]`);
  }

  /** What fell due in the turn of the block came before it. */
  #isBlocked(by: UserId, user: UserId): boolean {
    const at = this.accounts.blockedAt(by, user);
    return at !== undefined && at < this.setting.now;
  }
}

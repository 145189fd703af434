import type { CallId, Contact, Person, ServerMessageOf, Ticket, UserId } from "#protocol";
import { INITIAL_STATE, update } from "../../../extension/core/app.ts";
import type { AppEffect } from "../../../extension/core/app-effect-types.ts";
import type { AppEvent } from "../../../extension/core/app-event-types.ts";
import type { AppState, Session, SignedIn } from "../../../extension/core/app-state-types.ts";

/** Given states and messages for the tables of events. Ids are branded by assertion, as only tests may. */
export const NOW = 1_760_000_000_000;

export const alice: Person = { user: "alice" as UserId, name: "Alice" };
export const bob: Person = { user: "bob" as UserId, name: "Bob" };
export const carol: Person = { user: "carol" as UserId, name: "Carol" };

/** A call's id; the same for the same digit. */
export function callId(digit: number): CallId {
  return `00000000-0000-4000-8000-00000000000${digit}` as CallId;
}

export const session: Session = {
  user: alice.user,
  handle: "alice",
  name: "Alice",
  server: {
    origin: "https://beckon.example",
    presenceUrl: "wss://beckon.example/presence",
    parseUrl: "https://beckon.example/parse",
    peerPath: "/peer",
  },
};

export function ticket(self: string): Ticket {
  // The brand of a peer id is the server's to give.
  const ends = { self: `${self}-self`, remote: `${self}-remote` } as Pick<Ticket, "self" | "remote">;
  return { peer: { path: "/peer", key: "beckon" }, token: "token", iceServers: [], expires: 60_000, ...ends };
}

export function contact({ user, name }: Person, state: Contact["state"] = "accepted"): Contact {
  return { user, handle: user, name, state, since: 0 };
}

export function welcome(change: Partial<ServerMessageOf<"welcome">> = {}): ServerMessageOf<"welcome"> {
  return {
    type: "welcome",
    user: { id: alice.user, handle: "alice", name: "Alice", availability: "available" },
    settings: { showBusy: true, secondCall: "wait" },
    contacts: [
      { user: bob.user, availability: "available" },
      { user: carol.user, availability: "offline" },
    ],
    calls: [],
    missed: 0,
    heartbeat: 20_000,
    rejoin: 20_000,
    ...change,
  };
}

export function incoming(digit: number, from: Person, remaining = 45_000): ServerMessageOf<"call.incoming"> {
  return { type: "call.incoming", call: callId(digit), from, media: "video", remaining };
}

export function accepted(digit: number, self = "first"): ServerMessageOf<"call.accepted"> {
  return { type: "call.accepted", call: callId(digit), media: "video", ticket: ticket(self) };
}

export function ended(
  digit: number,
  reason: ServerMessageOf<"call.ended">["reason"],
  into?: number,
): ServerMessageOf<"call.ended"> {
  return { type: "call.ended", call: callId(digit), reason, ...(into === undefined ? {} : { into: callId(into) }) };
}

type Happening = AppEvent extends infer Event
  ? Event extends { at: number; random: number }
    ? Omit<Event, "at" | "random">
    : never
  : never;

/** A device that lives through events, and remembers what it did last. */
export class Device {
  state: AppState;
  effects: AppEffect[] = [];
  now = NOW;

  constructor(state: AppState = INITIAL_STATE) {
    this.state = state;
  }

  /** What happens, at `now`; `random` is always one half. */
  on(...happenings: Happening[]): this {
    for (const happening of happenings) {
      const next = update(this.state, { ...happening, at: this.now, random: 0.5 });
      this.state = next.state;
      this.effects = next.effects;
    }
    return this;
  }

  after(ms: number, ...happenings: Happening[]): this {
    this.now += ms;
    return this.on(...happenings);
  }

  /** Messages of the present socket. */
  hears(...messages: Extract<AppEvent, { type: "socket-message" }>["message"][]): this {
    for (const message of messages)
      this.on({ type: "socket-message", socket: this.signedIn.connection.lastSocket, message });
    return this;
  }

  /** The socket is lost, and a new one is opened; the next message is the welcome. */
  loses(): this {
    this.on({ type: "socket-closed", socket: this.signedIn.connection.lastSocket, code: 1006 });
    return this;
  }

  returns(change: Partial<ServerMessageOf<"welcome">> = {}): this {
    this.on({ type: "retry-now" });
    this.on({ type: "socket-opened", socket: this.signedIn.connection.lastSocket });
    return this.hears(welcome(change));
  }

  /** The contact list that is being read. */
  lists(...contacts: Contact[]): this {
    return this.on({ type: "contacts-listed", reading: this.signedIn.roster.lastReading, contacts });
  }

  /** The worker dies: all that stays is the state as JSON. */
  dies(): this {
    // The state is what was just written out.
    this.state = JSON.parse(JSON.stringify(this.state)) as AppState;
    return this.on({ type: "started" });
  }

  get signedIn(): SignedIn {
    if (this.state.at !== "signed-in") throw new Error("The device is signed out");
    return this.state;
  }

  get call(): SignedIn["call"] {
    return this.signedIn.call;
  }

  /** The frames that the last event sent, without pings. */
  get sent(): unknown[] {
    const frames = this.effects.flatMap((effect) => (effect.type === "send" ? [effect.message] : []));
    return frames.filter(({ type }) => type !== "ping");
  }

  get did(): string[] {
    return this.effects.map(({ type }) => type);
  }
}

/** Alice's device, signed in and online, with Bob and Carol as contacts. */
export function online(): Device {
  const device = new Device().on({ type: "started" }, { type: "signed-in", session });
  device.on({ type: "socket-opened", socket: 1 }).hears(welcome(), { type: "pong" });
  return device.lists(contact(bob), contact(carol));
}

/** Alice's device in a talk with Bob, whom she called; the call is number 1. */
export function talking(): Device {
  const device = calling().hears(
    { type: "call.ringing", call: callId(1), devices: 1, mode: "loud", ticket: ticket("first") },
    accepted(1),
  );
  return device.on({ type: "media-connected", call: callId(1) });
}

/** Alice's device that calls Bob, with its page open; the call is number 1. */
export function calling(): Device {
  return online().on(
    { type: "place-call", call: callId(1), user: bob.user, media: "video" },
    { type: "page-here", call: callId(1), fresh: true },
  );
}

/** Alice's device on which Bob's call number 2 rings, and has said so. */
export function ringing(): Device {
  return online()
    .hears(incoming(2, bob))
    .on({ type: "alerted", call: callId(2), mode: "loud" });
}

import fc from "fast-check";
import { expect } from "vitest";
import type { CallId, ClientMessageOf } from "#protocol";
import { Stage, user, type Heard, type Seat } from "./stage.ts";

const NAMES = ["alice", "bob", "carol"] as const;
const DEVICES = ["laptop", "phone"] as const;
const PICKS = 6;

export type Said = Parameters<Seat["says"]>[0];
interface Saying {
  do: "say";
  who: number;
  type: Said;
  pick: number;
  to: number;
  flag: boolean;
}
/** One thing that happens; what makes no sense at its moment is done all the same. */
export type Happening =
  | Saying
  | { do: "lose" | "join" | "revoke"; who: number }
  | { do: "pass"; ms: number }
  | { do: "contact"; one: number; other: number; accepted: boolean };

const SAYINGS: Said[] = [
  "presence.set",
  "device.idle",
  "settings.set",
  "call.invite",
  "call.invite",
  "call.alert",
  "call.accept",
  "call.accept",
  "call.decline",
  "call.cancel",
  "call.signal",
  "call.rejoin",
  "call.hangup",
  "bye",
];

const seat = fc.nat(NAMES.length * DEVICES.length - 1);
export const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      do: fc.constant("say" as const),
      who: seat,
      type: fc.constantFrom(...SAYINGS),
      pick: fc.nat(PICKS - 1),
      to: fc.nat(NAMES.length - 1),
      flag: fc.boolean(),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom("lose" as const, "join" as const), who: seat }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("revoke" as const), who: seat }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("pass" as const), ms: fc.integer({ min: 1, max: 70_000 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("contact" as const),
      one: fc.nat(NAMES.length - 1),
      other: fc.nat(NAMES.length - 1),
      accepted: fc.boolean(),
    }),
  },
);

/** People around a referee, and what each device heard, in order. */
class Crowd {
  readonly stage = new Stage();
  readonly seats: Seat[];
  readonly heard = new Map<Seat, Heard[]>();
  readonly #invited: CallId[] = [];
  /** Whom each call rings. */
  readonly #callees = new Map<unknown, string>();

  constructor() {
    this.stage.friends(...NAMES);
    this.seats = NAMES.flatMap((name) => DEVICES.map((device) => this.stage.join(name, device)));
    for (const one of this.seats) this.heard.set(one, []);
    this.collect();
  }

  collect(): void {
    const news = this.seats.map((one) => ({ one, heard: one.heard() }));
    for (const { one, heard } of news) {
      this.heard.get(one)!.push(...heard);
      for (const ring of heard.flatMap(ringsIn)) this.#callees.set(ring, one.owner);
    }
    for (const { one, heard } of news) for (const message of heard) this.#checkRing(one, message);
  }

  /** What nobody may hear of a ring, by the settings of the moment. [CALL-8] [CALL-9] [DEC-24] */
  #checkRing({ owner }: Seat, { type, call, mode, from, waiting }: Heard): void {
    const callee = this.#callees.get(call);
    if (type === "call.ringing" && mode === "waiting")
      expect(callee && this.stage.person(callee).settings.showBusy).toBe(true);
    if (type !== "call.incoming") return;
    const { chosen, settings } = this.stage.person(owner);
    expect(chosen.availability).not.toBe("invisible");
    if (chosen.availability === "dnd") expect(settings.letThrough).toContain((from as { user: string }).user);
    if (waiting === true) expect(settings.secondCall).toBe("wait");
  }

  isConnected(one: Seat): boolean {
    return this.stage.isConnected(one.connection);
  }

  happen(event: Happening): void {
    if (event.do === "pass") this.stage.pass(event.ms);
    else if (event.do === "contact") this.befriend(event);
    else if (event.do === "say") this.say(this.seats[event.who]!, event);
    else this.move(this.seats[event.who]!, event.do);
    this.collect();
  }

  move(one: Seat, how: "lose" | "join" | "revoke"): void {
    if (how === "join") this.stage.rejoin(one);
    else if (how === "lose") one.loses();
    else this.stage.handle({ type: "revoked", connection: one.connection });
  }

  befriend({ one, other, accepted }: Happening & { do: "contact" }): void {
    if (one === other) return;
    const [first, second] = [NAMES[one]!, NAMES[other]!];
    this.stage.handle({ type: "contacts-changed", of: user(first), user: user(second) });
    this.stage.handle({ type: "contacts-changed", of: user(second), user: user(first) });
    this.stage.befriend(first, second, accepted);
  }

  /** Mostly a new one, now and then the last once more. */
  #newCall(pick: number): CallId {
    if (pick > 0 || this.#invited.length === 0) this.#invited.push(`call-${String(this.#invited.length)}` as CallId);
    return this.#knownCall(0);
  }

  /** One of the latest. */
  #knownCall(pick: number): CallId {
    return this.#invited.at(-1 - (pick % 3)) ?? ("call-never" as CallId);
  }

  say(one: Seat, { type, pick, to, flag }: Saying): void {
    const id = type === "call.invite" ? this.#newCall(pick) : this.#knownCall(pick);
    const choices = ["available", "away", "dnd", "invisible"] as const;
    const fields: { [T in Said]: Omit<ClientMessageOf<T>, "type"> } = {
      "presence.set": {
        availability: choices[pick % 4]!,
        ...(flag ? { until: 20_000 } : { text: `text ${String(pick)}` }),
      },
      "device.idle": { idle: flag },
      "settings.set": settingsOf(pick, to, flag),
      "call.invite": { call: id, to: user(NAMES[to]!), media: flag ? "audio" : "video" },
      "call.alert": { call: id, mode: (["loud", "silent", "waiting"] as const)[(to + Number(flag)) % 3]! },
      "call.accept": { call: id },
      "call.decline": { call: id },
      "call.cancel": { call: id },
      "call.signal": { call: id, data: null },
      "call.rejoin": { call: id },
      "call.hangup": { call: id },
      bye: {},
    };
    one.says(type, fields[type]);
  }
}

/** The calls that a message says ring at its reader: the news of one, or a welcome that comes in the middle of some. */
function ringsIn({ type, call, calls }: Heard): unknown[] {
  if (type === "call.incoming") return [call];
  const listed = type === "welcome" ? (calls as { call: CallId; state: string }[]) : [];
  return listed.filter(({ state }) => state === "incoming").map((ring) => ring.call);
}

/** One of the three settings, by chance. */
function settingsOf(pick: number, to: number, flag: boolean): Omit<ClientMessageOf<"settings.set">, "type"> {
  if (pick < 2) return { showBusy: flag };
  if (pick < 4) return { secondCall: flag ? "wait" : "busy" };
  return { letThrough: flag ? [user(NAMES[to]!)] : [] };
}

/** A crowd after all this has happened. */
export function lived(happenings: Happening[]): Crowd {
  const crowd = new Crowd();
  for (const one of happenings) crowd.happen(one);
  return crowd;
}

export const life = fc.array(happening, { maxLength: 120, size: "max" });

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { CallId, ClientMessageOf } from "#protocol";
import { Stage, user, type Heard, type Seat } from "./stage.ts";

const NAMES = ["alice", "bob", "carol"] as const;
const DEVICES = ["laptop", "phone"] as const;
const NEW_CALLS = 6;

type Said = Parameters<Seat["says"]>[0];
interface Saying {
  do: "say";
  who: number;
  type: Said;
  pick: number;
  to: number;
  flag: boolean;
}
/** One thing that happens; what makes no sense at its moment is done all the same. */
type Happening =
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
const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      do: fc.constant("say" as const),
      who: seat,
      type: fc.constantFrom(...SAYINGS),
      pick: fc.nat(NEW_CALLS - 1),
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

  constructor() {
    this.stage.friends(...NAMES);
    this.seats = NAMES.flatMap((name) => DEVICES.map((device) => this.stage.join(name, device)));
    for (const one of this.seats) this.heard.set(one, []);
    this.collect();
  }

  collect(): void {
    for (const one of this.seats) this.heard.get(one)!.push(...one.heard());
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

  say(one: Seat, { type, pick, to, flag }: Saying): void {
    const id = `call-${String(pick)}` as CallId;
    const choices = ["available", "away", "dnd", "invisible"] as const;
    const fields: { [T in Said]: Omit<ClientMessageOf<T>, "type"> } = {
      "presence.set": {
        availability: choices[pick % 4]!,
        ...(flag ? { until: 20_000 } : { text: `text ${String(pick)}` }),
      },
      "device.idle": { idle: flag },
      "settings.set": { showBusy: flag },
      "call.invite": { call: id, to: user(NAMES[to]!), media: flag ? "audio" : "video" },
      "call.alert": { call: id, mode: flag ? "loud" : "silent" },
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

function lived(happenings: Happening[]): Crowd {
  const crowd = new Crowd();
  for (const one of happenings) crowd.happen(one);
  return crowd;
}

const life = fc.array(happening, { maxLength: 120, size: "max" });
const OWN_ENDS = ["answered-elsewhere", "declined-elsewhere", "merged"];

describe("whatever happens, in whatever order", { timeout: 30_000 }, () => {
  test("[CALL-14] every call leaves exactly one record, and at the end nothing is left running by itself", () => {
    fc.assert(
      fc.property(life, (happenings) => {
        const crowd = lived(happenings);
        for (const one of crowd.seats) one.loses();
        crowd.stage.pass(200_000);
        crowd.collect();
        const recorded = crowd.stage.records.map(({ call }) => call);
        expect(new Set(recorded).size).toBe(recorded.length);
        const heard = [...crowd.heard.values()].flat();
        const merged = new Set(heard.filter(({ reason }) => reason === "merged").map(({ call }) => call));
        for (const { type, call, reason } of heard) {
          const isEnd = type === "call.ended" && !OWN_ENDS.includes(String(reason)) && !merged.has(call);
          if (isEnd || type === "call.incoming") expect(recorded).toContain(call);
        }
        for (const id of merged) expect(recorded).not.toContain(id);
        for (const one of crowd.seats) expect(one.comesBack()[0]?.["calls"]).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  test("[CALL-4] at most one device of a user talks, and both sides agree with whom", () => {
    fc.assert(
      fc.property(life, (happenings) => {
        const crowd = lived(happenings);
        const talks = new Map<string, { call: unknown; with: unknown }>();
        for (const one of crowd.seats) {
          const calls = one.comesBack()[0]!["calls"] as {
            state: string;
            here?: boolean;
            call: string;
            with: { user: string };
          }[];
          const here = calls.filter((listed) => listed.here === true);
          expect(here.length).toBeLessThanOrEqual(1);
          if (here[0] === undefined) continue;
          expect(talks.has(one.owner)).toBe(false);
          talks.set(one.owner, { call: here[0].call, with: here[0].with.user });
        }
        for (const [owner, talk] of talks)
          expect(talks.get(String(talk.with))).toEqual({ call: talk.call, with: owner });
      }),
      { numRuns: 300 },
    );
  });

  test("[PRES-2] nobody is told twice the same of a contact, and what was told last is the truth", () => {
    fc.assert(
      fc.property(life, (happenings) => {
        const crowd = lived(happenings);
        for (const one of crowd.seats) {
          // The sockets that were opened for the devices before this one were heard by it as well.
          crowd.collect();
          const known = new Map<unknown, string>();
          const newsOf = ({ availability, text }: Record<string, unknown>) => JSON.stringify([availability, text]);
          for (const message of crowd.heard.get(one)!) {
            // The list is read again, and with it whom it names.
            if (message.type === "contacts.changed") known.delete(message["user"]);
            if (message.type === "welcome") known.clear();
            if (message.type === "welcome")
              for (const contact of message["contacts"] as Heard[]) known.set(contact["user"], newsOf(contact));
            if (message.type !== "presence") continue;
            expect(known.get(message["user"])).not.toBe(newsOf(message));
            known.set(message["user"], newsOf(message));
          }
          if (!crowd.isConnected(one)) continue;
          for (const contact of one.comesBack()[0]!["contacts"] as Heard[])
            if (known.has(contact["user"])) expect(known.get(contact["user"])).toBe(newsOf(contact));
        }
      }),
      { numRuns: 300 },
    );
  });

  test("the same happenings bring the same effects", () => {
    fc.assert(
      fc.property(life, (happenings) => {
        expect(lived(happenings).stage.effects).toEqual(lived(happenings).stage.effects);
      }),
      { numRuns: 30 },
    );
  });
});

describe("invisible", { timeout: 30_000 }, () => {
  const BOB = [2, 3];
  /** What bob does that nobody may notice while he is invisible. */
  const hidden: Said[] = ["device.idle", "settings.set", "call.alert", "call.accept", "call.decline", "call.hangup"];
  const others = happening.filter(
    (event) => event.do === "pass" || (event.do !== "contact" && !BOB.includes(event.who)),
  );
  const bobs = happening.filter(
    (event) =>
      (event.do === "lose" || event.do === "join" || event.do === "say") &&
      BOB.includes(event.who) &&
      (event.do !== "say" || hidden.includes(event.type)),
  );

  /** What alice's and carol's devices hear where bob is invisible, or signed out. */
  function overheard(before: Happening[], after: Happening[], isInvisible: boolean): Heard[][] {
    const crowd = lived(before);
    const [laptop, phone] = BOB.map((index) => crowd.seats[index]!) as [Seat, Seat];
    for (const one of [laptop, phone]) crowd.stage.rejoin(one);
    laptop.says("presence.set", { availability: "available" });
    crowd.collect();
    for (const heard of crowd.heard.values()) heard.length = 0;
    // One of his calls would tell him from someone who is away, by his own doing.
    const own = crowd.stage.records.length;
    for (const listed of laptop.comesBack()[0]!["calls"] as { call: CallId }[])
      for (const one of [laptop, phone]) one.says("call.hangup", { call: listed.call });
    crowd.collect();
    for (const heard of crowd.heard.values()) heard.length = 0;
    expect(crowd.stage.records.length).toBeGreaterThanOrEqual(own);
    if (isInvisible) laptop.says("presence.set", { availability: "invisible", text: "secret" });
    else for (const one of [laptop, phone]) one.says("bye", {});
    for (const event of after) {
      const isBobs = event.do !== "pass" && event.do !== "contact" && BOB.includes(event.who);
      if (isInvisible || !isBobs) crowd.happen(event);
    }
    crowd.collect();
    return crowd.seats.filter(({ owner }) => owner !== "bob").map((one) => crowd.heard.get(one)!);
  }

  test("[PRES-4] contacts hear the same, frame by frame, as when the user has signed out", () => {
    const after = fc.array(fc.oneof({ weight: 3, arbitrary: others }, { weight: 1, arbitrary: bobs }), {
      maxLength: 60,
      size: "max",
    });
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 40, size: "max" }), after, (before, later) => {
        expect(overheard(before, later, true)).toEqual(overheard(before, later, false));
      }),
      { numRuns: 300 },
    );
  });
});

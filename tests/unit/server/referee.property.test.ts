import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { CallId } from "#protocol";
import { happening, life, lived, type Happening, type Said } from "./crowd.ts";
import type { Heard, Seat } from "./stage.ts";

/** Alice and Bob talk where nothing stands in the way, rung by Carol before or after. */
const SECOND_CALL: Happening[] = [
  { who: 4, type: "call.invite" as const, pick: 1 },
  { who: 0, type: "call.invite" as const, pick: 1 },
  { who: 2, type: "call.accept" as const, pick: 0 },
  { who: 5, type: "call.invite" as const, pick: 1 },
].flatMap((saying) => [
  { do: "join", who: saying.who },
  { do: "say", to: 1, flag: true, ...saying },
]);
const OWN_ENDS = ["answered-elsewhere", "declined-elsewhere", "merged"];

describe("whatever happens, in whatever order", { timeout: 30_000 }, () => {
  test("[CALL-14] every call leaves exactly one record, and at the end nothing is left running by itself", () => {
    fc.assert(
      fc.property(life, (happenings) => {
        const crowd = lived(happenings);
        for (const one of crowd.seats) one.loses();
        crowd.stage.pass(200_000);
        crowd.collect();
        for (const { outcomes, missedWhile } of crowd.stage.records)
          expect(missedWhile !== undefined).toBe(outcomes.callee === "missed");
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

  test("[CALL-9] a ring waits exactly where its callee talks, and not where they chose busy", () => {
    fc.assert(
      fc.property(life, (happenings) => {
        const crowd = lived([...happenings, ...SECOND_CALL]);
        for (const one of crowd.seats) {
          const calls = one.comesBack()[0]!["calls"] as { state: string; waiting?: boolean }[];
          const talks = calls.some(({ state }) => state === "running");
          for (const { waiting } of calls.filter(({ state }) => state === "incoming"))
            expect(waiting === true).toBe(talks);
          if (talks && crowd.stage.person(one.owner).settings.secondCall === "busy") expect(calls).toHaveLength(1);
        }
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

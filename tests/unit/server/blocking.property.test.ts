import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { CallId } from "#protocol";
import { happening, lived, type Happening } from "./crowd.ts";
import type { Heard, Seat } from "./stage.ts";

type Crowd = ReturnType<typeof lived>;

/** Bob's devices among the seats; he blocks Alice, who cannot know. Carol is everyone's contact. */
const BOB = [2, 3];
const [ALICE_NUMBER, BOB_NUMBER] = [0, 1];

function isBobs(event: Happening): boolean {
  return event.do !== "pass" && event.do !== "contact" && BOB.includes(event.who);
}

function isCarols(event: Happening): boolean {
  return event.do !== "pass" && event.do !== "contact" && event.who > 3;
}

/** What does not touch on Bob and Carol together: whether Carol is busy with him is hers to show. */
const apart = happening.filter((event) => {
  if (event.do === "contact")
    return [event.one, event.other].sort().join() === `${ALICE_NUMBER},${BOB_NUMBER}` && !event.accepted;
  if (event.do !== "say") return true;
  // A new call of his would take its name from the next of hers: his invites are refused in tests of their own.
  if (isBobs(event)) return event.type !== "call.invite";
  return !(isCarols(event) && event.type === "call.invite" && event.to === BOB_NUMBER);
});
const before = fc.array(happening, { maxLength: 40, size: "max" });
const after = fc.array(apart, { maxLength: 60, size: "max" });

/** What Alice's devices hear from the instant on at which Bob blocks her, or signs out on every device for good. */
function overheard(crowd: Crowd, later: Happening[], how: "blocks" | "leaves"): Heard[][] {
  const bobs = BOB.map((index) => crowd.seats[index]!);
  if (how === "blocks") crowd.stage.block("bob", "alice");
  else for (const one of bobs) one.says("bye", {});
  for (const event of later) if (how === "blocks" || !isBobs(event)) crowd.happen(event);
  crowd.collect();
  return crowd.seats.filter(({ owner }) => owner === "alice").map((one) => crowd.heard.get(one)!);
}

/** Who rings whom at the instant. */
const ringing = fc.constantFrom("alice" as const, "bob" as const, undefined);

/**
 * A crowd in which Bob is here, in no call but a ring from or to Alice: a talk goes on when he blocks and ends when he
 * leaves, and whether Carol is in a call with him is seen at once.
 */
function crowdAfter(happenings: Happening[], ring: "alice" | "bob" | undefined): Crowd {
  const crowd = lived(happenings);
  // Beyond every ring.
  crowd.stage.pass(50_000);
  const bobs = BOB.map((index) => crowd.seats[index]!) as [Seat, Seat];
  for (const one of bobs) crowd.stage.rejoin(one);
  crowd.collect();
  const welcome = crowd.heard.get(bobs[0])!.findLast(({ type }) => type === "welcome")!;
  for (const listed of welcome["calls"] as { call: CallId; state: string }[])
    if (listed.state === "running") for (const one of bobs) one.says("call.hangup", { call: listed.call });
  const invite = { do: "say", type: "call.invite", pick: 1, flag: true } as const;
  if (ring === "alice") crowd.happen({ ...invite, who: 0, to: BOB_NUMBER });
  if (ring === "bob") crowd.happen({ ...invite, who: BOB[0]!, to: ALICE_NUMBER });
  crowd.collect();
  for (const heard of crowd.heard.values()) heard.length = 0;
  return crowd;
}

describe("who is blocked", { timeout: 60_000 }, () => {
  test("[PRES-5] hears the same, frame by frame, as when the blocker has signed out", () => {
    fc.assert(
      fc.property(before, ringing, after, (happenings, ring, later) => {
        const left = overheard(crowdAfter(happenings, ring), later, "leaves");
        expect(overheard(crowdAfter(happenings, ring), later, "blocks")).toEqual(left);
      }),
      { numRuns: 400 },
    );
  });

  test("[PRES-5] [DEC-17] hears the same after a restart as when the blocker has not come back", () => {
    const heardAfterRestart = (later: Happening[], isBack: boolean): Heard[][] => {
      const crowd = lived([]);
      crowd.stage.block("bob", "alice");
      crowd.stage.restart();
      for (const [index, one] of crowd.seats.entries()) if (isBack || !BOB.includes(index)) crowd.stage.rejoin(one);
      crowd.collect();
      for (const event of later) if (isBack || !isBobs(event)) crowd.happen(event);
      crowd.collect();
      return crowd.seats.slice(0, 2).map((one) => crowd.heard.get(one)!);
    };
    fc.assert(
      fc.property(after, (later) => {
        expect(heardAfterRestart(later, true)).toEqual(heardAfterRestart(later, false));
      }),
      { numRuns: 400 },
    );
  });
});

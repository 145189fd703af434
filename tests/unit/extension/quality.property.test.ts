import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PICTURE_STEPS } from "../../../extension/core/picture-steps.ts";
import { NOTHING_AT_ALL, PlayedCall, QUIET_ROOM, type Second, SPEECH } from "./quality-given.ts";

/** What is shown stays at least as long, in ms. */
const HOLD_MS = 4_000;
const DOWN_AFTER_MS = 4_000;
const UP_AFTER_MS = 15_000;

const share = fc.constantFrom(0, 0.01, 0.03, 0.06, 0.2, 0.6);
const second: fc.Arbitrary<Second> = fc.record({
  lostSent: share,
  lostArriving: share,
  gaps: share,
  roundTripMs: fc.constantFrom(20, 450, 700, 3_000),
  roomBps: fc.constantFrom(undefined, 0, 40_000, 100_000, 200_000, 2_000_000),
  isDown: fc.boolean(),
  ownPicture: fc.boolean(),
  microphone: fc.constantFrom("on" as const, "muted" as const, "none" as const),
  level: fc.constantFrom(undefined, 0, 0.1),
  voice: fc.constantFrom(SPEECH, QUIET_ROOM, NOTHING_AT_ALL),
});
const word = fc.record({ weak: fc.boolean(), paused: fc.boolean() });
const act = fc.oneof(
  { weight: 8, arbitrary: fc.record({ second, seconds: fc.integer({ min: 1, max: 25 }) }) },
  { weight: 2, arbitrary: fc.record({ words: fc.array(word, { maxLength: 5 }) }) },
);
const acts = fc.array(act, { maxLength: 60, size: "max" });

describe("a call of any seconds, with whatever the other side says", () => {
  it("shows words that stay for some seconds, unless a person switches the microphone or it is heard", () => {
    fc.assert(
      fc.property(acts, (all) => {
        const call = new PlayedCall();
        let microphone = "";
        let changedAt = -HOLD_MS;
        for (const one of all) {
          if ("words" in one) {
            const before = call.state.verdict;
            for (const said of one.words) call.hear(said);
            expect(call.state.verdict).toBe(before);
            continue;
          }
          for (let played = 0; played < one.seconds; played++) {
            const before = call.state.verdict;
            call.play(1, one.second);
            const { at, heard } = call.state.microphone;
            const isActed = `${at} ${String(heard)}` !== microphone;
            microphone = `${at} ${String(heard)}`;
            if (call.state.verdict === before) continue;
            if (before !== "measuring" && !isActed) expect(call.at - changedAt).toBeGreaterThanOrEqual(HOLD_MS);
            changedAt = call.at;
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it("moves the picture up by one step at a time, not down sooner than after some seconds, and up later still", () => {
    fc.assert(
      fc.property(acts, (all) => {
        const call = new PlayedCall();
        let [step, changedAt] = [0, 0];
        for (const one of all) {
          if ("words" in one) continue;
          for (let played = 0; played < one.seconds; played++) {
            call.play(1, one.second);
            const next = PICTURE_STEPS.indexOf(call.state.ladder.step);
            if (next === step) continue;
            expect(next - step).toBeGreaterThanOrEqual(-1);
            expect(call.at - changedAt).toBeGreaterThanOrEqual(next > step ? DOWN_AFTER_MS : UP_AFTER_MS);
            [step, changedAt] = [next, call.at];
          }
        }
        const told = call.effects.filter(({ type }) => type === "limit-picture");
        for (const [index, effect] of told.entries()) expect(effect).not.toEqual(told[index - 1]);
      }),
      { numRuns: 500 },
    );
  });

  it("is good again in the end, with the picture in full, where all is well for long enough", () => {
    fc.assert(
      fc.property(acts, (all) => {
        const call = new PlayedCall();
        for (const one of all) {
          if ("words" in one) for (const said of one.words) call.hear(said);
          else call.play(one.seconds, one.second);
        }
        call.hear({ weak: false, paused: false }).play(20 * 60);
        expect(call.view).toMatchObject({ verdict: "good", ownPicture: "full", theirPicturePaused: false });
        expect(call.state.said).toEqual({ weak: false, paused: false });
      }),
      { numRuns: 100 },
    );
  });
});

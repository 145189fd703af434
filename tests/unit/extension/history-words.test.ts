import { type CallRecord, MissedWhile, Outcome } from "#protocol";
import { describe, expect, it } from "vitest";
import { isMissed, outcomeWords } from "../../../extension/components/history-words.ts";
import { createText } from "../../../extension/locales/text.ts";
import { bob, callId, NOW } from "./given.ts";

const text = createText("en");

function record(more: Partial<CallRecord>): CallRecord {
  const shared = { call: callId(1), with: bob, at: NOW, seen: true, seconds: 0 };
  return { ...shared, direction: "in", media: "video", outcome: "missed", ...more };
}

describe("a call in the history", () => {
  it.each([
    [{ outcome: "answered", seconds: 724 }, "12 minutes 4 seconds"],
    [{ missedWhile: "offline" }, "Missed while you were offline"],
    [{ missedWhile: "silent" }, "Missed with the sound off"],
    [{ missedWhile: "ringing" }, "Missed while it rang"],
    [{ missedWhile: "in-call" }, "Missed during another call"],
    [{ missedWhile: "dnd" }, "Missed while on do not disturb"],
    [{}, "Missed"],
    [{ direction: "out", outcome: "unreachable" }, "Could not be reached"],
  ] as const)("%o is told as %s", (more, words) => {
    expect(outcomeWords(text, record(more))).toBe(words);
  });

  it("is told in words of its own for each reason, in both languages", () => {
    for (const locale of [text, createText("ja")]) {
      const missed = MissedWhile.options.map((missedWhile) => outcomeWords(locale, record({ missedWhile })));
      expect(new Set(missed).size).toBe(MissedWhile.options.length);
    }
  });

  it("is missed where one was called and neither answered nor declined", () => {
    const outcomes = Outcome.options.filter((outcome) => isMissed(record({ outcome })));
    expect(outcomes).not.toEqual(expect.arrayContaining(["answered", "declined", "failed"]));
    expect(outcomes).toContain("missed");
    expect(Outcome.options.some((outcome) => isMissed(record({ outcome, direction: "out" })))).toBe(false);
  });
});

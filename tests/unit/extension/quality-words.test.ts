import { describe, expect, it } from "vitest";
import {
  figureRows,
  isUntroubled,
  pausedWords,
  qualityAnnounced,
} from "../../../extension/components/quality-words.ts";
import type { QualityView } from "../../../extension/core/quality-types.ts";
import { createText } from "../../../extension/locales/text.ts";

const text = createText("en");

function view(more: Partial<QualityView> = {}): QualityView {
  return { verdict: "good", wasWeak: false, figures: {}, ownPicture: "full", theirPicturePaused: false, ...more };
}

describe("what is read aloud of the line", () => {
  it.each([
    ["nothing while it is measured", view({ verdict: "measuring" }), ""],
    ["nothing where it was good from the start", view(), ""],
    ["what is wrong", view({ verdict: "weak-theirs" }), "Weak line: their network"],
    ["that it is good again", view({ wasWeak: true }), "The line is good again"],
  ])("is %s", (_, quality, words) => {
    expect(qualityAnnounced(text, quality)).toBe(words);
  });
});

describe("the figures", () => {
  it("have no row for what is not known", () => {
    expect(figureRows(text, view())).toEqual([]);
  });

  it("are few words each", () => {
    const picture = { width: 640, height: 360, perSecond: 14.6, codec: "VP8" };
    const figures = {
      roundTripMs: 40,
      relayed: true,
      lostArriving: 0.0123,
      lostSent: 0,
      soundCodec: "opus",
      theirPicture: { ...picture, codec: undefined },
      ownPicture: picture,
    };
    const rows = figureRows(text, view({ figures, ownPicture: "smaller" }));
    expect(rows.map(({ value }) => value)).toEqual([
      "40 ms",
      "Through a relay",
      "1.2%",
      "0%",
      "640 × 360, 15/s",
      "640 × 360, 15/s, VP8 (smaller)",
      "Opus",
    ]);
    const paused = figureRows(text, view({ figures, ownPicture: "paused", theirPicturePaused: true }));
    expect(paused.map(({ name }) => name)).not.toContain("Their picture");
    expect(paused.find(({ name }) => name === "Your picture")?.value).toBe("Paused: weak line");
  });
});

it("what a person must read stays where nobody moves", () => {
  expect(isUntroubled(view())).toBe(true);
  expect(isUntroubled(view({ verdict: "muted-speaking" }))).toBe(false);
  expect(isUntroubled(view({ ownPicture: "paused" }))).toBe(false);
  expect(pausedWords(text, view({ ownPicture: "paused", theirPicturePaused: true }), "Bob")).toEqual([
    "Your picture is paused: the line is weak",
    "The picture of Bob is paused: the line is weak",
  ]);
});

import { describe, expect, it } from "vitest";
import {
  limitsOf,
  moveLadder,
  newLadder,
  PICTURE_STEPS,
  type PictureLadder,
  type PictureStep,
} from "../../../extension/core/picture-steps.ts";

/** A ladder that is asked once a second. */
class Climb {
  ladder: PictureLadder = newLadder(0);
  at = 0;
  readonly steps: [step: PictureStep, atSecond: number][] = [["full", 0]];

  play(seconds: number, isBad: boolean | undefined, isSent = true): this {
    for (let played = 0; played < seconds; played++) {
      this.at += 1_000;
      this.ladder = moveLadder(this.ladder, { at: this.at, isBad, isSent });
      if (this.ladder.step !== this.steps.at(-1)?.[0]) this.steps.push([this.ladder.step, this.at / 1_000]);
    }
    return this;
  }

  /** Plays until the step is another. */
  until(step: PictureStep, isBad: boolean | undefined): this {
    for (let seconds = 0; this.ladder.step !== step; seconds++) {
      if (seconds > 1_000) throw new Error(`${step} is never reached`);
      this.play(1, isBad);
    }
    return this;
  }
}

describe("the steps of the picture on a weak line", () => {
  it("go down one by one while it is bad, and no further than to none", () => {
    const { steps } = new Climb().play(10, false).play(120, true);
    expect(steps.map(([step]) => step)).toEqual(["full", "smaller", "smallest", "paused"]);
    expect(steps.at(-1)?.[1]).toBeLessThan(40);
  });

  it("do not go down for a moment's trouble", () => {
    const climb = new Climb();
    for (let minute = 0; minute < 10; minute++) climb.play(3, true).play(1, false);
    expect(climb.steps).toEqual([["full", 0]]);
  });

  it("do not go down where no picture is sent, and go up all the same", () => {
    expect(new Climb().play(60, true, false).steps).toEqual([["full", 0]]);
    const climb = new Climb().until("paused", true).play(120, false, false);
    expect(climb.ladder.step).toBe("full");
  });

  it("go up one by one where it was fine for a quarter of a minute each", () => {
    const climb = new Climb().until("paused", true);
    const from = climb.at / 1_000;
    climb.play(120, false);
    const up = climb.steps.slice(4).map(([step, second]) => [step, second - from]);
    expect(up.map(([step]) => step)).toEqual(["smallest", "smaller", "full"]);
    for (const [index, [, second]] of up.entries()) expect(second).toBeGreaterThanOrEqual(15 * (index + 1));
  });

  it("stay where it is neither bad nor fine", () => {
    expect(new Climb().until("smaller", true).play(600, undefined).ladder.step).toBe("smaller");
  });

  it("wait longer after each try that failed, up to four minutes, and no longer than at first once one has proven itself", () => {
    const climb = new Climb().until("smaller", true);
    const waits: number[] = [];
    for (let tries = 0; tries < 7; tries++) {
      const since = climb.at;
      climb.until("full", false);
      waits.push((climb.at - since) / 1_000);
      climb.until("smaller", true);
    }
    expect(waits.map((wait) => Math.round(wait / 15))).toEqual([1, 2, 4, 8, 16, 16, 16]);
    climb.until("full", false).play(300, false);
    expect(climb.ladder).toMatchObject({ step: "full", isTrial: false });
  });
});

describe("what a step means", () => {
  const shown = PICTURE_STEPS.filter((step) => step !== "paused");

  it("is a smaller picture of a face, and never a slower one", () => {
    const limits = shown.map((step) => limitsOf("camera", step));
    expect(limits.map(({ scaleResolutionDownBy }) => scaleResolutionDownBy)).toEqual([1, 2, 4]);
    expect(limits.every(({ maxFramerate }) => maxFramerate === undefined)).toBe(true);
  });

  it("is a slower picture of a screen, and never a smaller one", () => {
    const limits = shown.map((step) => limitsOf("screen", step));
    expect(limits.map(({ scaleResolutionDownBy }) => scaleResolutionDownBy)).toEqual([1, 1, 1]);
    expect(limits.map(({ maxFramerate }) => maxFramerate)).toEqual([undefined, 8, 2]);
  });

  it.each(["camera", "screen"] as const)("sends less of a %s at each, and at last nothing", (picture) => {
    const most = shown.map((step) => limitsOf(picture, step).maxBitrate ?? Number.POSITIVE_INFINITY);
    expect(most).toEqual(most.toSorted((a, b) => b - a));
    expect(PICTURE_STEPS.map((step) => limitsOf(picture, step).active)).toEqual([true, true, true, false]);
  });
});

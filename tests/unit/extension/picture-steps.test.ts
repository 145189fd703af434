import { describe, expect, it } from "vitest";
import {
  limitsOf,
  moveLadder,
  newLadder,
  PICTURE_STEPS,
  type PictureLadder,
  type PictureStep,
} from "../../../extension/core/picture-steps.ts";

interface Played {
  isSent?: boolean;
  roomBps?: number;
}

/** A ladder that is asked once a second. */
class Climb {
  ladder: PictureLadder = newLadder(0);
  at = 0;
  readonly steps: [step: PictureStep, atSecond: number][] = [["full", 0]];

  play(seconds: number, isBad: boolean | undefined, { isSent = true, roomBps }: Played = {}): this {
    for (let played = 0; played < seconds; played++) {
      this.at += 1_000;
      this.ladder = moveLadder(this.ladder, { at: this.at, isBad, isSent, roomBps });
      if (this.ladder.step !== this.steps.at(-1)?.[0]) this.steps.push([this.ladder.step, this.at / 1_000]);
    }
    return this;
  }

  /** Plays until the step is another. */
  until(step: PictureStep, isBad: boolean | undefined, played: Played = {}): this {
    for (let seconds = 0; this.ladder.step !== step; seconds++) {
      if (seconds > 1_000) throw new Error(`${step} is never reached`);
      this.play(1, isBad, played);
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

  it.each([
    [200_000, "smaller"],
    [70_000, "smallest"],
    [35_000, "paused"],
  ] as const)("go down at once to what there is room for: with %i bits in a second to %s", (roomBps, step) => {
    const { steps } = new Climb().play(10, false).play(10, true, { roomBps });
    expect(steps.map(([one]) => one)).toEqual(["full", step]);
  });

  it("go down all the same where there seems to be room, and the line is bad", () => {
    expect(new Climb().play(20, true, { roomBps: 2_000_000 }).ladder.step).not.toBe("full");
  });

  it("do not go down for a moment's trouble", () => {
    const climb = new Climb();
    for (let minute = 0; minute < 10; minute++) climb.play(3, true).play(1, false);
    expect(climb.steps).toEqual([["full", 0]]);
  });

  it("do not go down where no picture is sent, and go up all the same", () => {
    expect(new Climb().play(60, true, { isSent: false }).steps).toEqual([["full", 0]]);
    const climb = new Climb().until("paused", true).play(120, false, { isSent: false });
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

  it("wait eight times as long for a larger one where there seems to be no room for it, and try it then all the same", () => {
    const climb = new Climb().until("smallest", true, { roomBps: 80_000 });
    const since = climb.at;
    expect(climb.play(115, false, { roomBps: 110_000 }).ladder.step).toBe("smallest");
    climb.until("smaller", false, { roomBps: 110_000 });
    expect(climb.at - since).toBeGreaterThanOrEqual(120_000);
    // There is room for the next, of which this one uses little.
    const from = climb.at;
    climb.until("full", false, { roomBps: 200_000 });
    expect(climb.at - from).toBeLessThan(30_000);
  });

  it("wait at most ten minutes for that, and give up in less time than at first what was tried", () => {
    const climb = new Climb().until("paused", true, { roomBps: 20_000 });
    const waits: number[] = [];
    for (let tries = 0; tries < 5; tries++) {
      const since = climb.at;
      climb.until("smallest", false, { roomBps: 20_000 });
      waits.push(Math.round((climb.at - since) / 60_000));
      const triedAt = climb.at;
      climb.until("paused", true, { roomBps: 20_000 });
      expect(climb.at - triedAt).toBeLessThanOrEqual(5_000);
    }
    expect(waits).toEqual([2, 4, 8, 10, 10]);
    // Once there is room, none of that counts for long.
    climb.play(10, true).play(70, false, { roomBps: 2_000_000 });
    expect(climb.ladder.step).toBe("smallest");
  });

  it("come back soon from none with the little room that can be seen of sound alone", () => {
    const climb = new Climb().until("paused", true, { roomBps: 20_000 });
    const since = climb.at;
    climb.until("smallest", false, { roomBps: 72_000 });
    expect(climb.at - since).toBeLessThan(20_000);
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

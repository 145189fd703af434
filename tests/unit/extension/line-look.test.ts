import { describe, expect, it } from "vitest";
import { lookBetween } from "../../../extension/core/line-look.ts";
import type { LineCounters } from "../../../extension/core/quality-types.ts";

const NONE: LineCounters = { arriving: {}, sent: {} };

function came(sound: [packets: number, lost: number], picture?: [packets: number, lost: number]): LineCounters {
  const counted = ([packets, lost]: [number, number]) => ({ packets, lost });
  return { arriving: { sound: counted(sound), picture: picture && counted(picture) }, sent: {} };
}

describe("what happened between two looks", () => {
  it("is nothing where a kind was not there before", () => {
    expect(lookBetween(NONE, came([50, 10]))).toEqual({
      lostArriving: undefined,
      lostSent: undefined,
      gaps: undefined,
      isStalled: false,
    });
  });

  it("counts what was lost among all that was to come, of both kinds", () => {
    expect(lookBetween(came([100, 0], [300, 10]), came([150, 0], [440, 20])).lostArriving).toBe(10 / 200);
  });

  it("takes packets that came twice for no loss below nothing", () => {
    expect(lookBetween(came([100, 10]), came([160, 8])).lostArriving).toBe(0);
  });

  it("is a standstill where not one packet of sound came", () => {
    expect(lookBetween(came([100, 0], [300, 0]), came([100, 0], [400, 0])).isStalled).toBe(true);
    expect(lookBetween(came([100, 0]), came([101, 0])).isStalled).toBe(false);
  });

  it("counts each packet alike of what is being sent: a report on few of them says little, and one on none nothing", () => {
    const sent = (sound: number, picture: number): LineCounters => ({
      arriving: {},
      sent: { sound: { packets: sound, lost: 0 }, picture: { packets: picture, lost: 0.5 } },
    });
    expect(lookBetween(sent(100, 100), sent(150, 150)).lostSent).toBe(0.25);
    expect(lookBetween(sent(100, 100), sent(140, 110)).lostSent).toBe(0.1);
    expect(lookBetween(sent(100, 100), sent(150, 100)).lostSent).toBe(0);
    expect(lookBetween(sent(100, 100), sent(100, 100)).lostSent).toBeUndefined();
  });

  it("shares the gaps among all sound that was played", () => {
    const played = (samples: number, concealed: number): LineCounters => ({
      arriving: { sound: { packets: 1, lost: 0, samples, concealed } },
      sent: {},
    });
    expect(lookBetween(played(48_000, 480), played(96_000, 5_280)).gaps).toBe(0.1);
  });
});

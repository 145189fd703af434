import { describe, expect, it } from "vitest";
import { isOver, isSilent, NO_SILENCE, silenceAfter } from "../../../extension/core/silence.ts";

/** At which of the looks, one a second, the line falls silent. */
function silentAt(
  looks: readonly { sound: number; picture?: number }[],
  expected = { isLeft: false, isSending: true },
): number[] {
  let silence = NO_SILENCE;
  return looks.flatMap(({ sound, picture }, at) => {
    const arriving = { sound: arrived(sound), ...(picture === undefined ? {} : { picture: arrived(picture) }) };
    silence = silenceAfter(silence, { arriving });
    return isSilent(silence, expected) ? [at] : [];
  });
}

function arrived(packets: number) {
  return { packets, lost: 0 };
}

/** At which of the looks something comes again that was missed. */
function overAt(packets: readonly number[]): number[] {
  let silence = NO_SILENCE;
  return packets.flatMap((sound, at) => {
    const before = silence;
    silence = silenceAfter(before, { arriving: { sound: arrived(sound) } });
    return isOver(before, silence) ? [at] : [];
  });
}

const sounds = (...packets: number[]) => packets.map((sound) => ({ sound }));

describe("a line on which nothing comes", () => {
  it("falls silent after 6 s, until something comes", () => {
    expect(silentAt(sounds(10, 20, 20, 20, 20, 20, 20, 20, 20, 30, 40))).toEqual([7, 8]);
  });

  it("falls silent after 1 s where the other side's page is gone", () => {
    for (const isSending of [true, false])
      expect(silentAt(sounds(10, 20, 30, 30, 40), { isLeft: true, isSending })).toEqual([3]);
  });

  it("does not fall silent where the other side has neither camera nor microphone on", () => {
    const nothing = sounds(...Array.from({ length: 20 }, () => 0));
    expect(silentAt(nothing, { isLeft: false, isSending: false })).toEqual([]);
  });

  it("does not where one packet comes in time, of the sound or of the picture", () => {
    expect(silentAt(sounds(20, 20, 20, 20, 20, 20, 21, 21, 21, 21, 21, 21))).toEqual([]);
    expect(silentAt(Array.from({ length: 20 }, (_, at) => ({ sound: 20, picture: at })))).toEqual([]);
  });

  it("does not where the other side reports on what it receives, though it sends nothing itself", () => {
    let silence = NO_SILENCE;
    for (let bytesArrived = 0; bytesArrived < 2_000; bytesArrived += 100)
      silence = silenceAfter(silence, { arriving: { sound: arrived(20) }, bytesArrived });
    expect(isSilent(silence, { isLeft: false, isSending: true })).toBe(false);
  });

  it("counts anew on another connection, by which less has come so far", () => {
    expect(silentAt(sounds(20, 20, 20, 20, 20, 5, 5, 5, 5, 5, 5, 5))).toEqual([11]);
  });

  it("falls silent again, where something came between", () => {
    expect(silentAt(sounds(1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2))).toEqual([6, 13]);
  });

  it("is over where something comes again, and was none after one look", () => {
    expect(overAt([1, 2, 2, 3, 4])).toEqual([]);
    expect(overAt([1, 2, 2, 2, 3, 4, 4, 4, 4, 4, 4, 4, 5])).toEqual([4, 12]);
  });
});

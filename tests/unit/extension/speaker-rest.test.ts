import { beforeEach, describe, expect, it, vi } from "vitest";
import { SpeakerRest } from "../../../extension/media/speaker-rest.ts";

beforeEach(() => {
  vi.useFakeTimers();
  return () => vi.useRealTimers();
});

describe("a speaker that went away", () => {
  it("rests for as long as the browser may lead elsewhere, and the end of it is told", () => {
    const over = vi.fn<() => void>();
    const rest = new SpeakerRest(over);
    rest.begin("headset");
    expect([rest.has("headset"), rest.has("desk")]).toEqual([true, false]);
    vi.advanceTimersByTime(10_000);
    expect(rest.has("headset")).toBe(false);
    expect(over).toHaveBeenCalledOnce();
  });

  it("rests on where another one goes as well, each for its own time", () => {
    const rest = new SpeakerRest(() => undefined);
    rest.begin("headset");
    vi.advanceTimersByTime(6_000);
    rest.begin("desk");
    expect([rest.has("headset"), rest.has("desk")]).toEqual([true, true]);
    vi.advanceTimersByTime(4_000);
    expect([rest.has("headset"), rest.has("desk")]).toEqual([false, true]);
  });

  it("rests anew where it goes again before that is over", () => {
    const rest = new SpeakerRest(() => undefined);
    rest.begin("headset");
    vi.advanceTimersByTime(6_000);
    rest.begin("headset");
    vi.advanceTimersByTime(6_000);
    expect(rest.has("headset")).toBe(true);
  });
});

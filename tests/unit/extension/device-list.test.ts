import { beforeEach, expect, it, vi } from "vitest";
import { followDevices } from "../../../extension/media/device-list.ts";

beforeEach(() => {
  vi.useFakeTimers();
  return () => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  };
});

it.each([
  ["again and again", "Chromium on Linux", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0.0.0", true],
  [
    "not",
    "Chromium on ChromeOS",
    "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 Chrome/140.0.0.0",
    false,
  ],
  [
    "not",
    "Chromium on Windows",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0.0.0",
    false,
  ],
  ["not", "Firefox on Linux", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", false],
])(
  "what is plugged in is %s asked for in %s, and no longer than it is followed",
  (_how, _where, userAgent, isAsked) => {
    const enumerateDevices = vi.fn<() => Promise<MediaDeviceInfo[]>>().mockResolvedValue([]);
    vi.stubGlobal("navigator", { userAgent, mediaDevices: { addEventListener: () => undefined, enumerateDevices } });
    const life = new AbortController();
    followDevices(() => undefined, life.signal);
    vi.advanceTimersByTime(6_000);
    expect(enumerateDevices).toHaveBeenCalledTimes(isAsked ? 3 : 0);
    life.abort();
    vi.advanceTimersByTime(6_000);
    expect(enumerateDevices).toHaveBeenCalledTimes(isAsked ? 3 : 0);
  },
);

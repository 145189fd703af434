import { afterEach, describe, expect, it } from "vitest";
import { DEVICE_AT_FIRST, isQuietAt } from "../../../extension/core/device-settings.ts";
import { outward } from "../../../extension/core/outward.ts";
import { callPageOf, viewOf } from "../../../extension/core/projection.ts";
import { readDeviceSettings } from "../../../extension/shell/device-settings.ts";
import { minuteOfDay } from "../../../extension/shell/day.ts";
import { callId, Device, online, ringing, session, talking } from "./given.ts";

const silent = { type: "set-device", change: { ringSilently: true } } as const;
const mode = (device: Device) => outward(device.state).ringing?.mode;
const clock = (hours: number, minutes = 0) => hours * 60 + minutes;

describe("a device that rings silently", () => {
  it("is one where the person chose so, and no other", () => {
    const device = ringing();
    expect([mode(device), viewOf(device.state)]).toMatchObject(["loud", { device: { ringSilently: false } }]);
    device.on(silent);
    expect([mode(device), viewOf(device.state)]).toMatchObject(["silent", { device: { ringSilently: true } }]);
    expect(mode(device.on({ type: "set-device", change: { ringSilently: false } }))).toBe("loud");
  });
});

describe("the settings of a device", () => {
  it("change nothing where nothing is new", () => {
    const device = online();
    const before = device.state;
    const same = { ringSilently: false, camera: null, language: undefined } as const;
    expect(device.on({ type: "set-device", change: {} }, { type: "set-device", change: same }).state).toBe(before);
  });

  it("go back one by one to what they were at first", () => {
    const device = online();
    const quietHours = { from: 0, to: 60 };
    device.on({ type: "set-device", change: { camera: "cam", ringVolume: 0.5, quietHours, language: "ja" } });
    expect(device.signedIn.device).toEqual({
      ...DEVICE_AT_FIRST,
      camera: "cam",
      ringVolume: 0.5,
      quietHours,
      language: "ja",
    });
    device.on({ type: "set-device", change: { camera: null, ringVolume: null, quietHours: null } });
    expect(device.signedIn.device).toEqual({ ...DEVICE_AT_FIRST, language: "ja" });
  });

  it("hold whoever is signed in, before anybody is, and after the browser's restart", () => {
    const wanted = { ...DEVICE_AT_FIRST, ringSilently: true };
    const device = new Device().on(silent);
    expect([viewOf(device.state), outward(device.state).saved]).toMatchObject([
      { device: wanted },
      { device: { ringSilently: true } },
    ]);
    device.on({ type: "signed-in", session });
    const { saved } = outward(device.state);
    expect(saved).toMatchObject({ session, device: wanted });
    device.on({ type: "sign-out" });
    expect(outward(device.state).saved).toEqual({ server: session.server.origin, device: wanted });
    if (saved === undefined) throw new Error("Nothing was saved");
    expect(new Device().on({ type: "started", saved }).signedIn.device).toEqual(wanted);
    expect(new Device().on({ type: "started", saved: { device: wanted } }).state).toMatchObject({ device: wanted });
  });

  it("are told to what they are about, and to nothing else", () => {
    const ownPicture = { x: "left", y: "top", hidden: true } as const;
    const seen = {
      camera: "cam",
      speaker: "loud",
      backgroundBlur: true,
      relayOnly: true,
      pictureFollows: false,
      ownPicture,
    };
    const change = { ...seen, ringer: "bell", idleMinutes: 9, ringVolume: 0.2 };
    const device = talking().on({ type: "set-device", change });
    expect(callPageOf(device.state, callId(1))?.device).toEqual(seen);
    expect(outward(device.state).idleMinutes).toBe(9);
    expect(outward(ringing().on({ type: "set-device", change }).state).ringing?.sound).toEqual({
      name: "marimba",
      volume: 0.2,
      ringer: "bell",
    });
  });

  it("are read back field by field", () => {
    const kept = { ...DEVICE_AT_FIRST, camera: "cam", quietHours: { from: 1, to: 2 }, language: "ja" };
    expect(readDeviceSettings(JSON.parse(JSON.stringify(kept)))).toEqual(kept);
    const spoilt = {
      ringVolume: 7,
      quietHours: { from: -1, to: 2 },
      idleMinutes: 0,
      language: "xx",
      camera: "",
      speaker: "s",
    };
    expect(readDeviceSettings({ ...spoilt, ringSilently: true, unknown: 1 })).toEqual({
      ...DEVICE_AT_FIRST,
      ringSilently: true,
      speaker: "s",
    });
    for (const nothing of [undefined, null, "x", []]) expect(readDeviceSettings(nothing)).toEqual(DEVICE_AT_FIRST);
  });
});

describe("quiet hours", () => {
  const night = { from: clock(22), to: clock(7) };
  const noon = { from: clock(12), to: clock(13, 30) };

  it.each([
    [night, clock(21, 59), false],
    [night, clock(22), true],
    [night, clock(23, 59), true],
    [night, clock(0), true],
    [night, clock(6, 59), true],
    [night, clock(7), false],
    [noon, clock(11, 59), false],
    [noon, clock(12), true],
    [noon, clock(13, 29), true],
    [noon, clock(13, 30), false],
    [{ from: clock(9), to: clock(9) }, clock(9), true],
    [{ from: clock(9), to: clock(9) }, clock(8, 59), true],
    [{ from: 0, to: clock(23, 59) }, 0, true],
    [undefined, 0, false],
  ])("%o at minute %i: %s", (quietHours, minute, isQuiet) => {
    expect(isQuietAt(quietHours, minute)).toBe(isQuiet);
  });

  it("make a ring silent, and no longer once they are over", () => {
    const device = ringing();
    device.on({ type: "set-device", change: { quietHours: night }, minute: clock(12) });
    expect(mode(device)).toBe("loud");
    device.on({ type: "due", minute: clock(23) });
    expect(mode(device)).toBe("silent");
    // What happens without a word on the time changes nothing of it.
    expect(mode(device.on({ type: "due" }))).toBe("silent");
    expect(mode(device.on({ type: "due", minute: clock(7) }))).toBe("loud");
    device.on({ type: "due", minute: clock(3) });
    expect(mode(device.on({ type: "set-device", change: { quietHours: null }, minute: clock(3) }))).toBe("loud");
  });
});

describe("the minute of the day, by the clock on the wall", () => {
  const zone = process.env["TZ"];
  afterEach(() => {
    if (zone === undefined) delete process.env["TZ"];
    else process.env["TZ"] = zone;
  });

  // In Berlin the clocks go from 2 to 3 on 29 March 2026, and from 3 to 2 on 25 October.
  it.each([
    ["Europe/Berlin", "2026-03-29T00:59:00Z", clock(1, 59), true],
    ["Europe/Berlin", "2026-03-29T01:00:00Z", clock(3), false],
    ["Europe/Berlin", "2026-10-25T00:30:00Z", clock(2, 30), true],
    ["Europe/Berlin", "2026-10-25T01:30:00Z", clock(2, 30), true],
    ["Europe/Berlin", "2026-10-25T02:00:00Z", clock(3), false],
    ["Asia/Tokyo", "2026-03-29T15:30:00Z", clock(0, 30), true],
  ])("in %s at %s", (where, instant, minute, isQuiet) => {
    process.env["TZ"] = where;
    expect(minuteOfDay(new Date(instant))).toBe(minute);
    expect(isQuietAt({ from: clock(22), to: clock(3) }, minute)).toBe(isQuiet);
  });
});

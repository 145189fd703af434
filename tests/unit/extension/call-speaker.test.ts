import { beforeEach, expect, it, vi } from "vitest";
import type { ToldDevice } from "../../../extension/messaging/call-port.ts";

const DEVICE: ToldDevice = {
  relayOnly: false,
  backgroundBlur: false,
  pictureFollows: false,
  ownPicture: { x: "right", y: "bottom", hidden: false },
};
/** As if nobody looked: outside of a page nothing is drawn anew. */
const still = Object.assign((value: unknown) => value, { raw: (value: unknown) => value });

let plugged: string[];

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("$state", still);
  vi.stubGlobal("HTMLMediaElement", { prototype: { setSinkId: () => undefined } });
  vi.stubGlobal("navigator", {
    mediaDevices: {
      enumerateDevices: () =>
        Promise.resolve(plugged.map((id) => ({ kind: "audiooutput", deviceId: id, label: id, groupId: "" }))),
    },
  });
  return () => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  };
});

it("a speaker that is back and rests still is not offered, and serves who chose it all the same once that is over", async () => {
  const { plug, devices, told } = await callWith("headset", "desk");
  told("headset");
  await plug("desk");
  await plug("headset", "desk");
  expect(devices.options.speaker.map(({ id }) => id)).toEqual(["desk"]);

  told("desk");
  told("headset");
  expect(devices.speaker).toBeUndefined();
  expect(devices.notes).toEqual([]);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(devices.speaker).toBe("headset");
  expect(devices.notes).toEqual([{ device: "speaker", what: "back", now: "headset" }]);
  expect(devices.options.speaker.map(({ id }) => id)).toEqual(["headset", "desk"]);
});

it("a speaker rests on where another one goes as well", async () => {
  const { plug, devices, told } = await callWith("headset", "desk");
  told("headset");
  await plug("desk");
  told("desk");
  await plug("other");
  await plug("headset", "other");
  told("headset");
  expect(devices.speaker).toBeUndefined();
});

it("a chosen speaker that rests and is not there is said to be replaced", async () => {
  const { plug, devices, told } = await callWith("headset", "desk");
  told("headset");
  await plug("desk");
  told("desk");
  told("headset");
  expect(devices.notes).toEqual([{ device: "speaker", what: "replaced" }]);
});

async function callWith(...there: string[]) {
  const { CallDevices } = await import("../../../extension/state/call-devices.svelte.ts");
  const devices = new CallDevices();
  const plug = (...now: string[]) => {
    plugged = now;
    return devices.read();
  };
  await plug(...there);
  return { devices, plug, told: (speaker: string) => devices.told({ ...DEVICE, speaker }) };
}

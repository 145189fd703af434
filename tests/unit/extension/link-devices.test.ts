import { describe, expect, it } from "vitest";
import { mayBeOpen } from "../../../extension/core/link-devices.ts";
import { updateLink } from "../../../extension/core/link.ts";
import type { DeviceOutcome, LinkEffect, LinkState } from "../../../extension/core/link-types.ts";
import { NOW } from "./given.ts";
import { type LinkHappening, links, says, tells } from "./link-given.ts";

const outcomes: DeviceOutcome[] = ["refused", "missing", "busy"];
const devices = ["camera", "microphone"] as const;

function on(given: LinkState, when: LinkHappening, afterMs = 0) {
  return updateLink(given, { ...when, at: NOW + afterMs });
}

function mediaState(state: Pick<LinkState, "camera" | "microphone">): LinkEffect {
  const { camera, microphone } = state;
  return says({ kind: "media-state", camera: camera === "on", microphone: microphone === "on" });
}

describe("the devices of a link", () => {
  it.each(outcomes.flatMap((camera) => outcomes.map((microphone) => ({ camera, microphone }))))(
    "hold up no call: camera $camera, microphone $microphone",
    (came) => {
      const { state, effects } = on(links["registering without devices"], { type: "devices", ...came });
      expect(state).toEqual({ ...links.registering, ...came });
      expect(effects).toEqual([]);
      expect(on({ ...links.linking, ...came }, { type: "connection", state: "connected" }).effects).toEqual([
        tells("media-connected"),
        says({ kind: "media-state", camera: false, microphone: false }),
      ]);
    },
  );

  it("know a camera that was not asked for", () => {
    const given: LinkState = { ...links["registering without devices"], camera: "unwanted" };
    const { state } = on(given, { type: "devices", camera: "unwanted", microphone: "on" });
    expect(state).toEqual({ ...links.registering, camera: "unwanted" });
  });

  it.each([
    [{ camera: "on", microphone: "on" }, ["camera", "microphone"]],
    [{ camera: "refused", microphone: "on" }, ["microphone"]],
    [{ camera: "on", microphone: "missing" }, ["camera"]],
    [{ camera: "busy", microphone: "refused" }, []],
  ] as const)("join a live call late, as %o: with %o", (came, found) => {
    const given: LinkState = { ...links.live, camera: "asking", microphone: "asking" };
    const { state, effects } = on(given, { type: "devices", ...came });
    expect(state).toEqual({ ...links.live, ...came });
    const tracks = found.map((device) => ({ type: "switch-track", device, on: true }));
    expect(effects).toEqual([...tracks, mediaState(came)]);
  });

  it("join a call late that is not live, and say so only once it is", () => {
    const given: LinkState = { ...links.linking, camera: "asking" };
    expect(on(given, { type: "devices", camera: "on", microphone: "refused" }).effects).toEqual([
      { type: "switch-track", device: "camera", on: true },
    ]);
  });

  it.each([
    ["asking", "asking"],
    ["asking", "withdrawn"],
    ["withdrawn", "asking"],
  ] as const)("are let through or not before anything is sent: camera %s, microphone %s", (camera, microphone) => {
    const { effects } = on(
      { ...links.waiting, camera, microphone },
      { type: "devices", camera: "on", microphone: "on" },
    );
    expect(effects).toEqual([
      { type: "switch-track", device: "camera", on: camera === "asking" },
      { type: "switch-track", device: "microphone", on: microphone === "asking" },
    ]);
  });

  it.each(devices.flatMap((device) => outcomes.map((outcome) => ({ device, outcome }))))(
    "stay off where the $device was switched off before it was there, though it was $outcome",
    ({ device, outcome }) => {
      const given: LinkState = { ...links["registering without devices"], [device]: "withdrawn" };
      const came = on(given, { type: "devices", camera: "on", microphone: "on", [device]: outcome });
      expect(came.state[device]).toBe("off");
      const plugged = on(came.state, { type: "device-changed", device, outcome: "on" });
      expect(plugged.state[device]).toBe("off");
      expect(plugged.effects).toEqual([{ type: "switch-track", device, on: false }]);
    },
  );

  it.each([
    ["asking", true],
    ["on", true],
    ["missing", true],
    ["refused", true],
    ["busy", true],
    ["off", false],
    ["withdrawn", false],
    ["unwanted", false],
  ] as const)("may be open, where each is %s: the camera %s, the microphone always", (device, expected) => {
    const both = { camera: device, microphone: device };
    expect(mayBeOpen(both, "camera")).toBe(expected);
    expect(mayBeOpen(both, "microphone")).toBe(true);
  });

  it.each(devices)("switch off: the %s, and the other side hears it", (device) => {
    const off = on(links.live, { type: "switch", device, on: false });
    expect(off.state).toEqual({ ...links.live, [device]: "off" });
    expect(off.effects).toEqual([{ type: "switch-track", device, on: false }, mediaState(off.state)]);
  });

  it("switch on again: the microphone, which stayed open", () => {
    const { state, effects } = on(
      { ...links.live, microphone: "off" },
      { type: "switch", device: "microphone", on: true },
    );
    expect(state).toEqual(links.live);
    expect(effects).toEqual([{ type: "switch-track", device: "microphone", on: true }, mediaState(links.live)]);
  });

  it.each(devices)("switch before the call is live: the %s, and nobody is told yet", (device) => {
    const { state, effects } = on(links.linking, { type: "switch", device, on: false });
    expect(state).toEqual({ ...links.linking, [device]: "off" });
    expect(effects).toEqual([{ type: "switch-track", device, on: false }]);
  });

  it.each(devices.flatMap((device) => [...outcomes, "unwanted" as const].map((was) => ({ device, was }))))(
    "are asked for once when a person switches a $device on that was $was",
    ({ device, was }) => {
      const given: LinkState = { ...links.live, [device]: was };
      const { state, effects } = on(given, { type: "switch", device, on: true });
      expect(state).toEqual({ ...given, [device]: "asking" });
      expect(effects).toEqual([{ type: "open-device", device }]);
      const impatient = on(state, { type: "switch", device, on: true });
      expect(impatient).toEqual({ state, effects: [] });
      expect(impatient.state).toBe(state);
      expect(on(given, { type: "switch", device, on: false }).state).toBe(given);
    },
  );

  it.each(devices.flatMap((device) => (["on", ...outcomes] as const).map((outcome) => ({ device, outcome }))))(
    "change while the call runs: the $device is $outcome",
    ({ device, outcome }) => {
      const given: LinkState = { ...links.live, [device]: "asking" };
      const { state, effects } = on(given, { type: "device-changed", device, outcome });
      expect(state).toEqual({ ...links.live, [device]: outcome });
      expect(effects).toEqual([{ type: "switch-track", device, on: outcome === "on" }, mediaState(state)]);
    },
  );
});

describe("sound that the browser does not play by itself", () => {
  const silent: LinkState = { ...links.live, needsClick: true };

  it("needs a click, and says so once", () => {
    expect(on(links.live, { type: "sound", playing: false })).toEqual({ state: silent, effects: [] });
    expect(on(silent, { type: "sound", playing: false }).state).toBe(silent);
  });

  it("needs none any more once it plays", () => {
    expect(on(silent, { type: "sound", playing: true })).toEqual({ state: links.live, effects: [] });
  });
});

import { describe, expect, it } from "vitest";
import { isWished } from "../../../extension/core/link-devices.ts";
import { updateLink } from "../../../extension/core/link.ts";
import type { LinkEffect, LinkState } from "../../../extension/core/link-types.ts";
import { NOW } from "./given.ts";
import { link, type LinkHappening, links, says } from "./link-given.ts";

const devices = ["camera", "microphone"] as const;

/** Lets it all happen in turn; returns the last state and every effect. */
function lived(given: LinkState, ...happenings: LinkHappening[]): { state: LinkState; effects: LinkEffect[] } {
  let state = given;
  const effects = happenings.flatMap((happening) => {
    const next = updateLink(state, { ...happening, at: NOW });
    state = next.state;
    return next.effects;
  });
  return { state, effects };
}

function flip(device: "camera" | "microphone", on: boolean): LinkHappening {
  return { type: "switch", device, on };
}

function came(device: "camera" | "microphone", outcome: "on" | "busy" = "on"): LinkHappening {
  return { type: "device-changed", device, outcome };
}

describe("what a person last wished of a device", () => {
  it("asks for a camera that was closed, and shows it only once it is there", () => {
    const off = link(links.live.phase, { camera: "off" });
    const asked = lived(off, flip("camera", true));
    expect(asked).toEqual({
      state: { ...off, camera: "asking" },
      effects: [{ type: "open-device", device: "camera" }],
    });
    expect(lived(asked.state, came("camera"))).toEqual({
      state: links.live,
      effects: [
        { type: "switch-track", device: "camera", on: true },
        says({ kind: "media-state", camera: true, microphone: true }),
      ],
    });
  });

  it.each(devices)("holds where the %s comes after it was switched off again", (device) => {
    const given = link(links.live.phase, { [device]: "refused" });
    const { state, effects } = lived(given, flip(device, true), flip(device, false), came(device));
    expect(state).toEqual({ ...given, [device]: "off" });
    expect(effects).toEqual([
      { type: "open-device", device },
      { type: "switch-track", device, on: false },
      says({ kind: "media-state", camera: device !== "camera", microphone: device !== "microphone" }),
    ]);
  });

  it.each(devices)("is asked of the browser once, however often the %s is switched meanwhile", (device) => {
    const given = link(links.live.phase, { [device]: "missing" });
    const restless = [true, false, true, false, true].map((on) => flip(device, on));
    const { state, effects } = lived(given, ...restless, came(device));
    expect(state).toEqual(links.live);
    expect(effects.filter(({ type }) => type === "open-device")).toHaveLength(1);
    expect(effects.filter(({ type }) => type === "switch-track")).toEqual([{ type: "switch-track", device, on: true }]);
  });

  it.each(devices)("keeps a %s off that another program holds, also for when it is free", (device) => {
    const given = link(links.live.phase, { [device]: "missing" });
    const { state } = lived(given, flip(device, true), flip(device, false), came(device, "busy"));
    expect(state).toEqual({ ...given, [device]: "off" });
  });

  it.each(devices)("holds for a %s that is switched off while the call's first question is open", (device) => {
    const given = links["registering without devices"];
    const { state, effects } = lived(given, flip(device, false), {
      type: "devices",
      camera: "on",
      microphone: "on",
    });
    expect(state).toEqual({ ...links.registering, [device]: "off" });
    expect(effects).toContainEqual({ type: "switch-track", device, on: false });
    expect(effects).not.toContainEqual({ type: "switch-track", device, on: true });
  });

  it("is not forgotten where a sound call's microphone comes after the camera was switched on", () => {
    const given = link(links.waiting.phase, { media: "audio", camera: "unwanted", microphone: "asking" });
    const { state } = lived(given, flip("camera", true), { type: "devices", camera: "unwanted", microphone: "on" });
    expect(state).toEqual({ ...given, camera: "asking", microphone: "on" });
  });

  it.each([
    ["asking", true],
    ["on", true],
    ["withdrawn", false],
    ["off", false],
    ["unwanted", false],
    ["refused", false],
  ] as const)("shows a device that is %s as wished: %s", (device, wished) => {
    expect(isWished(device)).toBe(wished);
  });
});

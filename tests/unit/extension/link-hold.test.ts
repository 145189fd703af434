import { describe, expect, it } from "vitest";
import { updateLink } from "../../../extension/core/link.ts";
import { isSent, wishesOf } from "../../../extension/core/link-devices.ts";
import type { DeviceState, LinkEffect, LinkState } from "../../../extension/core/link-types.ts";
import { NOW } from "./given.ts";
import { type LinkHappening, links, says, told } from "./link-given.ts";

const muted: LinkState = { ...links.live, microphone: "off" };
const holding: LinkState = { ...muted, held: true };
const hold = { type: "hold", held: true } as const;
const release = { type: "hold", held: false } as const;

function on(given: LinkState, when: LinkHappening) {
  return updateLink(given, { ...when, at: NOW });
}

function hears(microphone: boolean): LinkEffect[] {
  return [
    { type: "switch-track", device: "microphone", on: microphone },
    says({ kind: "media-state", camera: true, microphone }),
  ];
}

describe("a microphone that is held open", () => {
  it("is heard while it is held, and the other side is told of both", () => {
    const open = on(muted, hold);
    expect(open).toEqual({ state: holding, effects: hears(true) });
    expect(isSent(open.state, "microphone")).toBe(true);
    expect(on(holding, release)).toEqual({ state: muted, effects: hears(false) });
  });

  it("does not hear twice that it is held, nor that it is let go", () => {
    expect(on(holding, hold).state).toBe(holding);
    expect(on(muted, release).state).toBe(muted);
  });

  it.each<DeviceState>(["on", "asking", "withdrawn", "refused", "missing", "busy"])(
    "changes nothing of one that is %s",
    (microphone) => {
      const given: LinkState = { ...links.live, microphone };
      expect(on(given, hold)).toEqual({ state: given, effects: [] });
    },
  );

  it("is wanted off all the while: a page that is loaded in its place begins muted", () => {
    expect(wishesOf(holding)).toEqual({ camera: true, microphone: false });
  });

  it("stays on where it is switched on meanwhile", () => {
    const switched = on(holding, { type: "switch", device: "microphone", on: true });
    expect(switched).toEqual({ state: { ...links.live, held: true }, effects: [] });
    expect(on(switched.state, release)).toEqual({ state: links.live, effects: [] });
  });

  it("is heard on where it is switched on and off meanwhile, until it is let go", () => {
    const on1 = on(holding, { type: "switch", device: "microphone", on: true });
    const off = on(on1.state, { type: "switch", device: "microphone", on: false });
    expect(off).toEqual({ state: holding, effects: [] });
    expect(on(off.state, release).effects).toEqual(hears(false));
  });

  it("is muted in the call that the page goes on with", () => {
    const next = on(holding, { ...told(), type: "moved" });
    expect(next.state).toMatchObject({ microphone: "off", held: false });
    expect(next.effects).toContainEqual({ type: "switch-track", device: "microphone", on: false });
    expect(on(next.state, release).state).toBe(next.state);
  });

  it("is told nobody of before the call is live", () => {
    const open = on({ ...links.linking, microphone: "off" }, hold);
    expect(open.effects).toEqual([{ type: "switch-track", device: "microphone", on: true }]);
  });
});

describe("a microphone that is held open and is not there", () => {
  it.each(["refused", "missing", "busy"] as const)("is asked for no more where it is %s", (outcome) => {
    const changed = on(holding, { type: "device-changed", device: "microphone", outcome });
    expect(changed).toEqual({ state: muted, effects: hears(false) });
    expect(on(changed.state, release).state).toBe(changed.state);
  });

  it("is heard once it is there", () => {
    const changed = on(holding, { type: "device-changed", device: "microphone", outcome: "on" });
    expect(changed).toEqual({ state: holding, effects: hears(true) });
  });

  it("is held on where the camera goes away", () => {
    const changed = on(holding, { type: "device-changed", device: "camera", outcome: "missing" });
    expect(changed.state).toEqual({ ...holding, camera: "missing" });
  });
});

describe("a microphone that is off", () => {
  it.each(["on", "refused", "missing", "busy"] as const)(
    "stays off where it changes meanwhile, and is %s",
    (outcome) => {
      const changed = on(muted, { type: "device-changed", device: "microphone", outcome });
      expect(changed).toEqual({ state: muted, effects: hears(false) });
    },
  );
});

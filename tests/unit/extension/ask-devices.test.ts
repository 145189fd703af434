import { afterEach, describe, expect, it, vi } from "vitest";
import { openBoth, openOne } from "../../../extension/media/ask-devices.ts";
import { BUILT_IN, DeviceWorld, HEADSET, MONITOR } from "./device-world.ts";

afterEach(() => vi.unstubAllGlobals());

describe("what a speaker plays, which the browser gives as the microphone", () => {
  it("is let go of, and no microphone is there, where nobody chose it", async () => {
    const world = new DeviceWorld("firefox", [MONITOR]);
    expect(await openOne("microphone", {})).toBe("missing");
    expect(world.open).toEqual([]);
  });

  it("is let go of where it serves for a chosen one that is not there", async () => {
    const world = new DeviceWorld("firefox", [MONITOR]);
    expect(await openOne("microphone", { microphone: HEADSET.label })).toBe("missing");
    expect(world.open).toEqual([]);
  });

  it("makes room for a real one", async () => {
    const world = new DeviceWorld("firefox", [MONITOR, BUILT_IN]);
    await openOne("microphone", {});
    expect(world.open).toEqual([BUILT_IN.label]);
  });

  it("makes room for the real one that nobody else holds", async () => {
    const world = new DeviceWorld("firefox", [MONITOR, BUILT_IN, HEADSET]);
    world.busy.add(BUILT_IN);
    await openOne("microphone", {});
    expect(world.open).toEqual([HEADSET.label]);
  });

  it("serves who chose it", async () => {
    const world = new DeviceWorld("firefox", [BUILT_IN, MONITOR]);
    await openOne("microphone", { microphone: MONITOR.label });
    expect(world.open).toEqual([MONITOR.label]);
  });

  it.each([
    ["leaves the camera alone where both are asked for", [MONITOR], ["Camera"]],
    ["makes room for a real one beside the camera", [MONITOR, BUILT_IN], ["Camera", BUILT_IN.label]],
  ])("%s", async (_what, microphones, expected) => {
    const world = new DeviceWorld("firefox", microphones);
    const both = await openBoth({});
    expect(world.open).toEqual(expected);
    expect(typeof both === "string" ? both : both.getTracks().map(({ label }) => label)).toEqual(expected);
  });
});

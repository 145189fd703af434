import { beforeEach, describe, expect, it, vi } from "vitest";
import { BUILT_IN, DeviceWorld, HEADSET, MONITOR, talkIn } from "./device-world.ts";

beforeEach(() => {
  vi.useFakeTimers();
  return () => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  };
});

describe("the system's own choice", () => {
  it("is followed back to a headset that went before the list knew of it", async () => {
    const world = new DeviceWorld("chromium", [HEADSET, BUILT_IN]);
    await talkIn(world);
    world.listedSystem = HEADSET;
    await world.unplug(HEADSET);
    expect(world.open).toEqual([BUILT_IN.label]);
    await world.change(() => (world.listedSystem = undefined));
    await world.change(() => {
      world.microphones = [HEADSET, BUILT_IN];
      world.system = HEADSET;
    });
    expect(world.open).toEqual([HEADSET.label]);
  });

  it("is followed after a choice in between", async () => {
    const world = new DeviceWorld("chromium", [HEADSET, BUILT_IN]);
    const { choose } = await talkIn(world);
    await world.change(() => (world.system = BUILT_IN));
    expect(world.open).toEqual([BUILT_IN.label]);
    await choose("microphone", HEADSET.label);
    await world.change(() => (world.system = HEADSET));
    await choose("microphone", undefined);
    expect(world.open).toEqual([HEADSET.label]);
    await world.change(() => (world.system = BUILT_IN));
    expect(world.open).toEqual([BUILT_IN.label]);
  });
});

describe("the system's choice of what another program holds", () => {
  it("is not said to be used: the one before serves on by its own name, until it can be opened", async () => {
    const world = new DeviceWorld("chromium", [HEADSET, BUILT_IN]);
    const { notes, outcomes } = await talkIn(world);
    world.busy.add(BUILT_IN);
    await world.change(() => (world.system = BUILT_IN));
    expect(world.open).toEqual([HEADSET.label]);
    await world.change();
    expect(world.open).toEqual([HEADSET.label]);
    expect(notes).toEqual([{ device: "microphone", what: "busy", name: BUILT_IN.label }]);
    expect(outcomes).toEqual(["on", "on"]);

    await world.change(() => world.busy.delete(BUILT_IN));
    expect(world.open).toEqual([BUILT_IN.label]);
    expect(notes.at(-1)).toEqual({ device: "microphone", what: "back", now: BUILT_IN.label });
  });

  it("makes room for a third one where the one before is held as well, which is said", async () => {
    const desk = { label: "Desk", group: "desk" };
    const world = new DeviceWorld("chromium", [HEADSET, BUILT_IN, desk]);
    const { notes } = await talkIn(world);
    for (const held of [HEADSET, BUILT_IN]) world.busy.add(held);
    await world.change(() => (world.system = BUILT_IN));
    expect(world.open).toEqual([desk.label]);
    expect(notes).toEqual([{ device: "microphone", what: "back", now: desk.label }]);
  });

  it("is not said to be gone where no other one can be opened", async () => {
    const world = new DeviceWorld("chromium", [HEADSET, BUILT_IN]);
    const { notes, outcomes } = await talkIn(world);
    for (const held of [HEADSET, BUILT_IN]) world.busy.add(held);
    await world.change(() => (world.system = BUILT_IN));
    expect(world.open).toEqual([]);
    expect(notes).toEqual([]);
    expect(outcomes).toEqual(["on", "busy"]);
  });
});

describe("the system's choice that is the last one", () => {
  it("is said to be gone by the name of its device", async () => {
    const world = new DeviceWorld("chromium", [HEADSET]);
    const { notes } = await talkIn(world);
    await world.unplug(HEADSET);
    expect(notes).toEqual([{ device: "microphone", what: "none", name: HEADSET.label }]);
  });
});

describe("what a speaker plays", () => {
  it("is not sent where a talk begins with nothing else, and the first real microphone serves", async () => {
    const world = new DeviceWorld("firefox", [MONITOR]);
    const { devices, outcomes } = await talkIn(world);
    expect(outcomes).toEqual(["missing"]);
    expect(devices.microphone).toBeUndefined();
    await world.change(() => world.microphones.push(BUILT_IN));
    expect(world.open).toEqual([BUILT_IN.label]);
  });

  it("is not sent where somebody switches on the microphone that is gone", async () => {
    const world = new DeviceWorld("firefox", [BUILT_IN, MONITOR]);
    const { devices } = await talkIn(world);
    await world.unplug(BUILT_IN);
    expect(await devices.openOne("microphone")).toBe("missing");
    expect(world.open).toEqual([]);
    await world.change(() => world.microphones.push(HEADSET));
    expect(world.open).toEqual([HEADSET.label]);
  });

  it("serves who chose it, and makes room where the system's own choice is chosen again", async () => {
    const world = new DeviceWorld("firefox", [BUILT_IN, MONITOR]);
    const { choose } = await talkIn(world);
    await choose("microphone", MONITOR.label);
    expect(world.open).toEqual([MONITOR.label]);
    await world.change();
    expect(world.open).toEqual([MONITOR.label]);
    await choose("microphone", undefined);
    expect(world.open).toEqual([BUILT_IN.label]);
  });

  it("is nothing to come back to once it was chosen", async () => {
    const world = new DeviceWorld("firefox", [BUILT_IN, MONITOR]);
    const { choose, notes } = await talkIn(world);
    await choose("microphone", MONITOR.label);
    await choose("microphone", undefined);
    await world.unplug(BUILT_IN);
    expect(world.open).toEqual([]);
    expect(notes).toEqual([{ device: "microphone", what: "none", name: BUILT_IN.label }]);
  });
});

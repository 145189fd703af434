import { describe, expect, it } from "vitest";
import { isMonitor, meansAnother, properName, shownChoice } from "../../../extension/media/device-alias.ts";

describe("the device that a list shows as chosen", () => {
  const options = [{ id: "built-in" }, { id: "headset" }];

  it.each([
    ["none, where the system chooses", undefined, "built-in", undefined],
    ["none, where the system's choice has a name of its own", undefined, "default", undefined],
    ["the chosen one", "headset", "headset", "headset"],
    ["what serves, where the chosen one is gone", "gone", "built-in", "built-in"],
    ["none, where the system's choice serves instead", "gone", "default", undefined],
    ["the chosen one before it is open", "headset", undefined, "headset"],
  ])("is %s", (_what, chosen, used, shown) => {
    expect(shownChoice(options, chosen, used)).toBe(shown);
  });
});

describe("what a speaker plays", () => {
  it.each([
    ["no microphone", "Monitor of Built-in Audio", true],
    ["told from a microphone", "Built-in Audio", false],
    ["told from the microphone in a monitor", "Monitor Microphone", false],
  ])("is %s", (_what, label, expected) => {
    expect(isMonitor({ label })).toBe(expected);
  });
});

const HEADSET = { id: "default", label: "Default - Headset", group: "radio" };
const BUILT_IN = { id: "default", label: "Default - Built-in", group: "board" };

describe("the system's own choice", () => {
  it.each([
    ["another, in another part of the machine", HEADSET, BUILT_IN, true],
    ["another, in the same part", { ...HEADSET, group: "board" }, BUILT_IN, true],
    [
      "another, where it has no name of its own",
      { ...HEADSET, label: "Default" },
      { ...BUILT_IN, label: "Default" },
      true,
    ],
    ["the same", HEADSET, HEADSET, false],
    ["the same for all that is known, without the permission", HEADSET, { id: "default", label: "", group: "" }, false],
    ["the same where neither is told", { id: "default", label: "" }, { id: "default", label: "" }, false],
    [
      "no other than a device of its own name",
      { ...HEADSET, id: "headset" },
      { ...HEADSET, id: "headset", label: "Renamed" },
      false,
    ],
  ])("is %s", (_what, opened, listed, expected) => {
    expect(meansAnother(opened, listed)).toBe(expected);
  });

  it.each([
    ["its device", HEADSET, "Headset"],
    [
      "the whole of it, where that ends as another's",
      { id: "default", label: "Default - Headset Microphone (Realtek(R) Audio)" },
      "Headset Microphone (Realtek(R) Audio)",
    ],
    [
      "its device, which has the joint in its own",
      { id: "communications", label: "既定 - Desk - Left" },
      "Desk - Left",
    ],
    ["nothing, where it is not said which it is", { id: "default", label: "Default" }, ""],
    ["itself, where it is chosen by its own name", { id: "other", label: "Headset" }, "Headset"],
  ])("goes by the name of %s", (_what, device, name) => {
    expect(properName(device)).toBe(name);
  });
});

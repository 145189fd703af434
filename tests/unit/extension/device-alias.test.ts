import { describe, expect, it } from "vitest";
import { shownChoice } from "../../../extension/media/device-alias.ts";

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

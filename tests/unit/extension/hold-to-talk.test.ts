import { describe, expect, it } from "vitest";
import { type Hold, type HoldEvent, updateHold } from "../../../extension/core/hold-to-talk.ts";

const down = { type: "down", place: "free", again: false, muted: true } as const;

describe("a key that is held to talk", () => {
  it.each<[string, Hold, HoldEvent, { hold: Hold; takes: boolean }]>([
    ["opens the microphone that is off", "up", down, { hold: "held", takes: true }],
    ["opens nothing that is on", "up", { ...down, muted: false }, { hold: "up", takes: false }],
    ["is a space where a person writes", "up", { ...down, place: "writing" }, { hold: "up", takes: false }],
    ["presses the control that has the focus", "up", { ...down, place: "control" }, { hold: "up", takes: false }],
    [
      "may yet press the microphone's own button",
      "up",
      { ...down, place: "microphone" },
      { hold: "pressed", takes: false },
    ],
    [
      "is held there once it goes on",
      "pressed",
      { ...down, place: "microphone", again: true },
      { hold: "held", takes: true },
    ],
    ["presses that button when it comes up at once", "pressed", { type: "up" }, { hold: "up", takes: false }],
    [
      "opens nothing there by going on from elsewhere",
      "up",
      { ...down, place: "microphone", again: true },
      { hold: "up", takes: false },
    ],
    [
      "presses that button where the microphone is on",
      "up",
      { ...down, place: "microphone", muted: false },
      { hold: "up", takes: false },
    ],
    ["opens nothing by going on", "up", { ...down, again: true }, { hold: "up", takes: false }],
    ["does nothing else while it is held", "held", { ...down, again: true }, { hold: "held", takes: true }],
    [
      "writes nothing where the focus goes meanwhile",
      "held",
      { ...down, again: true, place: "writing" },
      { hold: "held", takes: true },
    ],
    [
      "presses nothing that takes the focus meanwhile",
      "held",
      { ...down, again: true, place: "control", muted: false },
      { hold: "held", takes: true },
    ],
    ["mutes again when it comes up, and presses nothing then", "held", { type: "up" }, { hold: "up", takes: true }],
    ["is left to others when it comes up from them", "up", { type: "up" }, { hold: "up", takes: false }],
    ["mutes again where it cannot be seen to come up", "held", { type: "left" }, { hold: "up", takes: false }],
    ["does nothing where nobody holds it", "up", { type: "left" }, { hold: "up", takes: false }],
  ])("%s", (_, hold, event, expected) => {
    expect(updateHold(hold, event)).toEqual(expected);
  });

  it("opens the microphone again only when it is pressed anew after the window was left", () => {
    const { hold } = updateHold("held", { type: "left" });
    const goingOn = updateHold(hold, { ...down, again: true });
    expect(goingOn).toEqual({ hold: "up", takes: false });
    expect(updateHold(goingOn.hold, down).hold).toBe("held");
  });
});

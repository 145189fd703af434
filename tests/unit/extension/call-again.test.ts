import { describe, expect, it } from "vitest";
import { bob, CALL, endedCall, FRESH, idle, OTHER, when } from "./call-stage.ts";

const again = { type: "place", call: OTHER, with: bob, media: "video", replacing: CALL } as const;

describe("a call again from the page of an ended one", () => {
  it.each([
    ["is still shown", endedCall],
    ["was dismissed", idle],
  ] as const)("takes that page's tab where its end %s", (_name, given) => {
    const { state, effects } = when(given, again);
    expect(state).toMatchObject({ at: "inviting", call: OTHER, with: bob });
    expect(effects).toEqual([
      { type: "ask", message: { type: "call.invite", id: FRESH, call: OTHER, to: bob.user, media: "video", age: 0 } },
      { type: "open-call-tab", call: OTHER, replacing: CALL },
    ]);
  });

  it("takes no tab of another page where it was asked for in the popup", () => {
    const fromPopup = { type: "place", call: OTHER, with: bob, media: "video" } as const;
    expect(when(idle, fromPopup).effects.at(-1)).toEqual({ type: "open-call-tab", call: OTHER });
  });
});

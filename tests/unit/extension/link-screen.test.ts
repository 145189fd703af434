import { describe, expect, it } from "vitest";
import { updateLink } from "../../../extension/core/link.ts";
import { screenRefusal } from "../../../extension/core/link-screen.ts";
import type { LinkState, ScreenState } from "../../../extension/core/link-types.ts";
import { NOW } from "./given.ts";
import { type LinkHappening, links, says, told } from "./link-given.ts";

const asking: LinkState = { ...links.live, screen: { at: "asking" } };
const showing: LinkState = { ...links.live, screen: { at: "on", sound: true } };
const share = { type: "share-screen", on: true } as const;
const stop = { type: "share-screen", on: false } as const;

function on(given: LinkState, when: LinkHappening) {
  return updateLink(given, { ...when, at: NOW });
}

function pictured(camera: boolean) {
  return says({ kind: "media-state", camera, microphone: true });
}

describe("showing the screen", () => {
  it("asks the browser, sends what was chosen, and tells the other side", () => {
    expect(on(links.live, share)).toEqual({ state: asking, effects: [{ type: "open-screen" }] });
    expect(on(asking, { type: "screen", outcome: { sound: true } })).toEqual({
      state: showing,
      effects: [{ type: "tell-screen", on: true }, pictured(true)],
    });
  });

  it.each(["off", "unwanted", "refused", "missing", "busy"] as const)(
    "is a picture for the other side also where the camera is %s, and none when it ends",
    (camera) => {
      const begun = on({ ...asking, camera }, { type: "screen", outcome: { sound: false } });
      expect(begun.state).toMatchObject({ camera, screen: { at: "on", sound: false } });
      expect(begun.effects).toContainEqual(pictured(true));
      expect(on(begun.state, stop).effects).toContainEqual(pictured(false));
    },
  );

  it.each([
    ["the person", stop],
    ["the browser, or the window that was shown", { type: "screen-ended" }],
  ] as const)("is ended by %s, and the camera comes back", (_, end) => {
    expect(on(showing, end)).toEqual({
      state: links.live,
      effects: [{ type: "close-screen" }, { type: "tell-screen", on: false }, pictured(true)],
    });
    expect(on(links.live, end)).toEqual({ state: links.live, effects: [] });
  });

  it.each<[string, string, ScreenState]>([
    ["nothing is wrong where nothing was chosen", "cancelled", { at: "off" }],
    ["the system's refusal says what to do", "system", { at: "off", why: "system" }],
    ["another failure can be tried again", "failed", { at: "off", why: "failed" }],
  ])("%s", (_, outcome, screen) => {
    const came = on(asking, { type: "screen", outcome: outcome as "cancelled" | "system" | "failed" });
    expect(came).toEqual({ state: { ...links.live, screen }, effects: [] });
    expect(on(came.state, share).state).toEqual(asking);
    expect(on(came.state, stop).state).toEqual(links.live);
  });

  it("is let go where the person thought better of it before they chose", () => {
    const withdrawn = on(asking, stop);
    expect(withdrawn).toEqual({ state: links.live, effects: [{ type: "close-screen" }] });
    expect(on(withdrawn.state, stop)).toEqual({ state: links.live, effects: [] });
    expect(on(withdrawn.state, { type: "screen", outcome: { sound: true } })).toEqual({
      state: links.live,
      effects: [{ type: "close-screen" }],
    });
  });

  it.each(["waiting", "registering", "linking", "interrupted", "failed", "over"] as const)(
    "does not begin while the link is %s",
    (name) => {
      expect(on(links[name], share)).toEqual({ state: links[name], effects: [] });
    },
  );

  it("outlasts an interruption, and is told again with the devices when the media flows anew", () => {
    const interrupted: LinkState = { ...links.interrupted, camera: "off", screen: { at: "on", sound: true } };
    const back = on(interrupted, { type: "connection", state: "connected" });
    expect(back.state.screen).toEqual({ at: "on", sound: true });
    expect(back.effects).toContainEqual(pictured(true));
  });

  it("is let go also where the person thought better of it while the line was interrupted", () => {
    const interrupted: LinkState = { ...links.interrupted, screen: { at: "asking" } };
    expect(on(interrupted, stop)).toEqual({ state: links.interrupted, effects: [{ type: "close-screen" }] });
  });

  it("lets the camera be switched meanwhile", () => {
    const off = on(showing, { type: "switch", device: "camera", on: false });
    expect(off.effects).toEqual([{ type: "switch-track", device: "camera", on: false }, pictured(true)]);
    expect(on(off.state, stop).effects).toContainEqual(pictured(false));
  });

  it("ends with the call, and is not shown to who is called next", () => {
    expect(on(showing, told({ over: true })).state).toMatchObject({ screen: { at: "off" }, theirScreen: false });
    const moved = on({ ...showing, theirScreen: true }, { ...told({ accepted: false }), type: "moved" });
    expect(moved.state).toMatchObject({ screen: { at: "off" }, theirScreen: false });
    expect(moved.effects).toContainEqual({ type: "close-screen" });
    // What is still being chosen for the former call is let go when it comes.
    const chosen = on({ ...asking, theirScreen: true }, { ...told({ accepted: false }), type: "moved" });
    expect(on(chosen.state, { type: "screen", outcome: { sound: false } }).effects).toEqual([{ type: "close-screen" }]);
  });
});

describe("the other side's screen", () => {
  it("is one as long as they say so", () => {
    const seen = on(links.live, { type: "their-screen", on: true }).state;
    expect(seen.theirScreen).toBe(true);
    expect(on(seen, { type: "their-screen", on: false }).state).toEqual(links.live);
    expect(on(links.live, { type: "their-screen", on: false }).state).toBe(links.live);
  });
});

describe("what the browser says where it gives no screen", () => {
  it.each([
    ["NotAllowedError", "Permission denied", "cancelled"],
    ["NotAllowedError", "Permission denied by user", "cancelled"],
    ["NotAllowedError", "Permission denied by system", "system"],
    ["NotFoundError", "The object can not be found here.", "system"],
    ["NotReadableError", "Could not start video source", "failed"],
    ["AbortError", "Invalid state", "failed"],
    ["InvalidStateError", "A gesture is required", "failed"],
  ])("%s, “%s”, means %s", (name, message, outcome) => {
    expect(screenRefusal({ name, message })).toBe(outcome);
  });
});

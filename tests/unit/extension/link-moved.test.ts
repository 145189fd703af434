import { describe, expect, it } from "vitest";
import { updateLink } from "../../../extension/core/link.ts";
import type { DeviceState, LinkEffect, LinkState } from "../../../extension/core/link-types.ts";
import { NOW } from "./given.ts";
import { link, links, second, told } from "./link-given.ts";

const DROP: LinkEffect = { type: "drop-connection" };
const REGISTER: LinkEffect = { type: "register", ticket: second };

function moves(given: LinkState, media: "audio" | "video", change: Parameters<typeof told>[0] = { ticket: second }) {
  return updateLink(given, { ...told({ media, ...change }), type: "moved" });
}

describe("a page that goes on with another call", () => {
  it.each(["registering", "unregistered", "linking", "live", "interrupted"] as const)(
    "[CALL-9] leaves the first one while %s, and is known by the other's ticket with the devices as they are",
    (name) => {
      const { state, effects } = moves(
        { ...links[name], needsClick: true, remote: { camera: false, microphone: true } },
        "video",
      );
      expect(effects).toEqual([DROP, REGISTER]);
      expect(state).toEqual(link({ at: "registering", ticket: second, accepted: true, until: NOW + 10_000 }));
    },
  );

  it("[CALL-12] waits for a ticket that is not there yet", () => {
    const { state, effects } = moves(links.live, "video", { accepted: false });
    expect(effects).toEqual([DROP]);
    expect(state).toEqual(link({ at: "waiting", accepted: false }));
  });

  it("lets everything go where the other call is over already", () => {
    expect(moves(links.live, "video", { over: true })).toMatchObject({
      state: { phase: { at: "over" } },
      effects: [{ type: "let-go" }],
    });
  });

  it.each<[DeviceState, DeviceState, LinkEffect[]]>([
    ["on", "on", [REGISTER]],
    ["off", "off", [REGISTER]],
    ["refused", "refused", [REGISTER]],
    ["unwanted", "asking", [{ type: "open-device", device: "camera" }, REGISTER]],
    ["asking", "asking", [REGISTER]],
  ])("with pictures has a camera that was %s as %s", (was, is, then) => {
    const { state, effects } = moves({ ...links.live, camera: was }, "video");
    expect(state.camera).toBe(is);
    expect(effects).toEqual([DROP, ...then]);
  });

  it.each<[DeviceState, DeviceState, LinkEffect[]]>([
    ["on", "unwanted", [{ type: "switch-track", device: "camera", on: false }, REGISTER]],
    ["off", "unwanted", [REGISTER]],
    ["missing", "unwanted", [REGISTER]],
    ["unwanted", "unwanted", [REGISTER]],
    ["asking", "withdrawn", [REGISTER]],
  ])("without pictures has a camera that was %s as %s", (was, is, then) => {
    const { state, effects } = moves({ ...links.live, camera: was }, "audio");
    expect(state).toMatchObject({ camera: is, media: "audio" });
    expect(effects).toEqual([DROP, ...then]);
  });

  it.each<[DeviceState, "on" | "missing"]>([
    ["missing", "on"],
    ["on", "on"],
    ["on", "missing"],
  ])("without pictures closes what comes of a camera that was %s and is %s meanwhile", (was, outcome) => {
    const { state } = moves({ ...links.live, camera: was }, "audio");
    const came = updateLink(state, { type: "device-changed", device: "camera", outcome, at: NOW });
    expect(came).toEqual({ state, effects: [{ type: "switch-track", device: "camera", on: false }] });
  });

  it("stays muted where it was", () => {
    expect(moves({ ...links.live, microphone: "off" }, "video").state.microphone).toBe("off");
  });
});

import { describe, expect, it } from "vitest";
import { outward } from "../../../extension/core/outward.ts";
import { viewOf } from "../../../extension/core/projection.ts";
import { Device, online, ringing, session } from "./given.ts";

const silent = { type: "set-device", ringSilently: true } as const;
const mode = (device: Device) => outward(device.state).ringing?.mode;

describe("a device that rings silently", () => {
  it("is one where the person chose so, and no other", () => {
    const device = ringing();
    expect([mode(device), viewOf(device.state)]).toMatchObject(["loud", { device: { ringSilently: false } }]);
    device.on(silent);
    expect([mode(device), viewOf(device.state)]).toMatchObject(["silent", { device: { ringSilently: true } }]);
    expect(mode(device.on({ type: "set-device", ringSilently: false }))).toBe("loud");
  });

  it("changes nothing where nothing is new", () => {
    const device = online();
    const before = device.state;
    expect(device.on({ type: "set-device" }, { type: "set-device", ringSilently: false }).state).toBe(before);
  });

  it("is so whoever is signed in, and after the browser's restart", () => {
    const device = online().on(silent);
    const { saved } = outward(device.state);
    expect(saved).toMatchObject({ session, device: { ringSilently: true } });
    device.on({ type: "sign-out" });
    expect(outward(device.state).saved).toEqual({ server: session.server.origin, device: { ringSilently: true } });
    expect(device.on({ type: "signed-in", session }).signedIn.device).toEqual({ ringSilently: true });
    if (saved === undefined) throw new Error("Nothing was saved");
    expect(new Device().on({ type: "started", saved }).signedIn.device).toEqual({ ringSilently: true });
    const nobody = { server: session.server.origin, device: { ringSilently: true } };
    expect(new Device().on({ type: "started", saved: nobody }).state).toMatchObject({ device: { ringSilently: true } });
  });
});

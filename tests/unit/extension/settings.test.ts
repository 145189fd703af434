import type { UserId } from "#protocol";
import { describe, expect, it } from "vitest";
import { outward } from "../../../extension/core/outward.ts";
import { viewOf } from "../../../extension/core/projection.ts";
import { refusal } from "../../../extension/core/refusal.ts";
import { bob, carol, contact, type Device, incoming, online, ringing, session, Device as AnyDevice } from "./given.ts";

function shown(device: Device) {
  const view = viewOf(device.state);
  if (view.at !== "signed-in") throw new Error("The device is signed out");
  return view.settings;
}

const hide = { type: "set-settings", change: { showBusy: false } } as const;

describe("the settings", () => {
  it("are unknown until the server told them", () => {
    const device = new AnyDevice().on({ type: "signed-in", session });
    expect(shown(device).known).toBe(false);
    expect(shown(online())).toMatchObject({ known: true, showBusy: true, secondCall: "wait", letThrough: [] });
  });

  it("show a change at once, and tell the server", () => {
    const device = online().on(hide);
    expect(device.sent).toEqual([{ type: "settings.set", id: expect.any(Number) as number, showBusy: false }]);
    expect(shown(device)).toMatchObject({ showBusy: false, change: "waiting" });
    device.hears({ type: "ok", re: device.signedIn.lastRequest });
    expect(shown(device)).toMatchObject({ showBusy: false, change: "none" });
  });

  it("gather what was changed without a line, and tell it after the welcome", () => {
    const device = online()
      .loses()
      .on(hide, { type: "set-settings", change: { secondCall: "busy" } });
    expect(device.sent).toEqual([]);
    device.returns();
    expect(device.sent).toContainEqual({
      type: "settings.set",
      id: expect.any(Number) as number,
      showBusy: false,
      secondCall: "busy",
    });
    expect(shown(device)).toMatchObject({ showBusy: false, secondCall: "busy", change: "waiting" });
  });

  it("outlive the worker before they are confirmed", () => {
    expect(online().on(hide).dies().returns().sent).toContainEqual(
      expect.objectContaining({ type: "settings.set", showBusy: false }),
    );
  });

  it("are as they were where the server refuses, and say so until the next change", () => {
    const device = online().on(hide);
    device.hears({ type: "error", re: device.signedIn.lastRequest, code: "conflict", message: "No." });
    expect(shown(device)).toMatchObject({ showBusy: true, change: "refused" });
    expect(shown(device.on(hide)).change).toBe("waiting");
  });

  it("change with those of another device, but for what was changed here and is not confirmed", () => {
    const device = online().on(hide);
    const settings = { showBusy: true, secondCall: "busy", letThrough: [bob.user] } as const;
    device.hears({ type: "self", availability: "available", settings: { ...settings, letThrough: [bob.user] } });
    expect(shown(device)).toMatchObject({ showBusy: false, secondCall: "busy", letThrough: [bob.user] });
  });
});

describe("whom one lets through", () => {
  it("keeps what another device changed of the list while this one had no line", () => {
    const settings = { showBusy: true, secondCall: "wait" } as const;
    const device = online().hears({
      type: "self",
      availability: "available",
      settings: { ...settings, letThrough: [bob.user] },
    });
    device.loses().on({ type: "favourite", user: bob.user, on: true });
    device.returns({ settings: { ...settings, letThrough: [], favourites: [carol.user] } });
    expect(device.sent).toContainEqual({
      type: "settings.set",
      id: expect.any(Number) as number,
      favourites: [carol.user, bob.user],
    });
    expect(shown(device)).toMatchObject({ letThrough: [], favourites: [carol.user, bob.user] });
    device.hears({ type: "ok", re: device.signedIn.lastRequest });
    expect(shown(device)).toMatchObject({ favourites: [carol.user, bob.user], change: "none" });
  });

  it("travels as the whole list, without those who are no contacts any more", () => {
    const device = online().hears({
      type: "self",
      availability: "available",
      settings: { showBusy: true, secondCall: "wait", letThrough: ["gone" as UserId, bob.user] },
    });
    device.on({ type: "let-through", user: carol.user, on: true });
    expect(device.sent).toMatchObject([{ letThrough: [bob.user, carol.user] }]);
    device.on({ type: "let-through", user: bob.user, on: false });
    expect(device.sent).toMatchObject([{ letThrough: [carol.user] }]);
  });

  it("is a contact", () => {
    expect(online().on({ type: "let-through", user: "mallory" as UserId, on: true }).sent).toEqual([]);
  });
});

describe("do not disturb", () => {
  it("silences at once what rings, but for whom it lets through", () => {
    const device = ringing();
    expect(outward(device.state).ringing?.mode).toBe("loud");
    device.on({ type: "set-presence", availability: "dnd" });
    expect(outward(device.state).ringing?.mode).toBe("silent");
    device.on({ type: "let-through", user: bob.user, on: true });
    expect(outward(device.state).ringing?.mode).toBe("loud");
  });

  it("keeps the notification of a missed call back until it is over", () => {
    const device = online().hears(incoming(2, bob)).on({ type: "set-presence", availability: "dnd" });
    device.hears({ type: "call.ended", call: incoming(2, bob).call, reason: "cancelled" });
    expect(outward(device.state).notification).toBeUndefined();
    device.on({ type: "set-presence", availability: "available" });
    expect(outward(device.state).notification).toMatchObject({ type: "missed" });
  });
});

describe("who leaves this device", () => {
  it("looks away to themselves, and is back at once", () => {
    const device = online().on({ type: "idle-changed", idle: true });
    expect(viewOf(device.state)).toMatchObject({ self: { availability: "available", unattended: true } });
    expect(outward(device.state).badge.state).toBe("away");
    device.on({ type: "idle-changed", idle: false });
    expect(outward(device.state).badge.state).toBe("available");
  });
});

describe("favourites", () => {
  const settings = { showBusy: true, secondCall: "wait" } as const;

  it("are marked and unmarked at once, and travel as the whole list", () => {
    const device = online().on({ type: "favourite", user: bob.user, on: true });
    expect(shown(device).favourites).toEqual([bob.user]);
    expect(device.sent).toMatchObject([{ type: "settings.set", favourites: [bob.user] }]);
    device.on({ type: "favourite", user: carol.user, on: true }, { type: "favourite", user: bob.user, on: false });
    expect(device.sent).toMatchObject([{ favourites: [carol.user] }]);
    expect(shown(device).letThrough).toEqual([]);
  });

  it("are those of the server, and only who is a contact", () => {
    const device = online().hears({
      type: "self",
      availability: "available",
      settings: { ...settings, favourites: ["gone" as UserId, bob.user] },
    });
    expect(shown(device).favourites).toEqual([bob.user]);
    expect(device.on({ type: "favourite", user: "mallory" as UserId, on: true }).sent).toEqual([]);
  });

  it.each(["favourite", "let-through"] as const)("refuse %s of one more than the server keeps", (type) => {
    const people = Array.from({ length: 101 }, (_, index) => ({ user: `u${index}` as UserId, name: `U${index}` }));
    const all = people.slice(0, 100).map(({ user }) => user);
    const device = online()
      .on({ type: "retry-now" })
      .hears({ type: "contacts.changed" })
      .lists(...people.map((one) => contact(one)));
    device.hears({
      type: "self",
      availability: "available",
      settings: { ...settings, favourites: all, letThrough: all },
    });
    const more = { type, user: people[100]!.user, on: true } as const;
    expect(refusal(device.state, more)).toBe("list-full");
    expect(device.on(more).sent).toEqual([]);
    expect(refusal(device.state, { type, user: all[0]!, on: true })).toBeUndefined();
  });
});

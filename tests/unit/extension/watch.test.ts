import type { Availability, UserId } from "#protocol";
import { describe, expect, it } from "vitest";
import { refusal } from "../../../extension/core/refusal.ts";
import { outward } from "../../../extension/core/outward.ts";
import { viewOf } from "../../../extension/core/projection.ts";
import { heedWatching, NOBODY_WATCHED, unwatch, watch, type WatchFacts } from "../../../extension/core/watch.ts";
import { bob, callId, carol, contact, Device, incoming, NOW, online, session, talking, welcome } from "./given.ts";

const MIDNIGHT = NOW + 8 * 3_600_000;

const FREE: WatchFacts = {
  at: NOW,
  isFree: true,
  availabilityOf: () => "available",
  isContact: () => true,
};

/** Alice's device, on which she asked to be told of Carol, who is offline. */
function asking(): Device {
  return online().on({ type: "watch-contact", user: carol.user, until: MIDNIGHT });
}

function presence(user: UserId, availability: Availability) {
  return { type: "presence", user, availability } as const;
}

const told = (device: Device) => outward(device.state).free;
const ofCarol = [{ type: "free", user: carol.user, name: "Carol" }];

describe("whom one asked about", () => {
  it.each<[string, Partial<WatchFacts>, ReturnType<typeof watch>]>([
    ["is told of once both are free, and is watched no more", {}, { until: {}, free: [bob.user] }],
    ["waits while they are away", { availabilityOf: () => "away" }, watch(NOBODY_WATCHED, bob.user, MIDNIGHT)],
    ["waits while they are busy", { availabilityOf: () => "busy" }, watch(NOBODY_WATCHED, bob.user, MIDNIGHT)],
    ["waits while one is not free oneself", { isFree: false }, watch(NOBODY_WATCHED, bob.user, MIDNIGHT)],
    ["waits while nobody knows", { availabilityOf: () => undefined }, watch(NOBODY_WATCHED, bob.user, MIDNIGHT)],
    ["is dropped with the day", { at: MIDNIGHT, isFree: false }, NOBODY_WATCHED],
    ["is dropped with the contact", { isContact: () => false }, NOBODY_WATCHED],
    ["is dropped by the call that was wished for", { callWith: bob.user, isFree: false }, NOBODY_WATCHED],
  ])("%s", (_name, facts, next) => {
    expect(heedWatching(watch(NOBODY_WATCHED, bob.user, MIDNIGHT), { ...FREE, ...facts })).toEqual(next);
  });

  it("is asked about no more after a second click", () => {
    expect(unwatch(watch(NOBODY_WATCHED, bob.user, MIDNIGHT), bob.user)).toEqual(NOBODY_WATCHED);
  });
});

describe("who was told of", () => {
  const free = { until: {}, free: [bob.user] };

  it.each<[string, Partial<WatchFacts>, UserId[]]>([
    ["stays so while they are", {}, [bob.user]],
    ["stays so while the line is gone", { availabilityOf: () => undefined }, [bob.user]],
    ["is so no more when they are not", { availabilityOf: () => "busy" }, []],
    ["is so no more in the call with them", { callWith: bob.user }, []],
    ["is so no more as no contact", { isContact: () => false }, []],
  ])("%s", (_name, facts, left) => {
    expect(heedWatching(free, { ...FREE, ...facts }).free).toEqual(left);
  });
});

describe("the bell", () => {
  it("tells the server nothing", () => {
    const device = asking();
    expect(device.effects).toEqual([]);
    device.on({ type: "unwatch-contact", user: carol.user });
    expect(device.effects).toEqual([]);
  });

  it("shows in the view, and is saved with its end", () => {
    const device = asking();
    expect(viewOf(device.state)).toMatchObject({ contacts: [{ name: "Bob" }, { name: "Carol", watched: true }] });
    expect(outward(device.state)).toMatchObject({ saved: { watched: { [carol.user]: MIDNIGHT } } });
  });

  it("is for contacts alone", () => {
    const ask = { type: "watch-contact", user: "mallory" as UserId, until: MIDNIGHT } as const;
    const device = online();
    expect(refusal(device.state, ask)).toBe("not-found");
    expect(device.on(ask).signedIn.watching).toEqual(NOBODY_WATCHED);
  });

  it("tells when the contact comes, once", () => {
    const device = asking().hears(presence(carol.user, "available"));
    expect(told(device)).toEqual(ofCarol);
    expect(viewOf(device.state)).not.toMatchObject({ contacts: [{}, { watched: true }] });
    device.hears(presence(carol.user, "away"));
    expect(told(device)).toBeUndefined();
    expect(told(device.hears(presence(carol.user, "available")))).toBeUndefined();
  });

  it("is silent again once it was seen", () => {
    const device = asking().hears(presence(carol.user, "available"));
    expect(told(device.on({ type: "free-seen", user: carol.user }))).toBeUndefined();
  });

  it.each<[string, (device: Device) => Device, (device: Device) => Device]>([
    [
      "on do not disturb",
      (device) => device.on({ type: "set-presence", availability: "dnd" }),
      (device) => device.on({ type: "set-presence", availability: "available" }),
    ],
    [
      "away from this device",
      (device) => device.on({ type: "idle-changed", idle: true }),
      (device) => device.on({ type: "idle-changed", idle: false }),
    ],
    [
      "in a ring",
      (device) => device.hears(incoming(2, bob)),
      (device) => device.on({ type: "decline-call", call: callId(2) }),
    ],
    ["without a line", (device) => device.loses(), (device) => device.returns({ contacts: [of(carol.user)] })],
  ])("waits while one is %s", (_name, leave, comeBack) => {
    const device = leave(asking()).hears(presence(carol.user, "available"));
    expect(told(device)).toBeUndefined();
    expect(told(comeBack(device))).toEqual(ofCarol);
  });

  it("waits for the end of one's own call", () => {
    const device = talking().on({ type: "watch-contact", user: carol.user, until: MIDNIGHT });
    device.hears(presence(carol.user, "available"));
    expect(told(device)).toBeUndefined();
    expect(told(device.on({ type: "hang-up", call: callId(1) }))).toEqual(ofCarol);
  });

  it("is not misled by what is shown on of someone who is not yet back at a server that settles", () => {
    const device = asking().on({ type: "set-presence", availability: "dnd" });
    device.hears(presence(carol.user, "available")).loses();
    const absent = { user: carol.user, availability: "offline" } as const;
    device.returns({ contacts: [of(bob.user), absent], settling: 30_000 });
    device.on({ type: "set-presence", availability: "available" });
    expect(viewOf(device.state)).toMatchObject({ contacts: [{}, { availability: "available", watched: true }] });
    expect(told(device)).toBeUndefined();
    expect(told(device.hears(presence(carol.user, "available")))).toEqual(ofCarol);
  });

  it("ends with the day, for which the background wakes", () => {
    const device = asking();
    expect(outward({ ...device.signedIn, connection: STOPPED }).wakeAt).toBe(MIDNIGHT);
    device.now = MIDNIGHT;
    expect(device.on({ type: "due" }).signedIn.watching).toEqual(NOBODY_WATCHED);
  });

  it("outlives the worker and the browser", () => {
    expect(asking().dies().signedIn.watching.until).toEqual({ [carol.user]: MIDNIGHT });
    const { saved } = outward(asking().state);
    const device = new Device().on({ type: "started", ...(saved ? { saved } : {}) });
    device.on({ type: "socket-opened", socket: 1 }).hears(welcome({ contacts: [of(carol.user)] }));
    expect(told(device)).toEqual(ofCarol);
  });

  it("ends with the contact, and with the session", () => {
    expect(asking().hears({ type: "contacts.changed" }).lists(contact(bob)).signedIn.watching).toEqual(NOBODY_WATCHED);
    expect(asking().on({ type: "sign-out" }, { type: "signed-in", session }).signedIn.watching).toEqual(NOBODY_WATCHED);
  });
});

const STOPPED = { line: { at: "stopped" }, lastSocket: 1, failures: 0 } as const;

function of(user: UserId) {
  return { user, availability: "available" } as const;
}

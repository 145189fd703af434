import type { Contact, UserId } from "#protocol";
import { describe, expect, it } from "vitest";
import { outward } from "../../../extension/core/outward.ts";
import { INITIAL_STATE } from "../../../extension/core/app.ts";
import { bob, contact, Device, online, session } from "./given.ts";

function asking(name: string, since = 1): Contact {
  return { user: name as UserId, handle: name, name: name.toUpperCase(), state: "incoming", since };
}

/** Alice's device, whose list names these as well as Bob. */
function asked(device: Device, ...askers: Contact[]): Device {
  return device.hears({ type: "contacts.changed" }).lists(contact(bob), ...askers);
}

function told(device: Device): string[] {
  return (outward(device.state).requests ?? []).map(({ user }) => user);
}

describe("a request to be a contact", () => {
  it("is told of once, and counted until it is answered", () => {
    const device = asked(online(), asking("dan"));
    expect(outward(device.state)).toMatchObject({
      badge: { state: "available", missed: 0, requests: 1 },
      requests: [{ type: "request", user: "dan", handle: "dan", name: "DAN" }],
    });
    device.on({ type: "request-seen", user: "dan" as UserId });
    expect(told(asked(device, asking("dan")))).toEqual([]);
    expect(outward(device.state).badge.requests).toBe(1);
    expect(outward(asked(device).state).badge).toEqual({ state: "available", missed: 0 });
  });

  it("stands over the death of the worker, and is not told again by another run of the browser", () => {
    const device = asked(online(), asking("dan"));
    expect(told(device.dies())).toEqual(["dan"]);
    const { saved } = outward(device.state);
    const again = new Device(INITIAL_STATE).on({ type: "started", ...(saved ? { saved } : {}) });
    expect(told(again)).toEqual([]);
    again.on({ type: "socket-opened", socket: again.signedIn.connection.lastSocket }).returns();
    expect(told(again.lists(contact(bob), asking("dan"), asking("eve")))).toEqual(["eve"]);
  });

  it("is told of anew where the same person asks anew", () => {
    const device = asked(online(), asking("dan")).on({ type: "request-seen", user: "dan" as UserId });
    expect(told(asked(asked(device), asking("dan", 2)))).toEqual(["dan"]);
  });

  it("is known to whoever sees the list, and its notification goes once it is looked at", () => {
    const device = asked(online(), asking("dan"));
    expect(told(device.on({ type: "contacts-shown" }))).toEqual([]);
    asked(device, asking("dan"), asking("eve")).on({ type: "contacts-hidden" });
    expect(told(device)).toEqual([]);
  });

  it("goes with its answer, given wherever", () => {
    expect(told(asked(asked(online(), asking("dan"))))).toEqual([]);
  });

  it("waits while the person does not want to be disturbed", () => {
    const device = online().on({ type: "set-presence", availability: "dnd" });
    expect(told(asked(device, asking("dan")))).toEqual([]);
    expect(outward(device.state).badge).toMatchObject({ state: "dnd", requests: 1 });
    expect(told(device.on({ type: "set-presence", availability: "available" }))).toEqual(["dan"]);
  });

  it("shows the latest three where many ask at once", () => {
    const many = ["a", "b", "c", "d", "e"].map((name) => asking(name));
    const device = asked(online(), ...many);
    expect(told(device)).toEqual(["c", "d", "e"]);
    expect(outward(device.state).badge.requests).toBe(5);
  });

  it("is nothing where nobody is signed in, and of the next person's own", () => {
    const device = asked(online(), asking("dan")).on({ type: "sign-out" });
    expect(outward(device.state)).not.toHaveProperty("requests");
    device.on({ type: "signed-in", session });
    expect(told(device)).toEqual([]);
  });
});

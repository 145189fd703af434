import type { UserId } from "#protocol";
import { describe, expect, it } from "vitest";
import { outward } from "../../../extension/core/outward.ts";
import { bob, carol, contact, type Device, online } from "./given.ts";

const dan = { user: "dan" as UserId, name: "Dan" };
const CODE = "K7QM-2XPA-9D3H-4TVB";

/** Alice's device, whose list names Dan as a contact from now on. */
function joined(device: Device): Device {
  return device.hears({ type: "contacts.changed" }).lists(contact(bob), contact(carol), contact(dan));
}

function told(device: Device): string[] {
  return (outward(device.state).friends ?? []).map(({ name }) => name);
}

/** The list holds a request to or of Dan. */
function withRequest(state: "incoming" | "outgoing"): Device {
  const request = { ...contact(dan, state), user: (state === "outgoing" ? "request-1" : dan.user) as UserId };
  return online().hears({ type: "contacts.changed" }).lists(contact(bob), contact(carol), request);
}

describe("who becomes a contact", () => {
  it.each([
    ["by a link that was sent", () => online().lists(contact(bob), contact(carol)), ["Dan"]],
    ["by accepting a request", () => withRequest("outgoing"), ["Dan"]],
    ["because the person accepted theirs", () => withRequest("incoming"), []],
    ["while the contacts are looked at", () => online().on({ type: "contacts-shown" }), []],
    [
      "while an invitation waits for the person's answer",
      () => online().on({ type: "open-invite", invite: { code: CODE } }),
      ["Dan"],
    ],
    ["while their invitation is being accepted", () => online().on({ type: "accepting-invite", on: true }), []],
    [
      "once an invitation did not hold",
      () => online().on({ type: "accepting-invite", on: true }, { type: "accepting-invite", on: false }),
      ["Dan"],
    ],
    [
      "after a worker died that was accepting one",
      () => online().on({ type: "accepting-invite", on: true }).dies().returns(),
      ["Dan"],
    ],
    ["once their invitation was accepted", () => online().on({ type: "close-invite", code: CODE, met: dan.user }), []],
  ])("%s is told of where that is news", (_, given, expected) => {
    expect(told(joined(given()))).toEqual(expected);
  });

  it("is told of until that was seen, wherever, and over the death of the worker", () => {
    const device = joined(online());
    expect(told(device.dies())).toEqual(["Dan"]);
    expect(told(joined(device))).toEqual(["Dan"]);
    expect(told(device.on({ type: "request-seen", user: dan.user }))).toEqual([]);
    expect(told(joined(online()).on({ type: "contacts-shown" }, { type: "contacts-hidden" }))).toEqual([]);
    expect(told(joined(online()).on({ type: "close-invite", code: CODE, met: dan.user }))).toEqual([]);
    expect(told(joined(online()).hears({ type: "contacts.changed" }).lists(contact(bob)))).toEqual([]);
  });

  it("waits while the person does not want to be disturbed", () => {
    const device = joined(online().on({ type: "set-presence", availability: "dnd" }));
    expect(told(device)).toEqual([]);
    expect(told(device.on({ type: "set-presence", availability: "available" }))).toEqual(["Dan"]);
  });
});

describe("an invitation that was accepted", () => {
  it("waits no more, but another one does", () => {
    const waiting = online().on({ type: "open-invite", invite: { code: CODE } });
    expect(waiting.on({ type: "close-invite", code: "another", met: dan.user }).state.invite).toEqual({ code: CODE });
    expect(waiting.on({ type: "close-invite", code: CODE, met: dan.user }).state.invite).toBeUndefined();
  });
});

import { describe, expect, it } from "vitest";
import type { AppState } from "../../../extension/core/app-state-types.ts";
import { DEVICE_AT_FIRST } from "../../../extension/core/device-settings.ts";
import type { CallState } from "../../../extension/core/call-types.ts";
import { callPageOf, viewOf } from "../../../extension/core/projection.ts";
import type { View } from "../../../extension/core/view.ts";
import {
  AT,
  bob as callee,
  CALL,
  endedAs,
  everyState,
  joining,
  live,
  OTHER,
  reconnecting,
  ringingIn,
  TICKET,
  without,
} from "./call-stage.ts";
import { alice, bob, carol, contact, Device, online, session } from "./given.ts";

function withCall(call: CallState): AppState {
  return { ...online().signedIn, call };
}

function callOf(view: View) {
  return view.at === "signed-in" ? view.call : undefined;
}

const named = { call: CALL, with: callee, media: "video" };
const shared = {
  waiting: [],
  ...named,
  outgoing: true,
  server: session.server.origin,
  online: true,
  device: { backgroundBlur: false, relayOnly: false, pictureFollows: true, ownPicture: DEVICE_AT_FIRST.ownPicture },
};

describe("what every page sees", () => {
  it("is who was signed out and why, where nobody is signed in", () => {
    expect(viewOf(new Device().state)).toEqual({ at: "signed-out", sessionEnded: false, device: DEVICE_AT_FIRST });
    const ended = online().on({ type: "socket-closed", socket: 1, code: 4401 });
    expect(viewOf(ended.state)).toMatchObject({ at: "signed-out", server: session.server.origin, sessionEnded: true });
    const refused = { type: "provider-refused", server: "https://beckon.example", problem: "provider-away" } as const;
    expect(viewOf(new Device().on(refused).state)).toMatchObject({
      at: "signed-out",
      server: "https://beckon.example",
      providerProblem: { server: session.server.origin, problem: "provider-away" },
    });
    expect(online().on(refused).state).toEqual(online().state);
  });

  it("is the person, the line and the contacts with their presence", () => {
    expect(viewOf(online().state)).toEqual({
      at: "signed-in",
      server: session.server.origin,
      self: { user: alice.user, handle: "alice", name: "Alice", availability: "available" },
      line: { at: "online" },
      contacts: [
        { user: bob.user, handle: "bob", name: "Bob", state: "accepted", availability: "available" },
        { user: carol.user, handle: "carol", name: "Carol", state: "accepted", availability: "offline" },
      ],
      contactsKnown: true,
      missed: 0,
      history: { calls: [], known: false, hasMore: false, reading: "no" },
      settings: { known: true, showBusy: true, secondCall: "wait", letThrough: [], favourites: [], change: "none" },
      device: DEVICE_AT_FIRST,
      waiting: [],
    });
  });

  it("[PRES-5] has no presence of whom one is no contact yet, and the handle where no name is known", () => {
    const { roster, ...rest } = online().signedIn;
    const nameless = without(contact(bob, "outgoing"), "name");
    const view = viewOf({ ...rest, roster: { ...roster, contacts: [nameless] } });
    expect(view).toMatchObject({ contacts: [{ name: "bob", state: "outgoing", availability: "offline" }] });
  });

  it("shows what the person wants at once", () => {
    const device = online().on({ type: "set-presence", availability: "dnd", text: "Later", forMs: 1_000 });
    expect(viewOf(device.state)).toMatchObject({
      self: { availability: "dnd", text: "Later", until: device.now + 1_000 },
    });
  });

  it("shows a text that is being cleared as none, and keeps the choice's end under a new text", () => {
    const told = { ...online().signedIn, self: { availability: "away", text: "Lunch", until: AT + 5 } } as const;
    const cleared = viewOf(new Device(told).on({ type: "set-presence", text: "" }).state);
    expect(cleared).toMatchObject({ self: { availability: "away", until: AT + 5 } });
    expect(cleared.at === "signed-in" && "text" in cleared.self).toBe(false);
    const chosen = viewOf(new Device(told).on({ type: "set-presence", availability: "dnd" }).state);
    expect(chosen.at === "signed-in" && "until" in chosen.self).toBe(false);
  });
});

describe("the line for a person", () => {
  it.each<[string, (device: Device) => Device, object]>([
    ["a first loss", (device) => device.loses(), { at: "connecting" }],
    ["a first try", (device) => device.loses().on({ type: "retry-now" }), { at: "connecting" }],
    [
      "a second loss",
      (device) => device.loses().on({ type: "retry-now" }).loses(),
      { at: "offline", why: "network", asOf: AT },
    ],
    [
      "a server that is busy",
      (device) => device.on({ type: "socket-closed", socket: 1, code: 4429 }),
      { at: "offline", why: "server-busy", asOf: AT },
    ],
    [
      "[CONN-5] a server that cannot check the session",
      (device) => device.on({ type: "socket-closed", socket: 1, code: 1013 }),
      { at: "offline", why: "unchecked", asOf: AT },
    ],
    [
      "[CONN-5] it, while the next try is under way",
      (device) => device.on({ type: "socket-closed", socket: 1, code: 1013 }, { type: "retry-now" }),
      { at: "offline", why: "unchecked", asOf: AT },
    ],
    [
      "being replaced",
      (device) => device.on({ type: "socket-closed", socket: 1, code: 4409 }),
      { at: "offline", why: "replaced", asOf: AT },
    ],
  ])("after %s", (_name, happen, line) => {
    expect(viewOf(happen(online()).state)).toMatchObject({ line });
  });
});

describe("the call that every page sees", () => {
  it.each<[keyof typeof everyState, object | undefined]>([
    ["idle", undefined],
    ["inviting", { ...named, at: "inviting" }],
    ["ringing-out", { ...named, at: "ringing-out", devices: 1, mode: "loud" }],
    ["ringing-in", { ...named, at: "ringing-in", until: ringingIn.until, sound: "loud" }],
    ["accepting", { ...named, at: "accepting" }],
    ["joining", { ...named, at: "joining", outgoing: true }],
    ["answering", { ...named, at: "joining", outgoing: false }],
    ["live", { ...named, at: "live", since: live.acceptedAt }],
    ["reconnecting", { ...named, at: "reconnecting", since: reconnecting.acceptedAt }],
    ["ended", { ...named, at: "ended", reason: "hangup", outgoing: true }],
  ])("while %s, and no ticket", (name, call) => {
    expect(callOf(viewOf(withCall(everyState[name])))).toEqual(call);
  });

  it("tells the length of a talk that ended", () => {
    expect(callOf(viewOf(withCall(endedAs("hangup", { seconds: 61 }))))).toMatchObject({ seconds: 61 });
  });
});

describe("what the page of a call sees", () => {
  it.each<[keyof typeof everyState, object | undefined]>([
    ["idle", undefined],
    ["ringing-in", undefined],
    ["inviting", { ...shared, state: "inviting" }],
    ["ringing-out", { ...shared, state: "ringing-out", devices: 1, mode: "loud", ticket: TICKET }],
    ["accepting", { ...shared, state: "accepting", outgoing: false }],
    ["joining", { ...shared, state: "joining", ticket: TICKET }],
    ["answering", { ...shared, state: "joining", outgoing: false, ticket: TICKET }],
    ["live", { ...shared, state: "live", since: live.acceptedAt }],
    ["reconnecting", { ...shared, state: "reconnecting", since: reconnecting.acceptedAt }],
    ["ended", { ...shared, state: "ended", reason: "hangup" }],
  ])("while %s", (name, page) => {
    expect(callPageOf(withCall(everyState[name]), CALL)).toEqual(page);
  });

  it("[CALL-12] is no ticket where that was lost, and that the line is away", () => {
    const state = { ...online().loses().signedIn, call: without(joining, "ticket") };
    expect(callPageOf(state, CALL)).toEqual({ ...shared, state: "joining", online: false });
  });

  it("[CALL-6] is the merged call, under either id", () => {
    const state = withCall({ ...live, call: OTHER, alias: CALL });
    expect(callPageOf(state, CALL)).toMatchObject({ call: OTHER, state: "live" });
    expect(callPageOf(state, OTHER)).toEqual(callPageOf(state, CALL));
  });

  it("is nothing for another call, or where nobody is signed in", () => {
    expect(callPageOf(withCall(live), OTHER)).toBeUndefined();
    expect(callPageOf(new Device().state, CALL)).toBeUndefined();
  });
});

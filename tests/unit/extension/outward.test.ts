import { describe, expect, it } from "vitest";
import { outward } from "../../../extension/core/outward.ts";
import { callPageOf, viewOf } from "../../../extension/core/projection.ts";
import {
  accepted,
  bob,
  callId,
  calling,
  carol,
  Device,
  ended,
  incoming,
  NOW,
  online,
  ringing,
  talking,
  ticket,
} from "./given.ts";

const ring = { call: callId(2), from: bob, media: "video" } as const;

describe("what the world outside should look like", () => {
  it.each([
    ["nobody is signed in", new Device(), "signed-out"],
    ["all is well", online(), "available"],
    ["the person chose do not disturb, unconfirmed", online().on({ type: "set-presence", availability: "dnd" }), "dnd"],
    ["the line had a hiccup", online().loses(), "available"],
    [
      "the line is away",
      online().loses().on({ type: "retry-now" }, { type: "socket-closed", socket: 2, code: 1006 }),
      "offline",
    ],
    ["it rings", ringing(), "ringing"],
    ["a call is on its way", calling(), "in-call"],
    ["a call is over", talking().on({ type: "hang-up", call: callId(1) }), "available"],
  ] as const)("shows the badge where %s", (_name, device, state) => {
    expect(outward(device.state).badge.state).toBe(state);
  });

  it("rings and notifies while it rings, and for no call that was answered, declined or ended", () => {
    expect(outward(ringing().state)).toMatchObject({ ringing: { ...ring, mode: "loud" }, notification: ring });
    const quiet = [
      ringing().on({ type: "accept-call", call: callId(2), media: "video" }),
      ringing().on({ type: "decline-call", call: callId(2) }),
      ringing().hears(ended(2, "answered-elsewhere")),
      ringing().after(45_000, { type: "due" }),
      ringing().on({ type: "sign-out" }),
    ];
    for (const device of quiet) expect(outward(device.state).ringing).toBeUndefined();
  });

  it("[CALL-4, CALL-5] notes nothing as missed that was answered or declined elsewhere", () => {
    for (const reason of ["answered-elsewhere", "declined-elsewhere"] as const)
      expect(outward(ringing().hears(ended(2, reason)).state).notification).toBeUndefined();
  });

  it("[CALL-7] notifies of a missed call until it was seen", () => {
    const alice = ringing().hears(ended(2, "cancelled"));
    expect(outward(alice.state).notification).toMatchObject({ type: "missed", call: callId(2), from: bob });
    expect(outward(alice.on({ type: "missed-seen" }).state).notification).toBeUndefined();
    const shown = ringing().hears(ended(2, "no-answer")).on({ type: "contacts-shown" });
    expect(outward(shown.state).notification).toBeUndefined();
    const elsewhere = ringing().hears(ended(2, "no-answer"), { type: "missed", count: 0 });
    expect(outward(elsewhere.state).notification).toBeUndefined();
  });

  it("wakes for the nearest of all deadlines", () => {
    expect(outward(online().state).wakeAt).toBe(NOW + 20_000);
    expect(outward(talking().dies().state).wakeAt).toBe(NOW + 5_000);
    expect(outward(online().hears(incoming(2, bob, 9_000)).state).wakeAt).toBe(NOW + 9_000);
  });

  it("begins the sound once, and gives its receipt once", () => {
    const alice = ringing();
    expect(alice.sent).toEqual([{ type: "call.alert", call: callId(2), mode: "loud" }]);
    expect(alice.on({ type: "alerted", call: callId(2), mode: "loud" }).sent).toEqual([]);
  });
});

describe("what pages see", () => {
  it("shows nothing of anybody where nobody is signed in", () => {
    expect(viewOf(online().on({ type: "sign-out" }).state)).toEqual({
      at: "signed-out",
      server: "https://beckon.example",
      sessionEnded: false,
    });
  });

  it("shows contacts with presence, the line and oneself", () => {
    expect(viewOf(online().state)).toEqual({
      at: "signed-in",
      server: "https://beckon.example",
      self: { user: "alice", handle: "alice", name: "Alice", availability: "available" },
      line: { at: "online" },
      contacts: [
        { user: "bob", handle: "bob", name: "Bob", state: "accepted", availability: "available" },
        { user: "carol", handle: "carol", name: "Carol", state: "accepted", availability: "offline" },
      ],
      contactsKnown: true,
      missed: 0,
    });
  });

  it("shows no presence of those who are no contacts yet", () => {
    const alice = online().hears({ type: "contacts.changed" });
    alice.on({ type: "contacts-listed", contacts: [{ user: bob.user, handle: "bob", state: "incoming", since: 0 }] });
    expect(viewOf(alice.state)).toMatchObject({ contacts: [{ name: "bob", availability: "offline" }] });
  });

  it("says that it is offline, since when, and when it tries again; not for a hiccup", () => {
    const alice = online().loses();
    expect(viewOf(alice.state)).toMatchObject({ line: { at: "connecting" } });
    alice.on({ type: "retry-now" }, { type: "socket-closed", socket: 2, code: 1006 });
    expect(viewOf(alice.state)).toMatchObject({
      line: { at: "offline", why: "network", retryAt: NOW + 1_250, asOf: NOW },
    });
    expect(viewOf(alice.on({ type: "retry-now" }).state)).toMatchObject({ line: { at: "offline", asOf: NOW } });
    expect(viewOf(online().on({ type: "socket-closed", socket: 1, code: 4409 }).state)).toMatchObject({
      line: { at: "offline", why: "replaced" },
    });
  });

  it.each([
    ["inviting", calling(), { at: "inviting", with: bob }],
    ["ringing", ringing(), { at: "ringing-in", until: NOW + 45_000 }],
    ["talking", talking(), { at: "live", since: NOW }],
    ["interrupted", talking().on({ type: "media-interrupted", call: callId(1) }), { at: "reconnecting", since: NOW }],
  ] as const)("shows a call that is %s", (_name, device, call) => {
    expect(viewOf(device.state)).toMatchObject({ call });
  });

  it("shows how long a talk was, until it is dismissed", () => {
    const alice = talking()
      .after(61_000)
      .on({ type: "hang-up", call: callId(1) });
    expect(viewOf(alice.state)).toMatchObject({ call: { at: "ended", reason: "hangup", seconds: 61, outgoing: true } });
    expect(viewOf(alice.on({ type: "dismiss-call", call: callId(1) }).state)).not.toHaveProperty("call");
  });

  it("gives the call page its ticket, and knows it by the address that it was opened with [CALL-6]", () => {
    const alice = calling().hears(ended(1, "merged", 2), accepted(2));
    expect(callPageOf(alice.state, callId(1))).toMatchObject({
      call: callId(2),
      outgoing: false,
      state: "joining",
      ticket: ticket("first"),
      online: true,
    });
    expect(callPageOf(alice.state, callId(5))).toBeUndefined();
  });

  it("gives no page to a call that only rings here", () => {
    expect(callPageOf(ringing().state, callId(2))).toBeUndefined();
    expect(callPageOf(online().hears(incoming(2, carol)).state, callId(2))).toBeUndefined();
  });
});

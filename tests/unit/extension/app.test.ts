import { describe, expect, it } from "vitest";
import { INITIAL_STATE } from "../../../extension/core/app.ts";
import { DEVICE_AT_FIRST } from "../../../extension/core/device-settings.ts";
import type { Saved } from "../../../extension/core/app-state-types.ts";
import { outward } from "../../../extension/core/outward.ts";
import { viewOf } from "../../../extension/core/projection.ts";
import {
  alice,
  bob,
  callId,
  calling,
  carol,
  contact,
  Device,
  incoming,
  online,
  ringing,
  session,
  talking,
  welcome,
} from "./given.ts";

const saved: Saved = { server: session.server.origin, session, contacts: [contact(bob)] };
const open = (socket: number) => ({ type: "open-socket", socket, url: session.server.presenceUrl }) as const;
const SIGNED_OUT = {
  at: "signed-out",
  server: session.server.origin,
  sessionEnded: false,
  device: DEVICE_AT_FIRST,
  lastSocket: 1,
  lastReading: 1,
};

describe("the background that runs for the first time", () => {
  it("signs in again who was signed in, with the contacts that were saved, and opens a socket", () => {
    const device = new Device().on({ type: "started", saved });
    expect(device.effects).toEqual([open(1)]);
    expect(device.signedIn).toMatchObject({ session, roster: { known: true, contacts: [contact(bob)] } });
    expect(device.signedIn.connection.line.at).toBe("opening");
  });

  it("keeps to what was chosen before and not confirmed yet, and tells it after the welcome", () => {
    const before = online()
      .loses()
      .on({ type: "set-presence", availability: "dnd" }, { type: "let-through", user: carol.user, on: true });
    const { saved: kept } = outward(before.state);
    const device = new Device().on({ type: "started", saved: JSON.parse(JSON.stringify(kept)) as Saved });
    expect(viewOf(device.state)).toMatchObject({ self: { availability: "dnd" }, settings: { change: "waiting" } });
    device.on({ type: "socket-opened", socket: 1 }).hears(welcome());
    expect(device.sent).toEqual([
      expect.objectContaining({ type: "presence.set", availability: "dnd" }),
      expect.objectContaining({ type: "settings.set", letThrough: [carol.user] }),
    ]);
    const ids = device.sent.map((message) => (message as { id: number }).id);
    expect(new Set([...ids, device.signedIn.lastRequest + 1]).size).toBe(3);
    device.on({ type: "sign-out" });
    expect(outward(device.state).saved).toEqual({ server: session.server.origin });
  });

  it("remembers the server where nobody is signed in", () => {
    const device = new Device().on({ type: "started", saved: { server: "https://beckon.example" } });
    expect(device.state).toEqual({ ...INITIAL_STATE, server: "https://beckon.example" });
    expect(device.effects).toEqual([]);
  });

  it.each([
    { type: "started" },
    { type: "due" },
    { type: "retry-now" },
    { type: "network-online" },
    { type: "sign-out" },
    { type: "contacts-shown" },
    { type: "contacts-refused", reading: 0 },
    { type: "idle-changed", idle: true },
    { type: "set-presence", availability: "dnd" },
    { type: "place-call", call: callId(1), user: bob.user, media: "audio" },
    { type: "socket-opened", socket: 0 },
    { type: "socket-closed", socket: 0, code: 1006 },
    { type: "socket-message", socket: 0, message: welcome() },
    { type: "socket-message", socket: 0, message: incoming(2, bob) },
  ] as const)("does nothing on $type while nobody is signed in", (happening) => {
    const device = new Device().on(happening);
    expect(device.effects).toEqual([]);
    expect(device.state).toBe(INITIAL_STATE);
  });
});

describe("signing in", () => {
  it("opens a socket, and lets that of the one before go, whose number does not come again", () => {
    const other = { ...session, user: carol.user };
    const device = talking().on({ type: "signed-in", session: other });
    expect(device.effects).toEqual([{ type: "close-socket", socket: 1 }, open(2)]);
    expect(device.signedIn).toMatchObject({
      session: other,
      call: { at: "idle" },
      roster: { contacts: [], known: false },
    });
  });

  it("at another server takes back what was allowed for links of the former one, and at the same one nothing", () => {
    const there = { ...session, server: { ...session.server, origin: "https://elsewhere.example" } };
    const device = online().on({ type: "sign-out" }, { type: "signed-in", session });
    expect(device.did).toEqual(["open-socket"]);
    device.on({ type: "sign-out" }, { type: "signed-in", session: there });
    expect(device.effects).toEqual([{ type: "forget-links", server: session.server.origin }, open(3)]);
  });

  it("[CONN-1] says hello on the open socket, and is told nothing of calls before the welcome", () => {
    const device = new Device().on({ type: "signed-in", session }, { type: "socket-opened", socket: 1 });
    expect(device.effects).toEqual([{ type: "hello", socket: 1, idle: false, active: [] }]);
    const before = device.state;
    device.hears(incoming(2, bob));
    expect([device.state, device.effects]).toEqual([before, []]);
  });
});

describe("signing out", () => {
  it.each([
    ["no call", online],
    ["an own ring", calling],
    ["a ring", ringing],
    ["a talk", talking],
  ])("during %s says bye, forgets the token, and leaves nothing of the person", (_name, given) => {
    const device = given().on({ type: "sign-out" });
    expect(device.state).toEqual(SIGNED_OUT);
    expect(device.effects).toEqual([
      { type: "send", socket: 1, message: { type: "bye" } },
      { type: "close-socket", socket: 1 },
      { type: "forget-token", revoke: true },
    ]);
    expect(outward(device.state)).toEqual({
      badge: { state: "signed-out", missed: 0 },
      idleMinutes: 5,
      saved: { server: session.server.origin },
    });
  });

  it("without a line forgets the token all the same", () => {
    const device = talking().loses().on({ type: "sign-out" });
    expect(device.state).toEqual(SIGNED_OUT);
    expect(device.effects).toEqual([{ type: "forget-token", revoke: true }]);
  });

  it("is final: what comes late of the old socket does nothing", () => {
    const device = talking().on({ type: "sign-out" });
    const before = device.state;
    device.on(
      { type: "socket-message", socket: 1, message: incoming(3, carol) },
      { type: "socket-closed", socket: 1, code: 4401 },
      { type: "due" },
    );
    expect([device.state, device.effects]).toEqual([before, []]);
  });
});

describe("a session that has ended", () => {
  it.each([
    ["no call", online],
    ["a ring", ringing],
    ["a talk", talking],
  ])("[CONN-5] 4401 during %s signs out, says so, and does not retry", (_name, given) => {
    const device = given().on({ type: "socket-closed", socket: 1, code: 4401 });
    expect(device.state).toEqual({ ...SIGNED_OUT, sessionEnded: true });
    expect(device.effects).toEqual([{ type: "forget-token", revoke: false }]);
    expect(outward(device.state).wakeAt).toBeUndefined();
  });

  it.each([1000, 1001, 1006, 1009, 1013, 4400, 4408, 4409, 4429, 4999])("[CONN-5] %i signs nobody out", (code) => {
    const device = talking().on({ type: "socket-closed", socket: 1, code });
    expect(device.signedIn).toMatchObject({ session, call: { at: "live" } });
    expect(device.effects).toEqual([]);
  });

  it("[CONN-4] is not believed of a socket that was replaced", () => {
    const device = online().on({ type: "socket-closed", socket: 1, code: 1006 }, { type: "retry-now" });
    const before = device.state;
    device.on({ type: "socket-closed", socket: 1, code: 4401 });
    device.on({ type: "socket-message", socket: 1, message: incoming(2, bob) });
    device.on({ type: "socket-opened", socket: 1 });
    expect(device.effects).toEqual([]);
    expect(device.state).toBe(before);
  });

  it("[CONN-4] says nothing more once another socket is online", () => {
    const device = online().loses().returns();
    const before = device.state;
    device.on({ type: "socket-message", socket: 1, message: incoming(2, bob) });
    expect(device.effects).toEqual([]);
    expect(device.state).toBe(before);
  });
});

describe("the worker's death", () => {
  it.each([
    ["no call", online],
    ["an own ring", calling],
    ["a ring", ringing],
    ["a talk", talking],
  ])("during %s costs the socket, and nothing else that was known", (_name, given) => {
    const device = given();
    const { call: before, session: who, roster, over, owed } = device.signedIn;
    device.dies();
    expect(device.effects).toEqual([open(2)]);
    const page =
      before.at === "idle" || before.at === "ringing-in"
        ? {}
        : { page: { at: "missing", until: device.now + 5_000, awayUntil: device.now + 20_000 } };
    expect(device.signedIn).toMatchObject({ session: who, roster, over, owed, call: { ...before, ...page } });
  });

  it("[CALL-13] leaves a talk alone whose page and line come back", () => {
    const device = talking();
    const before = device.call;
    device.dies().on({ type: "page-here", call: callId(1), fresh: false }, { type: "socket-opened", socket: 2 });
    // The server hears that the media still flows. [CALL-11]
    expect(device.effects).toEqual([
      { type: "hello", socket: 2, idle: false, active: [{ call: callId(1), with: bob.user, age: 0 }] },
    ]);
    device.hears(
      welcome({ calls: [{ state: "running", call: callId(1), with: bob, media: "video", here: true, age: 0 }] }),
    );
    expect(device.call).toEqual(before);
    expect(device.sent).toEqual([]);
  });

  it("[CALL-13] waits for a closed tab as long as the server says, and offers the way back", () => {
    const device = talking();
    const calls = [{ state: "running", call: callId(1), with: bob, media: "video", here: true, age: 0 } as const];
    device
      .loses()
      .returns({ calls, rejoin: 3_000 })
      .on({ type: "tab-closed", call: callId(1) });
    expect(viewOf(device.state)).toMatchObject({ call: { at: "away", since: device.now, until: device.now + 3_000 } });
    expect(outward(device.state)).toMatchObject({
      badge: { state: "in-call" },
      notification: { type: "away", call: callId(1), with: bob },
    });
    device.after(3_000, { type: "due" });
    expect(device.call).toMatchObject({ at: "ended", reason: "hangup" });
    expect(device.sent).toEqual([expect.objectContaining({ type: "call.hangup", call: callId(1) })]);
  });

  it("[CALL-7] lets no ring sound again whose time ran out meanwhile", () => {
    const device = ringing();
    device.now += 45_000;
    device.dies();
    expect(outward(device.state).ringing).toBeUndefined();
    expect(device.call).toEqual({ at: "idle" });
    expect(device.signedIn.lastMissed).toMatchObject({ call: callId(2), from: bob });
  });

  it("[CALL-7] ends an own ring whose time ran out meanwhile", () => {
    const device = calling();
    device.now += 47_000;
    expect(device.dies().call).toMatchObject({ at: "ended", reason: "no-answer" });
  });

  it("forgets the pages that were open, and a reading of the list under way", () => {
    const device = online().on({ type: "contacts-shown" }).hears({ type: "contacts.changed" });
    expect(device.signedIn).toMatchObject({ contactsShown: true, roster: { reading: { at: "reading" } } });
    expect(device.dies().signedIn).toMatchObject({ contactsShown: false, roster: { reading: { at: "no" } } });
  });
});

describe("the own presence", () => {
  it("is shown at once, asked of the server, and kept when that says ok", () => {
    const device = online().on({ type: "set-presence", availability: "dnd", text: "Busy", forMs: 60_000 });
    const [asked] = device.sent;
    expect(asked).toMatchObject({ type: "presence.set", availability: "dnd", text: "Busy", until: 60_000 });
    const { request } = device.signedIn.self.wanted ?? { request: 0 };
    const until = device.now + 60_000;
    device.hears({ type: "ok", re: request });
    expect(device.signedIn.self).toEqual({ availability: "dnd", text: "Busy", until });
  });

  it("is taken back where the server refuses it", () => {
    const device = online().on({ type: "set-presence", availability: "dnd" });
    const { request } = device.signedIn.self.wanted ?? { request: 0 };
    device.hears({ type: "error", re: request, code: "internal", message: "No." });
    expect(device.signedIn.self).toEqual({ availability: "available" });
  });

  it("waits for the line, and is repeated by each welcome until it is confirmed", () => {
    const device = online()
      .loses()
      .on({ type: "set-presence", text: "Out" }, { type: "set-presence", availability: "away" });
    expect(device.sent).toEqual([]);
    const asked = { type: "presence.set", availability: "away", text: "Out" };
    expect(device.returns().sent).toEqual([expect.objectContaining(asked)]);
    expect(device.loses().returns().sent).toEqual([expect.objectContaining(asked)]);
  });

  it("tells what remains of its time, and at least 1 ms", () => {
    const device = online().loses().on({ type: "set-presence", availability: "away", forMs: 60_000 });
    device.now += 20_000;
    expect(device.returns().sent).toEqual([expect.objectContaining({ until: 40_000 })]);
    device.now += 60_000;
    expect(device.loses().returns().sent).toEqual([expect.objectContaining({ until: 1 })]);
  });

  it("falls in with what the server tells of another device", () => {
    const settings = { showBusy: false, secondCall: "busy" } as const;
    const device = online().hears({ type: "self", availability: "away", text: "Lunch", until: 5_000, settings });
    expect(device.signedIn).toMatchObject({
      settings,
      self: { availability: "away", text: "Lunch", until: device.now + 5_000 },
    });
  });

  it("tells each change of idleness once, and what changed before the welcome after it", () => {
    const device = online().on({ type: "idle-changed", idle: true });
    expect(device.sent).toEqual([{ type: "device.idle", idle: true }]);
    expect(device.on({ type: "idle-changed", idle: true }).effects).toEqual([]);
    device
      .loses()
      .on({ type: "retry-now" }, { type: "socket-opened", socket: 2 }, { type: "idle-changed", idle: false });
    expect(device.effects).toEqual([]);
    expect(device.hears(welcome()).sent).toEqual([{ type: "device.idle", idle: false }]);
  });

  it("knows the name that the welcome tells", () => {
    const user = { id: alice.user, handle: "alice2", name: "Alice B.", availability: "invisible" } as const;
    const device = online().loses().returns({ user });
    expect(device.signedIn).toMatchObject({
      session: { handle: "alice2", name: "Alice B." },
      self: { availability: "invisible" },
    });
  });
});

import { describe, expect, it } from "vitest";
import { INITIAL_STATE } from "../../../extension/core/app.ts";
import { outward } from "../../../extension/core/outward.ts";
import { refusal } from "../../../extension/core/refusal.ts";
import {
  bob,
  callId,
  calling,
  carol,
  contact,
  Device,
  NOW,
  online,
  ringing,
  session,
  talking,
  welcome,
} from "./given.ts";

const error = { type: "error", message: "No." } as const;

describe("signing in and out", () => {
  it("opens a socket at sign-in and greets on it", () => {
    const alice = new Device().on({ type: "started" }, { type: "signed-in", session });
    expect(alice.effects).toEqual([{ type: "open-socket", socket: 1, url: session.server.presenceUrl }]);
    alice.on({ type: "socket-opened", socket: 1 });
    expect(alice.effects).toEqual([{ type: "hello", socket: 1, idle: false, active: [] }]);
  });

  it("is signed in again after the browser's start, with the contacts that were saved", () => {
    const { saved } = outward(online().state);
    expect(saved).toMatchObject({ session, contacts: [contact(bob), contact(carol)] });
    const alice = new Device().on({ type: "started", ...(saved ? { saved } : {}) });
    expect(alice.did).toEqual(["open-socket"]);
    expect(alice.signedIn.roster).toMatchObject({ known: true, contacts: [contact(bob), contact(carol)] });
  });

  it("says bye, closes the socket and forgets the token at sign-out", () => {
    const alice = online().on({ type: "sign-out" });
    expect(alice.effects).toEqual([
      { type: "send", socket: 1, message: { type: "bye" } },
      { type: "close-socket", socket: 1 },
      { type: "forget-token", revoke: true },
    ]);
    expect(alice.state).toEqual({
      at: "signed-out",
      server: session.server.origin,
      sessionEnded: false,
      lastSocket: 1,
    });
    expect(outward(alice.state).saved).toEqual({ server: session.server.origin });
  });

  it("[CONN-5] is signed out where the session is not valid, and revokes nothing", () => {
    const alice = online().on({ type: "socket-closed", socket: 1, code: 4401 });
    expect(alice.state).toMatchObject({ at: "signed-out", sessionEnded: true });
    expect(alice.effects).toEqual([{ type: "forget-token", revoke: false }]);
  });

  it("[CONN-5] is not signed out where the session cannot be checked", () => {
    const alice = new Device().on({ type: "started" }, { type: "signed-in", session });
    alice.on({ type: "socket-opened", socket: 1 }).hears({ ...error, code: "internal", retryAfter: 4_000 });
    alice.on({ type: "socket-closed", socket: 1, code: 1013 });
    expect(alice.signedIn.connection.line).toMatchObject({ at: "waiting", why: "server-busy", until: NOW + 4_750 });
  });

  it("gives no number of a socket twice, over a sign-out", () => {
    const alice = online().on({ type: "sign-out" }, { type: "signed-in", session });
    expect(alice.effects).toMatchObject([{ type: "open-socket", socket: 2 }]);
  });

  it("closes the old socket where another session takes its place", () => {
    const alice = online().on({ type: "signed-in", session });
    expect(alice.effects).toMatchObject([
      { type: "close-socket", socket: 1 },
      { type: "open-socket", socket: 2 },
    ]);
  });

  it("stays as it is where nobody is signed in", () => {
    const nobody = new Device().on({ type: "started" });
    for (const happening of [{ type: "due" }, { type: "sign-out" }, { type: "network-online" }] as const)
      expect(nobody.on(happening).state).toBe(INITIAL_STATE);
  });
});

describe("another copy of this profile", () => {
  const replaced = () => online().on({ type: "socket-closed", socket: 1, code: 4409 });

  it("[CONN-3] keeps the line, also when the worker comes back by its alarm", () => {
    expect(replaced().dies().did).toEqual([]);
    expect(replaced().dies().on({ type: "due" }).did).toEqual([]);
  });

  it("[CONN-3] leaves it to a person, or to the browser's own start, which has no journal", () => {
    expect(replaced().dies().on({ type: "retry-now" }).did).toEqual(["open-socket"]);
    const { saved } = outward(replaced().state);
    expect(new Device().on({ type: "started", ...(saved ? { saved } : {}) }).did).toEqual(["open-socket"]);
  });
});

describe("the welcome", () => {
  it("[CONN-1] is heard once: a second one changes nothing but the line", () => {
    const alice = online();
    const { roster } = alice.signedIn;
    alice.hears(welcome({ contacts: [], missed: 9 }));
    expect(alice.signedIn).toMatchObject({ roster, missed: 0 });
  });

  it("is not needed to hold what the server's own beginning is", () => {
    const alice = new Device().on({ type: "started" }, { type: "signed-in", session });
    expect(alice.signedIn.settings).toEqual({ showBusy: true, secondCall: "busy" });
  });

  it("takes nothing from a server before it", () => {
    const alice = new Device().on(
      { type: "started" },
      { type: "signed-in", session },
      { type: "socket-opened", socket: 1 },
    );
    alice.hears({ type: "presence", user: bob.user, availability: "available" });
    expect(alice.signedIn.roster.presence).toEqual({});
  });

  it("brings name, handle, choice, settings and count", () => {
    const user = { id: session.user, handle: "al", name: "Al", availability: "dnd", text: "no", until: 5_000 } as const;
    const alice = online()
      .loses()
      .returns({ user, missed: 3, settings: { showBusy: false, secondCall: "busy" } });
    expect(alice.signedIn).toMatchObject({
      session: { handle: "al", name: "Al" },
      self: { availability: "dnd", text: "no", until: NOW + 5_000 },
      missed: 3,
      settings: { showBusy: false, secondCall: "busy" },
    });
  });

  it("tells the server of an idleness that it has not heard of", () => {
    const alice = new Device().on(
      { type: "started" },
      { type: "signed-in", session },
      { type: "socket-opened", socket: 1 },
    );
    alice.on({ type: "idle-changed", idle: true }).hears(welcome());
    expect(alice.sent).toEqual([{ type: "device.idle", idle: true }]);
  });
});

describe("the own choice", () => {
  it("is sent at once, and shown until the server has confirmed it", () => {
    const alice = online().on({ type: "set-presence", availability: "away", text: "lunch", forMs: 60_000 });
    expect(alice.sent).toEqual([{ type: "presence.set", id: 1, availability: "away", text: "lunch", until: 60_000 }]);
    expect(alice.hears({ type: "ok", re: 1 }).signedIn.self).toEqual({
      availability: "away",
      text: "lunch",
      until: NOW + 60_000,
    });
  });

  it("waits for the line, and tells only what is left of its time", () => {
    const alice = online().loses().on({ type: "set-presence", availability: "dnd", forMs: 60_000 });
    expect(alice.sent).toEqual([]);
    alice.now += 20_000;
    expect(alice.returns().sent).toEqual([{ type: "presence.set", id: 1, availability: "dnd", until: 40_000 }]);
  });

  it("keeps both halves of what was chosen one after the other during a gap", () => {
    const alice = online()
      .loses()
      .on({ type: "set-presence", availability: "dnd" }, { type: "set-presence", text: "deep work" });
    expect(alice.returns().sent).toEqual([{ type: "presence.set", id: 2, availability: "dnd", text: "deep work" }]);
  });

  it("is dropped where the server refuses it", () => {
    const alice = online().on({ type: "set-presence", availability: "dnd" });
    expect(alice.hears({ ...error, re: 1, code: "rate_limited" }).signedIn.self).toEqual({ availability: "available" });
  });

  it("follows what another device chose", () => {
    const settings = { showBusy: true, secondCall: "wait" } as const;
    const alice = online().hears({ type: "self", availability: "invisible", settings });
    expect(alice.signedIn.self).toEqual({ availability: "invisible" });
  });
});

describe("refusals", () => {
  const place = { type: "place-call", call: callId(9), user: bob.user, media: "video" } as const;

  it.each([
    ["nobody is signed in", new Device(), place, "signed-out"],
    ["a contact is called", online(), place, undefined],
    ["a stranger is called", online(), { ...place, user: "dave" as typeof bob.user }, "not-found"],
    ["a call is placed during another", talking(), place, "in-a-call"],
    ["the person is called who rings", ringing(), place, undefined],
    ["somebody else is called while it rings", ringing(), { ...place, user: carol.user }, "in-a-call"],
    ["a call that rings is accepted", ringing(), { type: "accept-call", call: callId(2), media: "video" }, undefined],
    [
      "a call that is over is accepted",
      online(),
      { type: "accept-call", call: callId(2), media: "video" },
      "not-found",
    ],
    ["another call is declined", ringing(), { type: "decline-call", call: callId(3) }, "not-found"],
    ["a call is hung up", calling(), { type: "hang-up", call: callId(1) }, undefined],
    ["no call is hung up", online(), { type: "hang-up", call: callId(1) }, "not-found"],
    ["a choice is made without a line", online().loses(), { type: "set-presence", availability: "dnd" }, undefined],
  ] as const)("where %s", (_name, device, command, expected) => {
    expect(refusal(device.state, command)).toBe(expected);
  });

  it("[CONN-1] where a call is placed while the server is known to be away", () => {
    const alice = online().loses();
    expect(refusal(alice.state, place)).toBeUndefined();
    alice.on({ type: "retry-now" }, { type: "socket-closed", socket: 2, code: 1006 });
    expect(refusal(alice.state, place)).toBe("offline");
    expect(alice.on(place).call).toEqual({ at: "idle" });
  });
});

describe("refused invites", () => {
  it.each([
    ["not_contact", "not-contact"],
    ["rate_limited", "too-many-calls"],
    ["internal", "failed"],
  ] as const)("[CALL-2] end as %s where the server says so", (code, reason) => {
    const alice = calling().hears({ ...error, re: 1, code });
    expect(alice.call).toMatchObject({ at: "ended", reason, outgoing: true });
  });

  it("are no matter where the error is about something else", () => {
    expect(calling().hears({ ...error, re: 77, code: "conflict" }).call).toMatchObject({ at: "inviting" });
  });
});

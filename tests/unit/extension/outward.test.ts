import { describe, expect, it } from "vitest";
import { INITIAL_STATE } from "../../../extension/core/app.ts";
import type { AppState } from "../../../extension/core/app-state-types.ts";
import type { CallState } from "../../../extension/core/call-types.ts";
import { viewOf } from "../../../extension/core/projection.ts";
import { outward } from "../../../extension/core/outward.ts";
import { AT, everyState, ring, ringingIn } from "./call-stage.ts";
import { bob, callId, carol, contact, ended, incoming, online, ringing, session, talking } from "./given.ts";

const inCall = ["inviting", "ringing-out", "accepting", "joining", "answering", "live", "reconnecting"];

/** Alice's device, online and idle but for this call. */
function withCall(call: CallState): AppState {
  return { ...online().signedIn, call };
}

describe("a device where nobody is signed in", () => {
  it("shows so, waits for nothing, and saves the server only", () => {
    expect(outward(INITIAL_STATE)).toEqual({ badge: { state: "signed-out", missed: 0 }, idleMinutes: 5 });
    expect(outward({ ...INITIAL_STATE, server: "https://b.example" })).toEqual({
      badge: { state: "signed-out", missed: 0 },
      idleMinutes: 5,
      saved: { server: "https://b.example" },
    });
  });
});

describe("the badge", () => {
  it.each(["available", "away", "dnd", "invisible"] as const)(
    "shows %s as chosen, confirmed or not",
    (availability) => {
      const state = online().on({ type: "set-presence", availability }).signedIn;
      expect(outward(state).badge).toEqual({ state: availability, missed: 0 });
      const told = { ...online().signedIn, self: { availability } };
      expect(outward(told).badge).toEqual({ state: availability, missed: 0 });
    },
  );

  it.each(Object.entries(everyState))("while %s", (name, call) => {
    const shown = inCall.includes(name) ? "in-call" : name === "ringing-in" ? "ringing" : "available";
    expect(outward(withCall(call)).badge.state).toBe(shown);
  });

  it("counts what was missed, whatever it shows", () => {
    expect(outward({ ...online().signedIn, missed: 2 }).badge).toEqual({ state: "available", missed: 2 });
    expect(outward({ ...talking().signedIn, missed: 2 }).badge).toEqual({ state: "in-call", missed: 2 });
    expect(outward({ ...ringing().signedIn, missed: 2 }).badge).toEqual({ state: "ringing", missed: 2 });
  });

  it("is offline once a quick try has failed, and does not flicker before", () => {
    const device = online().loses();
    expect(outward(device.state).badge.state).toBe("available");
    device.on({ type: "retry-now" }).loses();
    expect(outward(device.state).badge.state).toBe("offline");
    expect(outward({ ...device.signedIn, call: ringingIn }).badge.state).toBe("ringing");
  });
});

describe("ringing", () => {
  it("is loud while a ring has the stage, with its notification", () => {
    const shown = { call: callId(2), from: bob, media: "video" };
    expect(outward(ringing().state)).toMatchObject({
      ringing: { ...shown, mode: "loud" },
      notification: { type: "incoming", ...shown },
    });
  });

  it.each(Object.entries(everyState).filter(([name]) => name !== "ringing-in"))("is silent while %s", (_name, call) => {
    const shown = outward(withCall(call));
    expect(shown).not.toHaveProperty("ringing");
    expect(shown).not.toHaveProperty("notification");
  });

  it("[CALL-9] has no sound for a ring that waits behind a talk, and shows it quietly", () => {
    const shown = outward(talking().hears(incoming(2, carol)).state);
    expect(shown).not.toHaveProperty("ringing");
    expect(shown).toMatchObject({
      badge: { state: "ringing" },
      notification: { type: "waiting", call: callId(2), from: carol },
    });
  });

  it("[CALL-9] has no sound while the person talks on another device", () => {
    const shown = outward(online().hears({ ...incoming(2, bob), waiting: true }).state);
    expect(shown).toMatchObject({
      badge: { state: "ringing" },
      ringing: { mode: "waiting" },
      notification: { type: "waiting", call: callId(2), from: bob },
    });
  });

  it("stops where it is silenced, for this device alone, and is told to be as it was", () => {
    const device = ringing().on({ type: "silence-ring", call: callId(2) });
    expect(device.effects).toEqual([]);
    expect(outward(device.state).ringing).toMatchObject({ mode: "loud", isSilenced: true });
    expect(viewOf(device.state)).toMatchObject({ call: { at: "ringing-in", sound: "silenced" } });
    expect(outward(device.dies().state).ringing).toMatchObject({ isSilenced: true });
    device.on({ type: "alerted", call: callId(2), mode: "loud" });
    expect(device.sent).toEqual([]);
  });
});

describe("the notification of a ring", () => {
  it("is not shown again once the person closed it, also to a new worker; the ring goes on, the next one has its own", () => {
    const device = ringing()
      .on({ type: "notification-closed", closed: { type: "incoming", call: callId(2) } })
      .on({ type: "started" });
    expect(outward(device.state)).not.toHaveProperty("notification");
    expect(outward(device.state).ringing).toMatchObject({ call: callId(2) });
    const next = { ...ringingIn, call: callId(3) };
    expect(outward({ ...device.signedIn, call: next }).notification).toMatchObject({ call: callId(3) });
  });

  it("is shown once the ring is heard, though the person closed the quiet one while it waited", () => {
    const waiting = talking().hears(incoming(2, carol));
    waiting.on({ type: "notification-closed", closed: { type: "waiting", call: callId(2) } });
    expect(outward(waiting.state)).not.toHaveProperty("notification");
    const heard = waiting.hears(ended(1, "hangup"));
    expect(outward(heard.state).notification).toMatchObject({ type: "incoming", call: callId(2) });
  });
});

describe("the notification of a missed call", () => {
  it("[CALL-7] tells who called and when, until it was seen or a newer ring comes", () => {
    const device = ringing().hears(ended(2, "cancelled"));
    const missed = { type: "missed", call: callId(2), from: bob, media: "video", at: device.now };
    expect(outward(device.state).notification).toEqual(missed);
    expect(outward({ ...device.signedIn, call: ringingIn }).notification).toMatchObject({ type: "incoming" });
    expect(outward(device.on({ type: "contacts-shown" }).state).notification).toBeUndefined();
  });

  it.each(["answered-elsewhere", "declined-elsewhere"] as const)("[CALL-4] is none for %s", (reason) => {
    expect(outward(ringing().hears(ended(2, reason)).state).notification).toBeUndefined();
  });
});

describe("what is saved", () => {
  it("is the session and the list, and no call, presence or secret", () => {
    const contacts = [contact(bob), contact(carol)];
    expect(outward(talking().state).saved).toEqual({ server: session.server.origin, session, contacts });
  });

  it("holds what was chosen and not confirmed yet, until it is", () => {
    const device = online()
      .loses()
      .on({ type: "set-presence", availability: "dnd", text: "Focus", forMs: 60_000 })
      .on({ type: "favourite", user: bob.user, on: true });
    expect(outward(device.state).saved?.wanted).toMatchObject({
      presence: { availability: "dnd", text: "Focus", until: device.now + 60_000 },
      settings: { listed: [{ list: "favourites", user: bob.user, on: true }] },
    });
    device.returns();
    for (const re of [1, 2]) device.hears({ type: "ok", re });
    expect(outward(device.state).saved).not.toHaveProperty("wanted");
  });

  it("holds no list that was never read", () => {
    const { roster, ...rest } = online().signedIn;
    const { saved } = outward({ ...rest, roster: { ...roster, contacts: [], known: false } });
    expect(saved).toEqual({ server: session.server.origin, session });
  });
});

describe("the next waking", () => {
  const base = online().signedIn;
  const stopped: AppState = { ...base, connection: { ...base.connection, line: { at: "stopped" } } };

  it("is none where nothing is due", () => {
    expect(outward(stopped)).not.toHaveProperty("wakeAt");
  });

  it.each<[string, Partial<typeof base>, number]>([
    ["the line", { connection: base.connection }, AT + 20_000],
    ["the call", { call: ringingIn }, ringingIn.until],
    ["a ring that waits", { others: [ring, { ...ring, until: AT + 60_000 }] }, ring.until],
    ["the end of the settling", { roster: { ...base.roster, keptUntil: AT + 70 } }, AT + 70],
    ["the next try at the list", { roster: { ...base.roster, reading: { at: "retry", until: AT + 80 } } }, AT + 80],
    [
      "the earliest of all",
      { call: ringingIn, others: [ring], roster: { ...base.roster, keptUntil: AT + 90 } },
      AT + 90,
    ],
  ])("is for %s", (_name, change, wakeAt) => {
    expect(outward({ ...stopped, ...change }).wakeAt).toBe(wakeAt);
  });
});

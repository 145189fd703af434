import { describe, expect, it } from "vitest";
import type { WelcomeCall } from "#protocol";
import {
  accepted,
  bob,
  callId,
  calling,
  carol,
  type Device,
  ended,
  incoming,
  online,
  ringing,
  talking,
  ticket,
  welcome,
} from "./given.ts";

function running(digit: number, here = true): WelcomeCall {
  return { state: "running", call: callId(digit), with: bob, media: "video", here, age: 1_000 };
}

function rings(digit: number, remaining: number): WelcomeCall {
  return { state: "incoming", call: callId(digit), from: bob, media: "video", remaining };
}

function outgoing(digit: number, change: { ticket?: ReturnType<typeof ticket> } = {}): WelcomeCall {
  return { state: "outgoing", call: callId(digit), devices: 1, mode: "loud", ...change };
}

function requestOf(device: Device): number {
  return device.signedIn.owed[0]?.request ?? 0;
}

describe.each([
  ["a hang-up", talking, { type: "hang-up", call: callId(1) }, "call.hangup"],
  ["a cancel", calling, { type: "hang-up", call: callId(1) }, "call.cancel"],
  ["a decline", ringing, { type: "decline-call", call: callId(2) }, "call.decline"],
  ["a failed link", talking, { type: "media-failed", call: callId(1) }, "call.hangup"],
  ["a link that cannot be, while it rings", calling, { type: "media-failed", call: callId(1) }, "call.cancel"],
  ["a closed page while it rings", calling, { type: "tab-closed", call: callId(1) }, "call.cancel"],
] as const)("%s", (_name, given, happening, type) => {
  const { call } = happening;

  it("[CALL-1] is told to the server, and owed until that confirms it", () => {
    const device = given().on(happening);
    expect(device.sent).toEqual([{ type, call, id: requestOf(device) }]);
    expect(device.signedIn.owed).toEqual([{ call, type, request: requestOf(device) }]);
    expect(device.hears({ type: "ok", re: requestOf(device) }).signedIn.owed).toEqual([]);
  });

  it("[CALL-10] is confirmed by a refusal too, and by the call's end", () => {
    const refused = given().on(happening);
    const error = { type: "error", re: requestOf(refused), code: "not_found", message: "No such call." } as const;
    expect(refused.hears(error).signedIn.owed).toEqual([]);
    const told = given().on(happening);
    expect(told.hears({ type: "call.ended", call, reason: "hangup" }).signedIn.owed).toEqual([]);
  });

  it("[CALL-12] is repeated after each welcome until then, without a line too", () => {
    const device = given().loses().on(happening);
    expect(device.sent).toEqual([]);
    const owed = { type, call, id: requestOf(device) };
    expect(device.returns().sent).toEqual([owed]);
    // What another request or call is told confirms nothing.
    device.hears({ type: "ok", re: owed.id + 50 }, { type: "ok" }, ended(9, "hangup"));
    expect(device.loses().dies().returns().sent).toEqual([owed]);
    device.hears({ type: "ok", re: owed.id });
    expect(device.loses().returns().sent).toEqual([]);
  });

  it("[CALL-12] is not said twice in one welcome that still lists the call", () => {
    const device = given().loses().on(happening);
    const listed = type === "call.cancel" ? outgoing(1, { ticket: ticket("a") }) : running(1);
    const calls = type === "call.decline" ? [rings(2, 30_000)] : [listed];
    expect(device.returns({ calls }).sent).toHaveLength(1);
    expect(device.signedIn.owed).toHaveLength(1);
    expect(["idle", "ended"]).toContain(device.call.at);
  });
});

describe("a call that nobody here knows of", () => {
  it("[CALL-1] is hung up when it is said to be accepted here", () => {
    const device = online().hears(accepted(5));
    expect(device.sent).toEqual([{ type: "call.hangup", call: callId(5), id: requestOf(device) }]);
    expect(device.call).toEqual({ at: "idle" });
  });

  it.each<[string, WelcomeCall, string | undefined]>([
    ["runs here", running(5), "call.hangup"],
    ["rings from here", outgoing(5, { ticket: ticket("a") }), "call.cancel"],
    ["runs on another device", running(5, false), undefined],
    ["rings from another device", outgoing(5), undefined],
  ])("[CALL-12] and of which the welcome says that it %s", (_name, call, type) => {
    const device = online()
      .loses()
      .returns({ calls: [call] });
    expect(device.sent).toEqual(type ? [{ type, call: callId(5), id: requestOf(device) }] : []);
    expect(device.call).toEqual({ at: "idle" });
  });
});

describe("a talk that the other side ended while the line was away", () => {
  it("[CALL-14] is as long as it is known to have run, and as the server says then", () => {
    const device = talking();
    device.now += 10_000;
    device.loses();
    device.now += 30_000;
    expect(device.returns().call).toMatchObject({ at: "ended", reason: "hangup", seconds: 10 });
    device.hears({ type: "call.ended", call: callId(1), reason: "hangup", seconds: 12 });
    expect(device.call).toMatchObject({ at: "ended", seconds: 12 });
  });
});

describe("a call that was hung up while the line was away", () => {
  it("[CALL-6] [CALL-12] is not taken for the glare of the next one to the same person", () => {
    const device = talking().loses();
    device.on({ type: "hang-up", call: callId(1) });
    device.on({ type: "place-call", call: callId(4), user: bob.user, media: "video" });
    device.returns({ calls: [running(1)] });
    expect(device.call).toMatchObject({ at: "inviting", call: callId(4) });
    expect(device.sent).toMatchObject([
      { type: "call.hangup", call: callId(1) },
      { type: "call.invite", call: callId(4) },
    ]);
  });
});

describe("the rings of a welcome", () => {
  it.each([
    ["rings with 3 s left", 3_000, "ringing-in"],
    ["does not begin with less", 2_999, "idle"],
  ])("[CALL-3] one that is new %s", (_name, remaining, at) => {
    expect(
      online()
        .loses()
        .returns({ calls: [rings(3, remaining)] }).call.at,
    ).toBe(at);
  });

  it("[CALL-3] one that sounds already goes on, however late", () => {
    const device = ringing()
      .loses()
      .returns({ calls: [rings(2, 500)] });
    expect(device.call).toMatchObject({ at: "ringing-in", call: callId(2), until: device.now + 500 });
    expect(device.sent).toEqual([{ type: "call.alert", call: callId(2), mode: "loud" }]);
  });

  it("[CALL-12] replace those that waited: what is not listed is dropped without a word", () => {
    const device = talking().hears(incoming(2, carol)).loses();
    device.returns({ calls: [running(1), rings(3, 20_000)] });
    expect(device.signedIn.others.map(({ call }) => call)).toEqual([callId(3)]);
    expect(device.signedIn.lastMissed).toBeUndefined();
  });

  it("[CALL-11] leave those waiting that a settling server does not know yet", () => {
    const device = talking().hears(incoming(2, carol)).loses();
    device.returns({ calls: [running(1)], settling: 30_000 });
    expect(device.signedIn.others.map(({ call }) => call)).toEqual([callId(2)]);
  });

  it("[CALL-12] ring once the talk is gone that the server no longer knows", () => {
    const device = talking()
      .loses()
      .returns({ calls: [rings(3, 20_000)] });
    expect(device.call).toMatchObject({ at: "ringing-in", call: callId(3) });
    expect(device.signedIn.over).toContain(callId(1));
  });
});

describe("a gap", () => {
  it("[CALL-13] leaves a talk as it is", () => {
    const device = talking();
    const before = device.call;
    expect(device.loses().call).toEqual(before);
    expect(device.returns({ calls: [running(1)] }).call).toEqual(before);
    expect(device.sent).toEqual([]);
  });

  it("[CALL-11] names the talk and its age in the hello, and no ring", () => {
    const device = talking().loses();
    device.now += 4_000;
    device.on({ type: "retry-now" }, { type: "socket-opened", socket: 2 });
    const active = [{ call: callId(1), with: bob.user, age: 4_000 }];
    expect(device.effects).toEqual([{ type: "hello", socket: 2, idle: false, active }]);
    const silent = ringing().loses().on({ type: "retry-now" }, { type: "socket-opened", socket: 2 });
    expect(silent.effects).toMatchObject([{ type: "hello", active: [] }]);
  });

  it("[CALL-12] repeats the accept that may have been lost", () => {
    const device = ringing().loses();
    device.on({ type: "accept-call", call: callId(2), media: "audio" });
    expect(device.sent).toEqual([]);
    const { sent } = device.returns({ calls: [rings(2, 30_000)] });
    expect(sent).toEqual([expect.objectContaining({ type: "call.accept", call: callId(2), media: "audio" })]);
  });
});

describe("the welcome", () => {
  it("is the whole truth of missed calls and contacts", () => {
    const device = ringing().hears(ended(2, "cancelled"), { type: "missed", count: 1 });
    expect(device.signedIn).toMatchObject({ missed: 1, lastMissed: { call: callId(2) } });
    expect(device.loses().returns({ missed: 3 }).signedIn).toMatchObject({
      missed: 3,
      lastMissed: { call: callId(2) },
    });
    device.loses().returns({ missed: 0, contacts: [{ user: carol.user, availability: "dnd" }] });
    expect(device.signedIn.lastMissed).toBeUndefined();
    expect(device.signedIn.roster.presence).toEqual({ [carol.user]: { availability: "dnd" } });
  });

  it("has the contact list read again", () => {
    expect(online().loses().returns().did).toContain("list-contacts");
  });

  it("[CONN-1] is one for each socket: another changes nothing", () => {
    const device = online();
    const { roster } = device.signedIn;
    device.hears(welcome({ missed: 9, contacts: [], calls: [rings(3, 20_000)] }));
    expect(device.effects).toEqual([]);
    expect(device.signedIn).toMatchObject({ missed: 0, roster, call: { at: "idle" } });
  });
});

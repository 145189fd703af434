import { describe, expect, it } from "vitest";
import {
  accepted,
  bob,
  callId,
  calling,
  carol,
  ended,
  incoming,
  NOW,
  online,
  ringing,
  talking,
  ticket,
} from "./given.ts";

const running = { state: "running", with: bob, media: "video", here: true, age: 5_000 } as const;

describe("calls and the line", () => {
  it("[CONN-1] places no call before the welcome, and then tells its age", () => {
    const alice = online()
      .loses()
      .after(300, { type: "place-call", call: callId(1), user: bob.user, media: "video" });
    expect(alice.sent).toEqual([]);
    expect(alice.call).toMatchObject({ at: "inviting", until: alice.now + 47_000 });
    alice.after(400).returns();
    expect(alice.sent).toEqual([
      { type: "call.invite", id: 1, call: callId(1), to: bob.user, media: "video", age: 400 },
    ]);
  });

  it("[CALL-12] sends the same invite again after a gap", () => {
    const alice = calling();
    alice.now += 5_000;
    alice.loses().returns({ calls: [{ call: callId(1), state: "outgoing", devices: 0 }] });
    expect(alice.sent).toEqual([
      { type: "call.invite", id: 1, call: callId(1), to: bob.user, media: "video", age: 5_000 },
    ]);
    expect(alice.call).toMatchObject({ at: "inviting", until: NOW + 47_000 });
  });

  it("[CALL-12] repeats its answer after a gap, under the same number", () => {
    const alice = ringing().on({ type: "accept-call", call: callId(2), media: "video" });
    const [answer] = alice.sent;
    expect(answer).toMatchObject({ type: "call.accept", call: callId(2) });
    alice
      .loses()
      .returns({ calls: [{ call: callId(2), state: "incoming", from: bob, media: "video", remaining: 40_000 }] });
    expect(alice.sent).toEqual([answer]);
  });

  it("accepts without a line, and says so when the line stands", () => {
    const alice = ringing()
      .loses()
      .on({ type: "accept-call", call: callId(2), media: "audio" });
    expect(alice.call).toMatchObject({ at: "accepting", media: "audio" });
    expect(alice.sent).toEqual([]);
    alice.returns({ calls: [{ call: callId(2), state: "incoming", from: bob, media: "video", remaining: 40_000 }] });
    expect(alice.sent).toMatchObject([{ type: "call.accept", call: callId(2), media: "audio" }]);
  });

  it("[CALL-12] owes the server a hang-up from a gap until the server confirms it", () => {
    const alice = talking()
      .loses()
      .on({ type: "hang-up", call: callId(1) });
    expect(alice.call).toMatchObject({ at: "ended", reason: "hangup" });
    expect(alice.sent).toEqual([]);
    alice.returns({ calls: [{ ...running, call: callId(1) }] });
    expect(alice.sent).toMatchObject([{ type: "call.hangup", call: callId(1) }]);
    // Lost with its socket, it is sent again; once confirmed, it is not.
    alice.loses().returns({ calls: [{ ...running, call: callId(1) }] });
    expect(alice.sent).toMatchObject([{ type: "call.hangup", call: callId(1) }]);
    alice.hears(ended(1, "hangup")).loses().returns();
    expect(alice.sent).toEqual([]);
    expect(alice.signedIn.owed).toEqual([]);
  });

  it.each([
    ["ok", { type: "ok", re: 2 }],
    ["a call that the server no longer knows", { type: "error", re: 2, code: "not_found", message: "There is none." }],
  ] as const)("[CALL-10] takes %s for the confirmation of an ending", (_name, answer) => {
    const alice = calling().on({ type: "hang-up", call: callId(1) });
    expect(alice.sent).toMatchObject([{ type: "call.cancel" }]);
    const { request } = alice.signedIn.owed[0] ?? { request: 0 };
    alice.hears({ ...answer, re: request });
    expect(alice.signedIn.owed).toEqual([]);
  });

  it("[CALL-11] names its talk in the hello, with its age, so that a restarted server knows it", () => {
    const alice = talking();
    alice.now += 60_000;
    alice.loses().on({ type: "retry-now" }, { type: "socket-opened", socket: 2 });
    expect(alice.effects).toEqual([
      { type: "hello", socket: 2, idle: false, active: [{ call: callId(1), with: bob.user, age: 60_000 }] },
    ]);
  });

  it("[CALL-11] names no call that only rings", () => {
    const alice = calling().loses().on({ type: "retry-now" }, { type: "socket-opened", socket: 2 });
    expect(alice.effects).toMatchObject([{ type: "hello", active: [] }]);
  });

  it("[CALL-11] rings on through a restart of the server, without a second start of the sound, and gives its receipt again", () => {
    const alice = ringing();
    alice.now += 10_000;
    alice.loses().returns({ settling: 30_000 });
    expect(alice.call).toMatchObject({ at: "ringing-in", alerted: "loud" });
    expect(alice.sent).toEqual([]);
    alice.hears(incoming(2, bob, 60_000));
    expect(alice.sent).toEqual([{ type: "call.alert", call: callId(2), mode: "loud" }]);
    // Whatever a server says, no ring outlasts its own 45 s.
    expect(alice.call).toMatchObject({ at: "ringing-in", until: NOW + 45_000 });
  });

  it("[CALL-12] drops a ring that the server no longer knows", () => {
    expect(ringing().loses().returns().call).toEqual({ at: "idle" });
  });

  it("[CALL-12] ends a talk of which the welcome knows nothing", () => {
    expect(talking().loses().returns().call).toMatchObject({ at: "ended", reason: "hangup" });
  });

  it("[CALL-12] takes up an accept that was lost with the line, and asks for its ticket", () => {
    const alice = calling()
      .loses()
      .returns({ calls: [{ ...running, call: callId(1) }] });
    expect(alice.call).toMatchObject({ at: "joining", outgoing: true });
    expect(alice.sent).toMatchObject([{ type: "call.invite", call: callId(1) }]);
    expect(alice.hears(accepted(1, "new")).call).toMatchObject({ at: "joining", ticket: ticket("new") });
  });

  it("[CALL-12] answers again where a restarted server rings for what it has answered", () => {
    const alice = ringing()
      .on({ type: "accept-call", call: callId(2), media: "video" })
      .hears(accepted(2));
    const calls = [{ call: callId(2), state: "incoming", from: bob, media: "video", remaining: 30_000 }] as const;
    alice.loses().returns({ calls: [...calls], settling: 30_000 });
    expect(alice.sent).toMatchObject([{ type: "call.accept", call: callId(2) }]);
    expect(alice.call).toMatchObject({ at: "joining" });
  });

  it("[CALL-4] lets the call go where another device has it", () => {
    const alice = talking()
      .loses()
      .returns({ calls: [{ ...running, call: callId(1), here: false }] });
    expect(alice.call).toMatchObject({ at: "ended", reason: "answered-elsewhere" });
  });
});

describe("calls that this device does not hold", () => {
  it("hangs up a call that the server has running here", () => {
    const alice = online()
      .loses()
      .returns({ calls: [{ ...running, call: callId(7) }] });
    expect(alice.sent).toMatchObject([{ type: "call.hangup", call: callId(7) }]);
  });

  it("cancels an invite of its own that it lost with its browser", () => {
    const calls = [{ call: callId(7), state: "outgoing", devices: 1, mode: "loud", ticket: ticket("lost") }] as const;
    const alice = online()
      .loses()
      .returns({ calls: [...calls] });
    expect(alice.sent).toMatchObject([{ type: "call.cancel", call: callId(7) }]);
  });

  it("leaves alone what another device of the person does", () => {
    const alice = online()
      .loses()
      .returns({
        calls: [
          { ...running, call: callId(7), here: false },
          { call: callId(8), state: "outgoing", devices: 1, mode: "loud" },
        ],
      });
    expect(alice.sent).toEqual([]);
  });

  it("hangs up where an accept comes for a call that it lost [seed 24254]", () => {
    expect(online().hears(accepted(7)).sent).toMatchObject([{ type: "call.hangup", call: callId(7) }]);
  });

  it("hangs up where an accept crossed its own timer", () => {
    const alice = calling().after(40_000).hears({ type: "pong" }).after(7_000, { type: "due" });
    expect(alice.call).toMatchObject({ at: "ended", reason: "no-answer" });
    alice.hears(accepted(1));
    expect(alice.sent).toMatchObject([{ type: "call.hangup", call: callId(1) }]);
  });
});

describe("rings that wait", () => {
  it("leaves a second ring alone until the stage is free", () => {
    const alice = ringing().hears(incoming(3, carol));
    expect(alice.call).toMatchObject({ at: "ringing-in", call: callId(2) });
    expect(alice.hears(ended(2, "cancelled")).call).toMatchObject({ at: "ringing-in", call: callId(3), with: carol });
  });

  it("[CALL-3] does not begin to ring with under 3 s left", () => {
    const alice = ringing().hears(incoming(3, carol)).after(42_001).hears(ended(2, "cancelled"));
    expect(alice.call).toEqual({ at: "idle" });
    const late = online()
      .loses()
      .returns({
        calls: [{ call: callId(2), state: "incoming", from: bob, media: "video", remaining: 2_999 }],
      });
    expect(late.call).toEqual({ at: "idle" });
  });

  it("[CALL-3] goes on ringing with under 3 s left where it had begun", () => {
    const alice = ringing();
    alice.now += 43_000;
    const calls = [{ call: callId(2), state: "incoming", from: bob, media: "video", remaining: 2_000 }] as const;
    expect(alice.loses().returns({ calls: [...calls] }).call).toMatchObject({ at: "ringing-in" });
  });

  it("[CALL-7] counts a waiting ring that ran out as missed", () => {
    const alice = talking().hears(incoming(3, carol)).after(45_000, { type: "due" });
    expect(alice.signedIn.others).toEqual([]);
    expect(alice.signedIn.lastMissed).toMatchObject({ call: callId(3), from: carol });
  });

  it("rings for no call that is over, whatever comes late", () => {
    const alice = ringing().hears(ended(2, "cancelled"), incoming(2, bob));
    expect(alice.call).toEqual({ at: "idle" });
    const declined = ringing()
      .on({ type: "decline-call", call: callId(2) })
      .hears(incoming(2, bob));
    expect(declined.call).toEqual({ at: "idle" });
  });
});

describe("glare", () => {
  it("[CALL-6] goes over to the call that came first, on the page that is open", () => {
    const alice = calling().hears(incoming(2, bob), ended(1, "merged", 2));
    expect(alice.call).toMatchObject({ at: "accepting", call: callId(2), alias: callId(1) });
    alice.hears(accepted(2));
    expect(alice.call).toMatchObject({ at: "joining", outgoing: false });
    alice.on({ type: "media-connected", call: callId(1) });
    expect(alice.call).toMatchObject({ at: "live", call: callId(2) });
  });

  it("[CALL-6] falls in with a glare that it learns of by the welcome", () => {
    const alice = calling()
      .loses()
      .returns({ calls: [{ ...running, call: callId(2) }] });
    expect(alice.call).toMatchObject({ at: "accepting", call: callId(2), alias: callId(1) });
    expect(alice.sent).toMatchObject([{ type: "call.accept", call: callId(2) }]);
  });

  it("[CALL-6] does not begin to ring for the merged call when its talk is over [seed 4569]", () => {
    const alice = calling().hears(incoming(2, bob), ended(1, "merged", 2), accepted(2));
    expect(alice.hears(ended(2, "hangup")).call).toMatchObject({ at: "ended", reason: "hangup" });
    expect(alice.signedIn.others).toEqual([]);
  });

  it("[CALL-6] takes a repeat of the merge for no end of the call", () => {
    const alice = calling().hears(ended(1, "merged", 2), accepted(2), ended(1, "merged", 2));
    expect(alice.call).toMatchObject({ at: "joining", call: callId(2) });
  });

  it("answers the ring where the person calls who is just ringing", () => {
    const alice = ringing().on({ type: "place-call", call: callId(5), user: bob.user, media: "video" });
    expect(alice.call).toMatchObject({ at: "accepting", call: callId(2) });
  });
});

describe("the worker's death", () => {
  it("[CALL-13] gives the call page 5 s to come back", () => {
    const alice = talking().dies();
    expect(alice.call).toMatchObject({ at: "live", page: { at: "missing", until: NOW + 5_000 } });
    expect(alice.on({ type: "page-here", call: callId(1) }).call).toMatchObject({ at: "live", page: { at: "here" } });
  });

  it("[CALL-13] hangs up where the page does not come back", () => {
    const alice = talking().dies().after(5_000, { type: "due" });
    expect(alice.call).toMatchObject({ at: "ended", reason: "hangup" });
    expect(alice.signedIn.owed).toMatchObject([{ type: "call.hangup", call: callId(1) }]);
  });

  it("opens the page that the old worker did not come to open", () => {
    const alice = online()
      .on({ type: "place-call", call: callId(1), user: bob.user, media: "video" })
      .dies();
    expect(alice.did).toContain("open-call-tab");
  });

  it("rings no more where the time ran out meanwhile", () => {
    const alice = ringing();
    alice.now += 46_000;
    expect(alice.dies().call).toEqual({ at: "idle" });
    expect(alice.signedIn.lastMissed).toMatchObject({ call: callId(2), from: bob });
  });

  it("[CALL-13] hangs up at once where the page is closed while the worker lives", () => {
    const alice = talking().on({ type: "page-gone", call: callId(1) });
    expect(alice.sent).toMatchObject([{ type: "call.hangup", call: callId(1) }]);
    expect(calling().on({ type: "page-gone", call: callId(1) }).sent).toMatchObject([{ type: "call.cancel" }]);
  });
});

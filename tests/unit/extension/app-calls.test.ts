import { describe, expect, it } from "vitest";
import type { Contact } from "#protocol";
import { viewOf } from "../../../extension/core/projection.ts";
import {
  accepted,
  bob,
  callId,
  calling,
  carol,
  contact,
  type Device,
  ended,
  incoming,
  online,
  ringing,
  talking,
  ticket,
} from "./given.ts";

const invite = { type: "call.invite", call: callId(1), to: bob.user, media: "video" };
const placing = { type: "place-call", call: callId(1), user: bob.user, media: "video" } as const;

/** Unchanged, to the very object: nothing is written and nothing is drawn. */
function expectIgnored(device: Device, happen: () => unknown) {
  const before = device.state;
  happen();
  expect(device.effects).toEqual([]);
  expect(device.state).toBe(before);
}

describe("placing a call", () => {
  it("[CONN-1] asks the server where the line stands, and counts on an answer soon", () => {
    const device = online().on(placing);
    expect(device.sent).toEqual([expect.objectContaining(invite)]);
    expect(device.did).toEqual(["send", "open-call-tab"]);
    expect(device.signedIn.connection.line).toMatchObject({ silentAt: device.now + 8_000 });
  });

  it("[CALL-12] waits for a line that is just being opened, and asks after its welcome", () => {
    const device = online().loses().on(placing);
    expect(device.did).toEqual(["open-call-tab"]);
    device.now += 3_000;
    expect(device.returns().sent).toEqual([expect.objectContaining({ ...invite, age: 3_000 })]);
  });

  it("is not begun without a line", () => {
    const device = online().on({ type: "socket-closed", socket: 1, code: 4409 });
    expectIgnored(device, () => device.on(placing));
  });

  it.each<[string, Contact[]]>([
    ["a stranger", []],
    ["who was only asked", [contact(bob, "outgoing")]],
    ["who only asks", [contact(bob, "incoming")]],
    ["who is blocked", [contact(bob, "blocked")]],
  ])("[CALL-2] of %s is not begun", (_name, contacts) => {
    const device = online()
      .hears({ type: "contacts.changed" })
      .lists(...contacts);
    expectIgnored(device, () => device.on(placing));
  });

  it.each([
    ["another own ring", calling],
    ["a talk", talking],
    ["somebody else's ring", ringing],
  ])("is not begun during %s", (_name, given) => {
    const device = given();
    expectIgnored(device, () => device.on({ ...placing, call: callId(9), user: carol.user }));
  });

  it("to the person who is just ringing answers them", () => {
    const device = ringing().on(placing);
    expect(device.call).toMatchObject({ at: "accepting", call: callId(2) });
    expect(device.sent).toEqual([expect.objectContaining({ type: "call.accept", call: callId(2) })]);
  });

  it("[CALL-2] ends when the server refuses it, and only by the answer to its own request", () => {
    const device = online().on(placing);
    const { lastRequest } = device.signedIn;
    const error = { type: "error", code: "not_contact", message: "No." } as const;
    device.hears({ ...error, re: lastRequest + 1 }, error);
    expect(device.call.at).toBe("inviting");
    device.hears({ ...error, re: lastRequest });
    expect(device.call).toMatchObject({ at: "ended", reason: "not-contact" });
  });
});

describe("a ring while another call has the stage", () => {
  const waiting = () => talking().hears(incoming(2, carol));

  it("waits beside it, once, and disturbs nothing", () => {
    const device = waiting();
    expect(device.call).toMatchObject({ at: "live", call: callId(1) });
    expect(device.did).toEqual(["send"]);
    expect(device.signedIn.others).toEqual([
      { call: callId(2), from: carol, media: "video", until: device.now + 45_000, alerted: "waiting" },
    ]);
    expect(device.hears(incoming(2, carol)).signedIn.others).toHaveLength(1);
  });

  it("rings when the stage is free", () => {
    const device = waiting().hears(ended(1, "hangup"));
    expect(device.call).toMatchObject({ at: "ringing-in", call: callId(2), until: device.now + 45_000 });
    expect(device.signedIn.others).toEqual([]);
  });

  it.each([
    ["rings with 3 s left", 3_000, "ringing-in"],
    ["does not begin with less", 2_999, "ended"],
  ])("[CALL-3] %s", (_name, left, at) => {
    const device = waiting();
    device.now += 45_000 - left;
    expect(device.hears(ended(1, "hangup")).call.at).toBe(at);
  });

  it.each([
    ["[CALL-4]", "answered-elsewhere", undefined],
    ["[CALL-5]", "declined-elsewhere", undefined],
    ["[CALL-7]", "cancelled", { call: callId(2), from: carol }],
    ["[CALL-7]", "no-answer", { call: callId(2), from: carol }],
  ] as const)("%s that ends as %s waits no more, and is missed only where nobody answered", (_rule, reason, missed) => {
    const device = waiting().hears(ended(2, reason));
    expect(device.signedIn.others).toEqual([]);
    if (missed) expect(device.signedIn.lastMissed).toMatchObject(missed);
    else expect(device.signedIn.lastMissed).toBeUndefined();
    expect(device.hears(ended(1, "hangup")).call.at).toBe("ended");
  });

  it("[CALL-7] is dropped when its time is over, and missed", () => {
    const device = waiting().after(44_999, { type: "due" });
    expect(device.signedIn.others).toHaveLength(1);
    device.after(1, { type: "due" });
    expect(device.signedIn).toMatchObject({ others: [], lastMissed: { call: callId(2), at: device.now } });
  });

  it.each([
    ["cancelled", () => ringing().hears(ended(2, "cancelled")), bob.user],
    ["ended by the own timer", () => ringing().after(45_000, { type: "due" }), bob.user],
    ["waiting for the stage and cancelled", () => waiting().hears(ended(2, "cancelled")), carol.user],
    ["waiting for the stage until its time was over", () => waiting().after(45_000, { type: "due" }), carol.user],
  ] as const)("[CALL-7] %s is missed from its caller until nothing is counted", (_name, missing, from) => {
    const device = missing();
    const missedFrom = { [from]: device.now };
    expect(device.signedIn).toMatchObject({ missedFrom });
    expect(viewOf(device.state)).toMatchObject({
      contacts: expect.arrayContaining([expect.objectContaining({ user: from, missedAt: device.now })]) as unknown,
    });
    expect(device.loses().returns({ missed: 0 }).signedIn).not.toHaveProperty("missedFrom");
  });
});

describe("a call that is over", () => {
  it.each([
    ["hung up here", () => talking().on({ type: "hang-up", call: callId(1) }), 1],
    ["ended by the server", () => talking().hears(ended(1, "hangup")), 1],
    ["declined", () => ringing().on({ type: "decline-call", call: callId(2) }), 2],
    ["answered elsewhere", () => ringing().hears(ended(2, "answered-elsewhere")), 2],
    ["ended by the own timer", () => ringing().after(45_000, { type: "due" }), 2],
    ["never heard of before its end", () => online().hears(ended(4, "cancelled")), 4],
  ] as const)("%s does not ring again, whatever comes late", (_name, given, digit) => {
    const device = given();
    const { call } = device;
    device.hears(incoming(digit, bob));
    expect([device.call, device.effects]).toEqual([call, []]);
    device.loses().returns({
      calls: [{ state: "incoming", call: callId(digit), from: bob, media: "video", remaining: 40_000 }],
    });
    expect(device.call).toEqual(call);
  });

  it("is one of the last 16 that are remembered", () => {
    const device = online();
    const calls = Array.from({ length: 17 }, (_, i) => `00000000-0000-4000-8000-0000000001${String(10 + i)}`);
    for (const call of calls) device.hears({ ...ended(1, "cancelled"), call: call as typeof placing.call });
    expect(device.signedIn.over).toEqual(calls.slice(1));
    device.hears({ ...ended(1, "cancelled"), call: calls[16] as typeof placing.call });
    expect(device.signedIn.over).toEqual(calls.slice(1));
  });

  it.each(["answered-elsewhere", "declined-elsewhere"] as const)(
    "[CALL-4] %s falls silent and is not missed",
    (reason) => {
      const device = ringing().hears(ended(2, reason));
      expect(device.call).toEqual({ at: "idle" });
      expect(device.signedIn.lastMissed).toBeUndefined();
    },
  );

  it("[CALL-7] without an answer is missed, until that was seen", () => {
    const device = ringing().hears(ended(2, "cancelled"));
    const { now } = device;
    expect(device.signedIn.lastMissed).toEqual({ call: callId(2), from: bob, media: "video", at: now });
    expect(device.on({ type: "missed-seen" }).signedIn.lastMissed).toBeUndefined();
    expect(device.hears({ type: "missed", count: 1 }).signedIn.missedFrom).toEqual({ [bob.user]: now });
    expect(device.hears({ type: "missed", count: 0 }).signedIn).not.toHaveProperty("missedFrom");
  });
});

describe("glare", () => {
  const glare = () => calling().hears(incoming(2, bob));
  const merged = { at: "accepting", call: callId(2), alias: callId(1), with: bob };

  it("[CALL-6] goes on as their call, which then rings nowhere here", () => {
    const device = glare().hears(ended(1, "merged", 2));
    expect(device.call).toMatchObject(merged);
    expect(device.sent).toEqual([expect.objectContaining({ type: "call.accept", call: callId(2) })]);
    expect(device.signedIn).toMatchObject({ others: [], over: [callId(1)], owed: [] });
    device.hears(accepted(2));
    expect(device.call).toMatchObject({ ...merged, at: "joining" });
  });

  it("[CALL-6] lets no accept pass for a stranger's that comes before the merge", () => {
    const device = glare().hears(accepted(2));
    expect([device.sent, device.signedIn.owed]).toEqual([[], []]);
    expect(device.hears(ended(1, "merged", 2)).call).toMatchObject(merged);
  });

  it("[CALL-10] hears of the merged call by either id", () => {
    const device = glare().hears(ended(1, "merged", 2), accepted(2));
    device.on({ type: "media-connected", call: callId(1) });
    expect(device.call.at).toBe("live");
    device.on({ type: "hang-up", call: callId(1) });
    expect(device.sent).toEqual([expect.objectContaining({ type: "call.hangup", call: callId(2) })]);
  });

  it("[CALL-6] is none where somebody else rings", () => {
    const device = calling().hears(incoming(2, carol), ended(2, "cancelled"));
    expect(device.call).toMatchObject({ at: "inviting", call: callId(1) });
    expect(device.signedIn.lastMissed).toMatchObject({ from: carol });
  });

  it("[CALL-6] is none with a call of theirs that never rang here", () => {
    const device = glare().hears(accepted(5));
    expect(device.sent).toEqual([expect.objectContaining({ type: "call.hangup", call: callId(5) })]);
  });

  it("[CALL-6] keeps the ticket of the call that goes on", () => {
    const device = glare().hears(ended(1, "merged", 2), accepted(2, "merged"));
    expect(device.call).toMatchObject({ ticket: ticket("merged") });
  });
});

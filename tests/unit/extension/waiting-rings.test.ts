import { describe, expect, it } from "vitest";
import type { ErrorCode, ServerMessageOf, WelcomeCall } from "#protocol";
import { outward } from "../../../extension/core/outward.ts";
import { callPageOf, viewOf } from "../../../extension/core/projection.ts";
import { refusal } from "../../../extension/core/refusal.ts";
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

const dave = { user: "dave" as typeof bob.user, name: "Dave" };
const accept = (digit = 2) => ({ type: "accept-call", call: callId(digit), media: "video" }) as const;
const alert = (mode: string, digit = 2) => ({ type: "call.alert", call: callId(digit), mode });

/** Alice talks with Bob, and Carol rings with call 2. */
const waiting = () => talking().hears({ ...incoming(2, carol), waiting: true });
/** The same, and Alice has accepted Carol, of which the server has said nothing yet. */
const answered = () => waiting().on(accept());

/** The talk with Bob goes on, and nothing waits any more. */
function expectFirstCall(device: Device) {
  expect(device.call).toMatchObject({ at: "live", call: callId(1) });
  expect(device.signedIn.others).toEqual([]);
}

function expectSecondCall(device: Device) {
  expect(device.call).toMatchObject({ at: "joining", call: callId(2), with: carol, outgoing: false });
  expect(device.signedIn.others).toEqual([]);
}

const running = (digit: number, here = true): WelcomeCall => ({
  call: callId(digit),
  state: "running",
  with: digit === 1 ? bob : carol,
  media: "video",
  here,
  age: 1_000,
});
const listed: WelcomeCall = { call: callId(2), state: "incoming", from: carol, media: "video", remaining: 30_000 };

describe("what the caller of a ring that waits is told", () => {
  it.each([
    ["another call, while there is a talk", talking, "waiting"],
    ["that it makes no sound, while this side only calls somebody", calling, "silent"],
    ["that it makes no sound, while somebody else only rings", ringing, "silent"],
  ])("[CALL-9] is %s", (_name, given, mode) => {
    const device = given().hears(incoming(3, carol));
    expect(device.sent).toEqual([alert(mode, 3)]);
    device.on({ type: "due" });
    expect(device.sent).toEqual([]);
  });

  it("[CALL-9] is the truth once the other ring is accepted", () => {
    const device = ringing().hears(incoming(3, carol)).on(accept(2));
    expect(device.sent).toContainEqual(alert("waiting", 3));
  });

  it("[CALL-9] is that it rings aloud, once the talk is over and it does", () => {
    const device = waiting().hears(ended(1, "hangup"));
    expect(outward(device.state).ringing).toMatchObject({ call: callId(2), mode: "loud" });
    expect(device.on({ type: "alerted", call: callId(2), mode: "loud" }).sent).toEqual([alert("loud")]);
  });

  it("[CALL-11] is told again to a server that may have lost it", () => {
    const device = waiting()
      .loses()
      .returns({ calls: [running(1), { ...listed, waiting: true }] });
    expect(device.sent).toContainEqual(alert("waiting"));
    expect(device.signedIn.others).toMatchObject([{ call: callId(2), until: device.now + 30_000 }]);
    expect(device.hears(incoming(2, carol)).sent).toEqual([alert("waiting")]);
  });
});

describe("the page of a talk that a ring followed on the stage", () => {
  it("says how the talk ended, until that has been shown for long enough", () => {
    const device = waiting().hears(ended(1, "hangup"));
    expect(callPageOf(device.state, callId(1))).toMatchObject({ state: "ended", reason: "hangup", with: bob });
    expect(callPageOf(device.state, callId(2))).toBeUndefined();
    device.after(60_000, { type: "due" });
    expect(callPageOf(device.state, callId(1))).toBeUndefined();
  });
});

describe("a ring on a device whose person talks on another", () => {
  const quiet = () => online().hears({ ...incoming(2, carol), waiting: true });

  it("[CALL-9] takes the stage without a sound", () => {
    const device = quiet();
    expect(viewOf(device.state)).toMatchObject({ call: { at: "ringing-in", call: callId(2), sound: "waiting" } });
    expect(device.on({ type: "alerted", call: callId(2), mode: "waiting" }).sent).toEqual([alert("waiting")]);
  });

  it("[CALL-9] is loud once the welcome knows of no talk, and quiet again with one", () => {
    const device = quiet()
      .loses()
      .returns({ calls: [listed] });
    expect(outward(device.state).ringing).toMatchObject({ mode: "loud" });
    device.loses().returns({ calls: [{ ...listed, waiting: true }] });
    expect(outward(device.state).ringing).toMatchObject({ mode: "waiting" });
  });

  it("[CALL-9] falls silent when the person answers another one elsewhere", () => {
    const device = ringing().hears(incoming(3, carol), ended(3, "answered-elsewhere"));
    expect(outward(device.state).ringing).toMatchObject({ call: callId(2), mode: "waiting" });
    expect(device.on({ type: "alerted", call: callId(2), mode: "waiting" }).sent).toEqual([alert("waiting")]);
    const behind = ringing().hears(incoming(3, carol), ended(2, "answered-elsewhere"));
    expect(outward(behind.state).ringing).toMatchObject({ call: callId(3), mode: "waiting" });
  });
});

describe("accepting a ring that waits", () => {
  it("[CALL-9] asks for it, and leaves the talk alone until the server has the answer", () => {
    const device = answered();
    expect(device.sent).toEqual([expect.objectContaining({ type: "call.accept", call: callId(2), media: "video" })]);
    expect(device.call).toMatchObject({ at: "live", call: callId(1) });
    expect(viewOf(device.state)).toMatchObject({ waiting: [{ call: callId(2), isAnswered: true }] });
  });

  it("[CALL-9] goes on with it in the page of the talk, which is over", () => {
    const device = answered().hears(accepted(2));
    expectSecondCall(device);
    expect(device.effects).toContainEqual({ type: "open-call-tab", call: callId(2), replacing: callId(1) });
    expect(device.sent).toEqual([expect.objectContaining({ type: "call.hangup", call: callId(1) })]);
    expect(callPageOf(device.state, callId(2))).toMatchObject({ state: "joining", ticket: ticket("first") });
    expect(callPageOf(device.state, callId(1))).toBeUndefined();
    device.hears(ended(1, "hangup")).on({ type: "page-gone", call: callId(1) });
    expectSecondCall(device);
  });

  it.each([
    ["the server ends it", (device: Device) => device.hears(ended(1, "hangup"))],
    ["the person hangs up", (device: Device) => device.on({ type: "hang-up", call: callId(1) })],
    ["its media is lost", (device: Device) => device.on({ type: "media-failed", call: callId(1) })],
  ])("[CALL-9] takes the stage where %s first, and never rings", (_name, end) => {
    const device = end(answered());
    expect(device.call).toMatchObject({ at: "accepting", call: callId(2) });
    expect(outward(device.state)).not.toHaveProperty("ringing");
    expect(device.sent).toContainEqual(expect.objectContaining({ type: "call.accept", call: callId(2) }));
    expectSecondCall(device.hears(accepted(2)));
  });

  it("[CALL-9] drops an own call that nobody has answered", () => {
    const device = calling().hears(incoming(2, carol)).on(accept()).hears(accepted(2));
    expectSecondCall(device);
    expect(device.sent).toEqual([expect.objectContaining({ type: "call.cancel", call: callId(1) })]);
  });

  it("takes the lesser of the two media", () => {
    const device = waiting().on({ ...accept(), media: "audio" });
    expect(device.sent).toEqual([expect.objectContaining({ media: "audio" })]);
  });

  it("lets what rings on the stage wait in its stead", () => {
    const device = ringing().hears(incoming(3, carol)).on(accept(3));
    expect(device.call).toMatchObject({ at: "accepting", call: callId(3), with: carol });
    expect(device.signedIn.others).toMatchObject([{ call: callId(2), from: bob, alerted: "waiting" }]);
    expect(device.sent).toContainEqual(alert("waiting", 2));
  });

  it("takes the free stage where too little time was left to ring aloud", () => {
    const device = waiting();
    device.now += 43_000;
    device.hears(ended(1, "hangup")).on(accept());
    expect(device.call).toMatchObject({ at: "accepting", call: callId(2) });
    expect(device.sent).toEqual([expect.objectContaining({ type: "call.accept", call: callId(2) })]);
  });
});

describe("an answer that comes to nothing", () => {
  it.each(["cancelled", "answered-elsewhere", "declined-elsewhere", "no-answer"] as const)(
    "[CALL-9] since the ring is %s costs nothing of the talk",
    (reason) => expectFirstCall(answered().hears(ended(2, reason))),
  );

  it.each<[ErrorCode, "gone" | "waits"]>([
    ["conflict", "gone"],
    ["not_found", "gone"],
    ["internal", "waits"],
    ["rate_limited", "waits"],
  ])("[CALL-9] since the server says %s costs nothing of the talk", (code, then) => {
    const device = answered();
    const { answer } = device.signedIn.others[0] ?? {};
    const error: ServerMessageOf<"error"> = { type: "error", code, message: "No." };
    device.hears({ ...error, re: 999 });
    expect(device.signedIn.others).toMatchObject([{ answer }]);
    device.hears({ ...error, re: answer?.request });
    if (then === "gone") expectFirstCall(device);
    else expect(viewOf(device.state)).toMatchObject({ call: { at: "live" }, waiting: [{ isAnswered: false }] });
  });

  it("[CALL-7] since nothing is heard of it is given up by the own timer, and the server is told", () => {
    const device = waiting().after(40_000, accept());
    const until = device.signedIn.others[0]?.answer?.until ?? 0;
    expect(until).toBe(device.now + 30_000);
    expect(
      outward({ ...device.signedIn, connection: { ...device.signedIn.connection, line: { at: "stopped" } } }),
    ).toMatchObject({ wakeAt: until });
    device.after(until - device.now - 1, { type: "due" });
    expect(device.signedIn.others).toHaveLength(1);
    device.after(1, { type: "due" });
    expectFirstCall(device);
    expect(device.signedIn.owed).toMatchObject([{ call: callId(2), type: "call.hangup" }]);
  });

  it("[CALL-9] since the accept came after all too late lets the other side go", () => {
    const device = answered().hears(ended(2, "no-answer")).hears(accepted(2));
    expectFirstCall(device);
    expect(device.sent).toEqual([expect.objectContaining({ type: "call.hangup", call: callId(2) })]);
  });
});

describe("an answer and a gap", () => {
  it("[CALL-12] outlasts the worker", () => {
    const device = answered()
      .dies()
      .returns({ calls: [running(1), listed] });
    expect(device.sent).toContainEqual(expect.objectContaining({ type: "call.accept", call: callId(2) }));
    expectSecondCall(device.hears(accepted(2)));
  });

  it("[CALL-12] waits for the line", () => {
    const device = waiting().loses().on(accept());
    expect(device.sent).toEqual([]);
    device.returns({ calls: [running(1), listed] });
    expect(device.sent).toContainEqual(expect.objectContaining({ type: "call.accept", call: callId(2) }));
    expect(device.call).toMatchObject({ at: "live", call: callId(1) });
  });

  it("[CALL-12] moves over where the server has it, and asks for the ticket", () => {
    const device = answered()
      .loses()
      .returns({ calls: [running(2)] });
    expect(device.call).toMatchObject({ at: "accepting", call: callId(2) });
    expect(device.sent).toContainEqual(expect.objectContaining({ type: "call.accept", call: callId(2) }));
    expect(device.sent).not.toContainEqual({ type: "call.hangup", call: callId(2) });
    expectSecondCall(device.hears(accepted(2)));
  });

  it("[CALL-12] moves over where the talk ended meanwhile", () => {
    const device = answered()
      .loses()
      .returns({ calls: [listed] });
    expect(device.call).toMatchObject({ at: "accepting", call: callId(2) });
    expect(device.sent).toContainEqual(expect.objectContaining({ type: "call.accept", call: callId(2) }));
  });

  it.each<[string, WelcomeCall[]]>([
    ["the ring is over", [running(1)]],
    ["another device has it", [running(1), running(2, false)]],
  ])("[CALL-12] comes to nothing where %s", (_name, calls) => {
    expectFirstCall(answered().loses().returns({ calls }));
  });

  it("[CALL-11] waits for a server that settles", () => {
    const device = answered()
      .loses()
      .returns({ calls: [running(1)], settling: 10_000 });
    expect(device.signedIn.others).toMatchObject([{ call: callId(2), answer: {} }]);
    device.hears(incoming(2, carol));
    expect(device.sent).toEqual([expect.objectContaining({ type: "call.accept", call: callId(2) })]);
  });

  it("[CALL-12] drops a ring that the server no longer knows before the stage is free for it", () => {
    const device = waiting().loses().returns({ calls: [] });
    expect(device.call).toMatchObject({ at: "ended", call: callId(1) });
    expect(device.signedIn.others).toEqual([]);
  });
});

describe("declining a ring that waits", () => {
  it("[CALL-5] tells the server until it confirms, and it rings here no more", () => {
    const device = waiting().on({ type: "decline-call", call: callId(2) });
    expectFirstCall(device);
    expect(device.sent).toEqual([expect.objectContaining({ type: "call.decline", call: callId(2) })]);
    device.hears(incoming(2, carol));
    expectFirstCall(device);
    device.loses().returns({ calls: [running(1), listed] });
    expectFirstCall(device);
    expect(device.sent).toContainEqual(expect.objectContaining({ type: "call.decline", call: callId(2) }));
    expect(device.hears(ended(2, "declined")).signedIn.owed).toEqual([]);
  });
});

describe("several rings that wait", () => {
  const two = () => waiting().lists(contact(bob), contact(carol), contact(dave)).hears(incoming(3, dave));

  it("stand in the order in which they came, and each has its own end", () => {
    const device = two();
    expect(viewOf(device.state)).toMatchObject({ waiting: [{ with: carol }, { with: dave }] });
    expect(callPageOf(device.state, callId(1))).toMatchObject({ waiting: [{ with: carol }, { with: dave }] });
    expect(viewOf(device.hears(ended(2, "cancelled")).state)).toMatchObject({ waiting: [{ with: dave }] });
  });

  it("go on when one of them is accepted", () => {
    const device = two().on(accept(2)).hears(accepted(2));
    expect(device.call).toMatchObject({ at: "joining", call: callId(2) });
    expect(viewOf(device.state)).toMatchObject({ waiting: [{ with: dave }] });
  });

  it("take one answer at a time", () => {
    const device = two().on(accept(2));
    expect(refusal(device.state, accept(3))).toBe("in-a-call");
    expect(refusal(device.state, { type: "decline-call", call: callId(2) })).toBe("not-found");
    expect(refusal(device.state, { type: "decline-call", call: callId(3) })).toBeUndefined();
    device.on(accept(3), { type: "decline-call", call: callId(2) });
    expect(device.sent).toEqual([]);
  });

  it("[CALL-9] ring aloud one after the other when the talk is over", () => {
    const device = two().hears(ended(1, "hangup"));
    expect(device.call).toMatchObject({ at: "ringing-in", call: callId(2) });
    expect(device.sent).toEqual([alert("silent", 3)]);
    device.on({ type: "decline-call", call: callId(2) });
    expect(device.call).toMatchObject({ at: "ringing-in", call: callId(3) });
  });
});

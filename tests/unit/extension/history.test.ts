import type { CallRecord } from "#protocol";
import { describe, expect, it } from "vitest";
import { outward } from "../../../extension/core/outward.ts";
import { viewOf } from "../../../extension/core/projection.ts";
import {
  bob,
  callId,
  type Device,
  incoming,
  NOW,
  online,
  ended,
  session,
  welcome,
  Device as AnyDevice,
} from "./given.ts";

function record(digit: number, more: Partial<CallRecord> = {}): CallRecord {
  const shared = { call: callId(digit), with: bob, direction: "in", media: "video", at: NOW - digit } as const;
  return { ...shared, outcome: "missed", seconds: 0, seen: false, ...more };
}

/** The history is looked at, and is being read. */
function looking(device = online()): Device {
  return device.on({ type: "history-shown" });
}

function answer(device: Device, calls: CallRecord[], next?: string): Device {
  const { lastReading: reading } = device.signedIn.history;
  return device.on({ type: "calls-listed", reading, calls, ...(next === undefined ? {} : { next }) });
}

function shown(device: Device) {
  const view = viewOf(device.state);
  if (view.at !== "signed-in") throw new Error("The device is signed out");
  return { ...view.history, calls: view.history.calls.map(({ call }) => call) };
}

describe("the history", () => {
  it("is read when it is looked at, and what was missed is seen then", () => {
    const device = looking(online().hears({ type: "missed", count: 1 }));
    expect(device.effects).toEqual([{ type: "list-calls", reading: NOW, limit: 30 }]);
    expect(shown(device)).toMatchObject({ known: false, reading: "first" });
    answer(device, [record(1)]);
    expect(device.effects).toEqual([{ type: "mark-calls-seen" }]);
    expect(shown(device)).toEqual({ calls: [callId(1)], known: true, hasMore: false, reading: "no" });
  });

  it("marks nothing where nothing was missed", () => {
    expect(answer(looking(), [record(1)]).effects).toEqual([]);
  });

  it("marks nothing before who left the device comes back", () => {
    const device = looking(online().hears({ type: "missed", count: 1 }).on({ type: "idle-changed", idle: true }));
    expect(answer(device, [record(1)]).effects).toEqual([]);
    expect(device.on({ type: "idle-changed", idle: false }).did).toContain("mark-calls-seen");
  });

  it("is read again where the server could not be told of what was seen", () => {
    const device = answer(looking(online().hears({ type: "missed", count: 1 })), [record(1)]);
    device.on({ type: "seen-refused" }).after(15_000, { type: "due" });
    expect(device.did).toContain("list-calls");
  });

  it("goes on behind the last call, page by page", () => {
    const device = answer(looking(), [record(1), record(2)], "two");
    expect(shown(device).hasMore).toBe(true);
    device.on({ type: "more-calls" });
    expect(device.effects).toMatchObject([{ type: "list-calls", before: "two" }]);
    expect(shown(device).reading).toBe("more");
    // A call that ended meanwhile has moved one to the next page.
    expect(shown(answer(device, [record(2), record(3)]))).toMatchObject({
      calls: [1, 2, 3].map(callId),
      hasMore: false,
      reading: "no",
    });
    expect(device.on({ type: "more-calls" }).effects).toEqual([]);
  });

  it("keeps the pages behind when the first is read anew, where the two still meet", () => {
    const device = answer(looking(), [record(2), record(3)], "three");
    answer(device.on({ type: "more-calls" }), [record(4)], "four");
    answer(device.on({ type: "read-calls" }), [record(1), record(2)], "two");
    expect(shown(device)).toMatchObject({ calls: [1, 2, 3, 4].map(callId), hasMore: true });
    expect(shown(answer(device.on({ type: "read-calls" }), [record(9)], "nine")).calls).toEqual([callId(9)]);
  });

  it.each<[string, (device: Device) => Device]>([
    ["another missed call", (device) => device.hears({ type: "missed", count: 3 })],
    ["the end of a call", (device) => device.hears(incoming(2, bob), ended(2, "declined-elsewhere"))],
  ])("is read again a moment after %s", (_name, happen) => {
    const device = happen(answer(looking(), []));
    expect(device.did).not.toContain("list-calls");
    expect(device.after(1_000, { type: "due" }).did).toContain("list-calls");
  });

  it("is read by nobody who does not look", () => {
    const device = answer(looking(), [record(1)]).on({ type: "history-hidden" });
    device.hears({ type: "missed", count: 1 });
    expect(device.after(60_000, { type: "due" }).did).not.toContain("list-calls");
    expect(shown(device)).toMatchObject({ calls: [callId(1)], known: true });
  });

  it("that could not be read says so, keeps what was known, and is tried again", () => {
    const device = answer(looking(), [record(1)]).on({ type: "read-calls" });
    device.on({ type: "calls-refused", reading: device.signedIn.history.lastReading });
    expect(shown(device)).toMatchObject({ calls: [callId(1)], reading: "failed" });
    expect(device.after(15_000, { type: "due" }).did).toContain("list-calls");
  });

  it("waits for the line, and is read at the welcome", () => {
    const device = looking(online().loses());
    expect(device.effects).toEqual([]);
    expect(device.returns().did).toContain("list-calls");
  });

  it("takes no answer but that to the last reading, and none of the person before", () => {
    const device = looking();
    const first = device.signedIn.history.lastReading;
    device.on({ type: "read-calls" }, { type: "calls-listed", reading: first, calls: [record(1)] });
    expect(shown(device).known).toBe(false);
    device.on({ type: "sign-out" }).after(10, { type: "signed-in", session });
    device.on({ type: "socket-opened", socket: 2 }).hears(welcome());
    looking(device).on({ type: "calls-listed", reading: first + 1, calls: [record(1)] });
    expect(shown(device).known).toBe(false);
  });

  it("is there at once after the browser's end, thirty calls of it", () => {
    const many = Array.from({ length: 40 }, (_, index) => record(1, { at: NOW - index }));
    const { saved } = outward(answer(looking(), many).state);
    expect(saved?.calls).toHaveLength(30);
    const device = new AnyDevice().on({ type: "started", ...(saved ? { saved } : {}) });
    expect(shown(device)).toMatchObject({ known: true, reading: "no" });
    expect(outward(device.on({ type: "sign-out" }).state).saved).not.toHaveProperty("calls");
  });
});

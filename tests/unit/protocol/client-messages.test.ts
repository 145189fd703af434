import { decodeClientFrame, type FrameProblem } from "#protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const call = "0b8f1c1e-6a55-4c43-9b59-8f1a3b1f5a01";
const device = { id: "1c9f1c1e-6a55-4c43-9b59-8f1a3b1f5a02", name: "Desk" };

function problemOf(frame: unknown): FrameProblem {
  const decoded = decodeClientFrame(typeof frame === "string" ? frame : JSON.stringify(frame));
  if (decoded.ok) throw new Error(`accepted ${JSON.stringify(frame)}`);
  return decoded.problem;
}

describe("frames from a client", () => {
  it.each([
    { type: "hello", token: "r:abc", device, idle: true, active: [{ call, with: "bob", age: 3 }] },
    { type: "presence.set", id: 1, availability: "dnd", until: 60_000, text: "日本語".repeat(46) },
    { type: "presence.set", text: "" },
    { type: "device.idle", idle: false },
    { type: "settings.set", showBusy: false },
    { type: "call.invite", call, to: "bob", media: "audio", age: 0 },
    { type: "call.alert", call, mode: "silent" },
    { type: "call.accept", call },
    { type: "call.signal", call, data: { anything: [1, null] } },
    { type: "call.hangup", call, id: 9_007_199_254_740_991 },
    { type: "ping" },
    { type: "bye" },
  ])("takes $type", (message) => {
    expect(decodeClientFrame(JSON.stringify(message))).toEqual({ ok: true, message });
  });

  it("takes a UUID in upper case as the same call", () => {
    expect(decodeClientFrame(JSON.stringify({ type: "call.accept", call: call.toUpperCase() }))).toEqual({
      ok: true,
      message: { type: "call.accept", call },
    });
  });

  it.each<[string, unknown, Partial<FrameProblem>]>([
    ["what is no JSON", "{", {}],
    ["an array", [], {}],
    ["null", "null", {}],
    ["a message without a type", { id: 4 }, { field: "type", id: 4 }],
    ["an unknown type", { type: "call.teleport", id: 4 }, { field: "type", id: 4 }],
    ["a type from the prototype", { type: "constructor" }, { field: "type" }],
    ["an unknown field", { type: "ping", extra: 1 }, { field: "extra" }],
    ["an id of zero", { type: "ping", id: 0 }, { field: "id" }],
    ["an unknown field within", { type: "hello", token: "t", device: { ...device, os: "x" } }, { field: "device.os" }],
    [
      "a device name that is too long",
      { type: "hello", token: "t", device: { ...device, name: "x".repeat(65) } },
      { field: "device.name" },
    ],
    ["a status of 141 code points", { type: "presence.set", text: "🙂".repeat(141) }, { field: "text" }],
    ["a status that reorders text", { type: "presence.set", text: "a\u202eb" }, { field: "text" }],
    ["an end in the past", { type: "presence.set", until: 0 }, { field: "until" }],
    ["a call that is no UUID", { type: "call.accept", call: "1" }, { field: "call" }],
    ["media of another kind", { type: "call.invite", call, to: "bob", media: "hologram" }, { field: "media" }],
    ["a missing field", { type: "call.invite", call, media: "audio" }, { field: "to" }],
  ])("refuses %s and names the field", (_name, frame, problem) => {
    const found = problemOf(frame);
    expect(found).toMatchObject(problem);
    expect(found.message).toMatch(/\.$/);
  });

  it("counts a status in code points", () => {
    expect(decodeClientFrame(JSON.stringify({ type: "presence.set", text: "🙂".repeat(140) })).ok).toBe(true);
  });

  it("never throws, whatever comes", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.record({ type: fc.string(), id: fc.anything() }).map((o) => JSON.stringify(o)),
        ),
        (frame) => {
          const decoded = decodeClientFrame(frame);
          if (!decoded.ok) expect(decoded.problem.message.length).toBeGreaterThan(0);
        },
      ),
      { numRuns: 500 },
    );
  });
});

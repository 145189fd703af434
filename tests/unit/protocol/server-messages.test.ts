import { CloseCode, decodeCallSignal, decodeServerFrame, remedyFor } from "#protocol";
import { describe, expect, it } from "vitest";

const call = "0b8f1c1e-6a55-4c43-9b59-8f1a3b1f5a01";

describe("frames from a server", () => {
  it("drops fields that it does not know", () => {
    expect(decodeServerFrame(JSON.stringify({ type: "pong", re: 3, mood: "fine" }))).toEqual({
      ok: true,
      message: { type: "pong", re: 3 },
    });
  });

  it("takes a type of a newer server as no fault", () => {
    expect(decodeServerFrame(JSON.stringify({ type: "weather" }))).toMatchObject({ ok: false, ignored: true });
  });

  it.each([
    ["no JSON", "<html>"],
    ["a known type with a wrong field", JSON.stringify({ type: "missed", count: -1 })],
    ["an unknown reason", JSON.stringify({ type: "call.ended", call, reason: "bored" })],
  ])("refuses %s", (_name, frame) => {
    expect(decodeServerFrame(frame)).toMatchObject({ ok: false, ignored: false });
  });
});

describe("what the two devices of a call say to each other", () => {
  it.each([
    [{ kind: "media-state", microphone: true, camera: false }, true],
    [{ kind: "description", type: "offer", sdp: "v=0" }, true],
    [{ kind: "description", type: "rollback", sdp: "v=0" }, false],
    [{ kind: "description", type: "offer", sdp: "x".repeat(12_001) }, false],
    ["hello", false],
    [undefined, false],
  ])("reads %j: %s", (data, readable) => {
    expect(decodeCallSignal(data) !== undefined).toBe(readable);
  });
});

describe("close codes", () => {
  it.each([
    [CloseCode.goingAway, "reconnect-spread"],
    [CloseCode.tryLater, "reconnect"],
    [CloseCode.unauthorized, "sign-in"],
    [CloseCode.replaced, "stand-down"],
    [CloseCode.tooFast, "reconnect"],
    [1006, "reconnect"],
    [4999, "reconnect"],
  ])("%i: %s", (code, remedy) => {
    expect(remedyFor(code)).toBe(remedy);
  });
});

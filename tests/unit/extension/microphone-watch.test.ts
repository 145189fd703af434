import { describe, expect, it } from "vitest";
import { NOTHING_AT_ALL, PlayedCall, QUIET_ROOM, SPEECH } from "./quality-given.ts";

const inCall = () => new PlayedCall().play(20);

describe("a microphone that gives nothing", () => {
  it("is told of after 8 s without the least sound, as the connection has it", () => {
    const call = new PlayedCall().play(9, { level: 0 });
    expect(call.view.verdict).toBe("good");
    expect(call.play(1, { level: 0 }).view.verdict).toBe("microphone-silent");
  });

  it("is told of where our own analysis alone finds it", () => {
    const nothing = { level: undefined, voice: NOTHING_AT_ALL };
    expect(new PlayedCall().play(12, nothing).view.verdict).toBe("microphone-silent");
  });

  it("is not one where a quiet room is heard, nor one that was ever heard in this call", () => {
    expect(new PlayedCall().play(60, { level: 0.0004 }).view.verdict).toBe("good");
    expect(new PlayedCall().play(60, { level: undefined, voice: QUIET_ROOM }).view.verdict).toBe("good");
    expect(inCall().play(60, { level: 0 }).view.verdict).toBe("good");
  });

  it("is one again where another was plugged in that gives nothing", () => {
    expect(inCall().play(12, { level: 0, track: "b" }).view.verdict).toBe("microphone-silent");
  });

  it("is not told of where the sound cannot be known, where it is muted, or where there is none", () => {
    expect(new PlayedCall().play(60, { level: undefined }).view.verdict).toBe("good");
    expect(new PlayedCall().play(60, { level: 0, microphone: "muted" }).view.verdict).toBe("good");
    expect(new PlayedCall().play(60, { level: 0, microphone: "none" }).view.verdict).toBe("good");
  });

  it("is forgotten at the first sound, and at once when it is switched off", () => {
    const silent = () => new PlayedCall().play(10, { level: 0 });
    expect(silent().play(1).view.verdict).toBe("good");
    expect(silent().play(1, { level: 0, microphone: "muted" }).view.verdict).toBe("good");
  });
});

describe("who speaks while muted", () => {
  const muted = { microphone: "muted", level: 0 } as const;

  it("is told so after two seconds of speech, and at once no more when they unmute", () => {
    const call = inCall().play(5, { ...muted, voice: QUIET_ROOM });
    expect(call.play(1, { ...muted, voice: SPEECH }).view.verdict).toBe("good");
    expect(call.play(1, { ...muted, voice: SPEECH }).view.verdict).toBe("muted-speaking");
    expect(call.play(1, { voice: SPEECH }).view.verdict).toBe("good");
  });

  it("is told so through a pause for breath, and no more some seconds after the last word", () => {
    const call = inCall().play(6, { ...muted, voice: SPEECH });
    expect(call.play(2, { ...muted, voice: QUIET_ROOM }).view.verdict).toBe("muted-speaking");
    expect(call.play(6, { ...muted, voice: QUIET_ROOM }).view.verdict).toBe("good");
  });

  it.each([
    ["a knock or a key", { looks: 16, loud: 2, peak: 0.8 }],
    ["a quiet room", QUIET_ROOM],
    ["a page that hardly looks", { looks: 1, loud: 1, peak: 0.8 }],
  ])("is not meant by %s", (_, voice) => {
    expect(inCall().play(60, { ...muted, voice }).view.verdict).toBe("good");
  });

  it("is not told so while the microphone is on", () => {
    expect(inCall().play(20, { voice: SPEECH }).view.verdict).toBe("good");
  });

  it("reads that rather than how the line is", () => {
    expect(inCall().play(15, { ...muted, voice: SPEECH, lostSent: 0.2 }).view.verdict).toBe("muted-speaking");
  });
});

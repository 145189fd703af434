import { describe, expect, it } from "vitest";
import { diagnosticsOf } from "../../../extension/core/diagnostics.ts";
import { calling, contact, bob, Device, NOW, online, ringing, session, talking } from "./given.ts";

const ENDS = [{ at: NOW - 5_000, code: 1006 }];
/** Words that are ours, and so nobody's. */
const OURS =
  /^(signed-(in|out)|online|offline.*|connecting|available|away|dnd|invisible|wait|busy|idle|browser|marimba|bell|pulse|en|ja|camera|microphone|speaker|ringer|live|ringing-in|ringing-out|inviting|joining|unknown)$/;

/** Every text that stands anywhere in a value. */
function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

describe("the diagnostics", () => {
  it.each([
    ["while signed out", () => new Device()],
    ["online", () => online()],
    ["while a call rings", () => ringing()],
    ["while calling", () => calling()],
    ["in a talk", () => talking()],
  ])("hold no text that is not ours %s", (_when, given) => {
    const device = given();
    const ids = { camera: "cam-id", microphone: "mic-id", speaker: "speaker-id", ringer: "ringer-id" };
    device.on({ type: "set-device", change: ids }, { type: "set-presence", text: "At the dentist" });
    const told = textsIn(diagnosticsOf(device.state, ENDS, NOW));
    expect(told.filter((text) => !OURS.test(text))).toEqual([]);
    // What the state holds of people is really there to be kept back.
    if (device.state.at === "signed-in") expect(JSON.stringify(device.state)).toContain(session.handle);
  });

  it("say what a fault is looked for by", () => {
    const device = online().on({ type: "contacts-listed", reading: 1, contacts: [contact(bob)] });
    device.on({ type: "set-device", change: { microphone: "mic-id", quietHours: { from: 0, to: 1 } } });
    expect(diagnosticsOf(device.state, ENDS, NOW)).toMatchObject({
      line: "online",
      call: "idle",
      closes: [{ secondsAgo: 5, code: 1006 }],
      device: { chosen: ["microphone"], quietHours: true, relayOnly: false },
    });
  });
});

import { describe, expect, it } from "vitest";
import { reachSentence } from "../../../extension/components/reach-words.ts";
import {
  availabilityOutcome,
  badgeOutcome,
  deviceOutcome,
  newReach,
  notificationOutcome,
  type Reach,
  REACH_CHECKS,
  RING_CHECKS,
  ringOutcome,
  serverOutcome,
  sessionOutcome,
  SIGNED_OUT_RING_CHECKS,
  stunOutcome,
  turnOutcome,
  verdictOf,
} from "../../../extension/core/reach.ts";
import { createText } from "../../../extension/locales/text.ts";

const PASSED = { at: "passed" } as const;
const failed = (why: string) => ({ at: "failed", why });
const off = (why: string) => ({ at: "off", why });

/** A way on which everything works, but for what is said. */
function reach(change: Partial<Reach> = {}): Reach {
  const all = Object.fromEntries(REACH_CHECKS.map((name) => [name, PASSED])) as Reach;
  return { ...all, ...change };
}

describe("what came of a trial", () => {
  it.each([
    ["signed in", sessionOutcome(true), PASSED],
    ["signed out", sessionOutcome(false), failed("signed-out")],
    ["a pong", serverOutcome("answered"), PASSED],
    ["no line", serverOutcome("offline"), failed("no-line")],
    ["a line that says nothing", serverOutcome("silent"), failed("no-answer")],
    ["the choice to be available", availabilityOutcome("available"), PASSED],
    ["the choice to be away", availabilityOutcome("away"), PASSED],
    ["do not disturb", availabilityOutcome("dnd"), off("do-not-disturb")],
    ["the choice to be invisible", availabilityOutcome("invisible"), off("invisible")],
    ["a notification that stood", notificationOutcome({ allowed: true, shown: true }), PASSED],
    ["none", notificationOutcome({ allowed: true, shown: false }), failed("notification-lost")],
    ["none allowed", notificationOutcome({ allowed: false, shown: false }), failed("notification-denied")],
    [
      "none allowed, shown all the same",
      notificationOutcome({ allowed: false, shown: true }),
      failed("notification-denied"),
    ],
    ["a sign that one sees", badgeOutcome({ shown: true, isPinned: true }), PASSED],
    ["a sign that the browser says nothing of", badgeOutcome({ shown: true, isPinned: undefined }), PASSED],
    [
      "a sign behind another button",
      badgeOutcome({ shown: true, isPinned: false }),
      { at: "passed", note: "badge-hidden" },
    ],
    ["no sign", badgeOutcome({ shown: false, isPinned: true }), failed("badge-lost")],
    ["a live camera", deviceOutcome("camera", "live"), PASSED],
    ["a refused camera", deviceOutcome("camera", "refused"), failed("camera-refused")],
    ["a camera that stopped", deviceOutcome("camera", "stopped"), failed("camera-stopped")],
    ["a live microphone", deviceOutcome("microphone", "live"), PASSED],
    ["a missing microphone", deviceOutcome("microphone", "missing"), failed("microphone-missing")],
    ["a busy microphone", deviceOutcome("microphone", "busy"), failed("microphone-busy")],
    ["a silent microphone", deviceOutcome("microphone", "silent"), failed("microphone-silent")],
  ])("%s", (_what, outcome, expected) => {
    expect(outcome).toEqual(expected);
  });

  const heard = { sounds: true, onRinger: true };
  const loud = { heard, ringSilently: false, isQuietHour: false, volume: 1 };
  it.each([
    ["a ring that sounded", loud, PASSED],
    ["one that could not be tried", { ...loud, heard: undefined }, failed("ring-busy")],
    ["one that the browser held back", { ...loud, heard: { sounds: false, onRinger: true } }, failed("ring-blocked")],
    [
      "one at another device",
      { ...loud, heard: { sounds: true, onRinger: false } },
      { at: "passed", note: "ringer-gone" },
    ],
    ["a device that rings silently", { ...loud, ringSilently: true, isQuietHour: true }, off("ring-silent")],
    ["quiet hours", { ...loud, isQuietHour: true }, off("ring-quiet-hours")],
    ["a volume of nothing", { ...loud, volume: 0 }, off("ring-muted")],
  ])("%s", (_what, trial, expected) => {
    expect(ringOutcome(trial)).toEqual(expected);
  });

  const none = { isConfigured: false, arrived: false, failed: false };
  const unknown = { ...none, isConfigured: undefined };
  const answered = { isConfigured: true, arrived: true, failed: false };
  const nothingNew = { isConfigured: true, arrived: false, failed: false };
  const unanswered = { isConfigured: true, arrived: false, failed: true };
  it.each([
    ["STUN that answered", stunOutcome(answered), PASSED],
    ["STUN of one address of two", stunOutcome({ ...answered, failed: true }), PASSED],
    ["STUN that told nothing new", stunOutcome(nothingNew), PASSED],
    ["STUN that did not answer", stunOutcome(unanswered), failed("stun-unreachable")],
    ["no STUN", stunOutcome(none), off("stun-none")],
    ["STUN nobody knows of", stunOutcome(unknown), failed("ice-unknown")],
    ["a relay that answered", turnOutcome(answered, true), PASSED],
    ["a relay that did not answer", turnOutcome(unanswered, false), failed("turn-unreachable")],
    ["a relay without a candidate", turnOutcome(nothingNew, false), failed("turn-unreachable")],
    ["no relay", turnOutcome(none, false), off("turn-none")],
    ["no relay where nothing else is wanted", turnOutcome(none, true), failed("relay-missing")],
    ["a relay nobody knows of", turnOutcome(unknown, false), failed("ice-unknown")],
  ])("%s", (_what, outcome, expected) => {
    expect(outcome).toEqual(expected);
  });
});

describe("the one sentence", () => {
  const busy = { at: "failed", why: "camera-busy" } as const;
  const lost = { at: "failed", why: "notification-lost" } as const;
  const waiting = { at: "waiting" } as const;

  it.each([
    ["is that people can, where all works", reach(), { at: "good" }],
    ["minds no relay that nobody needs", reach({ turn: { at: "off", why: "turn-none" } }), { at: "good" }],
    [
      "says who can, where nothing leads beyond the own network",
      reach({ stun: { at: "off", why: "stun-none" }, turn: { at: "off", why: "turn-none" } }),
      { at: "noted", why: "same-network" },
    ],
    ["minds no STUN where there is a relay", reach({ stun: { at: "off", why: "stun-none" } }), { at: "good" }],
    ["waits while something is tried", reach({ stun: { at: "running" }, camera: busy }), { at: "running" }],
    ["waits for what comes yet", reach({ turn: waiting }), { at: "running" }],
    ["names the first thing to mend", reach({ camera: busy, notification: lost }), lost],
    [
      "does not wait for what is not tried while signed out",
      { ...newReach(), session: { at: "failed", why: "signed-out" } as const },
      failed("signed-out"),
    ],
    [
      "says where nobody can call by choice, before how it would ring",
      reach({ availability: { at: "off", why: "invisible" }, ring: { at: "off", why: "ring-silent" } }),
      { at: "noted", why: "invisible" },
    ],
    [
      "names what to mend before what was chosen",
      reach({ availability: availabilityOutcome("dnd"), camera: busy }),
      busy,
    ],
    [
      "says where rings are silent by choice",
      reach({ ring: { at: "off", why: "ring-silent" } }),
      { at: "noted", why: "ring-silent" },
    ],
  ])("%s", (_what, given, expected) => {
    expect(verdictOf(given)).toEqual(expected);
  });

  it.each([
    [
      "ring-quiet-hours",
      "Calls come, but you will not hear them. These are your quiet hours: calls make no sound here now.",
    ],
    ["invisible", "You are invisible: nobody can call you until you choose something else."],
  ] as const)("answers whether people can where it is %s", (why, sentence) => {
    expect(reachSentence(createText("en"), why)).toBe(sentence);
  });

  it("of a ring alone waits for no camera, and before there is an account for no line either", () => {
    const untried = { microphone: waiting, camera: waiting, stun: waiting, turn: waiting };
    expect(verdictOf(reach(untried), RING_CHECKS)).toEqual({ at: "good" });
    expect(verdictOf(reach({ ...untried, badge: waiting }), RING_CHECKS)).toEqual({ at: "running" });
    const alone = reach({
      ...untried,
      session: { at: "failed", why: "signed-out" },
      server: waiting,
      availability: waiting,
    });
    expect(verdictOf(alone, RING_CHECKS)).toEqual(failed("signed-out"));
    expect(verdictOf(alone, SIGNED_OUT_RING_CHECKS)).toEqual({ at: "good" });
  });
});

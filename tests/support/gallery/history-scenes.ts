import { type CallId, type CallRecord, DELETED_USER, type UserId } from "#protocol";
import type { SignedInView } from "../../../extension/core/view.ts";
import { NOW } from "./now.ts";
import type { PopupScene } from "./scenes.ts";

const MINUTE = 60_000;
const OFFLINE = { at: "offline", why: "network", retryAt: NOW + 4000, asOf: NOW } as const;
const TALK = "00000000-0000-4000-8000-000000000001" as CallId;

/** The history in each of its states, in the home of somebody. */
export function historyScenes(home: SignedInView, longName: string): Record<string, PopupScene> {
  const calls = callsOf(longName);
  const scene = (more: Partial<SignedInView>): PopupScene => ({ screen: "popup", view: { ...home, ...more } });
  return {
    history: scene({ history: { calls, known: true, hasMore: true, reading: "no" } }),
    "history-loading": scene({}),
    "history-empty": scene({ history: { calls: [], known: true, hasMore: false, reading: "no" } }),
    "history-failed": scene({ history: { calls: [], known: false, hasMore: false, reading: "failed" } }),
    "history-failed-known": scene({ history: { calls, known: true, hasMore: true, reading: "failed" } }),
    "history-more": scene({ history: { calls: calls.slice(0, 2), known: true, hasMore: true, reading: "more" } }),
    "history-failed-more": scene({
      history: { calls: calls.slice(0, 2), known: true, hasMore: true, reading: "failed-more" },
    }),
    "history-offline": scene({
      line: OFFLINE,
      history: { calls, known: true, hasMore: false, reading: "no" },
    }),
    "history-offline-unknown": scene({ line: OFFLINE }),
    "history-menu": scene({ history: { calls, known: true, hasMore: false, reading: "no" } }),
    "history-in-call": scene({
      call: { call: TALK, with: { user: "bob" as UserId, name: "Bob Tanaka" }, media: "video", at: "live", since: NOW },
      history: { calls, known: true, hasMore: false, reading: "no" },
    }),
  };
}

function record(name: string, minutesAgo: number, more: Partial<CallRecord>): CallRecord {
  // Ids are branded, and a test may make one of any text. No two of these calls are of the same minute.
  const call = `00000000-0000-4000-8000-${String(minutesAgo).padStart(12, "0")}` as CallId;
  const shared = { call, with: { user: name as UserId, name }, at: NOW - minutesAgo * MINUTE };
  return { ...shared, direction: "in", media: "video", outcome: "missed", seconds: 0, seen: true, ...more };
}

/** Calls of every kind; the last but two is of somebody with this long name. */
function callsOf(longName: string): CallRecord[] {
  return [
    record("Bob Tanaka", 12, { missedWhile: "ringing", seen: false }),
    record("Chiyo Mori", 40, { missedWhile: "offline", seen: false }),
    record("Bob Tanaka", 95, { direction: "out", outcome: "answered", seconds: 724 }),
    record("Daniel Ruiz", 100, { media: "audio", missedWhile: "in-call" }),
    record("Emi Sato", 24 * 60, { direction: "out", outcome: "no-answer" }),
    record("", 25 * 60, { with: { user: DELETED_USER, name: "deleted account" }, outcome: "declined" }),
    record("Gwen Abbott", 26 * 60, { missedWhile: "dnd" }),
    record(longName, 40 * 24 * 60, { missedWhile: "silent" }),
    record("Farid Haddad", 41 * 24 * 60, { direction: "out", outcome: "unavailable", media: "audio" }),
    record("Bob Tanaka", 42 * 24 * 60, { outcome: "answered", seconds: 3_609 }),
  ];
}

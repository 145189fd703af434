import * as v from "valibot";
import { MAX_STATUS_TEXT } from "./limits.ts";

/** The length of a text in Unicode code points. */
export function codePoints(text: string): number {
  return Array.from(text).length;
}

/**
 * Text that one person shows another: of bounded length, without control characters and without the invisible
 * characters that reorder text (Unicode UAX 9), with which a name could pass for another.
 */
export function shownText(max: number) {
  return v.pipe(
    v.string("must be text"),
    v.check((text) => codePoints(text) <= max, `must be at most ${String(max)} characters`),
    v.check(
      (text) => !/[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u.test(text),
      "must not hold control characters or marks that reorder text",
    ),
  );
}

/** A length of time in ms. */
export const Span = v.pipe(
  v.number("must be a number"),
  v.safeInteger("must be a whole number of ms"),
  v.minValue(0, "must not be negative"),
);

/** An instant in ms since 1970, by the server's clock. */
export const Instant = v.pipe(v.number(), v.safeInteger());

/** What a person chose; `invisible` looks like `offline` to everyone else. [PRES-4] */
export const Choice = v.picklist(
  ["available", "away", "dnd", "invisible"],
  "must be available, away, dnd or invisible",
);
export type Choice = v.InferOutput<typeof Choice>;

/** What others see of a person. [PRES-1] */
export const Availability = v.picklist(["available", "away", "busy", "dnd", "offline"]);
export type Availability = v.InferOutput<typeof Availability>;

export const Media = v.picklist(["audio", "video"], "must be audio or video");
export type Media = v.InferOutput<typeof Media>;

/** `audio` where either said so. [CALL-6] */
export function lesserMedia(one: Media, other: Media): Media {
  return one === "audio" || other === "audio" ? "audio" : "video";
}

/** How a device rings. Their order is their loudness, the loudest first. */
export const AlertMode = v.picklist(["loud", "silent", "waiting"], "must be loud, silent or waiting");
export type AlertMode = v.InferOutput<typeof AlertMode>;

/** Why a call is over. */
export const EndReason = v.picklist([
  "declined",
  "cancelled",
  "no-answer",
  "busy",
  "unreachable",
  "unavailable",
  "answered-elsewhere",
  "declined-elsewhere",
  "merged",
  "hangup",
  "failed",
]);
export type EndReason = v.InferOutput<typeof EndReason>;

/** How a call ended for one of its two people, in the history. [CALL-14] */
export const Outcome = v.picklist([
  "answered",
  "missed",
  "declined",
  "cancelled",
  "no-answer",
  "busy",
  "unreachable",
  "unavailable",
  "failed",
]);
export type Outcome = v.InferOutput<typeof Outcome>;

/** How long a talk was, of two instants in ms: every list and every page counts alike. [CALL-14] */
export function talkedSeconds(acceptedAt: number, endedAt: number): number {
  return Math.max(0, Math.round((endedAt - acceptedAt) / 1000));
}

/** What the callee's devices were doing while a call was missed, for the callee's own history. [CALL-14] */
export const MissedWhile = v.picklist(["offline", "dnd", "in-call", "silent", "ringing"]);
export type MissedWhile = v.InferOutput<typeof MissedWhile>;

export const ErrorCode = v.picklist([
  "bad_message",
  "unauthorized",
  "not_contact",
  "not_found",
  "conflict",
  "rate_limited",
  "too_large",
  "internal",
]);
export type ErrorCode = v.InferOutput<typeof ErrorCode>;

export const ContactState = v.picklist(["accepted", "incoming", "outgoing", "blocked"]);
export type ContactState = v.InferOutput<typeof ContactState>;

/** What happens to a second invite to someone in a call. [CALL-9] */
export const SecondCall = v.picklist(["wait", "busy"], "must be wait or busy");
export type SecondCall = v.InferOutput<typeof SecondCall>;

export const StatusText = shownText(MAX_STATUS_TEXT);

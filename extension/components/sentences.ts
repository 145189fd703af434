import type { AlertMode, Availability, Choice } from "#protocol";
import type { CallEnd, CallView, ContactView, LineView, SignedInView, WaitingView } from "../core/view.ts";
import type { Text } from "../locales/text.ts";
import type { Refused } from "../messaging/commands.ts";
import type { CallPhase, CallScreenProps } from "./call-props.ts";
import { quietUntil } from "./days.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** What went wrong and what to do, in one sentence or two. */
export function problemSentence(text: Text, answer: Refused): string {
  return text.t(`problem.${answer.problem}`, { field: answer.field ?? "other" });
}

/** What is wrong with a handle to sign in by. */
export function handleSentence(text: Text, typed: string): string {
  return text.t(typed.trim().indexOf("@") > 0 ? "sign.handle-not-email" : "sign.handle-wrong");
}

/** Why a call is over, for the side that called or the one that was called. */
export function endedSentence(text: Text, end: { reason: CallEnd; outgoing: boolean }, name: string): string {
  return text.t(`ended.${end.outgoing ? "caller" : "callee"}.${end.reason}`, { name });
}

/** Why the other could not be called again; undefined where nothing was refused. */
export function notCalledSentence(
  text: Text,
  { notCalled, person }: Pick<CallScreenProps, "notCalled" | "person">,
): string | undefined {
  if (notCalled === undefined) return undefined;
  // What is no longer there is the contact.
  if (notCalled === "not-found") return text.t("ended.caller.not-contact", { name: person.name });
  return problemSentence(text, { ok: false, problem: notCalled });
}

/** A contact's availability in words: "Away for 12 minutes", "Available · “Writing the proposal”". */
export function contactWords(text: Text, contact: ContactView, now: number): string {
  const availability = availabilityWords(text, contact, now);
  return contact.text === undefined || contact.text === ""
    ? availability
    : text.t("availability.with-text", { availability, text: contact.text });
}

function availabilityWords(text: Text, { availability, since }: ContactView, now: number): string {
  if (since === undefined) return text.t(`availability.${availability}`);
  const time = text.instant(since, now);
  if (availability === "offline") return text.t("availability.offline-since", { time });
  if (availability !== "away" || now - since < MINUTE_MS) return text.t(`availability.${availability}`);
  return now - since < HOUR_MS
    ? text.t("availability.away-for", { minutes: text.minutes(now - since) })
    : text.t("availability.away-since", { time });
}

/** Whether they can answer now; whoever cannot is called from the menu, which says what will happen. */
export function isCallable({ availability }: ContactView): boolean {
  return availability === "available" || availability === "away";
}

/** Whether a call of one's own is present: another cannot be placed then. */
export function isInCall(call: CallView | undefined): boolean {
  return call !== undefined && call.at !== "ended" && call.at !== "ringing-in";
}

/** How one looks just now to others, or offline where nobody sees anything. */
export function ownShown({ self, line, call }: SignedInView): Availability | Choice {
  if (line.at === "offline") return "offline";
  const talking = call?.at === "joining" || call?.at === "live" || call?.at === "reconnecting" || call?.at === "away";
  if (self.availability !== "available") return self.availability;
  if (talking) return "busy";
  return self.unattended === true ? "away" : "available";
}

/** The same in words, with the quiet hours of this device: "Available · quiet until 7:00". */
export function ownWords(text: Text, view: SignedInView, now: number): string {
  const availability = ownAvailability(text, view, now);
  const end = quietUntil(view.device.quietHours, now);
  if (end === undefined) return availability;
  return text.t("own.quiet", { availability, time: end === "never" ? end : text.instant(end, now) });
}

function ownAvailability(text: Text, view: SignedInView, now: number): string {
  const { self } = view;
  const shown = ownShown(view);
  if (shown === "away" && self.availability === "available") return text.t("own.unattended");
  if (shown !== self.availability) return text.t(`availability.${shown}`);
  return self.until === undefined || self.until <= now
    ? text.t(`availability.${self.availability}`)
    : text.t(`availability.${self.availability}-until`, { time: text.instant(self.until, now) });
}

/** What the line to the server does, in sentences; undefined where all is well. */
export function lineSentences(text: Text, line: LineView, server: string, now: number): string | undefined {
  if (line.at === "online") return undefined;
  if (line.at === "connecting") return text.t("line.connecting", { server: hostOf(server) });
  const sentences = [text.t(`line.${line.why}`, { server: hostOf(server) })];
  if (line.retryAt !== undefined) sentences.push(retryWords(text, line.retryAt - now));
  if (line.asOf !== undefined) sentences.push(text.t("line.as-of", { time: text.instant(line.asOf, now) }));
  return joined(text, sentences);
}

function retryWords(text: Text, inMs: number): string {
  return inMs > 0 ? text.t("line.retry-in", { seconds: Math.ceil(inMs / 1000) }) : text.t("line.retrying");
}

/** Sentences in a row. Japanese sets no space between them. */
export function joined(text: Text, sentences: readonly string[]): string {
  return sentences.join(text.locale === "ja" ? "" : " ");
}

/** The server's host and port alone, of its origin or of what a person typed. */
export function hostOf(server: string): string {
  return server
    .trim()
    .replace(/^[a-z]+:\/\//i, "")
    .replace(/[/?#].*$/s, "");
}

/** A present call in the popup, which shows ringing and ended ones otherwise. */
export type RunningCall = Exclude<CallView, { at: "ringing-in" } | { at: "ended" }>;

export function stripWords(text: Text, call: RunningCall): string {
  const { name } = call.with;
  if (call.at === "ringing-out") return text.t("call.title", { name, state: ringingOutWords(text, call) });
  if (call.at === "joining" && call.outgoing) return text.t("call.title", { name, state: text.t("call.answered") });
  return text.t(`strip.${call.at}`, { name });
}

/** How a ring sounds on this device. */
export function ringingWords(text: Text, { media, sound }: Extract<CallView, { at: "ringing-in" }>): string {
  return text.t(sound === "loud" ? `ringing.${media}` : `ringing.${media}-${sound}`);
}

export function waitingWords(text: Text, { isAnswered, media, with: { name } }: WaitingView): string {
  return text.t(isAnswered ? "strip.accepting" : `waiting.${media}`, { name });
}

/** Who calls during a talk, here or on another device; read aloud without interrupting. */
export function waitingAnnounced(text: Text, { call, waiting }: Pick<SignedInView, "call" | "waiting">): string {
  const quiet = call?.at === "ringing-in" && call.sound === "waiting" ? call : waiting.at(-1);
  return quiet === undefined ? "" : text.t("waiting.announced", { name: quiet.with.name });
}

/** The state of the call in words, as it stands at the top of the call page and is read aloud when it changes. */
export function callWords(
  text: Text,
  props: Pick<CallScreenProps, "call" | "link" | "failure" | "online" | "outgoing" | "media" | "person">,
) {
  const { call, online } = props;
  switch (call.at) {
    case "inviting":
      return text.t(online ? "call.inviting" : "call.inviting-offline");
    case "ringing-out":
      return ringingOutWords(text, call);
    case "ended":
      // What went wrong here says more than that the call is over.
      if (props.failure !== undefined) return text.t(`call.failed-${props.failure}`);
      return endedSentence(text, { reason: call.reason, outgoing: props.outgoing }, props.person.name);
    case "live":
    case "joining":
    case "reconnecting":
      return talkWords(text, call, props);
    case "opening":
    case "accepting":
    case "unknown":
    case "elsewhere":
      return text.t(`call.${call.at}`);
  }
}

/** What the other side's devices said of their ringing, to the one who calls. */
function ringingOutWords(text: Text, { mode, devices }: { mode: AlertMode; devices: number }): string {
  return text.t(mode === "loud" ? "call.ringing" : `call.ringing-${mode}`, { devices });
}

function talkWords(
  text: Text,
  call: CallPhase,
  {
    link,
    failure = "no-connection",
    outgoing,
    media,
  }: Pick<CallScreenProps, "link" | "failure" | "outgoing" | "media">,
): string {
  if (link === "failed") return text.t(`call.failed-${failure}`);
  if (call.at === "reconnecting" || link === "interrupted") return text.t("call.interrupted");
  if (call.at === "live") return text.t("call.live");
  if (outgoing) return text.t("call.answered");
  return text.t(media === "audio" ? "call.joining-audio" : "call.joining");
}

import { type AlertMode, lesserMedia } from "#protocol";
import { acceptingOf, answerBy, type CallStep, hungUp, isNamed, isPresent, openingPage, pageId } from "./call-parts.ts";
import type { Accepting, CallEffect, CallEvent, CallState, Ring, RingingIn } from "./call-types.ts";
import { step } from "./machine.ts";

type Of<T extends CallEvent["type"]> = Extract<CallEvent, { type: T }>;

/** A ring takes the stage. */
export function ring(state: CallState, { ring: { call, from, ...rest } }: Of<"ring">): CallStep {
  return isPresent(state) ? step(state) : step({ at: "ringing-in", call, with: from, ...rest });
}

/** The server has this ring too, and may have lost what it was told of it: it goes on, no longer than before. [CALL-11] */
export function ringsOn(
  state: RingingIn,
  at: number,
  { remaining, waiting }: { remaining: number; waiting?: boolean | undefined },
): CallStep {
  const next: RingingIn = { ...state, until: Math.min(state.until, at + remaining) };
  if (waiting === true) next.isQuiet = true;
  else delete next.isQuiet;
  if (state.alerted === undefined) return step<CallState>(next);
  const message = { type: "call.alert", call: state.call, mode: state.alerted } as const;
  return step<CallState, CallEffect>(next, { type: "ask", message });
}

/** The ring on the stage, as one that waits. */
export function ringOf({ at: _, with: from, ...rest }: RingingIn): Ring {
  return { from, ...rest };
}

/** How a ring is to sound on this device, which may have to be silent: not at all while the person talks on another one. [CALL-9] */
export function soundOf({ isQuiet }: RingingIn, isSilent: boolean): AlertMode {
  if (isQuiet) return "waiting";
  return isSilent ? "silent" : "loud";
}

/** This device has begun to ring, or rings otherwise than it said. That it was silenced is nobody's business. */
export function alerted(state: CallState, { call, mode }: Of<"alerted">): CallStep {
  if (state.at !== "ringing-in" || state.call !== call || state.alerted === mode) return step(state);
  return step<CallState, CallEffect>(
    { ...state, alerted: mode },
    { type: "ask", message: { type: "call.alert", call, mode } },
  );
}

/** The person wants no more sound of it here; it goes on ringing, here and elsewhere. */
export function silenced(state: CallState, { call }: Of<"silence">): CallStep {
  if (state.at !== "ringing-in" || !isNamed(state, call) || state.isSilenced) return step(state);
  return step({ ...state, isSilenced: true });
}

export function accept(state: CallState, event: Of<"accept">): CallStep {
  if (state.at !== "ringing-in" || state.call !== event.call) return step(state);
  const media = lesserMedia(state.media, event.media);
  const accepting = acceptingOf(state, {
    call: state.call,
    media,
    page: openingPage(event.at),
    request: event.request,
    until: answerBy(state, event.at),
  });
  return step<CallState, CallEffect>(
    accepting,
    { type: "ask", message: { type: "call.accept", id: event.request, call: state.call, media } },
    { type: "open-call-tab", call: state.call },
  );
}

/** A call that was answered while it waited takes the stage and the page of the one before, which is over. [CALL-9] */
export function answerTakesOver(state: CallState, event: Of<"answer">): CallStep {
  const { ring, answer, at } = event;
  const accepting: Accepting = {
    at: "accepting",
    call: ring.call,
    with: ring.from,
    media: answer.media,
    page: openingPage(at),
    request: answer.request,
    until: answer.until,
  };
  const replacing = state.at === "idle" || state.at === "ringing-in" ? {} : { replacing: pageId(state) };
  return step<CallState, CallEffect>(accepting, ...(isPresent(state) ? hungUp(state, event).effects : []), {
    type: "open-call-tab",
    call: ring.call,
    ...replacing,
  });
}

import { LATE_RING_MS, unreachable, type WelcomeCall } from "#protocol";
import { acceptAgain, invite, isAnswered, joiningOf, mergedInto } from "./call-news.ts";
import { RECONNECT_MS, rejoin } from "./call-page.ts";
import { type AcceptedCall, type CallStep, ended, isPresent } from "./call-parts.ts";
import { ringsOn } from "./call-ring.ts";
import type { Accepting, CallEffect, CallEvent, CallState, Inviting, RingingIn, RingingOut } from "./call-types.ts";
import { step } from "./machine.ts";

type Welcomed = Extract<CallEvent, { type: "welcomed" }>;
type Running = Extract<WelcomeCall, { state: "running" }>;

/**
 * The line stands again, and the call falls in with what the server knows: it resumes, repeats what may have been lost, or
 * drops what the server no longer knows. [CALL-12]
 */
export function welcomed(state: CallState, event: Welcomed): CallStep {
  if (!isPresent(state)) return step(state);
  switch (state.at) {
    case "inviting":
    case "ringing-out":
      return welcomedCaller(state, event);
    case "ringing-in":
      return welcomedRing(state, event);
    case "accepting":
      return welcomedAccept(state, event);
    case "joining":
    case "live":
    case "reconnecting":
      return welcomedTalk(state, event);
    default:
      return unreachable(state);
  }
}

/** Whether a ring that the welcome names, and that is not sounding here, may still begin. [CALL-3] */
export function isWorthRinging(remainingMs: number): boolean {
  return remainingMs >= LATE_RING_MS;
}

function listed<S extends WelcomeCall["state"]>(
  calls: WelcomeCall[],
  call: string,
  state: S,
): Extract<WelcomeCall, { state: S }> | undefined {
  return calls.find((one): one is Extract<WelcomeCall, { state: S }> => one.call === call && one.state === state);
}

function welcomedCaller(state: Inviting | RingingOut, event: Welcomed): CallStep {
  const running = listed(event.calls, state.call, "running");
  if (running) {
    const ticket = state.at === "ringing-out" ? state.ticket : undefined;
    const joining = joiningOf(state, { outgoing: true, at: event.at, media: running.media }, ticket);
    // The invite is asked again for its answer: the ticket may be newer than this, or not have come at all.
    return step<CallState, CallEffect>(joining, invite(state, event.at));
  }
  const merged = event.calls.find((one) => isMergeOf(state, one));
  if (merged) return mergedInto(state, merged.call, event);
  const outgoing = listed(event.calls, state.call, "outgoing");
  const next: CallState =
    outgoing?.ticket && outgoing.mode
      ? { ...state, at: "ringing-out", devices: outgoing.devices, mode: outgoing.mode, ticket: outgoing.ticket }
      : state;
  return step<CallState, CallEffect>(next, invite(state, event.at));
}

/** While the line was away, this side's invite became the answer to theirs. [CALL-6] */
function isMergeOf(state: Inviting | RingingOut, call: WelcomeCall): call is Running {
  return call.state === "running" && call.here && call.with.user === state.with.user;
}

function welcomedRing(state: RingingIn, event: Welcomed): CallStep {
  const incoming = listed(event.calls, state.call, "incoming");
  if (incoming) return ringsOn(state, event.at, incoming);
  // A server that settles may hear of this ring from its caller yet; the own timer ends it otherwise. [CALL-11]
  const isKnownElsewhere = listed(event.calls, state.call, "running") !== undefined;
  return event.settling && !isKnownElsewhere ? step(state) : ended(state, event.at, "answered-elsewhere");
}

function welcomedAccept(state: Accepting, event: Welcomed): CallStep {
  const running = listed(event.calls, state.call, "running");
  if (running && !running.here) return ended(state, event.at, "answered-elsewhere");
  if (running || listed(event.calls, state.call, "incoming")) return step(state, acceptAgain(state));
  return event.settling ? step(state) : ended(state, event.at, "lost");
}

function welcomedTalk(state: AcceptedCall, event: Welcomed): CallStep {
  const running = listed(event.calls, state.call, "running");
  if (running && !running.here) return ended(state, event.at, "answered-elsewhere");
  // A server that was restarted between the accept and the caller's hearing of it rings again: this side has answered.
  if (isAnswered(state) && listed(event.calls, state.call, "incoming")) return step(state, acceptAgain(state));
  // The hello named this call; where the server does not, the other side has hung up meanwhile.
  if (!running) return ended(state, event.at, "hangup", knownUntil(state, event));
  if (state.rejoin !== undefined) return state.rejoin === "asked" ? step(state, rejoin(state)) : step(state);
  if (state.at !== "joining" || state.ticket) return step(state);
  return step(state, state.outgoing ? invite(state, event.at) : acceptAgain(state));
}

/** Until when the talk is known to have run: until the line was lost, or the media where that flowed for longer. [CALL-14] */
function knownUntil(state: AcceptedCall, { at, lostAt = at }: Welcomed): number {
  const flowedUntil = state.at === "reconnecting" ? state.until - RECONNECT_MS : lostAt;
  return Math.min(at, Math.max(lostAt, flowedUntil));
}

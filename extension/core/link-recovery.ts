import { type CallSignal, type Ticket, unreachable } from "#protocol";
import { mediaState } from "./link-devices.ts";
import { withoutScreens } from "./link-screen.ts";
import type { LinkEffect, LinkEvent, LinkFailure, LinkPhase, LinkState } from "./link-types.ts";
import { type Step, step } from "./machine.ts";

/** A hiccup heals by itself within this span. */
const HICCUP_MS = 2_000;
/** A restart of ICE that brought nothing is tried again after this span: its signals may have been lost. */
export const RESTART_EVERY_MS = 5_000;
/** Where restarts of ICE have brought nothing for this long, a fresh connection may. */
const FRESH_AFTER_MS = 15_000;
/** A connection that was lost for this long stays lost. */
const LOST_MS = 30_000;

/** Whatever is tried: a page that comes back at the last moment, after 20 s, has its time. [CALL-13] */
export const ENDS_AFTER_MS = 35_000;

type PhaseOf<A extends LinkPhase["at"]> = Extract<LinkPhase, { at: A }>;
type LinkStep = Step<LinkState, LinkEffect>;
type Of<T extends LinkEvent["type"]> = Extract<LinkEvent, { type: T }>;

/** What becomes of the link as its connection comes and goes. */
export function connectionChanged(state: LinkState, event: Of<"connection">): LinkStep {
  const { phase } = state;
  switch (event.state) {
    case "connecting":
      if (phase.at !== "linking" || phase.freshAt === undefined) return step(state);
      return step({ ...state, phase: withoutFreshAt(phase) });
    case "connected":
      return phase.at === "linking" || phase.at === "interrupted" ? live(state, phase.ticket) : step(state);
    case "disconnected":
      return phase.at === "live" ? interrupted(state, phase.ticket, event.at, HICCUP_MS) : step(state);
    case "failed":
      if (phase.at === "linking") return linkingFailed(state, phase, event.at);
      if (phase.at === "interrupted") return restart(state, event.at);
      if (phase.at !== "live") return step(state);
      return andThen(interrupted(state, phase.ticket, event.at, 0), (next) => restart(next, event.at));
    case "closed":
      return phase.at === "live" ? interrupted(state, phase.ticket, event.at, HICCUP_MS) : step(state);
    default:
      return unreachable(event.state);
  }
}

/** Both sides have these ends, where one's offer has come to the other; however slow it goes from there. */
function withoutFreshAt({ freshAt: _none, ...phase }: PhaseOf<"linking">): LinkPhase {
  return phase;
}

/** What the other side's page says. */
export function signalled(state: LinkState, { at, signal }: Of<"signal">): LinkStep {
  // It has not heard of the fresh ends: they were told to a line of its that was dead. The server tells them once more, or others. [CALL-13]
  if (isRelinking(state) && signal.kind !== "media-state") return step(state, { type: "tell", what: "ticket-wanted" });
  switch (signal.kind) {
    case "media-state":
      return step({ ...state, remote: { camera: signal.camera, microphone: signal.microphone } });
    case "restart-please":
      if (state.outgoing || !isUp(state)) return step(state);
      // This side may not have noticed yet that the connection is gone.
      return state.phase.at === "live" ? step(state, { type: "restart-ice" }) : restart(state, at);
    case "description": {
      const isExpected = state.outgoing ? signal.type === "offer" : signal.type === "answer";
      const { type, sdp } = signal;
      return isUp(state) && isExpected ? step(state, { type: "apply", description: { type, sdp } }) : step(state);
    }
    default:
      return unreachable(signal);
  }
}

/** What an interrupted link does next, once it is due. */
export function interruptedDue(state: LinkState, phase: PhaseOf<"interrupted">, at: number): LinkStep {
  if (at >= phase.until) return failed(state, "lost");
  if (phase.freshAt !== undefined && at >= phase.freshAt) return refresh(state, phase, at);
  return at >= phase.restartAt ? restart(state, at) : step(state);
}

/** What was said meanwhile went nowhere. */
export function lineReturned(state: LinkState, at: number): LinkStep {
  return state.phase.at === "interrupted" ? restart(state, at, restartAnew(state)) : step(state);
}

export function live(state: LinkState, ticket: Ticket): LinkStep {
  const next: LinkState = { ...state, lived: true, phase: { at: "live", ticket } };
  delete next.endsAt;
  return step<LinkState, LinkEffect>(next, { type: "tell", what: "media-connected" }, say(mediaState(next)));
}

/** Nobody talks by this link any more: a ring that it is for is as much in vain as a call. */
export function failed(state: LinkState, why: LinkFailure): LinkStep {
  return step<LinkState, LinkEffect>(
    { ...withoutScreens(state), phase: { at: "failed", why } },
    { type: "tell", what: "media-failed" },
    { type: "let-go" },
  );
}

/** Where there was no relay to help, the operator could give one. */
export function notConnected(ticket: Ticket): LinkFailure {
  return hasRelay(ticket) ? "no-connection" : "no-relay";
}

export function hasRelay({ iceServers }: Ticket): boolean {
  return iceServers.flatMap(({ urls }) => urls).some((url) => /^turns?:/.test(url));
}

export function isUp({ phase }: LinkState): boolean {
  return phase.at === "live" || phase.at === "interrupted";
}

/** Whether a fresh connection is to come in the place of one on which the two have talked. */
function isRelinking({ lived, phase }: LinkState): boolean {
  return lived && (phase.at === "registering" || phase.at === "unregistered" || phase.at === "linking");
}

export function andThen(first: LinkStep, next: (state: LinkState) => LinkStep): LinkStep {
  const second = next(first.state);
  return { state: second.state, effects: [...first.effects, ...second.effects] };
}

/** Where the media has flowed before, the other side's page may just be loaded again once more. [CALL-13] */
function linkingFailed(state: LinkState, { ticket, until }: PhaseOf<"linking">, at: number): LinkStep {
  if (!state.lived || until === undefined) return failed(state, notConnected(ticket));
  const phase: LinkPhase = { at: "interrupted", ticket, restartAt: at + HICCUP_MS, until };
  // Another one in the last seconds could not connect.
  const isLate = until - at < RESTART_EVERY_MS;
  return step<LinkState, LinkEffect>(
    { ...state, phase },
    ...(isLate ? [] : [{ type: "tell", what: "ticket-wanted" } as const]),
  );
}

function interrupted(state: LinkState, ticket: Ticket, at: number, restartMs: number): LinkStep {
  const [restartAt, freshAt, until] = [at + restartMs, at + FRESH_AFTER_MS, at + LOST_MS];
  const phase: LinkPhase = { at: "interrupted", ticket, restartAt, freshAt, until };
  const next: LinkState = { ...state, endsAt: at + ENDS_AFTER_MS, phase };
  return step<LinkState, LinkEffect>(next, { type: "tell", what: "media-interrupted" });
}

/** The side that accepted makes the offer; the caller asks for it. [CALL-13] */
function restartNow({ outgoing }: LinkState): LinkEffect {
  return outgoing ? say({ kind: "restart-please" }) : { type: "restart-ice" };
}

/** The same where an offer that is under way is of no use. */
export function restartAnew({ outgoing }: LinkState): LinkEffect {
  return outgoing ? say({ kind: "restart-please" }) : { type: "restart-ice", anew: true };
}

function restart(state: LinkState, at: number, by = restartNow(state)): LinkStep {
  const { phase } = state;
  if (phase.at !== "interrupted") return step(state);
  const next: LinkState = { ...state, phase: { ...phase, restartAt: at + RESTART_EVERY_MS } };
  return step<LinkState, LinkEffect>(next, by);
}

/** Asks for a fresh connection, once; the old one is tried on until that comes. [CALL-13] */
function refresh(state: LinkState, { freshAt: _asked, ...phase }: PhaseOf<"interrupted">, at: number): LinkStep {
  const asked = step<LinkState, LinkEffect>({ ...state, phase }, { type: "tell", what: "ticket-wanted" });
  return at >= phase.restartAt ? andThen(asked, (next) => restart(next, at)) : asked;
}

export function say(signal: CallSignal): LinkEffect {
  return { type: "signal", signal };
}

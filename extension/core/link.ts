import { type Ticket, unreachable } from "#protocol";
import { deviceChanged, devicesAtFirst, devicesCame, held, moved, remoteAtFirst, switched } from "./link-devices.ts";
import {
  ENDS_AFTER_MS,
  andThen,
  connectionChanged,
  failed,
  hasRelay,
  interruptedDue,
  isUp,
  lineReturned,
  live,
  notConnected,
  RESTART_EVERY_MS,
  say,
  signalled,
} from "./link-recovery.ts";
import { NO_SCREEN, screenCame, screenEnded, screenSwitched, theirScreen, withoutScreens } from "./link-screen.ts";
import type { LinkEffect, LinkEvent, LinkFailure, LinkPhase, LinkState } from "./link-types.ts";
import { isRenewed, renewalDue, renewed, withRenewal } from "./link-renewal.ts";
import { type Step, step } from "./machine.ts";
import type { DeviceWishes } from "./view.ts";

const REGISTERING_MS = 10_000;
/** PeerServer may have lost this side with the network, and is asked again after this span. */
const REGISTER_AGAIN_MS = 2_000;
/** From the accept to the first picture or sound. */
const LINKING_MS = 30_000;
/** What a fresh connection in the place of an old one has at least. */
const RELINKING_MS = 15_000;
/** A fresh connection that has not begun to connect within this span waits by ends that the other side may not have. [CALL-13] */
const OTHERS_AFTER_MS = 8_000;

type PhaseOf<A extends LinkPhase["at"]> = Extract<LinkPhase, { at: A }>;
type LinkStep = Step<LinkState, LinkEffect>;
type Of<T extends LinkEvent["type"]> = Extract<LinkEvent, { type: T }>;

/**
 * The media of a call whose page was just opened, by the person's own act; the devices are asked for at once. `wishes`: what
 * the person wanted of them in the page before this one.
 */
export function openLink(event: Of<"call">, wishes?: DeviceWishes, relayOnly = false): LinkStep {
  const { outgoing, media, lived } = event;
  const fresh: LinkState = {
    outgoing,
    media,
    ...devicesAtFirst(media, wishes),
    held: false,
    screen: NO_SCREEN,
    theirScreen: false,
    remote: remoteAtFirst(media),
    needsClick: false,
    lived,
    ...(relayOnly ? { relayOnly } : {}),
    phase: { at: "waiting", accepted: false },
  };
  if (event.over) return step({ ...fresh, phase: { at: "over" } });
  const told = callChanged(fresh, event);
  const asked = fresh.camera === "asking" ? "video" : "audio";
  return step<LinkState, LinkEffect>(told.state, { type: "open-devices", media: asked }, ...told.effects);
}

export function updateLink(state: LinkState, event: LinkEvent): LinkStep {
  if (state.phase.at === "over") return step(state);
  // Everything is let go, or will be: what devices and connection still say makes no difference.
  if (state.phase.at === "failed" && event.type !== "call") return step(state);
  switch (event.type) {
    case "call":
      return event.over ? over(state) : callChanged(state, event);
    case "moved":
      return event.over ? over(state) : andThen(moved(state, event.media), (next) => callChanged(next, event));
    case "devices":
      return devicesCame(state, event);
    case "registered":
      return registered(state, event.at);
    case "peer-failed":
      return peerFailed(state, event.at);
    case "connection":
      return connectionChanged(state, event);
    case "described":
      return isUp(state) ? step(state, say({ kind: "description", ...event.description })) : step(state);
    case "signal":
      return signalled(state, event);
    case "switch":
      return switched(state, event);
    case "hold":
      return held(state, event);
    case "device-changed":
      return deviceChanged(state, event);
    case "share-screen":
      return screenSwitched(state, event);
    case "screen":
      return screenCame(state, event);
    case "screen-ended":
      return screenEnded(state);
    case "their-screen":
      return theirScreen(state, event);
    case "line-returned":
      return lineReturned(state, event.at);
    case "sound":
      return state.needsClick === !event.playing ? step(state) : step({ ...state, needsClick: !event.playing });
    case "due":
      return due(state, event.at);
    default:
      return unreachable(event);
  }
}

/** When the link must be asked again, by a `due`; in ms since 1970. */
export function linkDue(state: LinkState): number | undefined {
  const due = phaseDue(state);
  if (!isUp(state) || state.renewAt === undefined) return due;
  return Math.min(state.renewAt, due ?? state.renewAt);
}

function phaseDue({ phase }: LinkState): number | undefined {
  switch (phase.at) {
    case "registering":
      return phase.until;
    case "linking":
      return phase.freshAt === undefined ? phase.until : Math.min(phase.freshAt, phase.until ?? phase.freshAt);
    case "unregistered":
      return phase.until === undefined ? phase.againAt : Math.min(phase.againAt, phase.until);
    case "interrupted":
      return Math.min(phase.restartAt, phase.until, phase.freshAt ?? phase.until);
    case "waiting":
    case "live":
    case "failed":
    case "over":
      return undefined;
    default:
      return unreachable(phase);
  }
}

/** The background's word. Which side this is, and its ticket, stand until PeerServer is asked. [CALL-6] */
function callChanged(state: LinkState, { at, outgoing, media, accepted, ticket }: Of<"call" | "moved">): LinkStep {
  const { phase } = state;
  const told: LinkState = { ...state, outgoing, media };
  switch (phase.at) {
    case "waiting":
      // Whatever the devices give joins what was begun without them.
      return ticket === undefined
        ? step({ ...told, phase: { at: "waiting", accepted } })
        : register(told, { ticket, accepted, until: at + REGISTERING_MS }, at);
    case "registering":
      if (isOther(ticket, phase.ticket)) return relink(told, { ticket, accepted, until: phase.until }, at);
      return phase.accepted === accepted ? step(state) : step({ ...state, media, phase: { ...phase, accepted } });
    case "unregistered":
      if (!isOther(ticket, phase.ticket) && phase.accepted === accepted) return step(state);
      return registerAgain(told, { ...phase, ticket: ticket ?? phase.ticket, accepted }, at);
    case "linking":
      // The other side's page was loaded again, or the server was restarted: there are new ends for both.
      if (isOther(ticket, phase.ticket)) return relink(told, { ticket, accepted, until: phase.until ?? at }, at);
      return phase.accepted || !accepted
        ? step(state)
        : step({ ...state, media, phase: { ...phase, accepted, until: at + LINKING_MS } });
    // While an answer waited for the server's word, it meant nothing to the background.
    case "failed":
      return accepted ? failed(state, phase.why) : step(state);
    case "live":
      if (isOther(ticket, phase.ticket)) return relink(told, { ticket, accepted, until: at + LINKING_MS }, at);
      if (isRenewed(ticket, phase.ticket)) return renewed({ ...state, phase: { ...phase, ticket } }, ticket, at);
      return accepted ? live(state, phase.ticket) : step(state);
    case "interrupted":
      if (isRenewed(ticket, phase.ticket)) return renewed({ ...state, phase: { ...phase, ticket } }, ticket, at);
      return isOther(ticket, phase.ticket) ? relink(told, { ticket, accepted, until: phase.until }, at) : step(state);
    case "over":
      return step(state);
    default:
      return unreachable(phase);
  }
}

function isOther(ticket: Ticket | undefined, known: Ticket): ticket is Ticket {
  return ticket !== undefined && ticket.self !== known.self;
}

/**
 * A fresh connection in the place of the old one, which has some time even where that was nearly lost; but one after the
 * other would go on for ever. [CALL-13]
 */
function relink(state: LinkState, wanted: Omit<PhaseOf<"registering">, "at">, at: number): LinkStep {
  const until = Math.max(wanted.until, at + RELINKING_MS);
  if (!state.lived) return register(state, { ...wanted, until }, at);
  const { endsAt = at + ENDS_AFTER_MS } = state;
  return register({ ...state, endsAt }, { ...wanted, until: Math.min(endsAt, until) }, at);
}

function register(state: LinkState, registering: Omit<PhaseOf<"registering">, "at">, at: number): LinkStep {
  const { ticket } = registering;
  // Nobody waits for what cannot come, and nobody is rung for it.
  if (state.relayOnly && !hasRelay(ticket)) return failed(state, "relay-missing");
  const next: LinkState = { ...withRenewal(state, ticket, at), phase: { at: "registering", ...registering } };
  return step<LinkState, LinkEffect>(next, { type: "register", ticket });
}

function registered(state: LinkState, at: number): LinkStep {
  const { phase, outgoing } = state;
  if (phase.at !== "registering") return step(state);
  const { ticket, accepted } = phase;
  // A fresh connection in the place of another has what is left of the time, and a first one all of its own.
  const until = state.endsAt === undefined ? at + LINKING_MS : phase.until;
  const freshAt = at + OTHERS_AFTER_MS;
  const linking: LinkPhase = {
    at: "linking",
    ticket,
    accepted,
    ...(accepted ? { until } : {}),
    ...(accepted && state.lived && freshAt + RESTART_EVERY_MS <= until ? { freshAt } : {}),
  };
  // Who answers dials, since the caller's peer is open and waiting by then.
  return step<LinkState, LinkEffect>(
    { ...state, phase: linking },
    ...(outgoing ? [] : [{ type: "dial", ticket } as const]),
  );
}

/**
 * A ring that lost PeerServer is not lost, nor is an accepted call before its time is over. The ticket holds until it
 * expires; where PeerServer refuses it, since it still takes the socket that broke for ours, a fresh one is asked for.
 */
function peerFailed(state: LinkState, at: number): LinkStep {
  const { phase } = state;
  if (phase.at !== "registering" && phase.at !== "linking") return step(state);
  const { ticket, accepted, until } = phase;
  const again: LinkPhase = { at: "unregistered", ticket, accepted, againAt: at + REGISTER_AGAIN_MS };
  const next: LinkState = { ...state, phase: accepted && until !== undefined ? { ...again, until } : again };
  return step<LinkState, LinkEffect>(
    next,
    ...(phase.at === "registering" ? [{ type: "tell", what: "ticket-wanted" } as const] : []),
  );
}

/** While it rings each try has its own time; once accepted all of them share one. */
function registerAgain(state: LinkState, phase: PhaseOf<"unregistered">, at: number): LinkStep {
  const { ticket, accepted } = phase;
  const until = phase.until ?? at + (accepted ? LINKING_MS : REGISTERING_MS);
  return register(state, { ticket, accepted, until }, at);
}

function over(state: LinkState): LinkStep {
  return step<LinkState, LinkEffect>({ ...withoutScreens(state), phase: { at: "over" } }, { type: "let-go" });
}

function due(state: LinkState, at: number): LinkStep {
  const asked = isUp(state) ? renewalDue(state, at) : undefined;
  return asked === undefined ? phaseIsDue(state, at) : andThen(asked, (next) => phaseIsDue(next, at));
}

function phaseIsDue(state: LinkState, at: number): LinkStep {
  const { phase } = state;
  switch (phase.at) {
    case "registering":
      if (at < phase.until) return step(state);
      return phase.accepted ? failed(state, withoutPeerServer(state)) : peerFailed(state, at);
    case "unregistered":
      if (phase.until !== undefined && at >= phase.until) return failed(state, withoutPeerServer(state));
      return at >= phase.againAt ? registerAgain(state, phase, at) : step(state);
    case "linking":
      return linkingDue(state, phase, at);
    case "interrupted":
      return interruptedDue(state, phase, at);
    case "waiting":
    case "live":
    case "failed":
    case "over":
      return step(state);
    default:
      return unreachable(phase);
  }
}

function linkingDue(state: LinkState, { freshAt, ...phase }: PhaseOf<"linking">, at: number): LinkStep {
  if (phase.until !== undefined && at >= phase.until)
    return failed(state, state.lived ? "lost" : notConnected(phase.ticket));
  if (freshAt === undefined || at < freshAt) return step(state);
  return step<LinkState, LinkEffect>({ ...state, phase }, { type: "tell", what: "ticket-wanted" });
}

/** Whoever has talked already has lost the connection, and what kept it from coming back is the same. */
function withoutPeerServer({ lived }: LinkState): LinkFailure {
  return lived ? "lost" : "peer-server";
}

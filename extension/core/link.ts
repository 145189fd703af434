import { type CallSignal, type Ticket, unreachable } from "#protocol";
import type { DeviceState, LinkEffect, LinkEvent, LinkFailure, LinkPhase, LinkState } from "./link-types.ts";
import { type Step, step } from "./machine.ts";

/** The devices may take this long before the call goes on without them; they join it when they are there. */
const DEVICES_MS = 3_000;
const REGISTERING_MS = 10_000;
/** From the accept to the first picture or sound. */
const LINKING_MS = 30_000;
/** A hiccup heals by itself within this span. */
const HICCUP_MS = 2_000;
/** A restart of ICE that brought nothing is tried again after this span: its signals may have been lost. */
const RESTART_EVERY_MS = 5_000;
/** A connection that was lost for this long stays lost. */
const LOST_MS = 30_000;

type LinkStep = Step<LinkState, LinkEffect>;
type Of<T extends LinkEvent["type"]> = Extract<LinkEvent, { type: T }>;
type Device = "camera" | "microphone";

/** The media of a call whose page was just opened, by the person's own act; the devices are asked for at once. */
export function openLink(event: Of<"call">): LinkStep {
  const { outgoing, media } = event;
  const fresh: LinkState = {
    outgoing,
    media,
    camera: media === "video" ? "asking" : "unwanted",
    microphone: "asking",
    remote: { camera: true, microphone: true },
    needsClick: false,
    phase: { at: "camera", accepted: false },
  };
  if (event.over) return step({ ...fresh, phase: { at: "over" } });
  const told = callChanged(fresh, event);
  return step<LinkState, LinkEffect>(told.state, { type: "open-devices", media }, ...told.effects);
}

export function updateLink(state: LinkState, event: LinkEvent): LinkStep {
  if (state.phase.at === "over") return step(state);
  switch (event.type) {
    case "call":
      return event.over ? over(state) : callChanged(state, event);
    case "devices":
      return devicesCame(state, event);
    case "registered":
      return registered(state, event.at);
    case "peer-failed":
      return state.phase.at === "registering" || state.phase.at === "linking"
        ? failed(state, "peer-server")
        : step(state);
    case "connection":
      return connectionChanged(state, event);
    case "described":
      return isUp(state) ? step(state, say({ kind: "description", ...event.description })) : step(state);
    case "signal":
      return signalled(state, event);
    case "switch":
      return switched(state, event);
    case "device-changed":
      return deviceChanged(state, event.device, event.outcome);
    case "sound":
      return state.needsClick === !event.playing ? step(state) : step({ ...state, needsClick: !event.playing });
    case "due":
      return due(state, event.at);
    default:
      return unreachable(event);
  }
}

/** When the link must be asked again, by a `due`; in ms since 1970. */
export function linkDue({ phase }: LinkState): number | undefined {
  switch (phase.at) {
    case "camera":
      return "until" in phase ? phase.until : undefined;
    case "registering":
    case "linking":
      return phase.until;
    case "interrupted":
      return Math.min(phase.restartAt, phase.until);
    case "live":
    case "failed":
    case "over":
      return undefined;
    default:
      return unreachable(phase);
  }
}

/** The background's word. Which side this is, and its ticket, stand until PeerServer is asked. [CALL-6] */
function callChanged(state: LinkState, { at, outgoing, media, accepted, ticket }: Of<"call">): LinkStep {
  const { phase } = state;
  switch (phase.at) {
    case "camera": {
      const waiting: LinkPhase = ticket
        ? { at: "camera", accepted, ticket, until: devicesUntil(phase, at) }
        : { at: "camera", accepted };
      return registerWhenReady({ ...state, outgoing, media, phase: waiting }, at);
    }
    case "registering":
      if (isOther(ticket, phase.ticket)) return register({ ...state, outgoing, media }, ticket, accepted, at);
      return phase.accepted === accepted ? step(state) : step({ ...state, media, phase: { ...phase, accepted } });
    case "linking":
      // The server was restarted before the two sides met, and made new ends for both.
      if (isOther(ticket, phase.ticket)) return register({ ...state, outgoing, media }, ticket, accepted, at);
      return phase.accepted || !accepted
        ? step(state)
        : step({ ...state, media, phase: { ...phase, accepted, until: at + LINKING_MS } });
    // What came of the media while it rang meant nothing to the background, until now.
    case "failed":
      return accepted ? step(state, { type: "tell", what: "media-failed" }) : step(state);
    case "live":
      return accepted ? live(state, phase.ticket) : step(state);
    case "interrupted":
    case "over":
      return step(state);
    default:
      return unreachable(phase);
  }
}

function isOther(ticket: Ticket | undefined, known: Ticket): ticket is Ticket {
  return ticket !== undefined && ticket.self !== known.self;
}

function devicesUntil(phase: LinkPhase, at: number): number {
  return phase.at === "camera" && "until" in phase ? phase.until : at + DEVICES_MS;
}

function registerWhenReady(state: LinkState, at: number): LinkStep {
  const { phase, camera, microphone } = state;
  if (phase.at !== "camera" || !("ticket" in phase)) return step(state);
  if ((camera === "asking" || microphone === "asking") && at < phase.until) return step(state);
  return register(state, phase.ticket, phase.accepted, at);
}

function register(state: LinkState, ticket: Ticket, accepted: boolean, at: number): LinkStep {
  const phase: LinkPhase = { at: "registering", ticket, accepted, until: at + REGISTERING_MS };
  return step<LinkState, LinkEffect>({ ...state, phase }, { type: "register", ticket });
}

function registered(state: LinkState, at: number): LinkStep {
  const { phase, outgoing } = state;
  if (phase.at !== "registering") return step(state);
  const { ticket, accepted } = phase;
  const linking: LinkPhase = { at: "linking", ticket, accepted, ...(accepted ? { until: at + LINKING_MS } : {}) };
  // Who answers dials, since the caller's peer is open and waiting by then.
  return step<LinkState, LinkEffect>(
    { ...state, phase: linking },
    ...(outgoing ? [] : [{ type: "dial", ticket } as const]),
  );
}

function connectionChanged(state: LinkState, event: Of<"connection">): LinkStep {
  const { phase } = state;
  switch (event.state) {
    case "connecting":
      return step(state);
    case "connected":
      return phase.at === "linking" || phase.at === "interrupted" ? live(state, phase.ticket) : step(state);
    case "disconnected":
      return phase.at === "live" ? interrupted(state, phase.ticket, event.at, HICCUP_MS) : step(state);
    case "failed":
      if (phase.at === "linking") return failed(state, "no-connection");
      if (phase.at === "interrupted") return restart(state, event.at);
      return phase.at === "live" ? restartAfter(interrupted(state, phase.ticket, event.at, 0), event.at) : step(state);
    case "closed":
      return phase.at === "live" ? interrupted(state, phase.ticket, event.at, HICCUP_MS) : step(state);
    default:
      return unreachable(event.state);
  }
}

function live(state: LinkState, ticket: Ticket): LinkStep {
  const next: LinkState = { ...state, phase: { at: "live", ticket } };
  return step<LinkState, LinkEffect>(next, { type: "tell", what: "media-connected" }, say(mediaState(next)));
}

function interrupted(state: LinkState, ticket: Ticket, at: number, restartMs: number): LinkStep {
  const phase: LinkPhase = { at: "interrupted", ticket, restartAt: at + restartMs, until: at + LOST_MS };
  return step<LinkState, LinkEffect>({ ...state, phase }, { type: "tell", what: "media-interrupted" });
}

function restartAfter(first: LinkStep, at: number): LinkStep {
  const second = restart(first.state, at);
  return { state: second.state, effects: [...first.effects, ...second.effects] };
}

/** The side that accepted makes the offer; the caller asks for it. [CALL-13] */
function restart(state: LinkState, at: number): LinkStep {
  const { phase, outgoing } = state;
  if (phase.at !== "interrupted") return step(state);
  const next: LinkState = { ...state, phase: { ...phase, restartAt: at + RESTART_EVERY_MS } };
  return step<LinkState, LinkEffect>(next, outgoing ? say({ kind: "restart-please" }) : { type: "restart-ice" });
}

function failed(state: LinkState, why: LinkFailure): LinkStep {
  return step<LinkState, LinkEffect>(
    { ...state, phase: { at: "failed", why } },
    { type: "tell", what: "media-failed" },
  );
}

function over(state: LinkState): LinkStep {
  return step<LinkState, LinkEffect>({ ...state, phase: { at: "over" } }, { type: "let-go" });
}

function signalled(state: LinkState, { at, signal }: Of<"signal">): LinkStep {
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

function isUp({ phase }: LinkState): boolean {
  return phase.at === "live" || phase.at === "interrupted";
}

function devicesCame(state: LinkState, event: Of<"devices">): LinkStep {
  const next: LinkState = { ...state, camera: event.camera, microphone: event.microphone };
  if (state.phase.at === "camera") return registerWhenReady(next, event.at);
  // The call went on without them; what is there now joins it.
  const found = (["camera", "microphone"] as const).filter((device) => next[device] === "on");
  return step<LinkState, LinkEffect>(
    next,
    ...found.map((device) => ({ type: "switch-track", device, on: true }) as const),
    ...sayMediaState(next),
  );
}

function switched(state: LinkState, { device, on }: Of<"switch">): LinkStep {
  const now = state[device];
  if (now === "asking") return step(state);
  if (now !== "on" && now !== "off") {
    return on
      ? step<LinkState, LinkEffect>(withDevice(state, device, "asking"), { type: "open-device", device })
      : step(state);
  }
  if ((now === "on") === on) return step(state);
  const next = withDevice(state, device, on ? "on" : "off");
  return step<LinkState, LinkEffect>(next, { type: "switch-track", device, on }, ...sayMediaState(next));
}

function deviceChanged(state: LinkState, device: Device, outcome: DeviceState): LinkStep {
  const next = withDevice(state, device, outcome);
  return step<LinkState, LinkEffect>(
    next,
    { type: "switch-track", device, on: outcome === "on" },
    ...sayMediaState(next),
  );
}

function withDevice(state: LinkState, device: Device, to: DeviceState): LinkState {
  return device === "camera" ? { ...state, camera: to } : { ...state, microphone: to };
}

function due(state: LinkState, at: number): LinkStep {
  const { phase } = state;
  switch (phase.at) {
    case "camera":
      return registerWhenReady(state, at);
    case "registering":
      return at >= phase.until ? failed(state, "peer-server") : step(state);
    case "linking":
      return phase.until !== undefined && at >= phase.until ? failed(state, "no-connection") : step(state);
    case "interrupted":
      if (at >= phase.until) return failed(state, "lost");
      return at >= phase.restartAt ? restart(state, at) : step(state);
    case "live":
    case "failed":
    case "over":
      return step(state);
    default:
      return unreachable(phase);
  }
}

function say(signal: CallSignal): LinkEffect {
  return { type: "signal", signal };
}

/** Told while the other side hears it; it is told again whenever the media flows anew. */
function sayMediaState(state: LinkState): LinkEffect[] {
  return state.phase.at === "live" ? [say(mediaState(state))] : [];
}

function mediaState({ camera, microphone }: LinkState): CallSignal {
  return { kind: "media-state", camera: camera === "on", microphone: microphone === "on" };
}

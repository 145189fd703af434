import type { CallSignal, Media } from "#protocol";
import type { DeviceOutcome, DeviceState, LinkEffect, LinkEvent, LinkState } from "./link-types.ts";
import { type Step, step } from "./machine.ts";
import type { DeviceWishes } from "./view.ts";

type LinkStep = Step<LinkState, LinkEffect>;
type Of<T extends LinkEvent["type"]> = Extract<LinkEvent, { type: T }>;
type Device = "camera" | "microphone";

/** Whether the person wants it on: it is, or it will be once it is there. */
export function isWished(device: DeviceState): boolean {
  return device === "on" || device === "asking";
}

/** What is asked for when a page opens. A camera that was off is left alone, so that its light stays out. */
export function devicesAtFirst(media: Media, wishes?: DeviceWishes): Pick<LinkState, Device> {
  const unasked = media === "video" ? "off" : "unwanted";
  const { camera, microphone } = wishes ?? { camera: media === "video", microphone: true };
  return { camera: camera ? "asking" : unasked, microphone: microphone ? "asking" : "withdrawn" };
}

/** What the other side sends until it says so itself: no picture of a call without pictures. */
export function remoteAtFirst(media: Media): LinkState["remote"] {
  return { camera: media === "video", microphone: true };
}

/** What the person wants of the devices; one that could not be had is wanted all the same. */
export function wishesOf({ camera, microphone }: Pick<LinkState, Device>): DeviceWishes {
  const isWanted = (device: DeviceState) => device !== "off" && device !== "withdrawn" && device !== "unwanted";
  return { camera: isWanted(camera), microphone: isWanted(microphone) };
}

/** Whether it may be open: a camera that nobody wants on stays closed, so that its light stays out; a microphone is muted. */
export function mayBeOpen(state: Pick<LinkState, Device>, device: Device): boolean {
  return device === "microphone" || wishesOf(state).camera;
}

/** Whether the browser has not yet said what becomes of it. */
function isPending(device: DeviceState): boolean {
  return device === "asking" || device === "withdrawn";
}

/** What came of the first question for both. The call does not wait for them: what is there now joins it. */
export function devicesCame(state: LinkState, event: Of<"devices">): LinkStep {
  // A camera that was not asked for may have been switched on meanwhile; that question is answered by itself.
  const camera = event.camera === "unwanted" ? state.camera : came(state.camera, event.camera);
  const next: LinkState = { ...state, camera, microphone: came(state.microphone, event.microphone) };
  // Also where there is nothing to send it on yet: a microphone is silent until it is switched on.
  const opened = (["camera", "microphone"] as const).filter((device) => event[device] === "on");
  return step<LinkState, LinkEffect>(
    next,
    ...opened.map((device) => switchTrack(next, device)),
    ...sayMediaState(next),
  );
}

export function switched(state: LinkState, { device, on }: Of<"switch">): LinkStep {
  const now = state[device];
  if (isWished(now) === on) return step(state);
  // The question stands; its answer is met by the wish.
  if (isPending(now)) return step(withDevice(state, device, on ? "asking" : "withdrawn"));
  // A camera that is off is closed, so that its light is out; a microphone stays open.
  if (on && (now !== "off" || device === "camera")) return asked(state, device);
  if (now !== "on" && now !== "off") return step(state);
  const next = withDevice(state, device, on ? "on" : "off");
  return sendsAs(state, next) ? step(next) : step(next, switchTrack(next, device), ...sayMediaState(next));
}

/**
 * While the key is held, what is off is heard. What the person wants of the microphone stays as it was: switched on meanwhile, it
 * stays on when the key is let go.
 */
export function held(state: LinkState, event: Of<"hold">): LinkStep {
  // There is nothing to open where the microphone is on, or cannot be had.
  const isHeld = event.held && state.microphone === "off";
  if (isHeld === state.held) return step(state);
  const next: LinkState = { ...state, held: isHeld };
  return sendsAs(state, next) ? step(next) : step(next, switchTrack(next, "microphone"), ...sayMediaState(next));
}

/** Whether it gives what the other side sees or hears. */
export function isSent(state: Pick<LinkState, Device | "held">, device: Device): boolean {
  return state[device] === "on" || (device === "microphone" && state.microphone === "off" && state.held);
}

export function deviceChanged(state: LinkState, { device, outcome }: Of<"device-changed">): LinkStep {
  const changed = withDevice(state, device, came(state[device], outcome));
  // A key opens nothing where there is none; it would be asked for again and again.
  const next: LinkState = device === "microphone" && outcome !== "on" ? { ...changed, held: false } : changed;
  return step<LinkState, LinkEffect>(next, switchTrack(next, device), ...sayMediaState(next));
}

/**
 * The page goes on with another call. What was switched off stays off, and a device that is open stays so, but for the camera
 * in a call without pictures.
 */
export function moved(state: LinkState, media: Media): LinkStep {
  const fresh: LinkState = {
    ...state,
    media,
    held: false,
    screen: { at: "off" },
    theirScreen: false,
    remote: remoteAtFirst(media),
    needsClick: false,
    lived: false,
    phase: { at: "waiting", accepted: false },
  };
  delete fresh.endsAt;
  delete fresh.renewAt;
  const mute: LinkEffect[] = sendsAs(state, fresh) ? [] : [switchTrack(fresh, "microphone")];
  // Who is talked to next was not shown it.
  const cover: LinkEffect[] = state.screen.at === "on" ? [{ type: "close-screen" }] : [];
  const drop: LinkEffect[] = [{ type: "drop-connection" }, ...cover, ...mute];
  if (media === "video") {
    const { state: next, effects } = fresh.camera === "unwanted" ? asked(fresh, "camera") : step(fresh);
    return step<LinkState, LinkEffect>(next, ...drop, ...effects);
  }
  const camera: DeviceState = isPending(fresh.camera) ? "withdrawn" : "unwanted";
  const close: LinkEffect[] = fresh.camera === "on" ? [{ type: "switch-track", device: "camera", on: false }] : [];
  return step<LinkState, LinkEffect>({ ...fresh, camera }, ...drop, ...close);
}

/** Whether there is a picture to be seen, be it the camera's or the screen's. */
export function isPictured(state: LinkState): boolean {
  return state.screen.at === "on" || isSent(state, "camera");
}

/** Told while the other side hears it; it is told again whenever the media flows anew. */
export function sayMediaState(state: LinkState): LinkEffect[] {
  return state.phase.at === "live" ? [{ type: "signal", signal: mediaState(state) }] : [];
}

export function mediaState(state: LinkState): CallSignal {
  // A shown screen stands in the camera's place, also for who knows nothing of screens.
  return { kind: "media-state", camera: isPictured(state), microphone: isSent(state, "microphone") };
}

function switchTrack(state: LinkState, device: Device): LinkEffect {
  return { type: "switch-track", device, on: isSent(state, device) };
}

/** Whether the other side sees and hears as before. */
function sendsAs(before: LinkState, now: LinkState): boolean {
  return (["camera", "microphone"] as const).every((device) => isSent(before, device) === isSent(now, device));
}

/**
 * A device that comes after the person switched it off stays off: its track is stopped or silenced. So does one that goes away
 * meanwhile, and what takes its place: nobody is heard who had switched that off. Nor is anybody seen in a call without pictures,
 * by a camera that the call before it had asked for.
 */
function came(was: DeviceState, outcome: DeviceOutcome): DeviceState {
  if (was === "unwanted") return "unwanted";
  return was === "off" || was === "withdrawn" ? "off" : outcome;
}

function asked(state: LinkState, device: Device): LinkStep {
  const next = withDevice(state, device, "asking");
  return step<LinkState, LinkEffect>(next, { type: "open-device", device });
}

function withDevice(state: LinkState, device: Device, to: DeviceState): LinkState {
  return device === "camera" ? { ...state, camera: to } : { ...state, microphone: to };
}

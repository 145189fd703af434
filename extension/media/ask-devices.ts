import type { DeviceOutcome } from "../core/link-types.ts";
import { isMonitor } from "./device-alias.ts";
import { listDevices, withoutAliases } from "./device-list.ts";

export type MediaDevice = "camera" | "microphone";

/** The browser's ids of what the person chose; what is missing is the system's own choice. */
export type ChosenDevices = Partial<Record<MediaDevice, string | undefined>>;

type Opened = MediaStream | Exclude<DeviceOutcome, "on">;

/**
 * Both in one prompt, as the person chose them, or why not; the camera alone where the browser has no real microphone to give.
 * Never rejects.
 */
export async function openBoth(chosen: ChosenDevices): Promise<Opened> {
  const opened = await ask({ ...constraintsOf("camera", chosen), ...constraintsOf("microphone", chosen) });
  if (typeof opened === "string") return opened;
  const monitor = unchosenMonitor(opened, chosen);
  if (monitor === undefined) return opened;
  const instead = await openReal(monitor);
  opened.removeTrack(monitor);
  if (typeof instead !== "string") for (const track of instead.getTracks()) opened.addTrack(track);
  return opened;
}

/** The one that the person chose; where it is not there, another serves. Or why there is none. Never rejects. */
export async function openOne(device: MediaDevice, chosen: ChosenDevices): Promise<Opened> {
  const asked = await ask(constraintsOf(device, chosen));
  const opened = asked === "missing" && chosen[device] !== undefined ? await ask(constraintsOf(device, {})) : asked;
  const monitor = typeof opened === "string" ? undefined : unchosenMonitor(opened, chosen);
  return monitor === undefined ? opened : openReal(monitor);
}

/** This very one, or why not. Never rejects. */
export async function openThis(device: MediaDevice, id: string): Promise<Opened> {
  return ask(constraintsOf(device, { [device]: id }));
}

/** What a speaker plays, given as the microphone though nobody chose it. */
function unchosenMonitor(opened: MediaStream, chosen: ChosenDevices): MediaStreamTrack | undefined {
  return opened
    .getAudioTracks()
    .find((track) => isMonitor(track) && track.getSettings().deviceId !== chosen.microphone);
}

/** A real microphone in place of a monitor, which is let go of whether or not there is one. */
async function openReal(monitor: MediaStreamTrack): Promise<Opened> {
  // Names are sure to be told while one is open.
  const { microphone } = await listDevices();
  monitor.stop();
  let opened: Opened = "missing";
  for (const { id } of withoutAliases(microphone).filter((one) => !isMonitor(one))) {
    opened = await openThis("microphone", id);
    // Who refused one is not asked for the next.
    if (typeof opened !== "string" || opened === "refused") break;
  }
  return opened;
}

/** Whether the browser lets us; where it does not say, it does. */
export async function mayUse(device: MediaDevice): Promise<boolean> {
  const permission = await navigator.permissions.query({ name: device }).catch(() => undefined);
  return permission?.state !== "denied";
}

/** The chosen one is demanded: of one that is only wished for, browsers make what they like. */
function constraintsOf(device: MediaDevice, chosen: ChosenDevices): MediaStreamConstraints {
  const one = chosen[device] === undefined ? {} : { deviceId: { exact: chosen[device] } };
  return device === "camera"
    ? { video: { width: { ideal: 1280 }, height: { ideal: 720 }, ...one } }
    : { audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true, ...one } };
}

async function ask(wanted: MediaStreamConstraints): Promise<Opened> {
  try {
    return await navigator.mediaDevices.getUserMedia(wanted);
  } catch (caught) {
    return reasonOf(caught instanceof Error ? caught.name : "");
  }
}

/** By the names of the W3C's Media Capture and Streams. */
function reasonOf(name: string): Exclude<DeviceOutcome, "on"> {
  if (name === "NotAllowedError" || name === "SecurityError") return "refused";
  if (name === "NotFoundError" || name === "OverconstrainedError") return "missing";
  return "busy";
}

import type { DeviceOutcome } from "../core/link-types.ts";

export type MediaDevice = "camera" | "microphone";

/** The browser's ids of what the person chose; what is missing is the system's own choice. */
export type ChosenDevices = Partial<Record<MediaDevice, string | undefined>>;

type Opened = MediaStream | Exclude<DeviceOutcome, "on">;

/** Both in one prompt, as the person chose them, or why not. Never rejects. */
export async function openBoth(chosen: ChosenDevices): Promise<Opened> {
  return ask({ ...constraintsOf("camera", chosen), ...constraintsOf("microphone", chosen) });
}

/** The one that the person chose; where it is not there, another serves. Or why there is none. Never rejects. */
export async function openOne(device: MediaDevice, chosen: ChosenDevices): Promise<Opened> {
  const opened = await ask(constraintsOf(device, chosen));
  return opened === "missing" && chosen[device] !== undefined ? ask(constraintsOf(device, {})) : opened;
}

/** This very one, or why not. Never rejects. */
export async function openThis(device: MediaDevice, id: string): Promise<Opened> {
  return ask(constraintsOf(device, { [device]: id }));
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

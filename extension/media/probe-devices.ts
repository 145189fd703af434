import type { DeviceTrial } from "../core/reach.ts";
import { type ChosenDevices, openOne } from "./ask-devices.ts";
import { watchLevel } from "./level.ts";

/** A microphone in a quiet room gives more than this; one that is muted gives nothing at all. */
const SILENT_LEVEL = 0;
const LISTEN_MS = 2_000;

/** Opens the camera as a call would, and closes it again. */
export async function tryCamera(chosen: ChosenDevices): Promise<DeviceTrial> {
  return opened("camera", chosen, (stream) => Promise.resolve(isLive(stream) ? "live" : "stopped"));
}

/** Opens the microphone as a call would, and listens for two seconds at most whether it hears anything. */
export async function tryMicrophone(chosen: ChosenDevices): Promise<DeviceTrial> {
  return opened("microphone", chosen, async (stream) => {
    const isHeard = await hears(stream);
    if (!isLive(stream)) return "stopped";
    return isHeard ? "live" : "silent";
  });
}

async function opened(
  device: "camera" | "microphone",
  chosen: ChosenDevices,
  look: (stream: MediaStream) => Promise<DeviceTrial>,
): Promise<DeviceTrial> {
  const stream = await openOne(device, chosen);
  if (typeof stream === "string") return stream;
  try {
    return await look(stream);
  } finally {
    for (const track of stream.getTracks()) track.stop();
  }
}

/** Whether the microphone hears anything within two seconds. */
async function hears(stream: MediaStream): Promise<boolean> {
  const [track] = stream.getAudioTracks();
  if (track === undefined) return false;
  const heard = Promise.withResolvers<boolean>();
  const stop = watchLevel(track, (level) => {
    if (level > SILENT_LEVEL) heard.resolve(true);
  });
  // What cannot be listened to is taken at its word: calls do not analyse it either.
  if (stop === undefined) return true;
  const late = setTimeout(() => heard.resolve(false), LISTEN_MS);
  try {
    return await heard.promise;
  } finally {
    clearTimeout(late);
    stop();
  }
}

function isLive(stream: MediaStream): boolean {
  return stream.getTracks().every(({ readyState, muted }) => readyState === "live" && !muted);
}

import type { DeviceKind } from "../core/device-use.ts";
import { isAlias } from "./device-alias.ts";

export interface ListedDevice {
  id: string;
  /** Empty until the person has allowed one of them. */
  label: string;
  /** The same for what belongs together, and for the system's choice the one of what it is, where the browser tells it. */
  group?: string | undefined;
}

const KINDS = { audioinput: "microphone", audiooutput: "speaker", videoinput: "camera" } as const;

/** As often as is soon enough for who plugs something in and waits for it. */
const LOOK_EVERY_MS = 2_000;

/**
 * Acts whenever something is plugged in or out. Chromium on Linux is told of a sound card's coming and going alone, and not of what
 * the sound server makes of it, such as a headset by radio; it sees what has changed once it is asked, and tells it then. On
 * Windows and macOS it answers from what the system told it, so that asking gains nothing, and Firefox is told of all everywhere.
 */
export function followDevices(act: () => void, signal: AbortSignal): void {
  navigator.mediaDevices.addEventListener("devicechange", act, { signal });
  if (!isToldByAsking(navigator.userAgent)) return;
  const timer = setInterval(() => void listDevices(), LOOK_EVERY_MS);
  signal.addEventListener("abort", () => clearInterval(timer), { once: true });
}

/** Whether it is Chromium on Linux, by what the browser calls itself. */
function isToldByAsking(userAgent: string): boolean {
  return userAgent.includes("X11; Linux") && userAgent.includes("Chrome/");
}

/** What is plugged in, in the system's order and with its second names. Never rejects. */
export async function listDevices(): Promise<Record<DeviceKind, ListedDevice[]>> {
  const all = await navigator.mediaDevices.enumerateDevices().catch(() => []);
  const listed: Record<DeviceKind, ListedDevice[]> = { camera: [], microphone: [], speaker: [] };
  for (const { kind, deviceId, label, groupId } of all)
    listed[KINDS[kind]].push({ id: deviceId, label, group: groupId });
  return listed;
}

/** Each device once, by its own name. */
export function withoutAliases(listed: readonly ListedDevice[]): ListedDevice[] {
  return listed.filter(({ id }) => !isAlias(id));
}

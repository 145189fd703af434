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

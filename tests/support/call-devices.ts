import type { Page } from "playwright-core";
import { until } from "./until.ts";

/** The part of the extension API that a page of ours asks the background by. */
declare const chrome: { runtime: { sendMessage: (message: object) => Promise<unknown> } };

/** Changes settings of the device, as the page of the settings does. */
export async function setDevice(page: Page, change: object): Promise<void> {
  const answer = await page.evaluate(
    (wanted) => chrome.runtime.sendMessage({ type: "setDevice", change: wanted }),
    change,
  );
  if (JSON.stringify(answer) !== '{"ok":true}') throw new Error(`The setting was not taken: ${JSON.stringify(answer)}`);
}

/** What a call's page sends at the moment, as {@link sent} reads it. */
export interface Sent {
  readonly camera: string | undefined;
  readonly microphone: string | undefined;
  /** Changes with each description that the two sides agree on. */
  readonly agreed: string;
}

/** The names of the devices whose tracks the page sends, and what was negotiated for it. */
export function sent(call: Page): Promise<Sent> {
  return call.evaluate(() => {
    const { connections } = (globalThis as unknown as { beckonWatch: { connections: RTCPeerConnection[] } })
      .beckonWatch;
    const open = connections.filter(({ signalingState }) => signalingState !== "closed");
    const tracks = open.flatMap((connection) => connection.getSenders().map(({ track }) => track));
    const labelOf = (kind: string) =>
      tracks.find((track) => track?.kind === kind && track.readyState === "live")?.label;
    const agreed = open.flatMap(({ localDescription, remoteDescription }) => [
      localDescription?.sdp,
      remoteDescription?.sdp,
    ]);
    return { camera: labelOf("video"), microphone: labelOf("audio"), agreed: JSON.stringify(agreed) };
  });
}

/** Waits until the page sends the device of this name. */
export async function untilSent(call: Page, device: "camera" | "microphone", name: string): Promise<Sent> {
  return until(`${device} ${name}`, async () => {
    const now = await sent(call);
    return now[device] === name ? now : undefined;
  });
}

/** At which device a call's page lets its sound be heard; empty where it is the system's choice. */
export function heardAt(call: Page): Promise<string | undefined> {
  return call.evaluate(() => document.querySelector("audio")?.sinkId);
}

interface PluggedWindow {
  unplugged: Set<string>;
}

/**
 * Runs in each page before its own code: devices whose names are in `unplugged` are not there, as a browser has it once they are
 * plugged out. Must stand alone.
 */
export function mayUnplug(): void {
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  if (devices === undefined) return;
  const unplugged = new Set<string>();
  Object.assign(globalThis, { unplugged });
  const [ask, list] = [devices.getUserMedia.bind(devices), devices.enumerateDevices.bind(devices)];
  devices.enumerateDevices = async () => (await list()).filter(({ label }) => !unplugged.has(label));
  devices.getUserMedia = async (wanted) => {
    const all = await list();
    for (const constraints of [wanted?.audio, wanted?.video]) {
      const asked =
        typeof constraints === "object" ? (constraints.deviceId as { exact?: string } | undefined) : undefined;
      const one = all.find(({ deviceId }) => deviceId === asked?.exact);
      if (one !== undefined && unplugged.has(one.label)) throw new OverconstrainedError("deviceId", "It is unplugged.");
    }
    return ask(wanted);
  };
}

/** Plugs a device out or in, as the browser tells a page of it. Its track ends with it, where the page sends it. */
export async function plug(call: Page, name: string, isIn: boolean): Promise<void> {
  await call.evaluate(
    ([label, back]) => {
      const { unplugged } = globalThis as unknown as PluggedWindow;
      if (back) unplugged.delete(label);
      else unplugged.add(label);
      const { connections } = (globalThis as unknown as { beckonWatch: { connections: RTCPeerConnection[] } })
        .beckonWatch;
      for (const { track } of connections.flatMap((connection) => connection.getSenders())) {
        if (back || track?.label !== label) continue;
        // The page's own stop tells it nothing; the browser's does.
        track.stop();
        track.dispatchEvent(new Event("ended"));
      }
      navigator.mediaDevices.dispatchEvent(new Event("devicechange"));
    },
    [name, isIn] as const,
  );
}

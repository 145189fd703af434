import type { Page } from "playwright-core";

/** The pretended microphones that the system chooses among. */
export const MICROPHONES = ["Fake Audio Input 1", "Fake Audio Input 2"] as const;

interface SystemWindow {
  system: { chosen: string; open: MediaStreamTrack | undefined };
}

/**
 * Runs in each page before its own code: the system's own choice of a microphone goes by a name that tells which it is, as browsers
 * have it on Windows and macOS, and what is open by it stays what it is until it is closed. Must stand alone.
 */
export function nameSystemChoice(first: string): void {
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  if (devices === undefined) return;
  const system: SystemWindow["system"] = { chosen: first, open: undefined };
  Object.assign(globalThis, { system });
  const [ask, list] = [devices.getUserMedia.bind(devices), devices.enumerateDevices.bind(devices)];
  const find = async (label: string) => (await list()).find((one) => one.label === label);
  devices.enumerateDevices = async () => {
    const groupId = (await find(system.chosen))?.groupId ?? "";
    return (await list()).map((one) => {
      const { deviceId, kind } = one;
      if (deviceId !== "default" || kind !== "audioinput") return one;
      return { deviceId, kind, groupId, label: `Default - ${system.chosen}`, toJSON: () => ({}) };
    });
  };
  devices.getUserMedia = async (wanted) => {
    const audio = typeof wanted?.audio === "object" ? wanted.audio : undefined;
    const exact = (audio?.deviceId as { exact?: string } | undefined)?.exact ?? "default";
    if (audio === undefined || exact !== "default") return ask(wanted);
    const name = system.open?.readyState === "live" ? system.open.label.replace("Default - ", "") : system.chosen;
    const deviceId = { exact: (await find(name))?.deviceId ?? "" };
    const stream = await ask({ ...wanted, audio: { ...audio, deviceId } });
    const [track] = stream.getAudioTracks();
    if (track === undefined) return stream;
    const settings = track.getSettings();
    Object.defineProperty(track, "label", { value: `Default - ${name}` });
    track.getSettings = () => ({ ...settings, deviceId: "default" });
    system.open = track;
    return stream;
  };
}

/** The system chooses another one; what was open by its name ends where that was plugged out. */
export async function systemChooses(
  call: Page,
  name: string,
  before: "is still there" | "is plugged out",
): Promise<void> {
  await call.evaluate(
    ([chosen, isOut]) => {
      const { system } = globalThis as unknown as SystemWindow;
      system.chosen = chosen;
      if (isOut) {
        // The page's own stop tells it nothing; the browser's does.
        system.open?.stop();
        system.open?.dispatchEvent(new Event("ended"));
      }
      navigator.mediaDevices.dispatchEvent(new Event("devicechange"));
    },
    [name, before === "is plugged out"] as const,
  );
}

import { vi } from "vitest";
import { Devices } from "../../../extension/media/camera.ts";
import { DeviceWatch } from "../../../extension/media/device-watch.ts";
import type { DeviceNote } from "../../../extension/core/device-use.ts";
import type { ChosenDevices, MediaDevice } from "../../../extension/media/ask-devices.ts";
import type { DeviceOutcome } from "../../../extension/core/link-types.ts";

/** Its id is its name. */
export interface Microphone {
  label: string;
  group: string;
}

export const HEADSET: Microphone = { label: "Headset", group: "radio" };
export const BUILT_IN: Microphone = { label: "Built-in", group: "board" };
export const MONITOR: Microphone = { label: "Monitor of Loudspeaker", group: "speaker" };

const ALIAS = "default";

class FakeTrack extends EventTarget {
  readonly kind: "audio" | "video";
  readonly label: string;
  readonly device: Microphone;
  readonly #id: string;
  readyState: "live" | "ended" = "live";
  enabled = true;

  constructor(kind: "audio" | "video", id: string, device: Microphone) {
    super();
    this.kind = kind;
    this.#id = id;
    this.device = device;
    this.label = id === ALIAS ? `Default - ${device.label}` : device.label;
  }

  getSettings() {
    return { deviceId: this.#id, groupId: this.device.group };
  }

  stop(): void {
    this.readyState = "ended";
  }
}

/** What a browser says and does of one camera and these microphones, the way of Chromium or of Firefox. */
export class DeviceWorld {
  microphones: Microphone[];
  /** What the system chooses. */
  system: Microphone | undefined;
  /** What the browser's list still shows as that; it may learn of a change later than what is opened. */
  listedSystem: Microphone | undefined;
  /** What other programs hold. */
  readonly busy = new Set<Microphone>();
  /** Whether the system's choice goes by a second name. */
  readonly #hasAlias: boolean;
  readonly #changes = new EventTarget();
  readonly #tracks: FakeTrack[] = [];

  constructor(way: "chromium" | "firefox", microphones: readonly Microphone[]) {
    this.#hasAlias = way === "chromium";
    this.microphones = [...microphones];
    this.system = this.microphones[0];
    vi.stubGlobal("navigator", {
      userAgent: "",
      permissions: { query: () => Promise.resolve({ state: "granted" }) },
      mediaDevices: {
        addEventListener: this.#changes.addEventListener.bind(this.#changes),
        enumerateDevices: () => Promise.resolve(this.#listed()),
        getUserMedia: (wanted: MediaStreamConstraints) => this.#opened(wanted),
      },
    });
  }

  /** The names of what is open. */
  get open(): string[] {
    return this.#live().map(({ device }) => device.label);
  }

  /** Plugs it in or out, or whatever else is changed, and has everybody act on it. */
  async change(how: () => void = () => undefined): Promise<void> {
    how();
    this.#changes.dispatchEvent(new Event("devicechange"));
    await settled();
  }

  /** It is gone, and what was open of it ends, before any list shows it. */
  async unplug(gone: Microphone): Promise<void> {
    this.microphones = this.microphones.filter((one) => one !== gone);
    if (this.system === gone) [this.system] = this.microphones;
    for (const track of this.#live()) {
      if (track.device !== gone) continue;
      track.stop();
      track.dispatchEvent(new Event("ended"));
    }
    await settled();
  }

  #live(): FakeTrack[] {
    return this.#tracks.filter(({ readyState }) => readyState === "live");
  }

  #listed() {
    const system = this.listedSystem ?? this.system;
    const listed = this.microphones.map((one) => ({ id: one.label, ...one }));
    if (this.#hasAlias && system !== undefined)
      listed.unshift({ id: ALIAS, label: `Default - ${system.label}`, group: system.group });
    return listed.map(({ id, label, group }) => ({ kind: "audioinput", deviceId: id, label, groupId: group }));
  }

  // Async, as it rejects.
  async #opened({ audio, video }: MediaStreamConstraints) {
    const microphone = typeof audio === "object" ? this.#microphone(audio) : undefined;
    const held: FakeTrack[] = [];
    if (video !== undefined) held.push(new FakeTrack("video", "camera", { label: "Camera", group: "" }));
    if (microphone !== undefined) held.push(microphone);
    this.#tracks.push(...held);
    return Promise.resolve(fakeStream(held));
  }

  #microphone({ deviceId }: MediaTrackConstraints): FakeTrack {
    const exact = typeof deviceId === "object" && "exact" in deviceId ? deviceId.exact : undefined;
    const wanted = exact ?? (this.#hasAlias ? ALIAS : this.system?.label);
    // What is open by this name is given again.
    const same = this.#live().find((track) => track.getSettings().deviceId === wanted);
    const named = wanted === ALIAS ? this.system : this.microphones.find(({ label }) => label === wanted);
    const device = same?.device ?? named;
    if (device === undefined || typeof wanted !== "string") throw failure("OverconstrainedError");
    if (this.busy.has(device)) throw failure("NotReadableError");
    return new FakeTrack("audio", wanted, device);
  }
}

/** A talk's devices in such a browser, with what was said of them. */
export async function talkIn(world: DeviceWorld, chosen: ChosenDevices = {}) {
  const notes: DeviceNote[] = [];
  const outcomes: DeviceOutcome[] = [];
  const devices = new Devices(
    { ...chosen, backgroundBlur: false },
    { lost: (device, lost) => watch.lost(device, lost), configured: () => undefined },
  );
  const watch = new DeviceWatch(devices, {
    mayBeOpen: (device) => device === "microphone",
    changed: (_device, outcome) => outcomes.push(outcome),
    chosen: () => undefined,
    noted: (_device, note) => note !== undefined && notes.push(note),
  });
  outcomes.push((await devices.open("audio")).microphone);
  watch.opened(["microphone"]);
  const choose = (device: MediaDevice, id: string | undefined) => {
    watch.choose(device, id);
    return settled();
  };
  return { devices, watch, choose, notes, outcomes };
}

/** Everything that was begun has happened: nothing here waits for more than promises. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 100; turn += 1) await Promise.resolve();
}

function fakeStream(held: FakeTrack[]) {
  return {
    getTracks: () => [...held],
    getAudioTracks: () => held.filter(({ kind }) => kind === "audio"),
    addTrack: (track: FakeTrack) => held.push(track),
    removeTrack: (track: FakeTrack) => held.splice(held.indexOf(track), 1),
  };
}

function failure(name: string): Error {
  return Object.assign(new Error(name), { name });
}

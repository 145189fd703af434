import type { Media } from "#protocol";
import type { DeviceOutcome } from "../core/link-types.ts";
import { type ChosenDevices, openBoth, openOne } from "./ask-devices.ts";
import { placeholderPicture, silence } from "./placeholders.ts";

type Device = "camera" | "microphone";

/** Reports a device that went away by itself, for example because it was unplugged. */
export type DeviceLost = (device: Device) => void;

/**
 * This side's camera and microphone. Whatever they give, there is a track of each kind to send from the start, since
 * PeerJS cannot add one to a call later: a black picture and silence stand in.
 */
export class Devices {
  readonly #tracks: Partial<Record<Device, MediaStreamTrack | undefined>> = {};
  readonly #placeholders: Partial<Record<Device, MediaStreamTrack>> = {};
  /** Those that are being opened. */
  readonly #asked = new Set<Device>();
  readonly #lost: DeviceLost;
  readonly #chosen: ChosenDevices;
  #over = false;

  constructor(chosen: ChosenDevices, lost: DeviceLost) {
    this.#chosen = chosen;
    this.#lost = lost;
  }

  /** Those that serve in the place of the one that the person chose, which is not there. */
  get replaced(): Device[] {
    return (["camera", "microphone"] as const).filter((device) => {
      const used = this.#tracks[device]?.getSettings().deviceId;
      return used !== undefined && this.#chosen[device] !== undefined && used !== this.#chosen[device];
    });
  }

  /** Opens what the call asks for. The two are asked for together, in one prompt, and each by itself where that fails. */
  async open(media: Media): Promise<{ camera: DeviceOutcome | "unwanted"; microphone: DeviceOutcome }> {
    if (media === "audio") return { camera: "unwanted", microphone: await this.openOne("microphone") };
    const both = await this.#asking(["camera", "microphone"], openBoth(this.#chosen));
    if (typeof both !== "string") {
      this.#keep(both);
      return { camera: "on", microphone: "on" };
    }
    return { microphone: await this.openOne("microphone"), camera: await this.openOne("camera") };
  }

  async openOne(device: Device): Promise<DeviceOutcome> {
    const stream = await this.#asking([device], openOne(device, this.#chosen));
    if (typeof stream === "string") return stream;
    this.#keep(stream);
    return "on";
  }

  /** What to send of one kind now. */
  track(device: Device): MediaStreamTrack {
    const standIn = device === "camera" ? placeholderPicture : silence;
    return this.#tracks[device] ?? (this.#placeholders[device] ??= standIn());
  }

  /** What to send of one kind from now on; null while it is being opened, so that no stand-in is seen for a moment. */
  trackSoFar(device: Device): MediaStreamTrack | null {
    return this.#asked.has(device) && this.#tracks[device] === undefined ? null : this.track(device);
  }

  /** The camera's own picture, or undefined where it gives none. */
  get picture(): MediaStreamTrack | undefined {
    return this.#tracks.camera;
  }

  /** The microphone's own track, also while its sound is not let through; undefined where there is none. */
  get microphone(): MediaStreamTrack | undefined {
    return this.#tracks.microphone;
  }

  /** Lets the microphone's sound through, or not. It stays open, so that speaking again takes no time. */
  setMicrophone(on: boolean): void {
    if (this.#tracks.microphone !== undefined) this.#tracks.microphone.enabled = on;
  }

  /** Switches one off for good: its light goes out. */
  close(device: Device): void {
    const track = this.#tracks[device];
    this.#tracks[device] = undefined;
    track?.stop();
  }

  /** Stops every track; what a prompt still gives later is stopped at once. */
  closeAll(): void {
    this.#over = true;
    this.close("camera");
    this.close("microphone");
    for (const track of Object.values(this.#placeholders)) track.stop();
  }

  async #asking<T>(devices: readonly Device[], opening: Promise<T>): Promise<T> {
    for (const device of devices) this.#asked.add(device);
    const opened = await opening;
    for (const device of devices) this.#asked.delete(device);
    return opened;
  }

  #keep(stream: MediaStream): void {
    for (const track of stream.getTracks()) {
      const device = track.kind === "video" ? "camera" : "microphone";
      if (this.#over) track.stop();
      else {
        this.close(device);
        this.#tracks[device] = track;
        // Not fired by our own stop(): only the world ends a track like this.
        track.addEventListener("ended", () => this.#ended(device, track));
      }
    }
  }

  #ended(device: Device, track: MediaStreamTrack): void {
    if (this.#tracks[device] !== track) return;
    this.#tracks[device] = undefined;
    this.#lost(device);
  }
}

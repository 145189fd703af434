import type { Media } from "#protocol";
import type { DeviceOutcome } from "../core/link-types.ts";
import { type ChosenDevices, type MediaDevice, openBoth, openOne, openThis } from "./ask-devices.ts";
import { setBlur } from "./background-blur.ts";
import type { ListedDevice } from "./device-list.ts";
import { placeholderPicture, silence, type StandIn } from "./placeholders.ts";

export interface DevicesListener {
  /** One went away by itself, for example because it was unplugged. */
  lost: (device: MediaDevice, lost: ListedDevice) => void;
  /** The platform sets the camera otherwise than before. */
  configured: () => void;
}

/**
 * This side's camera and microphone. Whatever they give, there is a track of each kind to send from the start, since
 * PeerJS cannot add one to a call later: a black picture and silence stand in.
 */
export class Devices {
  readonly #tracks: Partial<Record<MediaDevice, MediaStreamTrack | undefined>> = {};
  readonly #placeholders: Partial<Record<MediaDevice, StandIn>> = {};
  /** Those that are being opened. */
  readonly #asked = new Set<MediaDevice>();
  /** What was wanted and is not there: it is taken when it comes. */
  readonly #missing = new Set<MediaDevice>();
  readonly #listener: DevicesListener;
  #chosen: ChosenDevices;
  #blur: boolean;
  #over = false;

  constructor(chosen: ChosenDevices & { backgroundBlur: boolean }, listener: DevicesListener) {
    const { camera, microphone, backgroundBlur } = chosen;
    this.#chosen = { camera, microphone };
    this.#blur = backgroundBlur;
    this.#listener = listener;
  }

  chosen(device: MediaDevice): string | undefined {
    return this.#chosen[device];
  }

  /** What is opened from now on, where the call asks for any. */
  choose(device: MediaDevice, id: string | undefined): void {
    this.#chosen = { ...this.#chosen, [device]: id };
  }

  /** Which one is open. */
  used(device: MediaDevice): ListedDevice | undefined {
    const track = this.#tracks[device];
    return track && listedOf(track);
  }

  /** Whether one is open, or would be if there was any. */
  isWanted(device: MediaDevice): boolean {
    return this.#tracks[device] !== undefined || this.#missing.has(device);
  }

  /** Opens what the call asks for. The two are asked for together, in one prompt, and each by itself where that fails. */
  async open(media: Media): Promise<{ camera: DeviceOutcome | "unwanted"; microphone: DeviceOutcome }> {
    if (media === "audio") return { camera: "unwanted", microphone: await this.openOne("microphone") };
    const both = await this.#asking(["camera", "microphone"], openBoth(this.#chosen));
    if (typeof both !== "string") {
      await this.#keep(both);
      if (both.getAudioTracks().length > 0) return { camera: "on", microphone: "on" };
      this.#missing.add("microphone");
      return { camera: "on", microphone: "missing" };
    }
    return { microphone: await this.openOne("microphone"), camera: await this.openOne("camera") };
  }

  /** The chosen one, or another where that is not there. */
  async openOne(device: MediaDevice): Promise<DeviceOutcome> {
    const outcome = await this.#taken(await this.#asking([device], openOne(device, this.#chosen)));
    if (outcome === "missing") this.#missing.add(device);
    return outcome;
  }

  /** This very one, or the system's own choice; until it is there, and where it cannot be opened, the former one serves. */
  async openInstead(device: MediaDevice, id: string | undefined): Promise<DeviceOutcome> {
    return this.#taken(await (id === undefined ? openOne(device, {}) : openThis(device, id)));
  }

  /** What to send of one kind now. */
  track(device: MediaDevice): MediaStreamTrack {
    const standIn = device === "camera" ? placeholderPicture : silence;
    return this.#tracks[device] ?? (this.#placeholders[device] ??= standIn()).track;
  }

  /** What to send of one kind from now on; null while it is being opened, so that no stand-in is seen for a moment. */
  trackSoFar(device: MediaDevice): MediaStreamTrack | null {
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

  /** Blurs what is behind the person, where the platform does, for this camera and those that come. Never rejects. */
  async blur(on: boolean): Promise<void> {
    this.#blur = on;
    if (this.#tracks.camera !== undefined) await setBlur(this.#tracks.camera, on);
  }

  /** Switches one off for good: its light goes out. What is not there is wanted all the same. */
  close(device: MediaDevice): void {
    const track = this.#tracks[device];
    this.#tracks[device] = undefined;
    track?.stop();
  }

  /** Nothing serves any more; `isAwaited` where the next one that is plugged in is taken. */
  lose(device: MediaDevice, isAwaited: boolean): void {
    this.close(device);
    if (isAwaited) this.#missing.add(device);
    else this.#missing.delete(device);
  }

  /** Stops every track; what a prompt still gives later is stopped at once. */
  closeAll(): void {
    this.#over = true;
    this.close("camera");
    this.close("microphone");
    for (const standIn of Object.values(this.#placeholders)) standIn.stop();
  }

  async #asking<T>(devices: readonly MediaDevice[], opening: Promise<T>): Promise<T> {
    for (const device of devices) this.#asked.add(device);
    const opened = await opening;
    for (const device of devices) this.#asked.delete(device);
    return opened;
  }

  async #taken(opened: Awaited<ReturnType<typeof openOne>>): Promise<DeviceOutcome> {
    if (typeof opened === "string") return opened;
    await this.#keep(opened);
    return "on";
  }

  async #keep(stream: MediaStream): Promise<void> {
    for (const track of stream.getTracks()) {
      // Held before anything else is done with it: a track that nobody holds is never stopped.
      this.#hold(track);
      if (track.kind === "audio" || !this.#blur) continue;
      // Black until it is so, wherever it is shown or sent meanwhile.
      track.enabled = false;
      await setBlur(track, true);
      track.enabled = true;
    }
  }

  #hold(track: MediaStreamTrack): void {
    if (this.#over) {
      track.stop();
      return;
    }
    const device = track.kind === "video" ? "camera" : "microphone";
    this.lose(device, false);
    // The person may have muted it while the browser asked: only setMicrophone lets it be heard.
    if (device === "microphone") track.enabled = false;
    this.#tracks[device] = track;
    // Not fired by our own stop(): only the world ends a track like this.
    track.addEventListener("ended", () => this.#ended(device, track));
    track.addEventListener("configurationchange", () => this.#listener.configured());
  }

  #ended(device: MediaDevice, track: MediaStreamTrack): void {
    if (this.#tracks[device] !== track) return;
    this.#tracks[device] = undefined;
    this.#missing.add(device);
    this.#listener.lost(device, listedOf(track));
  }
}

function listedOf(track: MediaStreamTrack): ListedDevice {
  const { deviceId = "", groupId } = track.getSettings();
  return { id: deviceId, label: track.label, group: groupId };
}

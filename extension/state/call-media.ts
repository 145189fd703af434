import { unreachable } from "#protocol";
import type { LinkEffect, LinkEvent } from "../core/link-types.ts";
import type { PictureStep } from "../core/picture-steps.ts";
import type { DeviceNote } from "../core/device-use.ts";
import type { MediaDevice } from "../media/ask-devices.ts";
import { blurOf } from "../media/background-blur.ts";
import { Devices } from "../media/camera.ts";
import { DeviceWatch } from "../media/device-watch.ts";
import { OwnScreen } from "../media/screen.ts";
import type { LineCounters, OwnVoice } from "../core/quality-types.ts";
import { LineWatch } from "../media/line-watch.ts";
import { type Description, PeerLink } from "../media/peer-link.ts";
import type { FromCallPage, ToldDevice } from "../messaging/call-port.ts";
import type { DevicesOpen } from "./call-devices.svelte.ts";
import type { LineLookOfPage } from "./call-quality.svelte.ts";

/** A link event before the time is added. */
export type LinkHappening = LinkEvent extends infer E ? (E extends LinkEvent ? Omit<E, "at"> : never) : never;

export interface CallMediaListener {
  happened: (event: LinkHappening) => void;
  /** To the background. */
  post: (message: FromCallPage) => void;
  ownStream: (stream: MediaStream | undefined) => void;
  /** What is open, each time that changes. */
  opened: (open: DevicesOpen) => void;
  /** The person's choice was carried out, and holds for calls to come. */
  chosen: (device: MediaDevice, id: string | undefined) => void;
  noted: (device: MediaDevice, note: DeviceNote | undefined) => void;
  mayBeOpen: (device: MediaDevice) => boolean;
  /** The own screen, while it is shown. */
  screenStream: (stream: MediaStream | undefined) => void;
  /** To the other side's page, where it hears it. */
  tellScreen: (on: boolean) => void;
  remoteStream: (stream: MediaStream | undefined) => void;
  /** A connection was made, which carries words and files as well. */
  connectionMade: (pc: RTCPeerConnection) => void;
  /** Once a second while it stands. */
  lineLooked: (look: LineLookOfPage) => void;
  /** Whether the other side says that it sends a picture or sound of its own. */
  isSending: () => boolean;
  /** Whether it is of interest how the microphone's own sound is. */
  wantsVoice: () => boolean;
}

/** Carries out what the link's machine decides, with this page's devices and its connection. */
export class CallMedia {
  readonly #listener: CallMediaListener;
  readonly #devices: Devices;
  readonly #watch: DeviceWatch;
  readonly #screen: OwnScreen;
  readonly #peer: PeerLink;
  readonly #line: LineWatch;
  /** All was let go: what still comes of it makes no difference, and may make no further track. */
  #over = false;

  /** `origin` is that of the server, for PeerServer. */
  constructor(origin: string, device: ToldDevice, listener: CallMediaListener) {
    this.#listener = listener;
    const { happened } = listener;
    this.#devices = new Devices(device, {
      lost: (lost, was) => this.#watch.lost(lost, was),
      configured: () => this.#showOwn(),
    });
    this.#watch = new DeviceWatch(this.#devices, {
      changed: (changed, outcome) => {
        this.#showOwn();
        happened({ type: "device-changed", device: changed, outcome });
      },
      chosen: listener.chosen,
      noted: listener.noted,
      mayBeOpen: listener.mayBeOpen,
    });
    this.#screen = new OwnScreen(() => happened({ type: "screen-ended" }));
    const devices = this.#devices;
    const first = {
      soFar: () => ({
        audio: this.#screen.isHeard ? this.#sound : devices.trackSoFar("microphone"),
        video: this.#screen.picture ?? devices.trackSoFar("camera"),
      }),
      whole: () => new MediaStream([this.#sound, this.#picture]),
    };
    this.#peer = new PeerLink({ origin, relayOnly: device.relayOnly }, first, {
      registered: () => happened({ type: "registered" }),
      failed: () => happened({ type: "peer-failed" }),
      connection: (state) => {
        if (state !== "new") happened({ type: "connection", state });
      },
      stream: (stream) => listener.remoteStream(stream),
      made: (pc) => {
        this.#line.follow(pc);
        listener.connectionMade(pc);
      },
    });
    this.#line = new LineWatch({
      looked: (counters, voice) => this.#looked(counters, voice),
      silent: () => this.#peer.fellSilent(),
      isSending: () => listener.isSending(),
      microphone: () => (listener.wantsVoice() ? this.#devices.microphone : undefined),
    });
  }

  /** How loud the other side is at the moment, from 0 to 1. */
  get theirVoice(): number {
    return this.#line.theirVoice;
  }

  /** The other side's page is gone from the connection. */
  left(): void {
    this.#line.left();
  }

  /** The line carries again after an interruption. */
  returned(): void {
    this.#line.returned();
  }

  /** How the own picture is sent, on this connection and those that come. */
  limitPicture(step: PictureStep): void {
    this.#line.limitPicture(step);
  }

  /** What the person chose of each kind, as far as it was carried out. */
  chosen(device: MediaDevice): string | undefined {
    return this.#devices.chosen(device);
  }

  /** The person wants another device. */
  choose(device: MediaDevice, id: string | undefined): void {
    this.#watch.choose(device, id);
  }

  /** Blurs what is behind the person, where the platform does. */
  blur(on: boolean): void {
    void this.#devices.blur(on).then(() => this.#showOwn());
  }

  carryOut(effect: LinkEffect): void {
    const { happened, post } = this.#listener;
    switch (effect.type) {
      case "open-devices":
        void this.#devices.open(effect.media).then((outcome) => {
          if (this.#over) return;
          this.#opened(["camera", "microphone"]);
          happened({ type: "devices", ...outcome });
          this.#standIn(outcome);
        });
        break;
      case "open-device":
        void this.#openDevice(effect.device);
        break;
      case "switch-track":
        void this.#switchTrack(effect.device, effect.on);
        break;
      case "register":
        this.#peer.register(effect.ticket);
        break;
      case "dial":
        this.#peer.dial(effect.ticket);
        break;
      case "use-ice":
        this.#peer.useIce(effect.iceServers);
        break;
      case "restart-ice":
        this.#hand(this.#peer.restartIce(effect.anew));
        break;
      case "apply":
        this.#hand(this.#peer.apply(effect.description));
        break;
      case "signal":
        post({ type: "signal", data: effect.signal });
        break;
      case "tell":
        post({ type: effect.what });
        break;
      case "open-screen":
        void this.#openScreen();
        break;
      case "close-screen":
        this.#closeScreen();
        break;
      case "tell-screen":
        this.#listener.tellScreen(effect.on);
        break;
      case "drop-connection":
        this.#line.stop();
        this.#peer.drop();
        this.#listener.remoteStream(undefined);
        break;
      case "let-go":
        this.#letGo();
        break;
      default:
        unreachable(effect);
    }
  }

  async #openDevice(device: MediaDevice): Promise<void> {
    const outcome = await this.#devices.openOne(device);
    if (this.#over) return;
    this.#opened([device]);
    this.#listener.happened({ type: "device-changed", device, outcome });
  }

  async #switchTrack(device: MediaDevice, on: boolean): Promise<void> {
    if (device === "microphone") {
      // It went away while it was off.
      if (on && this.#devices.microphone === undefined) {
        await this.#openDevice("microphone");
        return;
      }
      this.#devices.setMicrophone(on);
      await this.#peer.replaceTrack("audio", this.#sound);
      return;
    }
    if (!on) {
      this.#devices.close("camera");
      this.#showOwn();
      await this.#peer.replaceTrack("video", this.#screen.picture ?? null);
      return;
    }
    await this.#peer.replaceTrack("video", this.#picture);
  }

  /** One that cannot be made or applied is left: the machine asks again. */
  #hand(making: Promise<Description | undefined>): void {
    making.then(
      (description) => {
        if (description !== undefined) this.#listener.happened({ type: "described", description });
      },
      () => undefined,
    );
  }

  /** Something is sent also in the place of what is not there, so that the other side sees that the line stands. */
  #standIn(outcome: Awaited<ReturnType<Devices["open"]>>): void {
    const { camera, microphone } = outcome;
    if (microphone !== "on") void this.#peer.replaceTrack("audio", this.#sound);
    if (camera !== "on" && camera !== "unwanted") void this.#peer.replaceTrack("video", this.#picture);
  }

  /** What is sent as the picture now: the screen stands before the camera. */
  get #picture(): MediaStreamTrack {
    return this.#screen.picture ?? this.#devices.track("camera");
  }

  get #sound(): MediaStreamTrack {
    return this.#screen.soundWith(this.#devices.track("microphone"));
  }

  async #openScreen(): Promise<void> {
    const outcome = await this.#screen.open();
    if (outcome === undefined) return;
    // Before anything is sent: nobody may be there any more to see it, or somebody else.
    this.#listener.happened({ type: "screen", outcome });
    if (this.#screen.picture !== undefined) await this.#sendAnew();
  }

  #closeScreen(): void {
    const wasShown = this.#screen.picture !== undefined;
    this.#screen.close();
    if (wasShown) void this.#sendAnew();
  }

  /** After a screen came or went. */
  async #sendAnew(): Promise<void> {
    const { picture } = this.#screen;
    this.#listener.screenStream(picture === undefined ? undefined : new MediaStream([picture]));
    this.#line.sending(picture === undefined ? "camera" : "screen");
    await Promise.all([this.#peer.replaceTrack("video", this.#picture), this.#peer.replaceTrack("audio", this.#sound)]);
  }

  #looked(counters: LineCounters, voice: OwnVoice | undefined): void {
    // Of a screen that is heard too, what is sent tells nothing of the microphone.
    const told = this.#screen.isHeard ? { ...counters, microphone: undefined } : counters;
    this.#listener.lineLooked({ counters: told, voice, track: this.#devices.microphone?.id });
  }

  #opened(devices: readonly MediaDevice[]): void {
    this.#watch.opened(devices);
    this.#showOwn();
  }

  #showOwn(): void {
    if (this.#over) return;
    const { picture } = this.#devices;
    const used = { camera: this.#devices.used("camera"), microphone: this.#devices.used("microphone") };
    this.#listener.opened({ used, blur: picture && blurOf(picture) });
    this.#listener.ownStream(picture === undefined ? undefined : new MediaStream([picture]));
  }

  #letGo(): void {
    this.#over = true;
    this.#line.stop();
    this.#watch.stop();
    this.#screen.close();
    this.#listener.screenStream(undefined);
    this.#devices.closeAll();
    this.#peer.close();
    this.#listener.ownStream(undefined);
    this.#listener.remoteStream(undefined);
  }
}

import { screenRefusal } from "../core/link-screen.ts";
import type { ScreenOutcome } from "../core/link-types.ts";
import { SoundMix } from "./sound-mix.ts";

/** Whether this browser shows screens at all; those of phones do not. */
export function canShowScreen(): boolean {
  return "mediaDevices" in navigator && "getDisplayMedia" in navigator.mediaDevices;
}

/** The screen, window or tab that this side shows. */
export class OwnScreen {
  #stream: MediaStream | undefined;
  #mix: SoundMix | undefined;
  #over = false;
  readonly #ended: () => void;

  /** `ended`: the browser's own bar ended it, or what was shown was closed. */
  constructor(ended: () => void) {
    this.#ended = ended;
  }

  /** Its picture; undefined where nothing is shown. */
  get picture(): MediaStreamTrack | undefined {
    return this.#stream?.getVideoTracks()[0];
  }

  /** What of this microphone is to be sent: with what the screen plays, where that is heard. */
  soundWith(microphone: MediaStreamTrack): MediaStreamTrack {
    return this.#mix?.with(microphone) ?? microphone;
  }

  /** Whether what is sent as sound is more than the microphone. */
  get isHeard(): boolean {
    return this.#mix !== undefined;
  }

  /** Asks the person what to show; the question must be asked in the turn of a click. */
  async open(): Promise<ScreenOutcome> {
    try {
      this.#keep(await navigator.mediaDevices.getDisplayMedia(wanted()));
      return { sound: this.isHeard };
    } catch (error) {
      if (error instanceof DOMException) return screenRefusal(error);
      throw error;
    }
  }

  close(): void {
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    this.#mix?.close();
    this.#stream = undefined;
    this.#mix = undefined;
  }

  /** Closes it; what the person still chooses later is stopped at once. */
  end(): void {
    this.#over = true;
    this.close();
  }

  #keep(stream: MediaStream): void {
    this.close();
    this.#stream = stream;
    if (this.#over) {
      this.close();
      return;
    }
    const [picture, sound] = [this.picture, stream.getAudioTracks()[0]];
    if (picture !== undefined) {
      // Letters are to be read: where there is little room, fewer pictures are sent and no smaller ones.
      picture.contentHint = "detail";
      // Not fired by our own stop().
      picture.addEventListener("ended", () => {
        if (picture === this.picture) this.#ended();
      });
    }
    if (sound !== undefined) this.#mix = new SoundMix(sound);
  }
}

/** Of what this page plays itself nothing goes back to the other side, or they would hear themselves. */
function wanted(): DisplayMediaStreamOptions {
  // Not in the types yet.
  const supported = navigator.mediaDevices.getSupportedConstraints() as { restrictOwnAudio?: boolean };
  const sound = { echoCancellation: false, noiseSuppression: false, autoGainControl: false, restrictOwnAudio: true };
  const wishes = {
    video: true,
    audio: sound,
    systemAudio: supported.restrictOwnAudio === true ? "include" : "exclude",
    selfBrowserSurface: "exclude",
    surfaceSwitching: "include",
  };
  return wishes;
}

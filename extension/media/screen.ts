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
  /** Counted on with each close: a question that was asked before gives nothing any more. */
  #closed = 0;
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

  /**
   * Asks the person what to show; the question must be asked in the turn of a click. Undefined where nobody waits for the
   * answer any more, since it was closed or asked anew meanwhile: what was chosen is stopped.
   */
  async open(): Promise<ScreenOutcome | undefined> {
    this.close();
    const asked = this.#closed;
    try {
      const stream = await navigator.mediaDevices.getDisplayMedia(wanted());
      if (asked !== this.#closed) {
        stop(stream);
        return undefined;
      }
      this.#keep(stream);
      return { sound: this.isHeard };
    } catch (error) {
      if (asked !== this.#closed) return undefined;
      this.close();
      if (error instanceof DOMException) return screenRefusal(error);
      throw error;
    }
  }

  close(): void {
    this.#closed += 1;
    if (this.#stream !== undefined) stop(this.#stream);
    this.#mix?.close();
    this.#stream = undefined;
    this.#mix = undefined;
  }

  #keep(stream: MediaStream): void {
    this.#stream = stream;
    const [picture, sound] = [this.picture, stream.getAudioTracks()[0]];
    if (picture !== undefined) {
      // Letters are to be read: where there is little room, fewer pictures are sent and no smaller ones. See also sending.ts.
      picture.contentHint = "detail";
      // Not fired by our own stop().
      picture.addEventListener("ended", () => {
        if (picture === this.picture) this.#ended();
      });
    }
    if (sound !== undefined) this.#mix = mixOf(sound);
  }
}

function stop(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

/** Where the browser makes no mix, the screen is shown without its sound. */
function mixOf(sound: MediaStreamTrack): SoundMix | undefined {
  try {
    return new SoundMix(sound);
  } catch {
    sound.stop();
    return undefined;
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

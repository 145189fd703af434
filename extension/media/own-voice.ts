import type { OwnVoice } from "../core/quality-types.ts";
import { watchLevel } from "./level.ts";

/** From here on a sound may be a voice near the microphone: 36 dB below the loudest. */
const LOUD_FROM = 0.4;

/**
 * Listens to a microphone in this page alone, also where its track is muted: by a track of its own, which is sent nowhere
 * and ends with {@link stop}.
 */
export class VoiceWatch {
  #track: MediaStreamTrack | undefined;
  #own: MediaStreamTrack | undefined;
  #stopLevel: (() => void) | undefined;
  #looks = 0;
  #loud = 0;
  #peak = 0;

  /** Listens to this track from now on; to none with undefined. */
  follow(track: MediaStreamTrack | undefined): void {
    if (track === this.#track) return;
    this.stop();
    if (track === undefined || track.readyState === "ended") return;
    this.#track = track;
    this.#own = track.clone();
    this.#own.enabled = true;
    this.#stopLevel = watchLevel(this.#own, (level, peak) => {
      this.#looks += 1;
      if (level >= LOUD_FROM) this.#loud += 1;
      this.#peak = Math.max(this.#peak, peak);
    });
  }

  /** What was heard since it was last asked; undefined where nothing can be said of it. */
  take(): OwnVoice | undefined {
    const heard = { looks: this.#looks, loud: this.#loud, peak: this.#peak };
    this.#forget();
    return heard.looks === 0 ? undefined : heard;
  }

  stop(): void {
    this.#stopLevel?.();
    this.#stopLevel = undefined;
    this.#own?.stop();
    this.#own = undefined;
    this.#track = undefined;
    this.#forget();
  }

  #forget(): void {
    this.#looks = 0;
    this.#loud = 0;
    this.#peak = 0;
  }
}

import type { PictureOf, PictureStep } from "../core/picture-steps.ts";
import type { LineCounters, OwnVoice } from "../core/quality-types.ts";
import { isOver, isSilent, NO_SILENCE, silenceAfter } from "../core/silence.ts";
import { readCounters } from "./line-stats.ts";
import { VoiceWatch } from "./own-voice.ts";
import { adjustSending, sendWholePicture } from "./sending.ts";
import { loudnessOfTheirs } from "./their-voice.ts";

const LOOK_EVERY_MS = 1_000;
/** A look that is not answered by then is given up. */
const LOOK_WITHIN_MS = 10_000;
/** Where media still comes after so many looks, only the channels are gone. */
const LOOKS_AFTER_LEFT = 3;

export interface LineWatchListener {
  looked: (counters: LineCounters, voice: OwnVoice | undefined) => void;
  /** Nothing came for too long, though the browser calls the connection whole; told at each look. */
  silent: () => void;
  /** Whether the other side says that it sends a picture or sound of its own. */
  isSending: () => boolean;
  /** The microphone whose own sound is of interest now, or undefined. */
  microphone: () => MediaStreamTrack | undefined;
}

/** Looks at the call's connection once a second, and keeps its picture at the step that was decided. */
export class LineWatch {
  readonly #listener: LineWatchListener;
  readonly #voice = new VoiceWatch();
  #step: PictureStep = "full";
  #picture: PictureOf = "camera";
  #silence = NO_SILENCE;
  #looksAfterLeft = 0;
  /** Since when a look is under way. */
  #lookingSince = -Infinity;
  #pc: RTCPeerConnection | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(listener: LineWatchListener) {
    this.#listener = listener;
  }

  /** Looks at this connection from now on, in the place of the one before. */
  follow(pc: RTCPeerConnection): void {
    this.stop();
    this.#pc = pc;
    this.#silence = NO_SILENCE;
    this.#looksAfterLeft = 0;
    this.#lookingSince = -Infinity;
    void adjustSending(pc, { picture: this.#picture, step: this.#step });
    this.#timer = setInterval(() => void this.#look(pc), LOOK_EVERY_MS);
  }

  /** The other side closed its channels, as a page does that goes. */
  left(): void {
    this.#looksAfterLeft = LOOKS_AFTER_LEFT;
  }

  /** The line carries again after it was broken. */
  returned(): void {
    this.#silence = NO_SILENCE;
    if (this.#pc !== undefined) void sendWholePicture(this.#pc, { picture: this.#picture, step: this.#step });
  }

  /** How loud the other side is at the moment, from 0 to 1. */
  get theirVoice(): number {
    return this.#pc === undefined ? 0 : loudnessOfTheirs(this.#pc);
  }

  limitPicture(step: PictureStep): void {
    this.#step = step;
    this.#adjust();
  }

  /** What is sent as the picture from now on. */
  sending(picture: PictureOf): void {
    this.#picture = picture;
    this.#adjust();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#pc = undefined;
    this.#voice.stop();
  }

  #adjust(): void {
    if (this.#pc !== undefined) void adjustSending(this.#pc, { picture: this.#picture, step: this.#step });
  }

  /** Never rejects: a connection that is closed meanwhile has nothing to tell. */
  async #look(pc: RTCPeerConnection): Promise<void> {
    this.#voice.follow(this.#listener.microphone());
    // Of looks that a slow machine answers together all but one would see nothing new.
    const now = performance.now();
    if (pc.connectionState !== "connected" || now - this.#lookingSince < LOOK_WITHIN_MS) return;
    this.#lookingSince = now;
    await adjustSending(pc, { picture: this.#picture, step: this.#step });
    const counters = await readCounters(pc).catch(() => undefined);
    if (pc !== this.#pc) return;
    this.#lookingSince = -Infinity;
    if (counters === undefined) return;
    this.#listener.looked(counters, this.#voice.take());
    this.#listen(counters);
  }

  /** Whether anything still comes. */
  #listen(counters: LineCounters): void {
    const before = this.#silence;
    const isLeft = this.#looksAfterLeft > 0;
    if (isLeft) this.#looksAfterLeft -= 1;
    this.#silence = silenceAfter(before, counters);
    if (isOver(before, this.#silence)) this.returned();
    if (isSilent(this.#silence, { isLeft, isSending: this.#listener.isSending() })) this.#listener.silent();
  }
}

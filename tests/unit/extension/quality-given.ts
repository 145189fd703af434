import { newQuality, updateQuality, viewOfQuality } from "../../../extension/core/quality.ts";
import type {
  LineCounters,
  OwnVoice,
  QualityEffect,
  QualityEvent,
  QualityState,
  QualityView,
  Verdict,
} from "../../../extension/core/quality-types.ts";

/** How a second of a call is; what is left out is as in a call that goes well. */
export interface Second {
  /** Shares of what is sent, and of what comes, that are lost. */
  lostSent?: number;
  lostArriving?: number;
  /** Share of the sound that is made up. */
  gaps?: number;
  roundTripMs?: number;
  roomBps?: number | undefined;
  /** Nothing comes at all. */
  isDown?: boolean;
  ownPicture?: boolean;
  microphone?: "on" | "muted" | "none";
  track?: string;
  /** As the connection tells it, from 0 to 1; undefined where it does not. */
  level?: number | undefined;
  voice?: OwnVoice;
}

export const SPEECH: OwnVoice = { looks: 16, loud: 9, peak: 0.4 };
export const QUIET_ROOM: OwnVoice = { looks: 16, loud: 0, peak: 0.004 };
export const NOTHING_AT_ALL: OwnVoice = { looks: 16, loud: 0, peak: 0 };

/** One side's quality, as its call goes on second by second. */
export class PlayedCall {
  state: QualityState = newQuality(0);
  at = 0;
  readonly effects: QualityEffect[] = [];
  /** What was shown, and from when on. */
  readonly shown: { at: number; verdict: Verdict }[] = [{ at: 0, verdict: "measuring" }];
  /** Of a picture that is not sent the other side's last report stands. */
  #pictureLost = 0;
  #sums = { sent: 0, pictures: 0, came: 0, lost: 0, concealed: 0, energy: 0, seconds: 0 };

  constructor() {
    this.happen({ type: "connected", at: 0 });
    this.effects.length = 0;
  }

  get view(): QualityView {
    return viewOfQuality(this.state);
  }

  happen(event: QualityEvent): void {
    const { state, effects } = updateQuality(this.state, event);
    this.state = state;
    this.effects.push(...effects);
    if (state.verdict !== this.shown.at(-1)?.verdict) this.shown.push({ at: this.at, verdict: state.verdict });
  }

  play(seconds: number, second: Second = {}): this {
    for (let played = 0; played < seconds; played++) {
      this.at += 1_000;
      const { microphone = "on", track = "a", ownPicture = true, voice } = second;
      this.happen({
        type: "looked",
        at: this.at,
        counters: this.#countersAfter(second),
        voice,
        microphone: { at: microphone, track },
        pictures: { own: ownPicture, theirs: true },
      });
    }
    return this;
  }

  hear(word: { weak: boolean; paused: boolean }): this {
    this.happen({ type: "heard", word });
    return this;
  }

  #countersAfter(second: Second): LineCounters {
    const { lostSent = 0, lostArriving = 0, gaps = 0, roundTripMs = 40, isDown = false, ownPicture = true } = second;
    const roomBps = "roomBps" in second ? second.roomBps : 2_000_000;
    const level = "level" in second ? second.level : 0.1;
    const sums = this.#sums;
    const lost = Math.round(100 * lostArriving);
    sums.sent += 50;
    if (!isDown) {
      sums.came += 100 - lost;
      sums.lost += lost;
      sums.concealed += 48_000 * gaps;
    }
    sums.energy += (level ?? 0) ** 2;
    sums.seconds += 1;
    if (ownPicture && this.state.ladder.step !== "paused") {
      sums.pictures += 50;
      this.#pictureLost = lostSent;
    }
    return {
      arriving: {
        sound: { packets: sums.came, lost: sums.lost, samples: 48_000 * sums.seconds, concealed: sums.concealed },
        picture: { packets: sums.came, lost: sums.lost, picture: { width: 1280, height: 720, perSecond: 30 } },
      },
      sent: {
        sound: { packets: sums.sent, lost: lostSent, codec: "opus" },
        picture: { packets: sums.pictures, lost: this.#pictureLost, codec: "VP8" },
      },
      roundTripMs,
      relayed: false,
      roomBps,
      microphone: level === undefined ? undefined : { energy: sums.energy, seconds: sums.seconds },
    };
  }
}
